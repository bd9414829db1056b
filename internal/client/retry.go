package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
)

// exchange sends the request of one call until the outcome is known. Its run is the only
// loop that repeats a request.
type exchange struct {
	p                *prepared
	http             *http.Client
	request          transport.Request
	write            *settlement // nil for a read
	attempts         int
	token            string // of the last attempt
	renewed          bool   // credentials are renewed once a call
	retriedMalformed bool   // a malformed answer is retried once a call
}

// exchange returns the exchange of one call. accept decodes a success and copies the parts of
// its body that it keeps: the body is released when run returns.
func (p *prepared) exchange(ctx context.Context, accept func(*transport.Response) error) *exchange {
	x := &exchange{p: p, http: p.client.httpFor(p.cfg)}
	v := p.client.api
	x.request = transport.Request{
		Provider: v.Name, Op: p.call.Name, HTTP: p.req,
		Timeout: max(p.cfg.Timeout, p.call.Hold), Allowance: allowance(ctx, max(p.cfg.CallTimeout, p.call.Hold)), MaxBody: p.cfg.MaxBody,
		Hooks: p.cfg.Hooks, Logger: p.cfg.Logger,
		Repeatable: !p.isWrite(), Busy: v.Busy, Redact: p.redactor, Accept: accept, BufferCache: p.cache,
		Held: p.call.Hold > 0,
	}
	if !p.isWrite() {
		x.request.Absent = func(resp *transport.Response) error {
			if f := v.ErrorDetails(resp); v.kind(resp.StatusCode, f, p.call.Name) == memberships.ErrNotFound {
				return p.unprovenAbsence(f)
			}
			return nil
		}
	}
	if !p.call.Anonymous {
		x.request.Authorize = x.authorize
	}
	return x
}

// allowance returns the time of the call: a new one, or for a read-back that of its write.
func allowance(ctx context.Context, limit time.Duration) *transport.Allowance {
	if a := transport.ReadBackOf(ctx); a != nil {
		return a
	}
	return transport.NewAllowance(limit)
}

func (x *exchange) authorize(req *http.Request) (err error) {
	x.token, err = x.p.client.api.authorize(req.Context(), x.p.cfg, req)
	x.p.recordAttempt(x.token, req.URL)
	return err
}

// run attempts the call until it succeeds, fails for good, or must not be retried. It
// returns nil for a success, which a reading after a write may show.
func (x *exchange) run(ctx context.Context) *memberships.Error {
	budget := x.p.client.budget
	readBack := transport.ReadBackOf(ctx) != nil
	if !readBack {
		budget.Called()
	} else if !budget.Take() {
		return x.p.redactError(x.p.failure(ctx, nil, transport.ErrBudget), false)
	}
	for {
		a := x.attempt(ctx)
		e := x.p.errorOf(ctx, a)
		asked := x.retryAfter(a.Response)
		if e == nil && x.write != nil && a.Response != nil {
			memberships.RecordRequestID(ctx, x.p.client.api.ErrorDetails(a.Response).RequestID)
		}
		a.Release()
		if e == nil {
			x.p.client.throttle.Cleared()
			if !readBack {
				budget.Succeeded()
			}
			return nil
		}
		e.Attempts = x.attempts
		if a.Response != nil && e.Kind == memberships.ErrRateLimited {
			asked = x.p.client.throttle.Limited(asked, x.p.cfg.Retry)
		}
		e, again := x.next(ctx, a, e, asked)
		if !again {
			return e
		}
	}
}

