package change

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func numbers(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

// Results arrive in order, and the number in flight stays within the limit.
func TestInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		do := func(_ context.Context, i int) int {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Duration(100-i) * time.Millisecond)
			now.Add(-1)
			return i
		}
		var got []int
		for r := range inOrder(t.Context(), t.Context(), nil, numbers(100), 3, do) {
			got = append(got, r)
		}
		if diff := cmp.Diff(numbers(100), got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if most.Load() != 3 {
			t.Errorf("%d at once, want 3", most.Load())
		}
	})
}

// After the end, items in flight are finished and yielded, and no other item starts.
func TestInOrderEnds(t *testing.T) {
	for name, stop := range map[string]func(halt, cancel func()){
		"halt":   func(halt, _ func()) { halt() },
		"cancel": func(_, cancel func()) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				halted := make(chan struct{})
				var begun atomic.Int32
				do := func(work context.Context, i int) int {
					begun.Add(1)
					if i == 4 {
						stop(func() { close(halted) }, cancel)
					}
					time.Sleep(time.Second)
					if work.Err() != nil {
						t.Errorf("%d was cut short", i)
					}
					return i
				}
				n := 0
				for r := range inOrder(ctx, t.Context(), halted, numbers(100), 2, do) {
					if r != n {
						t.Errorf("got %d, want %d", r, n)
					}
					n++
				}
				if n != int(begun.Load()) || n < 5 || n > 6 {
					t.Errorf("%d begun, %d yielded, want 5 or 6 of both", begun.Load(), n)
				}
			})
		})
	}
}
