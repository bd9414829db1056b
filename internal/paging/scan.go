package paging

import (
	"context"
	"fmt"
	"iter"

	"github.com/memberships-go/memberships"
)

// maxRestarts is the largest number of restarts of a listing that moves.
const maxRestarts = 3

// All yields every item of the listing and at most one error, which comes last. It sends
// nothing before a range, and every range reads from the start.
//
// If cursors are positions, the request of each page but the first overlaps with the last
// item of the page before. An item at another position means that members came or went
// before it, and the listing restarts. A restart leaves out the items that were yielded: a
// member present for the whole read is yielded once. After a page with entries left out, the
// position of its last item is unknown, and a change of the total restarts the listing. The
// same holds for a server with fixed pages, as of recorded traffic: see fixedPages.
//
// If cursors are no positions, a later page may repeat an item that a change has moved. All
// leaves the repeats of the last items out: see window.
//
// All prefetches the next page while the caller consumes this one: on the first page after
// an eighth of it, on later ones after their first item. The goroutine ends before the loop
// does. A caller that consumes pages quickly gets none. See prefetcher.
func (l *List[T]) All(ctx context.Context) iter.Seq2[*T, error] { return l.all(ctx, Observed[T]{}) }

func (l *List[T]) all(ctx context.Context, o Observed[T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err := l.check(ctx); err != nil {
			yield(nil, err)
			return
		}
		defer l.source.Release()
		c := &progress{total: o.total, items: o.items}
		if l.shape.Positions != nil {
			c.known = new(set)
		}
		for restarts := 0; ; restarts++ {
			moved, err := newScan(ctx, l, c).run(yield)
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

// scan is one read of a listing from its start to its end. A restart begins another one.
type scan[T any] struct {
	list     *List[T]
	progress *progress
	pages    prefetcher[T]

	request Request // of the next page
	cursor  string  // the next cursor of the page before
	last    string  // the key of the item that the next page overlaps with, "" without overlap
	first   bool
	rows    int64 // the number of items so far
	total   int64 // of the page before, -1 if it stated none
	// lastTotal is the last total that a page stated, -1 if there was none.
	lastTotal int64
	visited   set // pages and cursors
	empty     emptyPages
	read      hash   // of all pages so far
	whole     hash   // of the page before
	probe     *clash // the page without an overlap is compared with it, nil for other pages
}

func newScan[T any](ctx context.Context, l *List[T], c *progress) *scan[T] {
	return &scan[T]{
		list: l, progress: c, pages: prefetcher[T]{list: l, ctx: ctx, parallel: l.shape.parallel()},
		request: l.First(), first: true, total: -1, lastTotal: -1,
	}
}

// run reads the listing once. It reports whether the listing moved during the read.
func (p *scan[T]) run(yield func(*T, error) bool) (moved bool, _ error) {
	defer p.pages.stop()
	for {
		got, err := p.pages.take(p.request)
		if p.refusesOverlap(err) {
			p.request, p.last = p.list.shape.at(p.cursor), ""
			continue
		}
		if err != nil {
			return false, err
		}
		p.progress.reportTotal(got.Total)
		switch p.align(got) {
		case shifted:
			if !p.clashesAgain(got) {
				return true, nil
			}
			p.request, p.last = p.list.shape.at(p.cursor), ""
			continue
		case silentEnd:
			return p.complete()
		case overlapOnly:
			p.request, p.last = p.list.shape.at(p.cursor), ""
			continue
		}
		p.record(got)
		if len(got.items) > 0 && p.exceedsTotal() {
			return p.reread(p.total)
		}
		if len(got.items) > 0 && !p.visited.add(got.fingerprint) {
			if p.progress.known != nil {
				return true, nil // new members shift this page
			}
			return false, p.list.malformed(cycleText) // under another cursor
		}
		if p.reachesTotal() {
			got.Next = ""
		}
		cycles := got.Next != "" && (got.Next == p.cursor || !p.visited.add(p.list.seeds.hash(got.Next)))
		more := got.Next != "" && !cycles
		if more && !p.list.shape.computed() && !p.empty.add(len(got.items)) {
			return false, p.list.malformed(emptyText)
		}
		if more {
			p.request = p.list.shape.after(got.Next, p.last)
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

// alignment is the position of a page relative to the page before.
type alignment int

const (
	aligned     alignment = iota // right after the page before
	shifted                      // elsewhere: members came or went
	overlapOnly                  // the item of the overlap alone: the scan fetches without overlap
	silentEnd                    // an end without items and total, below the last total
)

// align compares a page with the page before, and drops the item of the overlap.
func (p *scan[T]) align(got *indexed[T]) alignment {
	silent := len(got.Items) == 0 && got.Next == "" && got.Total < 0
	overlap := p.request.Overlap
	switch {
	case silent && p.list.shape.Counted && p.lastTotal > p.rows:
		return silentEnd
	case overlap && (len(got.Items) == 0 || p.list.source.Key(&got.Items[0]) != p.last):
		return shifted
	case overlap && len(got.Items) == 1 && got.Next == p.cursor:
		return overlapOnly // the provider gives pages of one item
	case overlap:
		got.trim(1)
	case p.progress.known != nil && p.total >= 0 && got.Total != p.total && !silent, !p.fixedPages(got):
		return shifted
	}
	return aligned
}

// record adds a page's items and total, and the key that the next page overlaps with.
func (p *scan[T]) record(got *indexed[T]) {
	p.progress.countItems(len(got.items), p.first)
	p.first, p.last, p.total = false, "", got.Total
	if p.total >= 0 {
		p.lastTotal = p.total
	}
	p.rows += int64(len(got.items))
	p.whole = got.whole
	p.read.add(got.whole)
	p.read.add(hash{uint64(got.Total), uint64(got.Total)})
	if n := len(got.Items); !p.progress.fixed && p.list.shape.contiguous(p.request.Cursor, got.Next, n) {
		p.last = p.list.source.Key(&got.Items[n-1])
	}
	if known := p.progress.known; known != nil {
		known.expect(p.total)
	}
}

// yield yields the items of a page, and prefetches the next page in between. It reports
// false if the caller has ended the loop.
func (p *scan[T]) yield(got *indexed[T], more bool, yield func(*T, error) bool) bool {
	switch c := p.progress; {
	case c.known != nil:
		got.repeats = c.add(got.hashes)
	case got.hashes != nil:
		got.repeats = c.shown.addPage(got.hashes)
	}
	look := 0 // the item after which fill is called again
	if p.rows == int64(len(got.items)) && p.list.shape.parallel() <= 1 {
		look = len(got.items) / 8 // a caller of the first few items needs no second page
	}
	for i := range got.items {
		if got.repeats != nil && got.repeats[i] {
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
	if more && p.pages.parallel > 1 { // fill was not called, as no item was new
		p.pages.fill(p.request, p.total)
	}
	return true
}
