package core

import (
	"context"
	"runtime"
	"time"

	"github.com/memberships-go/memberships/internal/transport"
)

// ahead asks for the pages of one pass before the caller needs them: the next one, which
// the present page names, or, with option.WithParallelPages, as many as that allows,
// where the listing puts them if it stays as the present page says. Whoever takes a page
// says what it has to be asked for with. A guess that is not that is given up, and so are
// those behind it: from there on only what pages have named is asked for. So a caller
// gets what it would get by asking for one page at a time, and whoever reads a listing
// that rests to its end sends no request more.
type ahead[P, T any] struct {
	run *Run[P, T]
	ctx context.Context
	// parallel is how many pages may be guessed at a time, 1 or less for none.
	parallel int

	flights []*flight[T] // in the order of the listing
	aloft   context.Context
	land    context.CancelFunc

	handed time.Time // when the caller had the present page
	quick  bool      // the caller was soon done with the one before
}

// worthwhile is how long the caller must be busy with a page for another goroutine, and
// as a rule another processor, to be worth what it costs.
const worthwhile = 100 * time.Microsecond

// flight is one page on its way.
type flight[T any] struct {
	ask   ask
	ended chan struct{}

	// What it came to, once ended is closed.
	page     *page[T]
	err      error
	returned bool // and neither panicked nor ended its goroutine
	panicked any
}

// parallel is how many pages of the listing may be on their way together.
func (r *Run[P, T]) parallel() int {
	if r.l.Positions == nil || !r.l.Positions.Known || r.l.Total == nil {
		return 1
	}
	return max(r.p.cfg.ParallelPages, 1)
}

// take returns the page for a, from the one that is on its way if there is one.
func (h *ahead[P, T]) take(a ask) (*page[T], error) {
	h.quick = !h.handed.IsZero() && time.Since(h.handed) < worthwhile
	got, err := h.arrived(a)
	h.handed = time.Now()
	return got, err
}

func (h *ahead[P, T]) arrived(a ask) (*page[T], error) {
	h.expect(a)
	if len(h.flights) == 0 {
		return h.run.fetch(h.ctx, a)
	}
	f := h.flights[0]
	h.flights[0] = nil // a page is held no longer than it is needed
	h.flights = h.flights[1:]
	<-f.ended
	switch {
	case f.panicked != nil:
		panic(f.panicked) // as it would have done here
	case !f.returned:
		runtime.Goexit() // likewise
	case f.err == nil && h.ctx.Err() != nil: // it came before the end, but is asked for after it
		return nil, h.run.p.failure(h.ctx, transport.Result{}, h.ctx.Err())
	}
	return f.page, f.err
}

// fill asks for the page for a, and those behind it, of a listing with the given total.
// It reports false if that is not worth it yet: the caller may be done with the present
// page as soon as with the one before.
func (h *ahead[P, T]) fill(a ask, total int64) bool {
	h.expect(a)
	if !a.overlap {
		h.parallel = 1 // the page before was not what it should be, so those behind it may not be
	}
	if h.parallel <= 1 && len(h.flights) == 0 {
		switch {
		case h.run.p.cfg.NoPrefetch:
			return true
		case h.quick && time.Since(h.handed) < worthwhile:
			return false
		}
	}
	before := len(h.flights)
	if before == 0 {
		h.start(a)
	}
	for len(h.flights) < h.parallel {
		next, ok := h.run.behind(h.flights[len(h.flights)-1].ask, total)
		if !ok {
			break
		}
		h.start(next)
	}
	if len(h.flights) > before {
		runtime.Gosched() // the request leaves now, and not when a processor that sleeps has noticed
	}
	return true
}

// behind is what the page behind a will be asked for with if a brings what it asks for.
// There is none if a reaches the end of the listing.
func (r *Run[P, T]) behind(a ask, total int64) (ask, bool) {
	at, ok := r.position(a.cursor)
	end := at + int64(a.size)
	if !ok || end >= total {
		return ask{}, false
	}
	next := r.after(r.l.Positions.At(end), "any")
	return next, next.overlap
}

// expect gives up what is on its way if it begins with something other than a.
func (h *ahead[P, T]) expect(a ask) {
	if len(h.flights) > 0 && h.flights[0].ask != a {
		h.stop()
		h.parallel = 1
	}
}

func (h *ahead[P, T]) start(a ask) {
	if h.land == nil {
		h.aloft, h.land = context.WithCancel(h.ctx) //nolint:gosec // stop calls it
	}
	ctx := h.aloft
	f := &flight[T]{ask: a, ended: make(chan struct{})}
	h.flights = append(h.flights, f)
	go func() {
		defer close(f.ended)
		defer func() { f.panicked = recover() }()
		f.page, f.err = h.run.fetch(ctx, a)
		f.returned = true
	}()
}

// stop gives up what is on its way, and returns when all of it has ended.
func (h *ahead[P, T]) stop() {
	if h.land == nil {
		return
	}
	h.land()
	for _, f := range h.flights {
		<-f.ended
	}
	h.flights, h.land = nil, nil
}
