package interrupt

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Nothing is read after the end, and the end is seen while something is.
func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		if got, err := Await(ctx, func() (int, error) { return 1, nil }); got != 1 || err != nil {
			t.Errorf("got %d, %v", got, err)
		}
		wrong := errors.New("wrong")
		if _, err := Await(ctx, func() (int, error) { return 1, wrong }); err != wrong {
			t.Errorf("got %v", err)
		}
		never := make(chan struct{})
		go func() {
			synctest.Wait() // until await waits
			cancel()
		}()
		if _, err := Await(ctx, func() (int, error) { <-never; return 1, nil }); err != context.Canceled {
			t.Errorf("while it reads: got %v", err)
		}
		close(never)
		if _, err := Await(ctx, func() (int, error) { panic("read") }); err != context.Canceled {
			t.Errorf("after the end: got %v", err)
		}
	})
}

// Work with grace goes on after the end, but not for ever.
func TestWithGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		work, release := WithGrace(ctx, time.Minute)
		defer release()
		cancel()
		time.Sleep(time.Minute - time.Nanosecond)
		if work.Err() != nil {
			t.Error("it ended early")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if work.Err() == nil {
			t.Error("it goes on")
		}
	})
}
