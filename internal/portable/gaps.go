package portable

import (
	"errors"
	"sync"

	"github.com/memberships-go/memberships"
)

// UnreadGap returns the gap of a listed group whose read failed as not found or forbidden,
// nil for any other error. The group may be deleted since; a search continues without it.
func UnreadGap(g memberships.Group, err error) *memberships.Gap {
	if !errors.Is(err, memberships.ErrNotFound) && !errors.Is(err, memberships.ErrPermissionDenied) {
		return nil
	}
	return &memberships.Gap{
		Level: memberships.GapHidden, Code: memberships.GapUnreadGroup, Group: memberships.Group{Kind: g.Kind, ID: g.ID},
		Text: "the group was listed and could not be read: " + err.Error(),
	}
}

// Gaps collects gaps. It is safe for concurrent use.
type Gaps struct {
	mu  sync.Mutex
	all memberships.Coverage
}

// Add adds a gap. It ignores nil.
func (g *Gaps) Add(gap *memberships.Gap) {
	if gap == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all.Add(*gap)
}

// All returns the gaps.
func (g *Gaps) All() []memberships.Gap {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.Gaps
}
