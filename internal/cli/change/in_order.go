package change

import (
	"context"
	"iter"
)

// inOrder runs do on items concurrently, at most atOnce at a time, and yields the results
// in the order of the items. It starts no item after ctx or halt has ended, but finishes
// and yields those in flight. Its loop must not break.
func inOrder[T, R any](ctx, work context.Context, halt <-chan struct{}, items []T, atOnce int, do func(context.Context, T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		// As many results may wait for one that takes long.
		atOnce := max(atOnce, 1)
		results := make(chan chan R, 16*atOnce)
		go func() {
			defer close(results)
			free := make(chan struct{}, atOnce)
			for _, item := range items {
				select {
				case free <- struct{}{}:
				case <-halt:
				case <-ctx.Done():
				}
				if ctx.Err() != nil || closed(halt) {
					return
				}
				result := make(chan R, 1)
				go func() {
					result <- do(work, item)
					<-free
				}()
				results <- result
			}
		}()
		for result := range results {
			if !yield(<-result) {
				panic("the loop over inOrder has ended early")
			}
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
