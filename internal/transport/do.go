// Package transport is the one way a request leaves this module: repeated where that
// is safe, guarded against redirects, bounded in time and size, without credentials
// in what it reports.
package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/redact"
)

// Defaults of a call's bounds.
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 32 << 20
	maxErrorBody   = 64 << 10
	// A body must bring minProgress bytes in every progressWindow, however much time
	// the attempt has left: all attempts at a body that drips take less than one timeout.
	progressWindow = 5 * time.Second
	minProgress    = 2 << 10
)

// Request is one call, repeatable.
type Request struct {
	// Provider and Op name the call in logs and hooks.
	Provider, Op string
	// HTTP is cloned for every attempt.
	HTTP *http.Request
	// Authorize adds credentials to an attempt's clone, after everything else is in
	// place: signatures cover the request as it will be sent, and age.
	Authorize func(*http.Request) error
	// Refused says that the credentials of the last attempt were not taken, and
	// reports whether there may be others. It may be nil.
	Refused func() bool

	// Timeout bounds one attempt, Allowance all of them.
	Timeout   time.Duration
	Allowance *Allowance
	MaxBody   int64
	Retry     config.Retry
	Budget    *Budget
	Limiter   config.Limiter
	Hooks     []config.Hook
	Logger    *slog.Logger

	// Repeatable says that the request changes nothing, so that it is sent again whatever
	// became of it.
	Repeatable bool
	// Busy finds answers that refuse the request for now, and before any effect, where the
	// status alone does not tell. It may be nil.
	Busy func(*Response) bool
	// RetryAfter reads how long the answer asks to wait.
	RetryAfter func(*Response) time.Duration
	// Redact returns what takes the credentials that are known by now out of what hooks and
	// logs are told: net/http repeats what it cannot read, and a server may have answered
	// with the request. It may be nil. The errors of Do are as they came.
	Redact func() *redact.Redactor
	// Accept looks into a success, once for each; an error says that it is not one. It
	// may be nil.
	Accept func(*Response) error
	// Absent looks into an answer that says that something is not there, and returns why it
	// does not show that. Such an answer is asked for once more, as one that is broken. It
	// may be nil.
	Absent func(*Response) error
	// Shelf has the memory for the body, and gets it back. It may be nil.
	Shelf *Shelf
}

// Response is an answer, read to its end.
type Response struct {
	StatusCode int
	Header     http.Header
	// Body is there until Release.
	Body []byte
	// URL is what was asked for, without what Authorize added.
	URL *url.URL

	buffer *buffer
	shelf  *Shelf
}

// Release lets other answers have the memory of the body. What is still needed of it
// must have been copied.
func (r *Response) Release() {
	if r != nil && r.buffer != nil {
		r.shelf.put(r.buffer)
		r.buffer, r.Body = nil, nil
	}
}

// Result is what became of a call.
type Result struct {
	// Response is the last answer, nil if there was none. Its Release falls to the caller.
	*Response
	// Broken is what Accept said of the answer.
	Broken   error
	Attempts int
	// Unclear says that an attempt was sent whose answer does not tell whether it was
	// carried out. It has no meaning beside a success.
	Unclear bool
}

// ErrBodyTooLarge says that an answer went past MaxBody.
var ErrBodyTooLarge = errors.New("the body is longer than the limit")

// ErrAttemptTimeout says that an attempt took longer than its Timeout.
var ErrAttemptTimeout = errors.New("the attempt timed out")

// errShortened is ErrAttemptTimeout of an attempt that the limit of its call left less.
var errShortened = fmt.Errorf("%w, with the time that the limit of the call left it", ErrAttemptTimeout)

// ErrStalled says that a body stopped arriving.
var ErrStalled = errors.New("the body stopped arriving")

// AuthorizeError says that no credentials could be had.
type AuthorizeError struct{ Err error }

func (e *AuthorizeError) Error() string { return e.Err.Error() }
func (e *AuthorizeError) Unwrap() error { return e.Err }

