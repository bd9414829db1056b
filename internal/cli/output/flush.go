package output

import (
	"bufio"
	"fmt"
	"io"
	"sync"
	"time"
)

// flushAfter is the maximum delay of a row.
const flushAfter = 100 * time.Millisecond

// flusher buffers rows. It writes the first piece immediately, and later ones when its
// buffer is full or after flushAfter, so rows do not wait for the next page.
type flusher struct {
	before func() // runs before each write; may be nil
	mu     sync.Mutex
	w      *bufio.Writer
	began  bool
	timer  *time.Timer
	armed  bool
}

func newFlusher(w io.Writer, before func()) *flusher {
	f := &flusher{before: before}
	f.w = bufio.NewWriterSize(writerFunc(func(p []byte) (int, error) {
		if f.before != nil {
			f.before()
		}
		n, err := w.Write(p)
		if err != nil {
			err = fmt.Errorf("stdout: %w", err)
		}
		return n, err
	}), 64<<10)
	return f
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Write takes one or more whole rows.
func (f *flusher) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.w.Write(p)
	switch {
	case err != nil:
		return n, err
	case !f.began:
		f.began = true
		return n, f.w.Flush()
	case f.timer == nil:
		f.timer = time.AfterFunc(flushAfter, f.expired)
	case !f.armed:
		f.timer.Reset(flushAfter)
	}
	f.armed = true
	return n, nil
}

// expired flushes when the timer fires. The bufio.Writer keeps an error for the next
// Write.
func (f *flusher) expired() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
	_ = f.w.Flush()
}

// Flush writes what is buffered.
func (f *flusher) Flush() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.w.Flush()
}

// Close flushes the rest. It does not close the underlying writer.
func (f *flusher) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.timer.Stop()
	}
	return f.w.Flush()
}
