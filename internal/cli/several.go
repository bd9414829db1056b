package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// arrival is a row of one provider's listing, the error of one of its groups, or its end.
type arrival[T any] struct {
	from     int // index of the client
	value    T
	err      error
	ended    bool
	coverage memberships.Coverage // at the end
}

// arrivals is the number of rows that wait for the loop.
const arrivals = 64

// listEach lists in all clients at once and yields what arrives, for each client its end
// last. A break cancels the requests in flight. All listings have ended when the loop does.
func listEach[T any](ctx context.Context, clients []*memberships.Client, list listOf[T]) iter.Seq[arrival[T]] {
	return func(yield func(arrival[T]) bool) {
		ctx, cancel := context.WithCancel(ctx)
		rows := make(chan arrival[T], arrivals)
		var wg sync.WaitGroup
		for i, c := range clients {
			wg.Go(func() { listOne(ctx, i, c, list, rows) })
		}
		go func() {
			wg.Wait()
			close(rows)
		}()
		defer func() {
			cancel()
			for range rows { // until all listings have ended
			}
		}()
		for a := range rows {
			if !yield(a) {
				return
			}
		}
	}
}

// listOf lists in one client.
type listOf[T any] func(context.Context, *memberships.Client, memberships.Option) iter.Seq2[T, error]

// listOne sends the rows of one client, then the end of its listing.
func listOne[T any](ctx context.Context, from int, c *memberships.Client, list listOf[T], rows chan<- arrival[T]) {
	end := arrival[T]{from: from, ended: true}
	var summary memberships.Summary
	for v, err := range list(ctx, c, memberships.WithSummary(&summary)) {
		a := arrival[T]{from: from, value: v}
		if err != nil {
			if group := (*memberships.GroupError)(nil); !errors.As(err, &group) {
				end.err = err
				break
			}
			a.err = err
		}
		select {
		case rows <- a:
		case <-ctx.Done():
		}
	}
	end.coverage = summary.Coverage
	rows <- end // the receiver reads until all listings have ended
}

// outcome is the result of listings in several clients.
type outcome struct {
	clients  []*memberships.Client
	rows     []int
	groups   []error // of groups that could not be read
	ends     []error
	coverage []memberships.Coverage
}

func newOutcome(clients []*memberships.Client) *outcome {
	n := len(clients)
	return &outcome{clients: clients, rows: make([]int, n), ends: make([]error, n), coverage: make([]memberships.Coverage, n)}
}

// record takes an arrival and reports whether it is a row.
func record[T any](o *outcome, a arrival[T]) bool {
	switch {
	case a.ended:
		o.ends[a.from], o.coverage[a.from] = a.err, a.coverage
		return false
	case a.err != nil:
		o.groups = append(o.groups, a.err)
		return false
	}
	o.rows[a.from]++
	return true
}

// total returns the number of rows.
func (o *outcome) total() (n int) {
	for _, rows := range o.rows {
		n += rows
	}
	return n
}

// gaps returns the coverage of all clients, whose texts begin with the provider's name. A
// provider that failed is a gap.
func (o *outcome) gaps() (all memberships.Coverage) {
	for i, c := range o.clients {
		all.Gaps = append(all.Gaps, snapshot.ProviderGaps(c.Name(), o.coverage[i].Gaps)...)
		if o.ends[i] != nil {
			all.Gaps = append(all.Gaps, snapshot.UnreadGap(c.Name(), exit.Cause(o.ends[i])))
		}
	}
	return all
}

// failed returns the error for the groups and providers that could not be read, nil if all
// were read. Without any row, no provider must have been read.
func (o *outcome) failed() error {
	var texts []string
	providers := 0
	for _, err := range o.ends {
		if err != nil {
			providers++
		}
	}
	if n := len(o.groups); n > 0 {
		texts = append(texts, phrase.Count(n, "group"))
	}
	if providers > 0 {
		texts = append(texts, phrase.Count(providers, "provider"))
	}
	if texts == nil {
		return nil
	}
	code := exit.Partly
	if o.total() == 0 && !o.anyRead() {
		code = exit.Failed
	}
	return exit.With(code, fmt.Errorf("%s could not be read", phrase.And(texts)))
}

// anyRead reports whether one of the clients was read without a failure.
func (o *outcome) anyRead() bool {
	for i, err := range o.ends {
		unread := func(g memberships.Gap) bool { return g.Code == memberships.GapUnreadGroup }
		if err == nil && !slices.ContainsFunc(o.coverage[i].Gaps, unread) {
			return true
		}
	}
	return false
}

// names returns the names of the clients' providers.
func (o *outcome) names() []string {
	names := make([]string, len(o.clients))
	for i, c := range o.clients {
		names[i] = c.Name()
	}
	return names
}

// reportUnread reports the failures of groups and providers.
func (o *outcome) reportUnread(a *app) {
	for _, err := range o.groups {
		a.Report("%v", err)
	}
	for _, err := range o.ends {
		if err != nil {
			a.Report("%v%s", err, a.hint(err))
		}
	}
}

// printEach prints the rows of several clients as they arrive. With keepGoing, a failure
// does not end the others' listings.
func printEach[T any](ctx context.Context, a *app, clients []*memberships.Client, s *output.Stream[T], l *output.Listing, keepGoing bool, list listOf[T]) error {
	o := newOutcome(clients)
	for row := range listEach(ctx, clients, list) {
		switch isRow := record(o, row); {
		case row.err != nil && !keepGoing:
			return s.Close(row.err)
		case !isRow:
			continue
		}
		if err := s.Print(row.value); err != nil {
			return s.Close(err)
		}
		if o.total() == l.Limit {
			return s.Close(nil)
		}
	}
	if ctx.Err() != nil {
		return s.Close(ctx.Err())
	}
	l.UnreadReported, l.Summary.Coverage = true, o.gaps()
	if err := s.CloseListing(l, o.total()); err != nil {
		return err
	}
	covered := s.ReportListing(l, o.total())
	o.reportUnread(a)
	return cmp.Or(o.failed(), covered)
}

// roleFilters returns the role to list in each client. A role that one client does not
// have selects nothing there, and a role that none has is an error.
func roleFilters(clients []*memberships.Client, text string) (map[*memberships.Client]memberships.Role, error) {
	roles := map[*memberships.Client]memberships.Role{}
	var wrong error
	known := false
	for _, c := range clients {
		r, err := argument.ParseRoleFilter(c, text)
		if err != nil {
			r = memberships.Role(text)
			wrong = cmp.Or(wrong, err)
		}
		known = known || err == nil
		roles[c] = r
	}
	if !known && wrong != nil {
		return nil, exit.Usagef("--role: %w", wrong)
	}
	return roles, nil
}
