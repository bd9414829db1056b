package transport

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/memberships-go/memberships/internal/config"
)

// DefaultRetry is what a client starts with.
var DefaultRetry = config.Retry{
	Attempts: 4, Base: 500 * time.Millisecond, Cap: 30 * time.Second, MaxWait: time.Minute,
	ReadBack: 2 * time.Second,
}

// backoff is full jitter: anything between nothing and an exponential bound, so that
// clients that failed together do not come back together.
func backoff(r config.Retry, attempt int) time.Duration {
	bound := r.Base
	for range attempt - 1 {
		if bound >= r.Cap/2 {
			bound = r.Cap
			break
		}
		bound *= 2
	}
	if bound <= 0 {
		return 0
	}
	return rand.N(min(bound, r.Cap))
}

// sleep waits for d, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Wait waits before another attempt, for as long as the provider asked to if it did, and
// reports whether there was time for it and an attempt is left.
func Wait(ctx context.Context, retry config.Retry, left *Allowance, attempts int, asked time.Duration) bool {
	if attempts >= retry.Attempts || asked > retry.MaxWait {
		return false
	}
	if asked > 0 { // which the allowance does not pay for
		return outlasts(ctx, asked) && sleep(ctx, asked) == nil
	}
	return Pause(ctx, backoff(retry, attempts), left)
}

// Pause waits for d on the account of an allowance, and reports whether there was time
// for it.
func Pause(ctx context.Context, d time.Duration, left *Allowance) bool {
	if !outlasts(ctx, d) || !left.Covers(d) {
		return false
	}
	left.spend(d)
	return sleep(ctx, d) == nil
}

// outlasts reports whether ctx lasts for longer than d. Where it does not, the failure at
// hand says more than the end of ctx would.
func outlasts(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > d
}
