package memberships

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"sync"
)

// Many says how ListMany goes about it.
type Many struct {
	// Concurrency is how many groups are listed at once, 8 if it is not above zero. The
	// wrappers keep as many connections open.
	Concurrency int
	// Role keeps one role, as in Filter.
	Role Role
	// KeepGoing lists the other groups when one fails. Without it, the first error ends
	// the whole and cancels what is under way.
	KeepGoing bool
}

// GroupError says which group of ListMany failed.
type GroupError struct {
	Group Group
	Err   error
}

// Error names the group and the error.
func (e *GroupError) Error() string {
	name := e.Group.String()
	if CheckID("", name) != nil {
		name = strconv.Quote(name)
	}
	return name + ": " + e.Err.Error()
}

// Unwrap returns the error.
func (e *GroupError) Unwrap() error { return e.Err }

// manyBatch is how many memberships go from a group's goroutine to the loop at once: a
// hand-over costs as much as reading some ten of them.
const manyBatch = 128

// ListMany yields the memberships of many groups, several groups at once. Those of one
// group come in its order; groups come as they are read, mixed. An error is a
// *GroupError. Without KeepGoing there is at most one and it comes last; with KeepGoing
// every group that fails yields one behind what it had, and a group without one was
// complete. A group given twice is listed twice.
//
// Nothing is sent before it is ranged over. When the loop breaks, what is under way is
// cancelled and has ended before ListMany returns.
//
// WithPass tells what all groups together could not see, and each gap names its group if it
// is about one. A group that fails with KeepGoing is a gap, GapUnreadGroup. Its total is the sum of what the provider counts.
func (c *Client) ListMany(ctx context.Context, groups []Group, m Many, opts ...Option) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, c.Name(), OpList); err != nil {
		return failed[Membership](err)
	}
	groups = slices.Clone(groups)
	workers := m.Concurrency
	if workers <= 0 {
		workers = 8
	}
	workers = min(workers, len(groups))
	pass, opts := split(opts)
	return func(yield func(Membership, error) bool) {
		filling := pass.begin()
		defer filling.show()
		parent := ctx
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()

		todo := make(chan Group)
		out := make(chan part, workers)
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
					if !c.listPart(ctx, g, m, opts, out) {
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
				filling.own.Add(unread(p.err))
				filling.follow()
			}
			if p.err != nil && (!yield(Membership{}, p.err) || !m.KeepGoing) {
				return
			}
			if p.last {
				ended++
				if own := filling.own; own != nil {
					own.Add(p.pass.Coverage.Gaps...)
					if n, known := p.pass.Total.Get(); known {
						own.Total = TotalOf(own.Total.n + n)
					}
				}
				filling.follow()
			}
		}
		if ended < len(groups) { // nothing but the caller's context makes groups go missing
			yield(Membership{}, c.wrap(parent, OpList, context.Cause(parent)))
		}
	}
}

// unread is the gap of a group that failed.
func unread(err *GroupError) Gap {
	return Gap{
		Level: GapHidden, Code: GapUnreadGroup, Group: Group{Kind: err.Group.Kind, ID: err.Group.ID},
		Text: "the group could not be read: " + err.Err.Error(),
	}
}

// part is some memberships of one group; the last one may come with an error.
type part struct {
	items []Membership
	last  bool
	err   *GroupError
	pass  Pass // of the last one
}

// listPart lists one group into out. It reports whether anybody still listens.
func (c *Client) listPart(ctx context.Context, g Group, m Many, opts []Option, out chan<- part) bool {
	send := func(p part) bool {
		select {
		case out <- p:
			return true
		case <-ctx.Done():
			return false
		}
	}
	var p part
	var pass Pass
	for item, err := range c.List(ctx, Filter{Group: g, Role: m.Role}, append(slices.Clip(opts), WithPass(&pass))...) {
		if err != nil {
			p.err = &GroupError{Group: g, Err: err}
			break
		}
		if p.items = append(p.items, item); len(p.items) == manyBatch {
			if !send(p) {
				return false
			}
			p = part{items: make([]Membership, 0, manyBatch)}
		}
	}
	p.last, p.pass = true, pass
	return send(p)
}
