// Package transport makes one guarded attempt at a request: bounded in time and size,
// without redirects, and without credentials in hooks and logs. It classifies the result.
// The caller owns the retry loop and uses the budget and the backoff of this package.
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
	// A body must bring minProgress bytes in every progressWindow, whatever time the
	// attempt has left: all attempts at a stalled body take less than one timeout.
	progressWindow = 5 * time.Second
	minProgress    = 2 << 10
)

// Request is the request of one call. Attempts at it follow one another.
type Request struct {
	// Provider and Op name the call in logs and hooks.
	Provider, Op string
	// HTTP is cloned for every attempt.
	HTTP *http.Request
	// Authorize adds credentials to an attempt's clone, as the last step: a signature
	// covers the request as it is sent, and expires.
	Authorize func(*http.Request) error

	// Timeout bounds one attempt, Allowance all of them.
	Timeout   time.Duration
	Allowance *Allowance
	MaxBody   int64
	Hooks     []config.Hook
	Logger    *slog.Logger

	// Repeatable marks a request that changes nothing: a retry is always safe.
	Repeatable bool
	// Busy reports whether an answer refuses the request for now and before any effect,
	// where the status alone does not show that. It may be nil.
	Busy func(*Response) bool
	// Redact returns the redactor of the credentials used so far. Hooks and logs get
	// redacted texts: an error of net/http quotes the server, and a server may quote the
	// request. It may be nil. An Attempt's errors are not redacted.
	Redact func() *redact.Redactor
	// Accept decodes a success; its error makes the attempt Malformed. It may be nil.
	Accept func(*Response) error
	// Absent returns an error for a 404 or 410 that does not prove absence; the error makes
	// the attempt Malformed. It may be nil.
	Absent func(*Response) error
	// BufferCache lends the memory of the body. It may be nil.
	BufferCache *BufferCache
}

// Response is an answer, read to its end.
type Response struct {
	StatusCode int
	Header     http.Header
	// Body is valid until Release.
	Body []byte
	// URL is the request's, without the credentials of Authorize.
	URL *url.URL

	buffer *buffer
	cache  *BufferCache
}

// Release gives the memory of the body to other answers. Callers copy the parts that they
// keep before.
func (r *Response) Release() {
	if r != nil && r.buffer != nil {
		r.cache.put(r.buffer)
		r.buffer, r.Body = nil, nil
	}
}

// ErrBodyTooLarge is the error of an answer longer than MaxBody.
var ErrBodyTooLarge = errors.New("the body is longer than the limit")

// ErrAttemptTimeout is the error of an attempt that took longer than its Timeout.
var ErrAttemptTimeout = errors.New("the attempt timed out")

// errShortened is the ErrAttemptTimeout of an attempt whose call had less time left.
var errShortened = fmt.Errorf("%w, with the time that the limit of the call left it", ErrAttemptTimeout)

// ErrStalled is the error of a body that stopped arriving.
var ErrStalled = errors.New("the body stopped arriving")

// AuthorizeError is the error of an attempt without credentials. It wraps the reason.
type AuthorizeError struct{ Err error }

func (e *AuthorizeError) Error() string { return e.Err.Error() }
func (e *AuthorizeError) Unwrap() error { return e.Err }

// Attempt is the result of sending a request once.
type Attempt struct {
	// Response is the answer, nil if there is none. The caller releases it.
	*Response
	// Err is the reason that no whole answer arrived. A status alone does not set it.
	Err error
	// Malformed is the error of Accept or Absent.
	Malformed error
	Class     Class
	// Replayed reports whether net/http sent a write more than once: the answer may belong
	// to the second sending.
	Replayed bool
}

// Attempt sends the request once. number counts the call's attempts from one; last marks
// the call's last attempt.
func (r *Request) Attempt(ctx context.Context, hc *http.Client, number int, last bool) Attempt {
	w := new(connTrace)
	resp, err := r.send(ctx, hc, number, last, w)
	a := Attempt{Response: resp, Err: err, Replayed: !r.Repeatable && w.replayed()}
	if ctx.Err() != nil {
		a.Err, a.Class = ctx.Err(), Ambiguous
		if w.neverSent(true) {
			a.Class = NotProcessed
		}
		return a
	}
	a.Class, a.Malformed = r.classify(resp, err, w)
	return a
}

func (r *Request) send(parent context.Context, hc *http.Client, number int, last bool, w *connTrace) (out *Response, err error) {
	a := config.Attempt{
		Provider: r.Provider, Op: r.Op, Number: number,
		Method: r.HTTP.Method, Host: r.HTTP.URL.Host, Path: r.HTTP.URL.EscapedPath(),
	}
	limit, ended := r.Allowance.bound(r.Timeout, number > 1 && !last || ReadBackOf(parent) != nil), ErrAttemptTimeout
	if limit < r.Timeout {
		ended = errShortened
	}
	ctx, cancel := context.WithTimeoutCause(parent, limit, ended)
	defer cancel()
	if len(r.Hooks) > 0 {
		shown := r.redacted(a)
		for _, h := range r.Hooks {
			if h.Before != nil {
				ctx = h.Before(ctx, shown)
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
		a := r.redacted(a)
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
	w.hasKey = req.Header.Get("Idempotency-Key") != "" || req.Header.Get("X-Idempotency-Key") != ""
	resp, err := hc.Do(req)
	if err != nil {
		err = cause(ctx, err)
		if w.replaysTooOften() && ctx.Err() == nil {
			err = errReplays
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	out = &Response{StatusCode: resp.StatusCode, Header: resp.Header, URL: r.HTTP.URL, cache: r.BufferCache}
	most, cut := r.MaxBody, false
	if resp.StatusCode >= 400 && most > maxErrorBody {
		most, cut = maxErrorBody, true // the beginning of an error is enough
	}
	if resp.ContentLength > most && !cut {
		return out, ErrBodyTooLarge
	}
	out.buffer, err = readBody(cancelBody{resp.Body, cancel}, r.BufferCache, resp.ContentLength, most)
	out.Body = out.buffer.b
	switch {
	case errors.Is(err, ErrBodyTooLarge) && cut:
		err = nil
	case err != nil && resp.StatusCode >= 400 && parent.Err() == nil:
		err = nil // the status is enough without the rest of the body
	case err != nil && !errors.Is(err, ErrBodyTooLarge) && !errors.Is(err, ErrStalled):
		err = cause(ctx, err)
	}
	return out, err
}

// cause returns the reason of a failed request, without the URL of *url.Error: a URL may
// hold a credential.
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

// redacted returns an attempt for hooks and logs, without credentials.
func (r *Request) redacted(a config.Attempt) config.Attempt {
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

// log writes a redacted attempt at debug level.
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