// attempt makes one attempt if the limiter and the time of the call allow it.
func (x *exchange) attempt(ctx context.Context) transport.Attempt {
	cfg, budget := x.p.cfg, x.p.client.budget
	if err := ctx.Err(); err != nil {
		return transport.Attempt{Err: err, Class: transport.NotProcessed}
	}
	x.p.client.throttle.Wait(ctx, cfg.Retry.MaxWait)
	if cfg.Limiter != nil {
		if err := cfg.Limiter.Wait(ctx); err != nil {
			return transport.Attempt{Err: &transport.LimitError{Err: err}}
		}
	}
	if !x.request.Allowance.Covers(0) {
		return transport.Attempt{Err: transport.ErrCallTimeout}
	}
	x.attempts++
	a := x.request.Attempt(ctx, x.http, x.attempts, x.attempts == cfg.Retry.Attempts)
	if x.write != nil {
		x.write.attempted(time.Now())
	}
	if ctx.Err() != nil {
		return a
	}
	if o, ok := cfg.Limiter.(config.Observer); ok && a.Response != nil {
		o.Observe(a.StatusCode, transport.RetryAfter(a.Header))
	}
	if x.renewed && a.Class != transport.Ambiguous {
		budget.Renewed(a.Class != transport.Unauthenticated)
	}
	return a
}

// next reports whether to make another attempt after a failed one. If not, it returns the
// error of the call, nil if a reading shows the effect of a write.
func (x *exchange) next(ctx context.Context, a transport.Attempt, e *memberships.Error, asked time.Duration) (_ *memberships.Error, again bool) {
	certain := a.Class != transport.Ambiguous && a.Class != transport.Malformed && !a.Replayed
	if x.write != nil && !certain {
		x.write.markAmbiguous(e)
	}
	if ctx.Err() == nil {
		switch {
		case a.Class == transport.Unauthenticated && x.renew(), x.mayRetry(a) && x.wait(ctx, asked):
			return nil, true
		case ctx.Err() != nil:
			last := e
			e = x.p.redactError(x.p.failure(ctx, nil, ctx.Err()), false)
			e.StatusCode, e.RequestID, e.Attempts = last.StatusCode, last.RequestID, x.attempts
		}
	}
	if x.write == nil || x.write.ambiguous == nil {
		return e, false
	}
	return x.write.conclude(ctx, x, e, certain, asked)
}

// mayRetry reports whether a retry without a reading is safe and may succeed.
func (x *exchange) mayRetry(a transport.Attempt) bool {
	switch {
	case a.Class == transport.NotProcessed:
		return x.write == nil || !a.Replayed // by net/http, so that the answer may be to the second sending
	case x.write != nil:
		return false
	case a.Class == transport.Malformed:
		again := !x.retriedMalformed && !errors.Is(a.Err, transport.ErrBodyTooLarge)
		x.retriedMalformed = true
		return again
	}
	return a.Class == transport.Ambiguous
}

// renew reports whether a retry with renewed credentials may succeed: the token source may
// have another token, and the budget allows it.
func (x *exchange) renew() bool {
	if x.renewed || x.token == "" || !x.p.cfg.Tokens.Refuse(x.token) || !x.p.client.budget.Renew() {
		return false
	}
	x.renewed = true
	return true
}

// wait waits before a retry, and reports whether the budget, the time and the limit of
// attempts allow it.
func (x *exchange) wait(ctx context.Context, asked time.Duration) bool {
	budget := x.p.client.budget
	return budget.Covers() && x.pause(ctx, asked) && budget.Take()
}

func (x *exchange) pause(ctx context.Context, asked time.Duration) bool {
	return transport.Wait(ctx, x.p.cfg.Retry, x.request.Allowance, x.attempts, asked)
}

// retryAfter returns the wait that an answer asks for, 0 for none.
func (x *exchange) retryAfter(resp *transport.Response) time.Duration {
	if resp == nil {
		return 0
	}
	if d := transport.RetryAfter(resp.Header); d > 0 || resp.StatusCode < 400 {
		return d
	}
	return x.p.client.api.ErrorDetails(resp).RetryAfter
}

// errorOf returns the error of an attempt, nil if it succeeded.
func (p *prepared) errorOf(ctx context.Context, a transport.Attempt) *memberships.Error {
	switch busy := p.client.api.Busy; {
	case a.Err != nil:
		return p.redactError(p.failure(ctx, a.Response, a.Err), false)
	case a.Malformed != nil:
		return p.redactError(p.malformed(a.Response, a.Malformed), false)
	case a.StatusCode < 200 || a.StatusCode > 299 || busy != nil && busy(a.Response):
		return p.redactError(p.responseError(a.Response), true)
	}
	return nil
}
