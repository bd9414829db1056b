package httpapi

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// Exchange collects what a router finds out about a request, for a log of requests.
type Exchange struct {
	mu              sync.Mutex
	caller, problem string
}

type exchangeKey struct{}

// WithExchange returns a context whose request reports to x.
func WithExchange(ctx context.Context, x *Exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// Caller returns the address of the caller, "app" for an app, and "" for the default caller.
func (x *Exchange) Caller() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.caller
}

// Problem returns the reason of a refusal, "" for none.
func (x *Exchange) Problem() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.problem
}

// Refuse sets the reason of a refusal, unless there is one.
func (x *Exchange) Refuse(reason string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.problem == "" {
		x.problem = reason
	}
}

func exchangeOf(r *http.Request) *Exchange {
	if x, ok := r.Context().Value(exchangeKey{}).(*Exchange); ok {
		return x
	}
	return &Exchange{}
}

// Note notes the caller of a request and the reason of its refusal, each "" for none. A
// handler that was added with Router.Handle calls it.
func Note(r *http.Request, caller, problem string) {
	x := exchangeOf(r)
	if problem != "" {
		x.Refuse(problem)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if caller != "" {
		x.caller = caller
	}
}

// identified notes the caller of a request.
func identified(r *http.Request, c *Caller) {
	x := exchangeOf(r)
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case c == nil:
	case c.App:
		x.caller = "app"
	default:
		x.caller = c.Email
	}
}

// refused notes the error of a request.
func refused(r *http.Request, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		exchangeOf(r).Refuse(err.Error())
		return
	}
	reason := p.Detail
	switch {
	case reason == "" && p.Missing:
		reason = "is missing"
	case reason == "" && p.Unknown:
		reason = "there is no such parameter"
	case reason == "":
		reason = http.StatusText(p.Status)
	}
	if p.Param != "" {
		reason = p.Param + ": " + reason
	}
	exchangeOf(r).Refuse(reason)
}
