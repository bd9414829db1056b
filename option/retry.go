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

// WithAttempts bounds the number of attempts of one request, the first included. The
// default is 4; 1 disables retries. A retry budget applies as well: it bounds the retries
// of a client to a few percent of its calls.
func WithAttempts(n int) Option {
	return config.Option(func(c *config.Config) error {
		if n < 1 {
			return fmt.Errorf("WithAttempts: %d is below one", n)
		}
		c.Retry.Attempts = n
		return nil
	})
}

// WithBackoff sets the backoff between attempts: a random part of base after the first
// attempt, of twice base after the second and so on, up to limit. The default is 500
// milliseconds up to 30 seconds.
func WithBackoff(base, limit time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if base <= 0 || limit < base {
			return fmt.Errorf("WithBackoff: the base %v is not above zero or exceeds the limit %v", base, limit)
		}
		c.Retry.Base, c.Retry.Cap = base, limit
		return nil
	})
}

// WithMaxRetryAfter sets the longest Retry-After that a call waits for, one minute by
// default and one day at most. On a longer one the call fails at once with
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

// Limiter paces requests. Wait returns when the next request may be sent, or with ctx's
// error. Several clients may share a Limiter, and a Limiter may coordinate with other
// processes. A method Observe(statusCode int, retryAfter time.Duration), if present, is
// called with every response. All methods are called concurrently.
type Limiter interface {
	Wait(ctx context.Context) error
}

// WithReadBack sets the duration of the read-back after a write without an answer, two
// seconds by default. The call reads the state at least twice, the last time after d,
// before it fails with memberships.ErrOutcomeUnknown: the server may apply a request
// late, and a single read may come from a stale replica. Zero reads twice at once. If the
// call or the context has less time left, the read-back takes half of that.
func WithReadBack(d time.Duration) Option {
	return config.Option(func(c *config.Config) error {
		if d < 0 {
			return fmt.Errorf("WithReadBack: %v is below zero", d)
		}
		c.Retry.ReadBack = d
		return nil
	})
}

// WithoutRepeat disables the retry of ambiguous writes. By default an ambiguous write is
// sent again if the read-back does not show it and the provider refuses or merges
// duplicates; such a repeat can undo a change that another client made in between.
// Definite refusals such as status 429 are still retried.
func WithoutRepeat() Option {
	return config.Option(func(c *config.Config) error {
		c.Retry.Once = true
		return nil
	})
}

// WithLimiter paces the requests of a client with l.
func WithLimiter(l Limiter) Option {
	return config.Option(func(c *config.Config) error {
		if l == nil {
			return errors.New("WithLimiter: the limiter is nil")
		}
		c.Limiter = l
		return nil
	})
}

// WithRateLimit bounds requests to perSecond per second, with bursts of up to burst
// requests. There is no limit by default.
func WithRateLimit(perSecond float64, burst int) Option {
	return withRate("WithRateLimit", perSecond, burst, func() Limiter {
		return rate.NewLimiter(rate.Limit(perSecond), burst)
	})
}

// WithAdaptiveRateLimit is WithRateLimit with a rate that halves on status 429 and
// recovers afterwards.
func WithAdaptiveRateLimit(perSecond float64, burst int) Option {
	return withRate("WithAdaptiveRateLimit", perSecond, burst, func() Limiter {
		return transport.NewAdaptive(perSecond, burst)
	})
}

func withRate(name string, perSecond float64, burst int, l func() Limiter) Option {
	var err error
	switch {
	case !(perSecond > 0) || perSecond > 1e9:
		err = fmt.Errorf("%s: %v requests per second is not above 0 and at most 1e9", name, perSecond)
	case burst < 1:
		err = fmt.Errorf("%s: the burst %d is below one", name, burst)
	}
	if err != nil {
		return config.Option(func(*config.Config) error { return err })
	}
	limiter := l() // shared by all clients and calls with the option
	return WithLimiter(limiter)
}

// Attempt describes one attempt of a call for hooks. StatusCode, Err and Took are set
// after the attempt; Err is nil if a response arrived, whatever its status. No field, and
// no error below Err, holds a credential.
type Attempt struct {
	// Provider is the provider's name and Op the method, as in memberships.Error.
	Provider, Op string
	// Method, Host and Path describe the request; Path is escaped.
	Method, Host, Path string
	// Number is the number of the attempt within its call, from 1.
	Number     int
	StatusCode int
	Err        error
	Took       time.Duration
}

// WithHook calls before and after around every attempt; either may be nil. The attempt
// and after use the context that before returns, so a tracing span can start in before
// and end in after. The first hook is the outermost. Hooks may run concurrently.
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
