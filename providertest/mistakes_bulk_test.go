package providertest

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// inBulk declares several at once, and all groups at once.
var inBulk = []memprovider.Option{memprovider.WithBulk(5)}

// listsAll makes a mistake in the listing of all groups.
func listsAll(change func(*page)) func(*mutant) {
	return func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.tampered.ListPage(ctx, q, r)
			if all := q.Group.ID == "" && q.Member == (memberships.Member{}); all && err == nil {
				change(p)
			}
			return p, err
		}
	}
}

// seen is the key of a group's members in one Apply.
type seen memberships.Group

// readOnce returns the ids of a group's members, which one Apply reads once.
func readOnce(ctx context.Context, m *mutant, g memberships.Group) map[string]bool {
	return memberships.OncePerBulk(ctx, seen(g), func() map[string]bool {
		found := map[string]bool{}
		for v := range m.Provider.List(ctx, memberships.Query{Group: g}, nil) {
			found[v.Member.ID] = true
		}
		return found
	})
}

// bulky mistakes are those in several at once, and in all groups at once.
var bulky = map[string]mistake{
	"one change that is refused refuses the others": {opts: inBulk, make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return yields(func() []result {
			all := applied(ctx, m, changes)
			if i := slices.IndexFunc(all, func(r result) bool { return r.Err != nil }); i >= 0 {
				for j := range all {
					all[j].Err = all[i].Err
				}
			}
			return all
		})
	}), noticed: []string{"bulk/apply", "capabilities/batches", "apply/order"}},
	"results of a request come as they please": {opts: inBulk, make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return yields(func() []result {
			all := applied(ctx, m, changes)
			slices.SortStableFunc(all, func(a, b result) int { return len(b.Change.Ref.Member.ID) - len(a.Change.Ref.Member.ID) })
			slices.Reverse(all)
			return all
		})
	}), noticed: []string{"bulk/apply", "capabilities/batches"}},
	"no more than one change": {opts: inBulk, make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		if len(changes) > 1 {
			return func(yield func(result, error) bool) {
				yield(result{}, &memberships.Error{Provider: m.Name(), Op: "apply", Kind: memberships.ErrInvalidArgument})
			}
		}
		return m.Provider.Apply(ctx, changes)
	}), noticed: []string{"bulk/apply", "capabilities/batches"}},
	"half of a request": {opts: inBulk, make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return m.Provider.Apply(ctx, changes[:(len(changes)+1)/2])
	}), noticed: []string{"bulk/apply", "capabilities/batches"}},
	"a removal from every group": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			if err == nil {
				r.ID, r.Group.ID = "", "small"
				_, _ = m.rightRemove(ctx, r)
			}
			return v, err
		}
	}, noticed: []string{"bulk/apply"}},
	"plans a list from one reading": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, role memberships.Role) (membership, error) {
			members := readOnce(ctx, m, g)
			v, err := m.rightAdd(ctx, g, who, role)
			if !members[who.ID] {
				err = rekind(err, memberships.ErrAlreadyExists, nil)
			}
			return v, err
		}
	}, noticed: []string{"bulk/same-member"}},
	"finds a member in a reading from before the removal": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, role memberships.Role) (membership, error) {
			if readOnce(ctx, m, g)[who.ID] {
				return membership{}, &memberships.Error{Provider: m.Name(), Op: "add", Kind: memberships.ErrAlreadyExists}
			}
			return m.rightAdd(ctx, g, who, role)
		}
	}, noticed: []string{"bulk/same-member"}},
	"says that it was cancelled, and was not": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			time.Sleep(time.Second)
			if err == nil && ctx.Err() != nil {
				return membership{}, &memberships.Error{Provider: m.Name(), Op: "remove", Kind: ctx.Err()}
			}
			return v, err
		}
	}, noticed: []string{"bulk/cancelled"}},
	"says that it was done, and was cancelled": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			if ctx.Err() != nil {
				return v, nil
			}
			return v, err
		}
	}, noticed: []string{"bulk/cancelled", "context/hang"}},
	"fails after it was done": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			if err == nil {
				_, err = m.Provider.ListPage(ctx, memberships.Query{Group: r.Group}, memberships.PageRequest{})
			}
			return v, err
		}
	}, noticed: []string{"bulk/half-way"}},
	"looks at what it did, later": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			time.AfterFunc(time.Second, func() { _, _ = m.Provider.Get(context.WithoutCancel(ctx), r) })
			return v, err
		}
	}, noticed: []string{"bulk/break"}},

	"one address that is unknown spoils its request": {opts: inBulk, make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		for _, r := range found {
			if r.Err != nil {
				return nil, r.Err
			}
		}
		return found, nil
	}), noticed: []string{"bulk/resolve", "capabilities/batches"}},
	"the last address first": {opts: inBulk, make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		slices.Reverse(found)
		return found, nil
	}), noticed: []string{"bulk/resolve", "capabilities/batches"}},
	"no more than two addresses": {opts: inBulk, make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		return found[:min(len(found), 2)], nil
	}), noticed: []string{"bulk/resolve", "capabilities/batches"}},

	"lists another role than it gets": {
		make: func(m *mutant) {
			m.listPage = items(m, each(func(v membership) membership { v.RoleName = "x"; return v }))
		},
		noticed: []string{"bulk/get", "get/ref"},
	},
	"hides without a word what Get knows of": {
		make:    gapsOn(memberships.OpList, func([]memberships.Gap) []memberships.Gap { return nil }),
		noticed: []string{"bulk/get", "coverage/hidden"},
	},

	"declares that it lists all groups at once": {make: func(m *mutant) {
		m.capabilities = func(c memberships.Capabilities) memberships.Capabilities { c.ListsAll = true; return c }
	}, noticed: []string{"capabilities/declared", "all/union"}},
	"lists all groups undeclared": {opts: inBulk, make: func(m *mutant) {
		m.capabilities = func(c memberships.Capabilities) memberships.Capabilities { c.ListsAll = false; return c }
	}, noticed: []string{"capabilities/undeclared"}},
	"all groups are the first": {opts: inBulk, make: listsAll(func(p *page) {
		p.Items = slices.DeleteFunc(p.Items, func(v membership) bool { return v.Group.ID != "small" })
	}), noticed: []string{"all/union"}},
	"all groups without their gaps": {opts: inBulk, make: listsAll(func(p *page) { p.Gaps = nil }), noticed: []string{"all/union"}},
	"all members once": {opts: inBulk, make: func(m *mutant) {
		found := map[string]bool{}
		listsAll(func(p *page) {
			p.Items = slices.DeleteFunc(p.Items, func(v membership) bool {
				again := found[v.Member.ID]
				found[v.Member.ID] = true
				return again
			})
		})(m)
	}, noticed: []string{"all/union"}},
}
