package portable_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/portable"
)

var errEnded = errors.New("ended")

// numbers yields 0 to n-1, one per second, and then err.
func numbers(ctx context.Context, n int, err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				yield(0, ctx.Err())
				return
			}
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

// Ahead reads before the range begins, and passes on the values and the error.
func TestAhead(t *testing.T) {
	failed := errors.New("failed")
	for _, want := range []error{nil, failed} {
		synctest.Test(t, func(t *testing.T) {
			values, stop := portable.Ahead(t.Context(), func() error { return errEnded }, func(ctx context.Context) iter.Seq2[int, error] { return numbers(ctx, 3, want) })
			defer stop()
			time.Sleep(time.Minute)
			began := time.Now()
			var got []int
			var last error
			for v, err := range values {
				if last = err; err == nil {
					got = append(got, v)
				}
			}
			if diff := cmp.Diff([]int{0, 1, 2}, got); diff != "" || last != want || time.Since(began) != 0 {
				t.Errorf("%v, %v after %v", got, last, time.Since(began))
			}
		})
	}
}

// A context that ends cuts the values short with an error, also while nothing takes them.
func TestAheadCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		values, stop := portable.Ahead(ctx, func() error { return errEnded }, func(context.Context) iter.Seq2[int, error] {
			return numbers(context.Background(), 5000, nil)
		})
		defer stop()
		time.Sleep(time.Hour) // more values wait than Ahead holds
		cancel()
		n, last := 0, error(nil)
		for _, err := range values {
			if last = err; err == nil {
				n++
			}
		}
		if !errors.Is(last, errEnded) || n >= 5000 {
			t.Errorf("%d values, then %v", n, last)
		}
	})
}

// stop ends the reading, whether the values were taken or not.
func TestAheadStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, stop := portable.Ahead(t.Context(), func() error { return errEnded }, func(ctx context.Context) iter.Seq2[int, error] { return numbers(ctx, 100, nil) })
		time.Sleep(5 * time.Second)
		began := time.Now()
		if stop(); time.Since(began) > 0 {
			t.Errorf("stop took %v", time.Since(began))
		}
	})
}

// A panic and a Goexit of the reading are those of the range.
func TestAheadPanic(t *testing.T) {
	for _, end := range []func(){func() { panic("no") }, runtime.Goexit} {
		ended := make(chan any, 1)
		returned := false
		go func() {
			defer func() { ended <- recover() }()
			values, stop := portable.Ahead(context.Background(), func() error { return errEnded }, func(context.Context) iter.Seq2[int, error] {
				return func(func(int, error) bool) { end() }
			})
			defer stop()
			for range values {
			}
			returned = true
		}()
		if <-ended; returned {
			t.Error("the range ended as if all values had come")
		}
	}
}
