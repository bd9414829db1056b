package transport

import (
	"context"
	"sync"
	"time"

	"github.com/memberships-go/memberships/internal/config"
)

// Throttle holds back the calls of a client after one of them was rate limited, so that the
// others do not run into the same limit. The zero value holds nothing back. It is safe for
// concurrent use.
type Throttle struct {
	mu    sync.Mutex
	until time.Time
	// spread is the time over which the calls start again.
	spread time.Duration
	// unstated is the number of successive limits without a stated wait.
	unstated int
}

// Limited holds further attempts back after a rate-limited answer, and returns the wait of
// its call. asked is the wait that the answer states, 0 for none: the wait is then a backoff
// that doubles until Cleared, and the call comes after most others, which try the limit first.
// A wait longer than retry.MaxWait holds nothing back.
func (t *Throttle) Limited(asked time.Duration, retry config.Retry) time.Duration {
	if asked > retry.MaxWait {
		return asked
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if asked == 0 {
		if !t.until.After(now) { // else another attempt has met the same limit
			t.unstated++
			wait := min(bound(retry, t.unstated), retry.MaxWait) / 2
			t.until, t.spread = now.Add(wait), wait
		}
		return min(t.until.Sub(now)+t.spread/2+jitter(t.spread/2), retry.MaxWait)
	}
	if until := now.Add(asked); until.After(t.until) {
		t.until, t.spread = until, min(asked/8, time.Second)
	}
	return asked
}

// Cleared records an answer without a limit.
func (t *Throttle) Cleared() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unstated = 0
}

// Wait waits until an attempt may start, and a random part of the spread in addition. It
// waits again if an answer has extended the wait in the meantime. It returns at once if the
// waits are longer than most, or than ctx lasts: the provider's answer then tells more.
func (t *Throttle) Wait(ctx context.Context, most time.Duration) {
	for {
		t.mu.Lock()
		left, spread := time.Until(t.until), t.spread
		t.mu.Unlock()
		if left <= 0 {
			return
		}
		if left += jitter(spread); left > most || !hasTimeFor(ctx, left) || sleep(ctx, left) != nil {
			return
		}
		most -= left
	}
}
