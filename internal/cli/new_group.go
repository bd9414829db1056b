package cli

import (
	"context"
	"errors"
	"sync"

	"github.com/memberships-go/memberships"
)

// newGroups finds out which groups an addition makes, where the provider makes groups that
// do not exist. Each group is looked at once, before the first addition to it.
type newGroups struct {
	client *memberships.Client

	mu    sync.Mutex
	known map[memberships.Group]func() bool
}

// makes reports whether g did not exist before the additions of this run.
func (n *newGroups) makes(ctx context.Context, g memberships.Group) bool {
	if !n.client.Capabilities().CreatesGroups {
		return false
	}
	n.mu.Lock()
	look, ok := n.known[g]
	if !ok {
		look = sync.OnceValue(func() bool {
			for _, err := range n.client.List(ctx, memberships.Filter{Group: g}) {
				return errors.Is(err, memberships.ErrNotFound)
			}
			return false
		})
		if n.known == nil {
			n.known = map[memberships.Group]func() bool{}
		}
		n.known[g] = look
	}
	n.mu.Unlock()
	return look()
}

// note says in a row that the group is a new one.
func (n *newGroups) note(o *outcome, made bool) {
	const now, then = "the channel did not exist and was made", "the channel does not exist and would be made"
	switch {
	case !made:
	case o.result == resultAdded:
		o.detail = now
	case o.result == resultWouldAdd:
		o.detail = then
	}
}
