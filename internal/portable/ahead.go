package portable

import (
	"context"
	"iter"
	"runtime"
)

// aheadRows is the number of values that Ahead reads before they are ranged over: a page of
// most providers.
const aheadRows = 1000

// Ahead starts to read the values of seq, and yields them in one range. It reads at most
// aheadRows values before the range takes them. stop cancels the reading and returns when it
// has ended. If ctx ends before all values are read, the range ends with the error of ended.
func Ahead[T any](ctx context.Context, ended func() error, seq func(context.Context) iter.Seq2[T, error]) (values iter.Seq2[T, error], stop func()) {
	type item struct {
		value T
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	items := make(chan item, aheadRows)
	finished := make(chan struct{})
	var panicked any
	returned, cut := false, false // set before items is closed
	go func() {
		defer close(finished)
		defer close(items)
		defer func() { panicked = recover() }()
		for v, err := range seq(ctx) {
			select {
			case items <- item{v, err}:
			case <-ctx.Done():
				returned, cut = true, true
				return
			}
		}
		returned = true
	}()
	values = func(yield func(T, error) bool) {
		for i := range items {
			if !yield(i.value, i.err) {
				return
			}
		}
		switch {
		case panicked != nil:
			panic(panicked)
		case !returned:
			runtime.Goexit()
		case cut:
			var none T
			yield(none, ended())
		}
	}
	return values, func() { cancel(); <-finished }
}
