package paging

import (
	"context"
	"fmt"
	"iter"

	"github.com/memberships-go/memberships"
)

// maxRestarts is how often a listing that moved is read again from its start.
const maxRestarts = 3

// All yields every item of the listing and at most one error, which comes last. Nothing is
// sent before it is ranged over, and every range starts afresh.
//
// Where cursors are positions, each page but the first is asked for with the last item of
// the page before: if that item is not where it was, members have come or gone before it,
// and the listing starts again. Items that were yielded before are left out then, so a
// member present for the whole read is yielded once. After a page that the provider left
// entries out of, the place of its last item is not known; a total that changes starts the
// listing again instead.
//
// Once the caller has come back for more, the next page is in flight while this one is
// consumed, in a goroutine that has ended when the loop has, unless the caller is done
// with pages at once. See prefetcher.
func (l *List[T]) All(ctx context.Context) iter.Seq2[*T, error] { return l.all(ctx, Observed[T]{}) }

func (l *List[T]) all(ctx context.Context, o Observed[T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err := l.check(ctx); err != nil {
			yield(nil, err)
			return
		}
		defer l.source.Release()
		c := &progress{total: o.total, shown: o.shown}
		if l.shape.Positions != nil {
			c.known = new(set)
		}
		for restarts := 0; ; restarts++ {
			moved, err := newPass(ctx, l, c).run(yield)
			if err == nil && moved && restarts == maxRestarts {
				err = l.source.Fail(memberships.ErrUnstable, fmt.Errorf("members came or went between pages, %d times over", maxRestarts+1))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !moved {
				return
			}
		}
	}
}

// pass is one read of a listing from its start to its end.
type pass[T any] struct {
	list     *List[T]
	progress *progress
	pages    prefetcher[T]

	request Request // of the next page
	cursor  string  // that the page before named
	last    string  // the item that the next page is to begin with, "" if it need not
	first   bool
	rows    int64 // how many items there have been
	total   int64 // of the page before, -1 if it did not say
	// lastTotal is the last total that a page stated, -1 if there was none.
	lastTotal int64
	shown     set // pages and cursors
	empty     emptyRun
}

func newPass[T any](ctx context.Context, l *List[T], c *progress) *pass[T] {
	return &pass[T]{
		list: l, progress: c, pages: prefetcher[T]{list: l, ctx: ctx, parallel: l.parallel()},
		request: l.First(), first: true, total: -1, lastTotal: -1,
	}
}

// run reads the listing once. It reports whether the listing moved meanwhile.
func (p *pass[T]) run(yield func(*T, error) bool) (moved bool, _ error) {
	defer p.pages.stop()
	for {
		got, err := p.pages.take(p.request)
		if err != nil {
			return false, err
		}
		p.progress.tell(got.Total)
		switch at := p.place(got); at {
		case placeMoved:
			return true, nil
		case placeEnd:
			return p.complete()
		case placeAlone:
			p.request, p.last = p.list.at(p.cursor), ""
			continue
		}
		p.count(got)
		if len(got.items) > 0 && p.beyond() {
			return p.reread(p.total)
		}
		if len(got.items) > 0 && !p.shown.add(got.print) {
			if p.progress.known != nil {
				return true, nil // members who came push this page on
			}
			return false, p.list.malformed(cycleText) // under another cursor
		}
		cycles := got.Next != "" && (got.Next == p.cursor || !p.shown.add(p.list.hash(got.Next)))
		more := got.Next != "" && !cycles
		if more && !p.list.computed() && !p.empty.add(len(got.items)) {
			return false, p.list.malformed(emptyText)
		}
		if more {
			p.request = p.list.after(got.Next, p.last)
		}
		if !p.yield(got, more, yield) {
			return false, nil
		}
		switch {
		case cycles:
			return false, p.list.malformed(cycleText)
		case !more:
			return p.complete()
		}
		p.cursor = got.Next
	}
}

// place is where a page stands in its pass.
type place int

const (
	placeNext  place = iota // behind the page before
	placeMoved              // elsewhere: members came or went
	placeAlone              // the item of the overlap alone: the page is to be asked for without it
	placeEnd                // an end without items and total, before the last total is reached
)

// place finds out where a page stands, and takes the item of the overlap off it.
func (p *pass[T]) place(got *indexed[T]) place {
	silent := len(got.Items) == 0 && got.Next == "" && got.Total < 0
	overlap := p.request.Overlap
	switch {
	case silent && p.list.shape.Counted && p.lastTotal > p.rows:
		return placeEnd
	case overlap && (len(got.Items) == 0 || p.list.source.Key(&got.Items[0]) != p.last):
		return placeMoved
	case overlap && len(got.Items) == 1 && got.Next == p.cursor:
		return placeAlone // a page of one item, whatever size was asked for
	case overlap:
		got.trim(1)
	case p.progress.known != nil && p.total >= 0 && got.Total != p.total && !silent:
		return placeMoved
	}
	return placeNext
}

// count notes a page's items and total, and the item that the next page is to begin with.
func (p *pass[T]) count(got *indexed[T]) {
	p.progress.show(len(got.items), p.first)
	p.first, p.last, p.total = false, "", got.Total
	if p.total >= 0 {
		p.lastTotal = p.total
	}
	p.rows += int64(len(got.items))
	if n := len(got.Items); p.list.dense(p.request.Cursor, got.Next, n) {
		p.last = p.list.source.Key(&got.Items[n-1])
	}
	if known := p.progress.known; known != nil {
		known.expect(p.total)
		known.touch(got.hashes)
	}
}

// yield hands the items of a page over, and asks for the next page meanwhile. It reports
// false if the caller has ended the loop.
func (p *pass[T]) yield(got *indexed[T], more bool, yield func(*T, error) bool) bool {
	look := 0 // the item after which to see about the next page
	for i := range got.items {
		if !p.fresh(got, i) {
			continue
		}
		if !yield(&got.items[i], nil) {
			return false
		}
		if more && i >= look {
			more = !p.pages.fill(p.request, p.total)
			look = i + len(got.items)/8 + 1
		}
	}
	if more && p.pages.parallel > 1 { // no item of the page was new
		p.pages.fill(p.request, p.total)
	}
	return true
}

// fresh reports whether item i of a page was not yielded before.
func (p *pass[T]) fresh(got *indexed[T], i int) bool {
	if p.progress.known != nil {
		return p.progress.add(got.hashes[i])
	}
	return got.repeats == nil || !got.repeats[i]
}
