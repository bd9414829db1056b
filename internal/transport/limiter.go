package transport

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Adaptive is a rate limiter that halves its rate after a 429 and adds a twentieth of its
// full rate with every success. It is safe for concurrent use.
type Adaptive struct {
	mu      sync.Mutex
	limiter *rate.Limiter
	full    rate.Limit
	// slowed is the time when the rate was last halved: several 429 within a second count
	// once.
	slowed time.Time
}

// NewAdaptive returns a limiter that starts at its full rate.
func NewAdaptive(perSecond float64, burst int) *Adaptive {
	return &Adaptive{limiter: rate.NewLimiter(rate.Limit(perSecond), burst), full: rate.Limit(perSecond)}
}

// Wait blocks until a request may be sent or ctx is done.
func (a *Adaptive) Wait(ctx context.Context) error { return a.limiter.Wait(ctx) }

// Observe lowers the rate after a 429 and raises it after a status below 400.
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

// PerSecond returns the present rate in requests per second.
func (a *Adaptive) PerSecond() float64 { return float64(a.limiter.Limit()) }

// LimitError is the error of the client's own limiter.
type LimitError struct{ Err error }

func (e *LimitError) Error() string { return "the rate limit of this client: " + e.Err.Error() }
func (e *LimitError) Unwrap() error { return e.Err }
