package interrupt

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Await starts no read after the end of its context, and returns at the end during a
// read.
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
			synctest.Wait() // until Await waits
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

// A context with grace outlives its parent for a limited time.
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

// The release of a context with grace ends it at once, before its parent and within the
// grace.
func TestWithGraceReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, ended := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			work, release := WithGrace(ctx, time.Minute)
			if ended {
				cancel()
				synctest.Wait()
			}
			release()
			if work.Err() != context.Canceled {
				t.Errorf("parent ended %t: got %v after the release", ended, work.Err())
			}
			cancel()
		}
	})
}
