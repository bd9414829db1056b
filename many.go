package memberships

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"sync"
)

// ManyOptions sets how ListMany reads its groups.
type ManyOptions struct {
	// Concurrency is the number of groups in flight at once, 8 if it is below one. The
	// wrappers open as many connections.
	Concurrency int
	// Role keeps one role, as in Filter.
	Role Role
	// KeepGoing reads the other groups after an error. Without it, the first error
	// cancels the rest and ends the listing.
	KeepGoing bool
}

// GroupError is the error of one group in ListMany.
type GroupError struct {
	Group Group
	Err   error
}

// Error returns the group and the error.
func (e *GroupError) Error() string {
	name := e.Group.String()
	if CheckID("", name) != nil {
		name = strconv.Quote(name)
	}
	return name + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *GroupError) Unwrap() error { return e.Err }

// manyBatch is the number of memberships that a group's goroutine sends to the loop at
// once. One send costs as much as the decoding of about ten.
const manyBatch = 128

// ListMany yields the memberships of many groups, with several groups in flight at once.
// The memberships of one group come in its own order, mixed with those of other groups.
// Every error is a *GroupError. Without KeepGoing there is at most one error, last. With
// KeepGoing every failed group yields one error after its memberships; a group without an
// error is complete. A group given twice is listed twice.
//
// ListMany sends nothing before the first range. A break cancels the requests in flight,
// and the loop ends after they have ended.
//
// WithSummary reports the gaps of all groups together; a gap that concerns one group
// names it. A group that fails with KeepGoing is a gap with the code GapUnreadGroup. The
// total is the sum of the groups' totals.
func (c *Client) ListMany(ctx context.Context, groups []Group, m ManyOptions, opts ...Option) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, c.Name(), OpList); err != nil {
		return failedSeq[Membership](err)
	}
	groups = slices.Clone(groups)
	workers := m.Concurrency
	if workers <= 0 {
		workers = 8
	}
	workers = min(workers, len(groups))
	summary, opts := split(opts)
	return func(yield func(Membership, error) bool) {
		fill := summary.start()
		defer fill.publish()
		parent := ctx
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()

		todo := make(chan Group)
		out := make(chan manyResult, workers)
		wg.Go(func() {
			defer close(todo)
			for _, g := range groups {
				select {
				case todo <- g:
				case <-ctx.Done():
					return
				}
			}
		})
		var working sync.WaitGroup
		for range workers {
			working.Go(func() {
				for g := range todo {
					if !c.listInto(ctx, g, m, opts, out) {
						return
					}
				}
			})
		}
		wg.Go(func() {
			working.Wait()
			close(out)
		})

		ended := 0
		for p := range out {
			for _, item := range p.items {
				if !yield(item, nil) {
					return
				}
			}
			if p.err != nil && m.KeepGoing {
				fill.own.Add(unreadGap(p.err))
				fill.publishChanges()
			}
			if p.err != nil && (!yield(Membership{}, p.err) || !m.KeepGoing) {
				return
			}
			if p.last {
				ended++
				if own := fill.own; own != nil {
					own.Add(p.summary.Coverage.Gaps...)
					if n, known := p.summary.Total.Get(); known {
						own.Total = TotalOf(own.Total.n + n)
					}
				}
				fill.publishChanges()
			}
		}
		if ended < len(groups) { // only the caller's context skips groups
			yield(Membership{}, c.wrap(parent, OpList, context.Cause(parent)))
		}
	}
}

// unreadGap returns the gap of a failed group.
func unreadGap(err *GroupError) Gap {
	return Gap{
		Level: GapHidden, Code: GapUnreadGroup, Group: Group{Kind: err.Group.Kind, ID: err.Group.ID},
		Text: "the group could not be read: " + err.Err.Error(),
	}
}

// manyResult is a batch of memberships of one group; the last batch of a group has its
// error and summary.
type manyResult struct {
	items   []Membership
	last    bool
	err     *GroupError
	summary Summary // of the last one
}

// listInto sends the memberships of one group to out. It returns false once ctx is done.
func (c *Client) listInto(ctx context.Context, g Group, m ManyOptions, opts []Option, out chan<- manyResult) bool {
	send := func(p manyResult) bool {
		select {
		case out <- p:
			return true
		case <-ctx.Done():
			return false
		}
	}
	var p manyResult
	var summary Summary
	for item, err := range c.List(ctx, Filter{Group: g, Role: m.Role}, append(slices.Clip(opts), WithSummary(&summary))...) {
		if err != nil {
			p.err = &GroupError{Group: g, Err: err}
			break
		}
		if p.items = append(p.items, item); len(p.items) == manyBatch {
			if !send(p) {
				return false
			}
			p = manyResult{items: make([]Membership, 0, manyBatch)}
		}
	}
	p.last, p.summary = true, summary
	return send(p)
}