// Do sends r until an attempt settles it, as often as r.Retry, the budget, the allowance
// and ctx allow. A nil error means that there is an answer, whatever its status.
func Do(ctx context.Context, hc *http.Client, r *Request) (Result, error) {
	var res Result
	renewed, reread := false, false
	if ReadBackOf(ctx) == nil {
		r.Budget.called()
	} else if !r.Budget.Take() {
		return res, ErrBudget
	}
	for {
		if err := ctx.Err(); err != nil {
			return res, err
		}
		if r.Limiter != nil {
			if err := r.Limiter.Wait(ctx); err != nil {
				return res, limited(ctx, err)
			}
		}
		if !r.Allowance.covers(0) {
			return res, ErrCallTimeout
		}
		res.Attempts++
		res.Release()
		w := new(wire)
		resp, err := r.attempt(ctx, hc, res.Attempts, w)
		res.Response = resp
		if ctx.Err() != nil {
			res.Unclear = res.Unclear || !w.neverSent(true)
			return res, ctx.Err()
		}
		if o, ok := r.Limiter.(config.Observer); ok && resp != nil {
			o.Observe(resp.StatusCode, RetryAfter(resp.Header))
		}
		res.Unclear = res.Unclear || !r.Repeatable && w.replayed()
		var v verdict
		v, res.Broken = r.judge(resp, err, w)
		if renewed && v != unclear {
			r.Budget.renewed(v != expired)
		}
		switch v {
		case done:
			if err == nil && resp.StatusCode < 400 && ReadBackOf(ctx) == nil {
				r.Budget.succeeded()
			}
			return res, err
		case expired:
			if renewed || r.Refused == nil || !r.Refused() || !r.Budget.renew() {
				return res, err
			}
			renewed = true // a second refusal is final
			continue
		case broken, unclear:
			res.Unclear = true // and stays so: a later refusal does not undo it
			if !r.Repeatable {
				return res, err
			}
			if v == broken && (reread || errors.Is(err, ErrBodyTooLarge)) {
				return res, err
			}
			reread = reread || v == broken
		}
		if !r.again(ctx, resp, res.Attempts) {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return res, err
		}
	}
}

// ErrBudget says that a read-back was not made, for lack of budget.
var ErrBudget = errors.New("the retry budget of this client is used up")

