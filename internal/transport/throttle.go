package transport

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Throttle holds back the calls of a client after one of them was rate limited, so that the
// others do not run into the same limit. The zero value holds nothing back. It is safe for
// concurrent use.
type Throttle struct {
	mu    sync.Mutex
	until time.Time
	// spread is the time over which the calls start again.
	spread time.Duration
}

// Limited holds further attempts back for asked, the wait of a rate-limited answer.
func (t *Throttle) Limited(asked time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until := time.Now().Add(asked); until.After(t.until) {
		t.until, t.spread = until, min(asked/8, time.Second)
	}
}

// Wait waits until an attempt may start, and a random part of the spread in addition. It
// returns at once if the wait is longer than most, or than ctx lasts: the provider's answer
// then tells more.
func (t *Throttle) Wait(ctx context.Context, most time.Duration) {
	t.mu.Lock()
	left, spread := time.Until(t.until), t.spread
	t.mu.Unlock()
	if left <= 0 {
		return
	}
	if spread > 0 {
		left += rand.N(spread)
	}
	if left <= most && hasTimeFor(ctx, left) {
		_ = sleep(ctx, left)
	}
}
