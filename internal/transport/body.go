package transport

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// cancelBody is a body with the cancel function of its request: Close alone may wait for
// the server. A body that may pause has no stallWatch.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
	pauses bool
}

// lastChunk is the size of the largest chunk of a body that is longer than expected. Chunks
// are not copied while the body grows.
const lastChunk = 512 << 10

// readBody reads at most limit bytes. A longer body is ErrBodyTooLarge, a stalled one
// ErrStalled; both come with the beginning of the body for diagnosis. length is the
// announced length, below zero if unknown; a large one does not allocate much by itself.
func readBody(body cancelBody, cache *BufferCache, length, limit int64) (*buffer, error) {
	w := &stallWatch{cancel: body.cancel}
	if !body.pauses {
		w.start()
		defer w.stop()
	}
	f := cache.get(length, limit)
	var full []*buffer // the chunks before f
	before := int64(0)
	for {
		have := len(f.b)
		n, err := readSome(body, f.b[have:min(int64(cap(f.b)), limit-before+1)])
		f.b = f.b[:have+n]
		w.got.Add(int64(n))
		total := before + int64(len(f.b))
		switch {
		case total > limit:
			return prefix(f, full), ErrBodyTooLarge
		case err == io.EOF:
			return join(f, full, total), nil
		case err != nil && w.stalled.Load():
			return prefix(f, full), ErrStalled
		case err != nil:
			return prefix(f, full), err
		case len(f.b) == cap(f.b):
			full, before = append(full, f), total
			f = &buffer{make([]byte, 0, min(2*int64(len(f.b)), lastChunk, limit-total+1))}
		}
	}
}

// join returns a whole body in one buffer.
func join(last *buffer, full []*buffer, total int64) *buffer {
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

// prefix returns the part of a body that an error keeps.
func prefix(last *buffer, full []*buffer) *buffer {
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

// stallWatch cancels the request of a body that has not brought minProgress bytes within a
// progressWindow.
type stallWatch struct {
	got     atomic.Int64 // bytes so far
	stalled atomic.Bool
	cancel  context.CancelFunc

	mu      sync.Mutex
	timer   *time.Timer
	counted int64 // got at the beginning of the window
}

func (w *stallWatch) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(progressWindow, w.check)
}

func (w *stallWatch) check() {
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

func (w *stallWatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	w.timer = nil
}
