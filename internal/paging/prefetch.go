package paging

import (
	"context"
	"runtime"
	"time"
)

// prefetcher fetches the pages of one scan before the caller needs them: the next page that
// the present one names, or, with option.WithParallelPages, several pages at computed
// positions up to the stated total. take and fill get the actual request of the next page.
// If the first page in flight has another request, all pages in flight are cancelled, and
// only named pages are fetched from then on. The caller gets the pages of a sequential read,
// and a complete read of a listing at rest costs no extra request.
type prefetcher[T any] struct {
	list *List[T]
	ctx  context.Context
	// parallel is the largest number of pages in flight; 1 or less computes no position.
	parallel int

	inFlight []*pendingPage[T] // in the order of the listing
	fetches  context.Context
	cancel   context.CancelFunc

	delivered  time.Time // when the caller got the present page
	fastCaller bool      // the caller consumed the page before within minBusy
}

// minBusy is the least time of a caller with one page that is worth another goroutine, and
// usually another processor.
const minBusy = 100 * time.Microsecond

// pendingPage is one page in flight.
type pendingPage[T any] struct {
	request Request
	ended   chan struct{}

	// These fields are set before ended is closed.
	page     *indexed[T]
	err      error
	returned bool // false after a panic or Goexit
	panicked any
}

// take returns the page for r, which may be in flight already.
func (p *prefetcher[T]) take(r Request) (*indexed[T], error) {
	p.fastCaller = !p.delivered.IsZero() && time.Since(p.delivered) < minBusy
	defer func() { p.delivered = time.Now() }()
	p.dropMismatch(r)
	if len(p.inFlight) == 0 {
		return p.list.fetch(p.ctx, r)
	}
	f := p.inFlight[0]
	p.inFlight[0] = nil // frees the page
	p.inFlight = p.inFlight[1:]
	<-f.ended
	switch {
	case f.panicked != nil:
		panic(f.panicked) // as a fetch in the caller's goroutine does
	case !f.returned:
		runtime.Goexit() // likewise
	case f.err == nil && p.ctx.Err() != nil: // the page arrived before the context ended
		return nil, p.list.source.Ended(p.ctx)
	}
	return f.page, f.err
}

// fill starts to fetch the page for r, and pages after it in a listing of the given total.
// It reports false if the caller must call it again later, because the present page may be
// consumed as fast as the one before.
func (p *prefetcher[T]) fill(r Request, total int64) bool {
	p.dropMismatch(r)
	if !r.Overlap {
		p.parallel = 1 // the page before was shorter than its size, later ones may be too
	}
	if p.parallel <= 1 && len(p.inFlight) == 0 {
		switch {
		case p.list.shape.NoPrefetch:
			return true
		case p.fastCaller && time.Since(p.delivered) < minBusy:
			return false
		}
	}
	before := len(p.inFlight)
	if before == 0 {
		p.start(r)
	}
	for len(p.inFlight) < p.parallel {
		next, ok := p.list.shape.guessNext(p.inFlight[len(p.inFlight)-1].request, total)
		if !ok {
			break
		}
		p.start(next)
	}
	if len(p.inFlight) > before {
		runtime.Gosched() // sends the request now, without the wake-up of an idle processor
	}
	return true
}

// dropMismatch cancels the pages in flight if the first one is not for r.
func (p *prefetcher[T]) dropMismatch(r Request) {
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
	f := &pendingPage[T]{request: r, ended: make(chan struct{})}
	p.inFlight = append(p.inFlight, f)
	go func() {
		defer close(f.ended)
		defer func() { f.panicked = recover() }()
		f.page, f.err = p.list.fetch(ctx, r)
		f.returned = true
	}()
}

// stop cancels the pages in flight, and returns when all of their goroutines have ended.
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
