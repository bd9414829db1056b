package memberships

import (
	"context"
	"errors"
	"sync"
)

// BulkOptions sets how Apply, GetMany and ResolveMany send their requests.
type BulkOptions struct {
	// Concurrency is the number of calls in flight at once, Capabilities.Concurrency if it
	// is below one.
	Concurrency int
	// Stop, once closed, keeps Apply from starting further changes, and GetMany and
	// ResolveMany from further look-ups. Those in flight end and have their results; the
	// rest have context.Canceled, and those of Apply are Skipped. Closing it differs from
	// the end of the context, which cancels what is in flight.
	Stop <-chan struct{}
}

// defaultConcurrency is that of a provider that declares none.
const defaultConcurrency = 8

// concurrency returns the number of calls in flight at once.
func (c *Client) concurrency(o BulkOptions) int {
	switch {
	case o.Concurrency > 0:
		return o.Concurrency
	case c.caps.Concurrency > 0:
		return c.caps.Concurrency
	}
	return defaultConcurrency
}

// halt tells when a bulk call begins nothing more: after the end of its context, after
// BulkOptions.Stop, and after a refused credential. It is safe for concurrent use.
type halt struct {
	stop <-chan struct{}

	mu sync.Mutex
	// refused is the error of the first call whose credential was refused.
	refused error
}

// errStopped is the reason of BulkOptions.Stop.
var errStopped = errors.New("the call was stopped before this one")

// ended returns the reason to begin nothing more, or nil.
func (h *halt) ended(ctx context.Context) error {
	select {
	case <-h.stop:
		return errStopped
	default:
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refused
}

// note records the error of a call, or nil.
func (h *halt) note(err error) {
	if !errors.Is(err, ErrUnauthenticated) || errors.Is(err, ErrOutcomeUnknown) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refused == nil {
		h.refused = err
	}
}

// unbegun returns the error of a call that is not begun because of err.
func (c *Client) unbegun(ctx context.Context, op Operation, err error) error {
	if err == errStopped {
		return &Error{Provider: c.Name(), Op: string(op), Kind: context.Canceled, Err: err}
	}
	return c.wrap(ctx, op, err)
}
