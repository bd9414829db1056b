package memberships

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"strconv"
	"sync"
)

// ManyOptions sets how ListMany reads its groups.
type ManyOptions struct {
	// Concurrency is the number of groups in flight at once, Capabilities.Concurrency if it
	// is below one. The wrappers open as many connections.
	Concurrency int
	// Role and State keep one role and one state, as in Filter.
	Role  Role
	State State
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
	summary, opts := split(opts)
	return func(yield func(Membership, error) bool) {
		fill := summary.start()
		defer fill.publish()
		given := func(yield func(Group, error) bool) {
			for _, g := range groups {
				if !yield(g, nil) {
					return
				}
			}
		}
		c.listGroups(ctx, func(context.Context) iter.Seq2[Group, error] { return given }, m, opts, fill, yield)
	}
}

// ListAll yields the memberships of all groups that are visible to the credential, as
// ListMany does for the groups of Groups. It lists members while groups are still being
// listed. A provider with Capabilities.ListsAll sends fewer requests: it yields the
// memberships in its own order, and an error that concerns no single group is no
// *GroupError. WithSummary reports the gaps of Groups too.
func (c *Client) ListAll(ctx context.Context, m ManyOptions, opts ...Option) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, c.Name(), OpList); err != nil {
		return failedSeq[Membership](err)
	}
	if c.caps.ListsAll {
		return c.list(ctx, OpList, Filter{Role: m.Role, State: m.State}, opts)
	}
	if err := c.check(OpGroups); err != nil {
		return failedSeq[Membership](err)
	}
	summary, opts := split(opts)
	return func(yield func(Membership, error) bool) {
		fill := summary.start()
		defer fill.publish()
		var listed Summary
		visible := func(ctx context.Context) iter.Seq2[Group, error] {
			return c.Groups(ctx, append(slices.Clip(opts), WithSummary(&listed))...)
		}
		if c.listGroups(ctx, visible, m, opts, fill, yield) {
			fill.own.Add(listed.Coverage.Gaps...)
		}
	}
}

// listGroups yields the memberships of groups. It reports false if yield did, or if an
// error has ended the listing.
func (c *Client) listGroups(parent context.Context, groups func(context.Context) iter.Seq2[Group, error], m ManyOptions, opts []Option, fill *summaryFill, yield func(Membership, error) bool) bool {
	workers := m.Concurrency
	if workers <= 0 {
		workers = c.concurrency(BulkOptions{})
	}
	ctx, cancel := context.WithCancel(parent)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()

	todo := make(chan Group)
	out := make(chan manyResult, workers)
	var unlisted error          // of groups; set before out is closed
	given, finished := 0, false // likewise
	var working sync.WaitGroup
	work := func() {
		for g := range todo {
			if !c.listInto(ctx, g, m, opts, out) {
				return
			}
		}
	}
	wg.Go(func() {
		defer close(out)
		defer working.Wait()
		defer close(todo)
		for g, err := range groups(ctx) {
			if unlisted = err; err != nil {
				break
			}
			if given++; given <= workers {
				working.Go(work)
			}
			select {
			case todo <- g:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				break
			}
		}
		finished = true
	})

	ended := 0
	for p := range out {
		for _, item := range p.items {
			if !yield(item, nil) {
				return false
			}
		}
		if p.err != nil && m.KeepGoing {
			fill.own.Add(unreadGap(p.err))
			fill.publishChanges()
		}
		if p.err != nil && (!yield(Membership{}, p.err) || !m.KeepGoing) {
			return false
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
	switch {
	case unlisted != nil:
		yield(Membership{}, unlisted)
		return false
	case finished && ended == given:
		return true
	case parent.Err() != nil: // skips groups
		yield(Membership{}, c.wrap(parent, OpList, context.Cause(parent)))
		return false
	}
	runtime.Goexit() // as a goroutine of the listing did
	return false
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
	for item, err := range c.List(ctx, Filter{Group: g, Role: m.Role, State: m.State}, append(slices.Clip(opts), WithSummary(&summary))...) {
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
