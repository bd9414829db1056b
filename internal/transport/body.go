package transport

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// cancelBody is a body that is given up by cancelling its request: Close alone may
// wait for the server.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// lastChunk bounds the chunks of a body that gets longer than expected. They are not
// copied while it grows.
const lastChunk = 512 << 10

// readBody reads at most limit bytes; one more is ErrBodyTooLarge, with the beginning of
// the body for diagnosis. A body that trickles is given up. length is how long the
// body says that it is, below zero if it does not; little is allocated on its word.
func readBody(body cancelBody, shelf *Shelf, length, limit int64) (*buffer, error) {
	w := startWatch(body.cancel)
	defer w.stop()
	f := shelf.take(length, limit)
	var full []*buffer // what came before f
	before := int64(0)
	for {
		have := len(f.b)
		n, err := readSome(body, f.b[have:min(int64(cap(f.b)), limit-before+1)])
		f.b = f.b[:have+n]
		w.got.Add(int64(n))
		total := before + int64(len(f.b))
		switch {
		case total > limit:
			return beginning(f, full), ErrBodyTooLarge
		case err == io.EOF:
			return joined(f, full, total), nil
		case err != nil && w.stalled.Load():
			return beginning(f, full), ErrStalled
		case err != nil:
			return beginning(f, full), err
		case len(f.b) == cap(f.b):
			full, before = append(full, f), total
			f = &buffer{make([]byte, 0, min(2*int64(len(f.b)), lastChunk, limit-total+1))}
		}
	}
}

// joined is a whole body in one piece.
func joined(last *buffer, full []*buffer, total int64) *buffer {
	if full == nil {
		return last
	}
	f := newBuffer(total)
	for _, c := range append(full, last) {
		f.b = append(f.b, c.b...)
	}
	full[0].free()
	return f
}

// beginning is as much of a body as an error may keep.
func beginning(last *buffer, full []*buffer) *buffer {
	f := last
	if full != nil {
		f = full[0]
		for _, c := range append(full[1:], last) {
			f.b = append(f.b, c.b[:min(len(c.b), max(0, maxErrorBody-len(f.b)))]...)
		}
	}
	f.b = f.b[:min(len(f.b), maxErrorBody)]
	return f
}

// watch gives a body up that has not brought minProgress bytes within a progressWindow.
type watch struct {
	got     atomic.Int64 // bytes so far
	stalled atomic.Bool
	cancel  context.CancelFunc

	mu      sync.Mutex
	timer   *time.Timer
	counted int64 // got at the beginning of the window
}

func startWatch(cancel context.CancelFunc) *watch {
	w := &watch{cancel: cancel}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(progressWindow, w.look)
	return w
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.got.Load()
	switch {
	case w.timer == nil: // the body has ended
	case got-w.counted < minProgress:
		w.stalled.Store(true)
		w.cancel()
	default:
		w.counted = got
		w.timer.Reset(progressWindow)
	}
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	w.timer = nil
}
