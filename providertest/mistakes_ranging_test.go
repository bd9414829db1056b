package providertest

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships"
)

// ranging has the mistakes in repeated and concurrent ranges over one sequence.
var ranging = map[string]mistake{
	"one range at a time": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return alone(byPages(ctx, m, q, summary))
		}
	}, noticed: []string{"concurrency/ranges"}},
	"one range over the groups at a time": {make: func(m *mutant) {
		m.groups = func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
			return alone(m.Provider.Groups(ctx, q, summary))
		}
	}, noticed: []string{"concurrency/ranges"}},
	"makes a change once": {make: applies(func(ctx context.Context, m *mutant, changes []memberships.Change) iter.Seq2[result, error] {
		return alone(m.Provider.Apply(ctx, changes))
	}), noticed: []string{"concurrency/ranges"}},
	"keeps its place outside of the range": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			var mu sync.Mutex
			var all []membership
			var end error
			read, next := false, 0
			return func(yield func(membership, error) bool) {
				for {
					mu.Lock()
					if !read {
						read = true
						for v, err := range byPages(ctx, m, q, summary) {
							if end = err; err == nil {
								all = append(all, v)
							}
						}
					}
					at := next
					next++
					mu.Unlock()
					switch {
					case at < len(all):
						if !yield(all[at], nil) {
							return
						}
					case end != nil:
						yield(membership{}, end)
						return
					default:
						return
					}
					time.Sleep(time.Millisecond)
				}
			}
		}
	}, noticed: []string{"concurrency/ranges"}},
	"makes its run outside of the range": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, _ *memberships.Summary) iter.Seq2[membership, error] {
			var mu sync.Mutex
			var token string // of the page that the run has come to
			return func(yield func(membership, error) bool) {
				mu.Lock()
				token = ""
				mu.Unlock()
				for {
					mu.Lock()
					at := token
					mu.Unlock()
					p, err := m.ListPage(ctx, q, memberships.PageRequest{Token: at})
					if err != nil {
						yield(membership{}, err)
						return
					}
					mu.Lock()
					token = p.Next
					mu.Unlock()
					for _, v := range p.Items {
						if !yield(v, nil) {
							return
						}
					}
					mu.Lock()
					end := token == ""
					mu.Unlock()
					if end {
						return
					}
				}
			}
		}
	}, noticed: []string{"concurrency/turns"}},
	"goes round for ever": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, _ *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				for r := (memberships.PageRequest{}); ; {
					p, err := m.ListPage(ctx, q, r)
					if err != nil {
						yield(membership{}, err)
						return
					}
					for _, v := range p.Items {
						if !yield(v, nil) {
							return
						}
					}
					if r.Token = p.Next; r.Token == "" {
						return
					}
				}
			}
		}
	}, noticed: []string{"list/repeated-token"}},
	"asks for the groups before the first range": {make: func(m *mutant) {
		m.groups = func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
			seq := m.Provider.Groups(ctx, q, summary)
			for range seq {
				break
			}
			return seq
		}
	}, noticed: []string{"groups/all"}},
}

// alone yields what seq does to the first of the ranges at once, and an error to the others.
func alone[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	var busy atomic.Bool
	return func(yield func(T, error) bool) {
		if !busy.CompareAndSwap(false, true) {
			var none T
			yield(none, unsupported("list"))
			return
		}
		defer busy.Store(false)
		time.Sleep(time.Millisecond)
		seq(yield)
	}
}
