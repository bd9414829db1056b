package portable

import (
	"errors"
	"sync"

	"github.com/memberships-go/memberships"
)

// Unread is the gap of a group that was listed and answered that it is not there or not
// for this caller, nil for any other error: a group may have gone since, and a search goes
// on without it.
func Unread(g memberships.Group, err error) *memberships.Gap {
	if !errors.Is(err, memberships.ErrNotFound) && !errors.Is(err, memberships.ErrPermissionDenied) {
		return nil
	}
	return &memberships.Gap{
		Level: memberships.GapHidden, Code: memberships.GapUnreadGroup, Group: memberships.Group{Kind: g.Kind, ID: g.ID},
		Text: "the group was listed and could not be read: " + err.Error(),
	}
}

// Gaps collects gaps from several goroutines.
type Gaps struct {
	mu  sync.Mutex
	all memberships.Coverage
}

// Add puts one in, unless it is nil.
func (g *Gaps) Add(gap *memberships.Gap) {
	if gap == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all.Add(*gap)
}

// All returns those that were put in.
func (g *Gaps) All() []memberships.Gap {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.Gaps
}
