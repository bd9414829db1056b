package transport

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Adaptive halves its pace when the service says 429 and recovers by a twentieth of its
// full pace with every success. It is safe for concurrent use.
type Adaptive struct {
	mu      sync.Mutex
	limiter *rate.Limiter
	full    rate.Limit
	// slowed is when the pace was last halved: answers to requests that were on
	// their way together count once.
	slowed time.Time
}

// NewAdaptive returns a limiter that starts at its full pace.
func NewAdaptive(perSecond float64, burst int) *Adaptive {
	return &Adaptive{limiter: rate.NewLimiter(rate.Limit(perSecond), burst), full: rate.Limit(perSecond)}
}

// Wait returns when a request may be sent.
func (a *Adaptive) Wait(ctx context.Context) error { return a.limiter.Wait(ctx) }

// Observe slows down after 429 and speeds up after anything below 400.
func (a *Adaptive) Observe(statusCode int, _ time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	switch {
	case statusCode == 429 && now.Sub(a.slowed) >= time.Second:
		a.slowed = now
		a.limiter.SetLimit(max(a.limiter.Limit()/2, a.full/64))
	case statusCode < 400:
		a.limiter.SetLimit(min(a.limiter.Limit()+a.full/20, a.full))
	}
}

// PerSecond is the present pace.
func (a *Adaptive) PerSecond() float64 { return float64(a.limiter.Limit()) }

// LimitError says that the client's own limiter refused to wait.
type LimitError struct{ Err error }

func (e *LimitError) Error() string { return "the rate limit of this client: " + e.Err.Error() }
func (e *LimitError) Unwrap() error { return e.Err }
