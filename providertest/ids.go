package providertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
)

// with returns calls of every declared operation with id in one argument.
func (t *checker) with(id string) map[string]func(context.Context) error {
	group := memberships.Group{Kind: t.Small.Kind, ID: id}
	member := memberships.Member{ID: id}
	email := memberships.Member{Email: id}
	c, role := t.client, t.otherRole()
	get := func(r memberships.Ref) func(context.Context) error {
		return func(ctx context.Context) error { _, err := c.Get(ctx, r); return err }
	}
	update := func(r memberships.Ref) func(context.Context) error {
		return func(ctx context.Context) error { _, err := c.Update(ctx, r, role); return err }
	}
	remove := func(r memberships.Ref) func(context.Context) error {
		return func(ctx context.Context) error { _, err := c.Remove(ctx, r); return err }
	}
	lists := func(f memberships.Filter) func(context.Context) error {
		return func(ctx context.Context) error {
			items, err := read(t, "List", c.List(ctx, f))
			if len(items) > 0 {
				return errReached
			}
			return err
		}
	}
	calls := map[memberships.Operation]map[string]func(context.Context) error{
		memberships.OpList:         {"List of the group": lists(memberships.Filter{Group: group})},
		memberships.OpListByMember: {"MembershipsOf the member": lists(memberships.Filter{Member: member})},
		memberships.OpGet: {
			"Get in the group":      get(ref(group, byID(t.Alan))),
			"Get of the member":     get(ref(t.Small, member)),
			"Get of the membership": get(memberships.Ref{ID: id, Group: memberships.Group{Kind: t.Small.Kind}}),
		},
		memberships.OpAdd: {
			"Add to the group":  func(ctx context.Context) error { _, err := c.Add(ctx, group, byID(t.Niklaus), ""); return err },
			"Add of the member": func(ctx context.Context) error { _, err := c.Add(ctx, t.Small, member, ""); return err },
		},
		memberships.OpUpdate: {
			"Update in the group":      update(ref(group, byID(t.Alan))),
			"Update of the member":     update(ref(t.Small, member)),
			"Update of the membership": update(memberships.Ref{ID: id, Group: memberships.Group{Kind: t.Small.Kind}}),
		},
		memberships.OpRemove: {
			"Remove from the group":    remove(ref(group, byID(t.Alan))),
			"Remove of the member":     remove(ref(t.Small, member)),
			"Remove of the membership": remove(memberships.Ref{ID: id, Group: memberships.Group{Kind: t.Small.Kind}}),
		},
	}
	out := map[string]func(context.Context) error{}
	for op, byName := range calls {
		for name, call := range byName {
			if t.caps.Can(op) {
				out[name] = call
			}
		}
	}
	if t.caps.Email {
		out["Resolve of the address"] = func(ctx context.Context) error { _, err := c.Resolve(ctx, email); return err }
		if t.caps.Can(memberships.OpGet) {
			out["Get by the address"] = get(ref(t.Small, email))
		}
		if t.caps.Can(memberships.OpAdd) {
			out["Add by the address"] = func(ctx context.Context) error { _, err := c.Add(ctx, t.Small, email, ""); return err }
		}
	}
	return out
}

// errReached reports a listing that yielded an item for an unknown id.
var errReached = errors.New("a member was listed")

func hostileIDs(t *checker) {
	for _, id := range HostileIDs() {
		for name, call := range t.with(id) {
			what := fmt.Sprintf("%s %q", name, id)
			t.quiet(what, func() { t.wantKind(what, call(t.Context()), memberships.ErrInvalidArgument) })
		}
	}
}

// oddIDs tries ids in the operations that cannot create their resource.
func oddIDs(t *checker) {
	makes := map[string]bool{"Add to the group": true, "Add of the member": true, "Add by the address": true}
	lists := map[string]bool{"List of the group": true, "MembershipsOf the member": true}
	t.unchanged("operations with odd ids", t.Small, func() {
		for _, id := range OddIDs() {
			for name, call := range t.with(id) {
				if makes[name] {
					continue
				}
				// A provider with implicit groups lists an unknown one as empty.
				if err := call(t.Context()); errors.Is(err, errReached) || err == nil && !lists[name] {
					t.Errorf("%s %q: got no error; the id reached another member", name, id)
				}
			}
		}
	})
}
