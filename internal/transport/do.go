// Package transport is the one way a request leaves this module: guarded against
// redirects, bounded in time and size, without credentials in what it reports.
package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// Defaults of a call's bounds.
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 32 << 20
	maxErrorBody   = 64 << 10
)

// Request is one call, repeatable.
type Request struct {
	// HTTP is cloned for every attempt.
	HTTP *http.Request
	// Authorize adds credentials to an attempt's clone, after everything else is in
	// place: signatures cover the request as it will be sent, and age. It may replace
	// the clone.
	Authorize func(*http.Request) error
	Timeout   time.Duration
	MaxBody   int64
	Logger    *slog.Logger
	Name      string
}

// Response is an answer, read to its end.
type Response struct {
	StatusCode int
	Header     http.Header
	Body       []byte
	// URL is what was asked for, without what Authorize added.
	URL *url.URL
}

// ErrBodyTooLarge says that an answer went past MaxBody.
var ErrBodyTooLarge = errors.New("the body is longer than the limit")

// ErrAttemptTimeout says that an attempt took longer than its Timeout.
var ErrAttemptTimeout = errors.New("the attempt timed out")

// AuthorizeError says that no credentials could be had.
type AuthorizeError struct{ Err error }

func (e *AuthorizeError) Error() string { return e.Err.Error() }
func (e *AuthorizeError) Unwrap() error { return e.Err }

// Do sends req. It is the seam for retries: one call of attempt is one try, with a
// fresh clone, fresh credentials and a deadline of its own.
func Do(ctx context.Context, hc *http.Client, req *Request) (*Response, error) {
	return attempt(ctx, hc, req)
}

func attempt(ctx context.Context, hc *http.Client, r *Request) (_ *Response, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	parent := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout, ErrAttemptTimeout)
	defer cancel()
	req := r.HTTP.Clone(ctx)
	if r.HTTP.GetBody != nil {
		if req.Body, err = r.HTTP.GetBody(); err != nil {
			return nil, err
		}
	}
	if r.Authorize != nil {
		if err := r.Authorize(req); err != nil {
			if parent.Err() != nil {
				return nil, parent.Err()
			}
			return nil, &AuthorizeError{err}
		}
	}
	start := time.Now()
	resp, err := hc.Do(req)
	if err != nil {
		err = cause(parent, ctx, err)
		r.log(parent, start, 0, err)
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	out := &Response{StatusCode: resp.StatusCode, Header: resp.Header, URL: r.HTTP.URL}
	limit, cut := r.MaxBody, false
	if resp.StatusCode >= 400 && limit > maxErrorBody {
		limit, cut = maxErrorBody, true // the beginning of an error tells enough
	}
	if resp.ContentLength > limit && !cut {
		r.log(parent, start, resp.StatusCode, ErrBodyTooLarge)
		return out, ErrBodyTooLarge
	}
	out.Body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if int64(len(out.Body)) > limit {
		out.Body = out.Body[:limit]
		if err = nil; !cut {
			err = ErrBodyTooLarge
		}
	}
	if err != nil && err != ErrBodyTooLarge {
		err = cause(parent, ctx, err)
		if resp.StatusCode >= 400 && parent.Err() == nil {
			err = nil // the status says enough without the rest of its body
		}
	}
	r.log(parent, start, resp.StatusCode, err)
	return out, err
}

// cause says why a request failed, without the URL that *url.Error repeats: a URL
// may hold a credential.
func cause(parent, attempt context.Context, err error) error {
	if parent.Err() != nil {
		return parent.Err()
	}
	if attempt.Err() != nil {
		return context.Cause(attempt)
	}
	for {
		var ue *url.Error
		if !errors.As(err, &ue) {
			return err
		}
		err = ue.Err
	}
}

func (r *Request) log(ctx context.Context, start time.Time, status int, err error) {
	if r.Logger == nil || !r.Logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("call", r.Name),
		slog.String("method", r.HTTP.Method),
		slog.String("host", r.HTTP.URL.Host),
		slog.String("path", r.HTTP.URL.EscapedPath()),
		slog.Duration("took", time.Since(start)),
	}
	if status != 0 {
		attrs = append(attrs, slog.Int("status", status))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", fmt.Sprint(err)))
	}
	r.Logger.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
}
