package providertest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// oneKind searches groups, and no teams.
func oneKind() []memprovider.Option {
	c := memprovider.New().Capabilities()
	c.GroupKinds = []memberships.GroupKind{memberships.KindGroup, memberships.KindTeam}
	c.SearchedKinds = c.GroupKinds[:1]
	return []memprovider.Option{memprovider.WithCapabilities(c)}
}

// gapsOn changes the gaps of the last page of listings.
func gapsOn(op memberships.Operation, change func([]memberships.Gap) []memberships.Gap) func(*mutant) {
	return func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.tampered.ListPage(ctx, q, r)
			if err == nil && p.Next == "" && q.Op() == op {
				p.Gaps = change(p.Gaps)
			}
			return p, err
		}
	}
}

// withGap is gapsOn that adds one.
func withGap(op memberships.Operation, gap memberships.Gap) func(*mutant) {
	return gapsOn(op, func(gaps []memberships.Gap) []memberships.Gap { return append(gaps, gap) })
}

// eachGap is gapsOn that changes each.
func eachGap(change func(*memberships.Gap)) func(*mutant) {
	return gapsOn(memberships.OpList, func(gaps []memberships.Gap) []memberships.Gap {
		for i := range gaps {
			change(&gaps[i])
		}
		return gaps
	})
}

