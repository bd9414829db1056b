package output

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// log records writes.
type log struct {
	mu     sync.Mutex
	pieces []string
	err    error
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	l.pieces = append(l.pieces, string(p))
	return len(p), nil
}

// take returns the writes since the last call.
func (l *log) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.pieces
	l.pieces = nil
	return p
}

// The first row is written immediately, later rows together, and none waits for the next
// page.
func TestFlusher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		f := newFlusher(&l, nil)
		want := func(when string, pieces ...string) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(pieces, l.take()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		write := func(s string) {
			t.Helper()
			if _, err := f.Write([]byte(s)); err != nil {
				t.Fatal(err)
			}
		}
		write("1")
		want("the first", "1")
		write("2")
		write("3")
		want("soon after")
		time.Sleep(flushAfter)
		want("a while later", "23")
		time.Sleep(time.Hour)
		want("when nothing comes")
		write("4")
		time.Sleep(flushAfter / 2)
		want("half a while later")
		write("5")
		time.Sleep(flushAfter / 2)
		want("a while after the fourth", "45")
		big := strings.Repeat("x", 100<<10)
		write(big)
		want("much at once", big)
		write("flushed")
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		want("after a flush", "flushed")
		write("6")
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		want("at the end", "6")
		time.Sleep(time.Hour)
		want("after the end")
	})
}

// A timer's error is returned by the next Write and by Close.
func TestFlusherFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		var l log
		f := newFlusher(&l, nil)
		_, _ = f.Write([]byte("1"))
		l.err = full
		if _, err := f.Write([]byte("2")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(flushAfter)
		synctest.Wait()
		if _, err := f.Write([]byte("3")); !errors.Is(err, full) {
			t.Errorf("the next row: got %v", err)
		}
		if err := f.Close(); !errors.Is(err, full) || !strings.Contains(err.Error(), "stdout") {
			t.Errorf("the end: got %v", err)
		}
	})
}
