package portable

import (
	"context"
	"iter"
	"sync"

	"github.com/memberships-go/memberships"
)

// searchWorkers is the number of groups that Search reads in parallel.
const searchWorkers = 8

// Search calls look for groups, several in parallel, and yields its memberships in the order
// of the groups. It serves providers without a list of one member's memberships. look
// returns nil for a group without the member, and must not retain its context. When the loop
// breaks or a look fails, Search cancels the looks in flight and waits for their end.
func Search[G any](ctx context.Context, groups []G, look func(context.Context, G) (*memberships.Membership, error)) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		type result struct {
			m   *memberships.Membership
			err error
		}
		var inFlight []chan result
		start := func(g G) {
			done := make(chan result, 1)
			inFlight = append(inFlight, done)
			wg.Go(func() {
				m, err := look(ctx, g)
				done <- result{m, err}
			})
		}
		next := 0
		for ; next < min(searchWorkers, len(groups)); next++ {
			start(groups[next])
		}
		for len(inFlight) > 0 {
			r := <-inFlight[0]
			inFlight = inFlight[1:]
			if r.err != nil {
				yield(memberships.Membership{}, r.err)
				return
			}
			if next < len(groups) {
				start(groups[next])
				next++
			}
			if r.m != nil && !yield(*r.m, nil) {
				return
			}
		}
	}
}