// again waits before another attempt, and reports whether there is to be one.
func (r *Request) again(ctx context.Context, resp *Response, attempts int) bool {
	asked := time.Duration(0)
	if resp != nil {
		asked = r.retryAfter(resp)
	}
	return r.Budget.covers() && Wait(ctx, r.Retry, r.Allowance, attempts, asked) && r.Budget.Take()
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
	if !outlasts(ctx, d) || !left.covers(d) {
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

func (r *Request) retryAfter(resp *Response) time.Duration {
	if r.RetryAfter != nil {
		return r.RetryAfter(resp)
	}
	return RetryAfter(resp.Header)
}

// limited says why a limiter let nothing through.
func limited(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &LimitError{err}
}

// LimitError says that the client's own limiter refused to wait.
type LimitError struct{ Err error }

func (e *LimitError) Error() string { return "the rate limit of this client: " + e.Err.Error() }
func (e *LimitError) Unwrap() error { return e.Err }

func (r *Request) attempt(parent context.Context, hc *http.Client, number int, w *wire) (out *Response, err error) {
	a := config.Attempt{
		Provider: r.Provider, Op: r.Op, Number: number,
		Method: r.HTTP.Method, Host: r.HTTP.URL.Host, Path: r.HTTP.URL.EscapedPath(),
	}
	last := number == r.Retry.Attempts
	limit, ended := r.Allowance.bound(r.Timeout, number > 1 && !last || ReadBackOf(parent) != nil), ErrAttemptTimeout
	if limit < r.Timeout {
		ended = errShortened
	}
	ctx, cancel := context.WithTimeoutCause(parent, limit, ended)
	defer cancel()
	if len(r.Hooks) > 0 {
		told := r.told(a)
		for _, h := range r.Hooks {
			if h.Before != nil {
				ctx = h.Before(ctx, told)
			}
		}
	}
	start := time.Now()
	defer func() {
		w.suspect(r.HTTP, err, time.Since(start))
		a.Took, a.Err = time.Since(start), err
		r.Allowance.spend(a.Took)
		if out != nil {
			a.StatusCode = out.StatusCode
		}
		if len(r.Hooks) == 0 && !r.logs(parent) {
			return
		}
		a := r.told(a)
		for i := len(r.Hooks) - 1; i >= 0; i-- {
			if after := r.Hooks[i].After; after != nil {
				after(ctx, a)
			}
		}
		r.log(parent, a)
	}()
	req := r.HTTP.Clone(w.traced(ctx))
	if r.HTTP.GetBody != nil {
		if req.Body, err = r.HTTP.GetBody(); err != nil {
			return nil, err
		}
		if !r.Repeatable {
			req.GetBody = w.guarded(r.HTTP.GetBody)
		}
	}
	if r.Authorize != nil {
		if err := r.Authorize(req); err != nil {
			return nil, &AuthorizeError{err}
		}
	}
	w.begun = true
	w.keyed = req.Header.Get("Idempotency-Key") != "" || req.Header.Get("X-Idempotency-Key") != ""
	resp, err := hc.Do(req)
	if err != nil {
		err = cause(ctx, err)
		if w.replays.Load() > maxReplays && !w.foreign.Load() && ctx.Err() == nil {
			err = errReplays
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	out = &Response{StatusCode: resp.StatusCode, Header: resp.Header, URL: r.HTTP.URL, shelf: r.Shelf}
	most, cut := r.MaxBody, false
	if resp.StatusCode >= 400 && most > maxErrorBody {
		most, cut = maxErrorBody, true // the beginning of an error tells enough
	}
	if resp.ContentLength > most && !cut {
		return out, ErrBodyTooLarge
	}
	out.buffer, err = readBody(cancelBody{resp.Body, cancel}, r.Shelf, resp.ContentLength, most)
	out.Body = out.buffer.b
	switch {
	case errors.Is(err, ErrBodyTooLarge) && cut:
		err = nil
	case err != nil && resp.StatusCode >= 400 && parent.Err() == nil:
		err = nil // the status says enough without the rest of its body
	case err != nil && !errors.Is(err, ErrBodyTooLarge) && !errors.Is(err, ErrStalled):
		err = cause(ctx, err)
	}
	return out, err
}

// cause says why a request failed, without the URL that *url.Error repeats: a URL
// may hold a credential.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for {
		var ue *url.Error
		if !errors.As(err, &ue) {
			return err
		}
		err = ue.Err
	}
}

// told is an attempt as hooks and logs are told of it.
func (r *Request) told(a config.Attempt) config.Attempt {
	if r.Redact == nil {
		return a
	}
	all := r.Redact()
	own := all.Own()
	a.Provider, a.Op, a.Method = own.Text(a.Provider), own.Text(a.Op), own.Text(a.Method)
	a.Host, a.Path, a.Err = own.Text(a.Host), own.Text(a.Path), all.Error(a.Err)
	return a
}

func (r *Request) logs(ctx context.Context) bool {
	return r.Logger != nil && r.Logger.Enabled(ctx, slog.LevelDebug)
}

// log writes what told has made of an attempt.
func (r *Request) log(ctx context.Context, a config.Attempt) {
	if !r.logs(ctx) {
		return
	}
	attrs := []slog.Attr{
		slog.String("provider", a.Provider), slog.String("op", a.Op), slog.Int("attempt", a.Number),
		slog.String("method", a.Method), slog.String("host", a.Host), slog.String("path", a.Path),
		slog.Duration("took", a.Took),
	}
	if a.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", a.StatusCode))
	}
	if a.Err != nil {
		attrs = append(attrs, slog.String("error", fmt.Sprint(a.Err)))
	}
	r.Logger.LogAttrs(ctx, slog.LevelDebug, "attempt", attrs...)
}
