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

	// Held marks a request that the server holds: its body may pause, and the end of the
	// caller's time says nothing about its connection.
	Held bool
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

// send sends the request within its bounds, between the hooks.
func (r *Request) send(parent context.Context, hc *http.Client, number int, last bool, w *connTrace) (out *Response, err error) {
	a := config.Attempt{
		Provider: r.Provider, Op: r.Op, Number: number,
		Method: r.HTTP.Method, Host: r.HTTP.URL.Host, Path: r.HTTP.URL.EscapedPath(),
	}
	limit, ended := r.Allowance.bound(r.Timeout, number > 1 && !last && !r.Held || ReadBackOf(parent) != nil), ErrAttemptTimeout
	if limit < r.Timeout {
		ended = errShortened
	}
	ctx, cancel := context.WithTimeoutCause(parent, limit, ended)
	defer cancel()
	w.stop = cancel
	ctx = r.before(ctx, a)
	start := time.Now()
	defer func() {
		a.Took, a.Err = time.Since(start), err
		w.suspect(r, err, a.Took)
		r.Allowance.spend(a.Took)
		if out != nil {
			a.StatusCode = out.StatusCode
		}
		r.after(ctx, parent, a)
	}()
	req, err := r.clone(ctx, w)
	if err != nil {
		return nil, err
	}
	resp, err := hc.Do(req)
	if err != nil {
		if w.stopped(ctx, parent) {
			return nil, errReplays
		}
		return nil, cause(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	return r.receive(parent, ctx, cancel, resp)
}

// clone returns the request of one attempt, with credentials.
func (r *Request) clone(ctx context.Context, w *connTrace) (_ *http.Request, err error) {
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
	return req, nil
}

// receive reads an answer to its end. The beginning of an error's body is enough, and so is
// its status where the body breaks off.
func (r *Request) receive(parent, ctx context.Context, cancel context.CancelFunc, resp *http.Response) (*Response, error) {
	out := &Response{StatusCode: resp.StatusCode, Header: resp.Header, URL: r.HTTP.URL, cache: r.BufferCache}
	failed := resp.StatusCode >= 400
	most := r.MaxBody
	if failed {
		most = min(most, maxErrorBody)
	}
	if resp.ContentLength > most && !(failed && most < r.MaxBody) {
		return out, ErrBodyTooLarge
	}
	buffer, err := readBody(cancelBody{resp.Body, cancel, r.Held}, r.BufferCache, resp.ContentLength, most)
	out.buffer, out.Body = buffer, buffer.b
	switch {
	case err == nil, errors.Is(err, ErrBodyTooLarge) && failed && most < r.MaxBody:
		return out, nil
	case failed && parent.Err() == nil:
		return out, nil
	case errors.Is(err, ErrBodyTooLarge), errors.Is(err, ErrStalled):
		return out, err
	}
	return out, cause(ctx, err)
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
