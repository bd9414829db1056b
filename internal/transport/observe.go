package transport

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/memberships-go/memberships/internal/config"
)

// before calls the hooks ahead of an attempt and returns the context that they leave.
func (r *Request) before(ctx context.Context, a config.Attempt) context.Context {
	if len(r.Hooks) == 0 {
		return ctx
	}
	a = r.redacted(a)
	for _, h := range r.Hooks {
		if h.Before != nil {
			ctx = h.Before(ctx, a)
		}
	}
	return ctx
}

// after calls the hooks behind an attempt, in reverse order and with the context that the
// hooks ahead of it left, and logs the attempt with the caller's.
func (r *Request) after(ctx, parent context.Context, a config.Attempt) {
	if len(r.Hooks) == 0 && !r.logs(parent) {
		return
	}
	a = r.redacted(a)
	for i := len(r.Hooks) - 1; i >= 0; i-- {
		if after := r.Hooks[i].After; after != nil {
			after(ctx, a)
		}
	}
	r.log(parent, a)
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
