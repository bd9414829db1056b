package core

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/memberships-go/memberships"
)

// maxRestarts is how often a listing that moved is read again from its start.
const maxRestarts = 3

// All yields every item of the listing and at most one error, which comes last.
// Nothing is sent before it is ranged over, and every range starts afresh.
//
// Where cursors are positions, each page but the first is asked for with the last item
// of the page before: if that item is not where it was, members have come or gone
// before it, and the listing starts again. Items that were yielded before are left
// out then, so everybody who was there throughout comes once. After a page that the
// provider left entries out of there is no telling where its last item was; a total
// that changes starts the listing again instead.
//
// Once the caller has come back for more, the next page is asked for while this one is
// consumed, in a goroutine that has ended when the loop has, unless the caller is done
// with pages at once. See ahead.
func (r *Run[P, T]) All(ctx context.Context) iter.Seq2[*T, error] { return r.all(ctx, Telling[P, T]{}) }

func (r *Run[P, T]) all(ctx context.Context, t Telling[P, T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err := r.checkContext(ctx); err != nil {
			yield(nil, err)
			return
		}
		defer r.shelf.Clear()
		c := &progress{tell: t.total, shown: t.shown}
		if r.l.Positions != nil {
			c.known = new(seen)
		}
		for restarts := 0; ; restarts++ {
			again, err := r.pass(ctx, c, yield)
			if err == nil && again && restarts == maxRestarts {
				err = r.failed(memberships.ErrUnstable, fmt.Errorf("members came or went between pages, %d times over", maxRestarts+1))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !again {
				return
			}
		}
	}
}

// pass reads the listing once. It reports whether the listing moved meanwhile.
func (r *Run[P, T]) pass(ctx context.Context, c *progress, yield func(*T, error) bool) (again bool, _ error) {
	pages := ahead[P, T]{run: r, ctx: ctx, parallel: r.parallel()}
	defer pages.stop()
	known := c.known
	var shown seen     // pages and cursors
	var empty empties  // pages in a row
	last := ""         // the item that the next page is to begin with, "" if it need not
	total := int64(-1) // what the page before said
	first := true
	told := int64(-1) // the last total that was said
	rows := r.start   // how many items there have been
	cursor := r.first
	a := r.after(cursor, last)
	for {
		got, err := pages.take(a)
		if err != nil {
			return false, err
		}
		c.told(got.total)
		items, hashes := got.items, got.hashes
		silent := len(items) == 0 && got.next == "" && got.total < 0 // an end without a total
		switch {
		case silent && r.counted && told > rows:
			return r.complete(c, rows, told)
		case a.overlap && (len(items) == 0 || r.l.Key(&items[0]) != last):
			return true, nil
		case a.overlap && len(items) == 1 && got.next == cursor:
			last = "" // a page of one, however many were asked for: this one has to do without
			a = r.after(cursor, last)
			continue
		case a.overlap:
			items, hashes = items[1:], hashes[1:]
		case known != nil && total >= 0 && got.total != total && !silent:
			return true, nil
		}
		c.show(len(items), first)
		first = false
		total, last = got.total, ""
		if total >= 0 {
			told = total
		}
		rows += int64(len(items))
		if len(items) > 0 && r.beyond(rows, total) {
			return r.again(c, rows, total)
		}
		if r.dense(a.cursor, got.next, len(got.items)) {
			last = r.l.Key(&got.items[len(got.items)-1])
		}
		if len(items) > 0 && !shown.add(got.print) {
			if known != nil {
				return true, nil // those who come before a page push it on
			}
			return false, r.cycle() // under another cursor, or it would have been found out
		}
		turns := got.next != "" && (got.next == cursor || !shown.add(r.hash(got.next)))
		more := got.next != "" && !turns
		if more && !r.computed() && !empty.see(len(items)) {
			return false, r.failed(memberships.ErrMalformed, errors.New(emptyText))
		}
		if more {
			a = r.after(got.next, last)
		}
		if known != nil {
			known.expect(total)
			known.touch(hashes)
		}
		look := 0 // the item after which to see about the next page
		for i := range items {
			if known != nil && !c.add(hashes[i]) || got.twins != nil && got.twins[i] {
				continue
			}
			if !yield(&items[i], nil) {
				return false, nil
			}
			if more && i >= look {
				more = !pages.fill(a, total)
				look = i + len(items)/8 + 1
			}
		}
		switch {
		case turns:
			return false, r.cycle()
		case got.next == "":
			return r.complete(c, rows, told)
		case more && pages.parallel > 1: // all of it had come before
			pages.fill(a, total)
		}
		cursor = got.next
	}
}

// computed reports whether the cursors are ours: positions that a provider documents go
// up with every page, and come to an end by themselves.
func (r *Run[P, T]) computed() bool { return r.l.Positions != nil && r.l.Positions.Known }

func (r *Run[P, T]) cycle() error {
	return r.failed(memberships.ErrMalformed, errors.New(cycleText))
}

// dense reports whether n items take up all positions from one cursor to the next, so
// that the last of them stands right before the latter.
func (r *Run[P, T]) dense(from, to string, n int) bool {
	end, ok := r.position(to)
	if !ok || n == 0 {
		return false
	}
	start, ok := r.position(from)
	return (ok || from == "") && end-start == int64(n)
}
