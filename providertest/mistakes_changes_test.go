package providertest

import (
	"context"
	"iter"
	"slices"

	"github.com/memberships-go/memberships"
)

type result = memberships.Result

// applied are the results of changes, made one after the other.
func applied(ctx context.Context, m *mutant, changes []memberships.Change) []result {
	var all []result
	for r, err := range m.Provider.Apply(ctx, changes) {
		if err != nil {
			return append(all, result{Err: err})
		}
		all = append(all, r)
	}
	return all
}

// yields yields results.
func yields(results func() []result) iter.Seq2[result, error] {
	return func(yield func(result, error) bool) {
		for _, r := range results() {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// applies makes a mistake in Apply.
func applies(apply func(context.Context, *mutant, []memberships.Change) iter.Seq2[result, error]) func(*mutant) {
	return func(m *mutant) {
		m.apply = func(ctx context.Context, changes []memberships.Change, opts ...memberships.Option) iter.Seq2[result, error] {
			if len(opts) > 0 {
				return m.Provider.Apply(ctx, changes, opts...)
			}
			return apply(ctx, m, changes)
		}
	}
}

// changing mistakes are those in Apply, with several changes or one.
var changing = map[string]mistake{
	"stops at the first change that fails": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return func(yield func(result, error) bool) {
			for r, err := range m.Provider.Apply(ctx, changes) {
				if !yield(r, err) || r.Err != nil {
					return
				}
			}
		}
	}), noticed: []string{"apply/order"}},
	"a change that fails is an error of all": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return func(yield func(result, error) bool) {
			for r, err := range m.Provider.Apply(ctx, changes) {
				if r.Err != nil {
					err = r.Err
				}
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}), noticed: []string{"apply/order"}},
	"leaves out what failed": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return yields(func() []result {
			return slices.DeleteFunc(applied(ctx, m, changes), func(r result) bool { return r.Err != nil && len(changes) > 1 })
		})
	}), noticed: []string{"apply/order"}},
	"the last result first": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return yields(func() []result {
			all := applied(ctx, m, changes)
			slices.Reverse(all)
			return all
		})
	}), noticed: []string{"apply/order"}},
	"results that do not say of what": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return yields(func() []result {
			all := applied(ctx, m, changes)
			for i := range all {
				all[i].Change = memberships.Change{}
			}
			return all
		})
	}), noticed: []string{"apply/order"}},
	"makes changes before the first range": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		all := applied(ctx, m, changes)
		return yields(func() []result { return all })
	}), noticed: []string{"apply/order"}},
	"whatever is no addition or update is a removal": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		changes = slices.Clone(changes)
		for i := range changes {
			if op := changes[i].Op; op != memberships.OpAdd && op != memberships.OpUpdate {
				changes[i].Op = memberships.OpRemove
			}
		}
		return m.Provider.Apply(ctx, changes)
	}), noticed: []string{"apply/unknown-op"}},
	"goes on when nobody waits": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return m.Provider.Apply(context.WithoutCancel(ctx), changes)
	}), noticed: []string{"apply/context", "context/done"}},
	"stops without a word": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return func(yield func(result, error) bool) {
			for r, err := range m.Provider.Apply(ctx, changes) {
				if err != nil || !yield(r, nil) {
					return
				}
			}
		}
	}), noticed: []string{"apply/context"}},
	"Remove does not say whom": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			_, err := m.rightRemove(ctx, r)
			return membership{}, err
		}
	}, noticed: []string{"apply/order", "remove/tells"}},
	"Remove by address does not say whom": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			if r.Member.ID == "" {
				v.Member = memberships.Member{}
			}
			return v, err
		}
	}, noticed: []string{"remove/tells"}},
	"an address without an account is in no group": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			return v, rekind(err, memberships.ErrNoSuchMember, memberships.ErrNotMember)
		}
	}, noticed: []string{"remove/unknown-email"}},
	"an address without an account is not found": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			return v, rekind(err, memberships.ErrNoSuchMember, memberships.ErrNotFound)
		}
	}, noticed: []string{"remove/unknown-email"}},
}
