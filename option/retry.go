package option

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
)

// WithAttempts bounds how often one request is sent, the first time included. The
// default is 4; 1 switches retries off. Independently of it, a client whose calls all
// fail stops repeating them: a budget holds retries at a few percent of the calls.
func WithAttempts(n int) Option {
	return config.Option(func(c *config.Config) error {
		if n < 1 {
			return fmt.Errorf("WithAttempts: %d is below one", n)
		}
		c.Retry.Attempts = n
		return nil
	})
}

// WithBackoff sets the wait between attempts: a random part of base after the first,
// of twice that after the second and so on, up to limit. The default is 500
// milliseconds up to 30 seconds.
func WithBackoff(base, limit time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if base <= 0 || limit < base {
			return fmt.Errorf("WithBackoff: %v up to %v makes no sense", base, limit)
		}
		c.Retry.Base, c.Retry.Cap = base, limit
		return nil
	})
}

// WithMaxRetryAfter sets the longest wait that a provider may ask for, a minute by
// default and a day at most. A call that is asked to wait longer fails at once with
// memberships.ErrRateLimited, and RetryAfter set.
func WithMaxRetryAfter(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d < 0 {
			return fmt.Errorf("WithMaxRetryAfter: %v is below zero", d)
		}
		c.Retry.MaxWait = min(d, 24*time.Hour)
		return nil
	})
}

// Limiter paces requests. Wait returns when the next one may be sent, or with ctx's
// error. One limiter may serve many clients, and may ask another process. If it has a
// method Observe(statusCode int, retryAfter time.Duration), that is told every answer.
type Limiter interface {
	Wait(ctx context.Context) error
}

// WithReadBack sets for how long a write is looked for whose answer was lost, two seconds
// by default. The state is read at least twice, the last time after d, before the write is
// memberships.ErrOutcomeUnknown: a server may carry a request out late, and a single
// reading may come from a replica that lags. Zero reads twice at once.
// Where the call or the context has less time left, half of that counts.
func WithReadBack(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d < 0 {
			return fmt.Errorf("WithReadBack: %v is below zero", d)
		}
		c.Retry.ReadBack = d
		return nil
	})
}

// WithoutRepeat never sends a write again after an answer that leaves open whether it
// happened. By default it is sent again after a reading that does not show it, where the
// provider refuses or merges a duplicate. Such a repeat can undo the change that somebody
// else has made in between. Refusals such as status 429 are still tried again.
func WithoutRepeat() Option {
	return config.Option(func(c *config.Config) error {
		c.Retry.Once = true
		return nil
	})
}

// WithLimiter paces a client's requests with l.
func WithLimiter(l Limiter) Option {
	return config.Option(func(c *config.Config) error {
		if l == nil {
			return errors.New("WithLimiter: the limiter is nil")
		}
		c.Limiter = l
		return nil
	})
}

// WithRateLimit sends at most perSecond requests a second, and up to burst at once.
// There is no limit by default.
func WithRateLimit(perSecond float64, burst int) Option {
	return withRate("WithRateLimit", perSecond, burst, func() Limiter {
		return rate.NewLimiter(rate.Limit(perSecond), burst)
	})
}

// WithAdaptiveRateLimit is WithRateLimit with a pace that halves when the provider
// answers 429, and recovers.
func WithAdaptiveRateLimit(perSecond float64, burst int) Option {
	return withRate("WithAdaptiveRateLimit", perSecond, burst, func() Limiter {
		return transport.NewAdaptive(perSecond, burst)
	})
}

func withRate(name string, perSecond float64, burst int, l func() Limiter) Option {
	var err error
	switch {
	case !(perSecond > 0) || perSecond > 1e9:
		err = fmt.Errorf("%s: %v requests per second makes no sense", name, perSecond)
	case burst < 1:
		err = fmt.Errorf("%s: a burst of %d lets nothing through", name, burst)
	}
	if err != nil {
		return config.Option(func(*config.Config) error { return err })
	}
	limiter := l() // one for all clients and calls that the option is given to
	return WithLimiter(limiter)
}

// Attempt is one try of one call, as hooks see it. It holds no credential. StatusCode,
// Err and Took are set after the attempt; Err is nil when there was an answer,
// whatever its status. No field, and nothing below Err, shows a credential.
type Attempt struct {
	// Provider is the provider's name, and Op the method, as in memberships.Error.
	Provider, Op string
	// Method, Host and Path are those of the request; Path is escaped.
	Method, Host, Path string
	// Number counts the attempts of a call from 1.
	Number     int
	StatusCode int
	Err        error
	Took       time.Duration
}

// WithHook calls before and after around every attempt; either may be nil. The context
// that before returns goes with the attempt, and to after: a trace's span can start in
// one and end in the other. Hooks nest: the first one given is the outermost. They may
// be called concurrently.
func WithHook(before func(context.Context, Attempt) context.Context, after func(context.Context, Attempt)) Option {
	return config.Option(func(c *config.Config) error {
		if before == nil && after == nil {
			return errors.New("WithHook: both functions are nil")
		}
		var h config.Hook
		if before != nil {
			h.Before = func(ctx context.Context, a config.Attempt) context.Context { return before(ctx, Attempt(a)) }
		}
		if after != nil {
			h.After = func(ctx context.Context, a config.Attempt) { after(ctx, Attempt(a)) }
		}
		c.Hooks = append(c.Hooks, h)
		return nil
	})
}
