package transport

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// DefaultCallTimeout is a new client's limit for a whole call.
const DefaultCallTimeout = time.Minute

// ErrCallTimeout says that a call has used up its time.
var ErrCallTimeout = errors.New("the call used up its time limit")

// Allowance is the time that one call has for sending, receiving and backoff, its
// read-backs included. Waits for a limiter or a Retry-After do not count. A nil allowance
// never runs out.
type Allowance struct{ nanos atomic.Int64 }

// NewAllowance returns an allowance of d.
func NewAllowance(d time.Duration) *Allowance {
	a := new(Allowance)
	a.nanos.Store(int64(d))
	return a
}

func (a *Allowance) left() time.Duration { return time.Duration(a.nanos.Load()) }

// Covers reports whether there is more than d left.
func (a *Allowance) Covers(d time.Duration) bool { return a == nil || a.left() > d }

// bound returns the time limit of one attempt: at most d, and at most the time left. half
// halves the time left, which leaves time for later attempts.
func (a *Allowance) bound(d time.Duration, half bool) time.Duration {
	switch {
	case a == nil:
		return d
	case half:
		return min(d, a.left()/2)
	}
	return min(d, a.left())
}

// Within returns the least of d, half of the call's time left, and half of ctx's.
func (a *Allowance) Within(ctx context.Context, d time.Duration) time.Duration {
	if a != nil {
		d = min(d, a.left()/2)
	}
	if deadline, ok := ctx.Deadline(); ok {
		d = min(d, time.Until(deadline)/2)
	}
	return max(d, 0)
}

func (a *Allowance) spend(d time.Duration) {
	if a != nil {
		a.nanos.Add(-int64(d))
	}
}

type readBackKey struct{}

// ReadBack returns a context for the requests that read the result of a write. They spend
// the write's allowance, and the first attempt of each takes a token of the budget, as a
// retry does.
func ReadBack(ctx context.Context, a *Allowance) context.Context {
	return context.WithValue(ctx, readBackKey{}, a)
}

// ReadBackOf returns the allowance of the write that ctx reads back, nil for a call of its
// own.
func ReadBackOf(ctx context.Context) *Allowance {
	a, _ := ctx.Value(readBackKey{}).(*Allowance)
	return a
}
