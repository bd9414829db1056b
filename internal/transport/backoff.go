package transport

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/memberships-go/memberships/internal/config"
)

// DefaultRetry is the retry policy of a new client.
var DefaultRetry = config.Retry{
	Attempts: 4, Base: 500 * time.Millisecond, Cap: 30 * time.Second, MaxWait: time.Minute,
	ReadBack: 2 * time.Second,
}

// backoff returns a wait with full jitter, a random part of an exponential bound: clients
// that failed together retry at different times.
func backoff(r config.Retry, attempt int) time.Duration { return jitter(bound(r, attempt)) }

// bound returns the longest backoff after an attempt.
func bound(r config.Retry, attempt int) time.Duration {
	bound := r.Base
	for range attempt - 1 {
		if bound >= r.Cap/2 {
			bound = r.Cap
			break
		}
		bound *= 2
	}
	return max(0, min(bound, r.Cap))
}

// jitter returns a random duration below most, which may be 0.
func jitter(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return rand.N(most)
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

// Wait waits before a retry: for asked if the provider asked for a wait, otherwise for the
// backoff. It reports whether an attempt is left and the time allowed the wait.
func Wait(ctx context.Context, retry config.Retry, left *Allowance, attempts int, asked time.Duration) bool {
	if attempts >= retry.Attempts || asked > retry.MaxWait {
		return false
	}
	if asked > 0 { // this wait spends no allowance
		return hasTimeFor(ctx, asked) && sleep(ctx, asked) == nil
	}
	return Pause(ctx, backoff(retry, attempts), left)
}

// Pause waits for d, spends it from the allowance, and reports whether the time allowed the
// wait.
func Pause(ctx context.Context, d time.Duration, left *Allowance) bool {
	if !hasTimeFor(ctx, d) || !left.Covers(d) {
		return false
	}
	left.spend(d)
	return sleep(ctx, d) == nil
}

// hasTimeFor reports whether ctx lasts longer than d. If not, the present failure tells more
// than the end of ctx, and is returned at once.
func hasTimeFor(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > d
}
