package change

import (
	"context"
	"errors"
	"sync"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/option"
)

// newGroups determines which groups an addition creates, for providers that create
// missing groups. It reads each group once, before the first addition to it.
type newGroups struct {
	client *memberships.Client

	mu    sync.Mutex
	known map[memberships.Group]func() (bool, error)
}

// makes reports whether g was absent before this run. One row of its list proves that it
// existed.
func (n *newGroups) makes(ctx context.Context, g memberships.Group) (bool, error) {
	if !n.client.Capabilities().CreatesGroups {
		return false, nil
	}
	n.mu.Lock()
	look, ok := n.known[g]
	if !ok {
		look = sync.OnceValues(func() (bool, error) {
			for _, err := range n.client.List(ctx, memberships.Filter{Group: g}, option.WithPageSize(1)) {
				if errors.Is(err, memberships.ErrNotFound) {
					return true, nil
				}
				return false, err
			}
			return false, nil
		})
		if n.known == nil {
			n.known = map[memberships.Group]func() (bool, error){}
		}
		n.known[g] = look
	}
	n.mu.Unlock()
	return look()
}

// note adds to a row that the group is new, or the reason that this is unknown.
func (n *newGroups) note(o *outcome, made bool, err error) {
	switch {
	case made && o.result == output.ResultAdded:
		o.addDetail("the " + n.noun() + " did not exist and was made")
	case made && o.result == output.ResultWouldAdd:
		o.addDetail("the " + n.noun() + " does not exist and would be made")
	case err != nil && o.result == output.ResultAdded:
		o.addDetail("whether the " + n.noun() + " existed before could not be read: " + err.Error())
	}
}

// noun returns the provider's word for a group: its first kind.
func (n *newGroups) noun() string {
	if kinds := n.client.Capabilities().GroupKinds; len(kinds) > 0 {
		return string(kinds[0])
	}
	return "group"
}
