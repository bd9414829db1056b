package output

import (
	"bufio"
	"fmt"
	"io"
	"sync"
	"time"
)

// flushAfter is how long a row waits for others at the most.
const flushAfter = 100 * time.Millisecond

// flusher hands what is written to it on: the first piece at once, what follows when
// there is much of it, and at the latest after flushAfter, so that rows leave as pages
// arrive however long the next page takes.
type flusher struct {
	before func() // runs before something goes out, nil for nothing
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

// Write takes a row, or some whole rows.
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

// expired is the timer's. An error stays in the bufio.Writer for the next Write.
func (f *flusher) expired() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
	_ = f.w.Flush()
}

// Close hands on what is left. It does not close what is below.
func (f *flusher) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer != nil {
		f.timer.Stop()
	}
	return f.w.Flush()
}
