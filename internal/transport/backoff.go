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
