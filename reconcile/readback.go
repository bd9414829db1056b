package reconcile

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships"
)

// ReadBack is the state of a membership after an Apply.
type ReadBack string

// The states after an Apply.
const (
	ReadBackAbsent       ReadBack = "absent"
	ReadBackPresent      ReadBack = "present"
	ReadBackUndetermined ReadBack = "undetermined"
)

// ReadBackRemovals looks up the members of the removals in a report, and returns what it
// found by the key of the change. An absent member is absent for certain.
func ReadBackRemovals(ctx context.Context, clients []*memberships.Client, r *Report) map[string]ReadBack {
	out := map[string]ReadBack{}
	for _, c := range clients {
		var keys []string
		var refs []memberships.Ref
		for _, res := range r.Results {
			if res.Provider == c.Name() && res.Change.Op == memberships.OpRemove {
				keys = append(keys, res.Change.Key)
				refs = append(refs, memberships.Ref{Group: res.Group, Member: res.Change.Member.Member()})
			}
		}
		found, err := c.GetMany(ctx, refs, memberships.BulkOptions{})
		for i, key := range keys {
			switch {
			case err != nil:
				out[key] = ReadBackUndetermined
			case errors.Is(found[i].Err, memberships.ErrNotMember), errors.Is(found[i].Err, memberships.ErrNoSuchMember),
				found[i].Err == nil && found[i].Membership.State == memberships.StateAbsent:
				out[key] = ReadBackAbsent
			case found[i].Err == nil:
				out[key] = ReadBackPresent
			default:
				out[key] = ReadBackUndetermined
			}
		}
	}
	return out
}