// covering mistakes are those in what a listing says that it could not see.
var covering = map[string]mistake{
	"hides where nothing is hidden": {
		make:    withGap(memberships.OpList, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "maybe"}),
		noticed: []string{"coverage/complete", "coverage/hidden", "coverage/one-range"},
	},
	"hides memberships of a member": {
		make:    withGap(memberships.OpListByMember, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "maybe"}),
		noticed: []string{"coverage/complete"},
	},
	"hides groups": {make: func(m *mutant) {
		m.groups = func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
			summary.Add(memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapUnlistedGroups, Text: "maybe"})
			return m.Provider.Groups(ctx, q, summary)
		}
	}, noticed: []string{"coverage/complete"}},
	"a gap that does not say what it is": {
		make: withGap(memberships.OpList, memberships.Gap{Level: memberships.GapScope}), noticed: []string{"coverage/complete"},
	},
	"a gap at no level": {
		make: withGap(memberships.OpList, memberships.Gap{Code: memberships.GapAppView, Text: "an app's view"}), noticed: []string{"coverage/complete"},
	},
	"a gap twice": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return after(byPages(ctx, m, q, summary), func() {
				if summary != nil {
					gap := memberships.Gap{Level: memberships.GapScope, Code: memberships.GapAppView, Text: "an app's view"}
					summary.Coverage.Gaps = append(summary.Coverage.Gaps, gap, gap)
				}
			})
		}
	}, noticed: []string{"coverage/complete"}},
	"needs a summary": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			if summary == nil {
				return func(yield func(membership, error) bool) { yield(membership{}, unsupported("list")) }
			}
			return byPages(ctx, m, q, summary)
		}
	}, noticed: []string{"coverage/complete", "concurrency/ranges", "list/one-page"}},

	"does not tell what is hidden": {
		make:    gapsOn(memberships.OpList, func([]memberships.Gap) []memberships.Gap { return nil }),
		noticed: []string{"coverage/hidden", "coverage/one-range", "remove/unknown-email"},
	},
	"does not tell a page what is hidden": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		right := m.tampered
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := right.ListPage(ctx, q, r)
			if err == nil {
				p.Gaps = nil
			}
			return p, err
		}
		return right.List
	}, noticed: []string{"coverage/hidden", "coverage/one-range"}},
	"tells what is hidden as what is out of its scope": {
		make:    eachGap(func(g *memberships.Gap) { g.Level = memberships.GapScope }),
		noticed: []string{"coverage/hidden", "coverage/one-range", "remove/unknown-email"},
	},
	"tells what is hidden of another group": {
		make: eachGap(func(g *memberships.Gap) {
			g.Group = memberships.Group{Kind: memberships.KindGroup, ID: "large"}
		}), noticed: []string{"coverage/hidden", "coverage/one-range"},
	},
	"what is hidden is an error": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, _ *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				var own memberships.Summary
				for v, err := range byPages(ctx, m, q, &own) {
					if !yield(v, err) || err != nil {
						return
					}
				}
				if len(own.Coverage.Hidden()) > 0 {
					yield(membership{}, &memberships.Error{Provider: m.Name(), Op: "list", Kind: memberships.ErrPermissionDenied})
				}
			}
		}
	}, noticed: []string{"coverage/hidden"}},
	"whoever is hidden is no member": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrUndetermined, memberships.ErrNotMember)
		}
	}, noticed: []string{"coverage/hidden"}},
	"whoever is hidden is not found": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrUndetermined, memberships.ErrNotFound)
		}
	}, noticed: []string{"coverage/hidden"}},
	"undetermined without a reason": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrUndetermined, memberships.ErrUndetermined)
		}
	}, noticed: []string{"coverage/hidden"}},
	"undetermined wherever nobody is found": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrNotMember, memberships.ErrUndetermined)
		}
	}, noticed: []string{"coverage/hidden", "get/not-member", "check/answers"}},
	"Remove of whoever is hidden says that it is done": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			return v, rekind(err, memberships.ErrUndetermined, nil)
		}
	}, noticed: []string{"coverage/hidden"}},
	"Remove of whoever is hidden says that nobody was there": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			return v, rekind(err, memberships.ErrUndetermined, memberships.ErrNotMember)
		}
	}, noticed: []string{"coverage/hidden"}},
	"Update of whoever is hidden says that nobody was there": {make: func(m *mutant) {
		m.update = func(ctx context.Context, r memberships.Ref, role memberships.Role) (membership, error) {
			v, err := m.rightUpdate(ctx, r, role)
			return v, rekind(err, memberships.ErrUndetermined, memberships.ErrNotMember)
		}
	}, noticed: []string{"coverage/hidden"}},

	"keeps what other ranges have found": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		var kept memberships.Coverage
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			var own memberships.Summary
			return after(byPages(ctx, m, q, &own), func() {
				kept.Add(own.Coverage.Gaps...)
				summary.SetTotal(own.Total)
				summary.Add(kept.Gaps...)
			})
		}
	}, noticed: []string{"coverage/one-range"}},
	"one bag for what all ranges find": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		var mu sync.Mutex
		var bag memberships.Summary
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				set := func(p memberships.Summary) {
					mu.Lock()
					defer mu.Unlock()
					bag = memberships.Summary{Total: p.Total, Coverage: memberships.Coverage{Gaps: slices.Clone(p.Coverage.Gaps)}}
				}
				var own memberships.Summary
				for v, err := range byPages(ctx, m, q, &own) {
					set(own)
					if !yield(v, err) || err != nil {
						return
					}
					time.Sleep(time.Millisecond)
				}
				mu.Lock()
				defer mu.Unlock()
				if summary != nil {
					*summary = bag
				}
			}
		}
	}, noticed: []string{"coverage/one-range", "coverage/at-once"}},
	"fills the first summary that it gets": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		var first *memberships.Summary
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			if first == nil {
				first = summary
			}
			return byPages(ctx, m, q, first)
		}
	}, noticed: []string{"coverage/complete", "coverage/one-range"}},
	"fills the summary at the end": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			var own memberships.Summary
			return after(byPages(ctx, m, q, &own), func() { summary.SetTotal(own.Total); summary.Add(own.Coverage.Gaps...) })
		}
	}, noticed: []string{"list/total"}},

	"tells kinds that it has searched": {
		make:    withGap(memberships.OpListByMember, memberships.Gap{Level: memberships.GapScope, Code: memberships.GapGroupKinds, Text: "teams were not searched"}),
		noticed: []string{"coverage/kinds"},
	},
	"tells kinds as hidden": {
		opts:    oneKind(),
		make:    withGap(memberships.OpListByMember, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapGroupKinds, Text: "teams were not searched"}),
		noticed: []string{"coverage/kinds", "coverage/complete"},
	},
	"finds what it says that it does not search": {opts: oneKind(), make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			if err == nil && q.Op() == memberships.OpListByMember && p.Next == "" {
				p.Items = append(p.Items, membership{Provider: m.Name(), Member: q.Member, Group: memberships.Group{Kind: memberships.KindTeam, ID: "x"}})
			}
			return p, err
		}
	}, noticed: []string{"coverage/kinds"}},
	"nobody is in no group": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			if errors.Is(err, memberships.ErrNoSuchMember) {
				return &page{}, nil
			}
			return p, err
		}
	}, noticed: []string{"of/unknown"}},
	"nobody is in no group, on pages alone": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return m.Provider.List
	}, make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			if errors.Is(err, memberships.ErrNoSuchMember) {
				return &page{}, nil
			}
			return p, err
		}
	}, noticed: []string{"of/unknown"}},
	"nobody's memberships fail in a way of their own": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			if q.Member.ID == "nobody" {
				return func(yield func(membership, error) bool) { yield(membership{}, errOdd) }
			}
			return byPages(ctx, m, q, summary)
		}
	}, noticed: []string{"of/unknown"}},
}

// after yields what seq does, and does something if it ends by itself and well.
func after[T any](seq iter.Seq2[T, error], do func()) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			if !yield(v, err) || err != nil {
				return
			}
		}
		do()
	}
}
