package paging

import (
	"context"
	"runtime"
	"time"
)

// prefetcher asks for the pages of one pass before the caller needs them: the next one,
// which the present page names, or, with option.WithParallelPages, as many as that allows,
// at the positions that a listing of the stated total has. take and fill say which request
// the next page has; a page in flight that has another request is given up together with
// the ones behind it, and from there on only named pages are asked for. So a caller gets
// the pages that it would get one at a time, and a listing at rest that is read to its end
// costs no request more.
type prefetcher[T any] struct {
	list *List[T]
	ctx  context.Context
	// parallel is how many pages may be in flight on a guess, 1 or less for none.
	parallel int

	inFlight []*flight[T] // in the order of the listing
	fetches  context.Context
	cancel   context.CancelFunc

	taken time.Time // when the caller had the present page
	quick bool      // the caller was soon done with the one before
}

// worthwhile is how long the caller must be busy with a page for another goroutine, and
// as a rule another processor, to be worth its cost.
const worthwhile = 100 * time.Microsecond

// flight is one page in flight.
type flight[T any] struct {
	request Request
	ended   chan struct{}

	// These are set once ended is closed.
	page     *indexed[T]
	err      error
	returned bool // and neither panicked nor ended its goroutine
	panicked any
}

// parallel is how many pages of the listing may be in flight together.
func (l *List[T]) parallel() int { return max(l.shape.Parallel, 1) }

// take returns the page for r, from the flight for it if there is one.
func (p *prefetcher[T]) take(r Request) (*indexed[T], error) {
	p.quick = !p.taken.IsZero() && time.Since(p.taken) < worthwhile
	got, err := p.arrived(r)
	p.taken = time.Now()
	return got, err
}

func (p *prefetcher[T]) arrived(r Request) (*indexed[T], error) {
	p.expect(r)
	if len(p.inFlight) == 0 {
		return p.list.fetch(p.ctx, r)
	}
	f := p.inFlight[0]
	p.inFlight[0] = nil // the slice holds no page that is taken
	p.inFlight = p.inFlight[1:]
	<-f.ended
	switch {
	case f.panicked != nil:
		panic(f.panicked) // as a fetch without a goroutine does
	case !f.returned:
		runtime.Goexit() // likewise
	case f.err == nil && p.ctx.Err() != nil: // the page arrived before the end, and is asked for after it
		return nil, p.list.source.Ended(p.ctx)
	}
	return f.page, f.err
}

// fill asks for the page for r, and for pages behind it, of a listing with the given total.
// It reports false if that is not worth it yet: the caller may be done with the present
// page as soon as with the one before.
func (p *prefetcher[T]) fill(r Request, total int64) bool {
	p.expect(r)
	if !r.Overlap {
		p.parallel = 1 // the page before was shorter than its size, and others may be
	}
	if p.parallel <= 1 && len(p.inFlight) == 0 {
		switch {
		case p.list.shape.NoPrefetch:
			return true
		case p.quick && time.Since(p.taken) < worthwhile:
			return false
		}
	}
	before := len(p.inFlight)
	if before == 0 {
		p.start(r)
	}
	for len(p.inFlight) < p.parallel {
		next, ok := p.list.behind(p.inFlight[len(p.inFlight)-1].request, total)
		if !ok {
			break
		}
		p.start(next)
	}
	if len(p.inFlight) > before {
		runtime.Gosched() // the request leaves now, and not when an idle processor wakes
	}
	return true
}

// expect gives up the flights if they begin with a request other than r.
func (p *prefetcher[T]) expect(r Request) {
	if len(p.inFlight) > 0 && p.inFlight[0].request != r {
		p.stop()
		p.parallel = 1
	}
}

func (p *prefetcher[T]) start(r Request) {
	if p.cancel == nil {
		p.fetches, p.cancel = context.WithCancel(p.ctx) //nolint:gosec // stop calls it
	}
	ctx := p.fetches
	f := &flight[T]{request: r, ended: make(chan struct{})}
	p.inFlight = append(p.inFlight, f)
	go func() {
		defer close(f.ended)
		defer func() { f.panicked = recover() }()
		f.page, f.err = p.list.fetch(ctx, r)
		f.returned = true
	}()
}

// stop gives up the flights, and returns when all of them have ended.
func (p *prefetcher[T]) stop() {
	if p.cancel == nil {
		return
	}
	p.cancel()
	for _, f := range p.inFlight {
		<-f.ended
	}
	p.inFlight, p.cancel = nil, nil
}
