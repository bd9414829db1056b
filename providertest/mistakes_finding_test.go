package providertest

import (
	"context"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// finding mistakes are those in Resolve.
var finding = map[string]mistake{
	"a status 404 is nobody": {make: func(m *mutant) {
		m.resolve = func(ctx context.Context, who memberships.Member) (memberships.Resolution, error) {
			r, err := m.rightResolve(ctx, who)
			return r, rekind(err, memberships.ErrNotFound, memberships.ErrNoSuchMember)
		}
	}, noticed: []string{"resolve/not-found", "failures/not-found"}},
	"nobody is a status 404": {make: func(m *mutant) {
		m.resolve = func(ctx context.Context, who memberships.Member) (memberships.Resolution, error) {
			r, err := m.rightResolve(ctx, who)
			return r, rekind(err, memberships.ErrNoSuchMember, memberships.ErrNotFound)
		}
	}, noticed: []string{"resolve/not-found", "resolve/many"}},
	"one who is unknown spoils the others": {make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		for _, r := range found {
			if r.Err != nil {
				return nil, r.Err
			}
		}
		return found, nil
	}), noticed: []string{"resolve/many"}},
	"leaves out who is unknown": {make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		return slices.DeleteFunc(found, func(r memberships.Resolution) bool { return r.Err != nil && len(found) > 1 }), nil
	}), noticed: []string{"resolve/many"}},
	"each only once": {make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		yielded := map[string]bool{}
		return slices.DeleteFunc(found, func(r memberships.Resolution) bool {
			again := yielded[r.Member.ID]
			yielded[r.Member.ID] = true
			return again
		}), nil
	}), noticed: []string{"resolve/many"}},
	"the last one first": {make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		slices.SortStableFunc(found, func(a, b memberships.Resolution) int { return strings.Compare(b.Member.ID, a.Member.ID) })
		return found, nil
	}), noticed: []string{"resolve/many"}},
	"unknown is nothing": {make: resolves(func(found []memberships.Resolution) ([]memberships.Resolution, error) {
		for i := range found {
			found[i].Err = nil
		}
		return found, nil
	}), noticed: []string{"resolve/many", "resolve/not-found", "resolve/exact"}},
	"asks for nobody at all": {make: func(m *mutant) {
		m.resolveAll = func(ctx context.Context, who []memberships.Member) ([]memberships.Resolution, error) {
			if len(who) == 0 {
				who = []memberships.Member{{Email: "ada@example.com"}}
			}
			return m.Provider.Resolve(ctx, who)
		}
	}, noticed: []string{"resolve/many"}},
}

// resolves changes what is found.
func resolves(change func([]memberships.Resolution) ([]memberships.Resolution, error)) func(*mutant) {
	return func(m *mutant) {
		m.resolveAll = func(ctx context.Context, who []memberships.Member) ([]memberships.Resolution, error) {
			found, err := m.Provider.Resolve(ctx, who)
			if err != nil {
				return nil, err
			}
			return change(found)
		}
	}
}
