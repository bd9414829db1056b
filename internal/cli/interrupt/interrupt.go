// Package interrupt has functions whose contexts end with Ctrl-C.
package interrupt

import (
	"context"
	"time"
)

// Await returns what read returns, or ctx's error once ctx ends. Opening and reading a FIFO
// or a terminal may block for ever, and nothing cuts that short: read is left behind then,
// so it touches nothing that is used afterwards.
func Await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case r := <-done:
		return r.value, r.err
	}
}

// WithGrace returns a context for what must not be cut short: it ends grace after ctx.
func WithGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-work.Done():
		}
	})
	return work, func() {
		stop()
		cancel()
	}
}
