// Package httpapi holds the HTTP parts that the emulated providers share: routing,
// authentication, validation against the provider's document, and JSON responses.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// ControlPrefix is the beginning of the paths of the emulator's own API, which no provider
// has.
const ControlPrefix = "/_emulator/"

// Problem is an error in general terms: a failed validation, or a handler's refusal. Each
// provider renders it in its own format.
type Problem struct {
	Status int
	// Param and In locate the error: a query parameter, or a property of the body (In
	// "body", Param "user.id"). Both are empty if the error has no location.
	Param, In string
	// Missing reports that the required Param is absent, Unknown that the document has no
	// Param.
	Missing, Unknown bool
	// Rule is the schema keyword that the value violates, such as "maxItems".
	Rule   string
	Detail string
	// RetryAfter is the Retry-After header in seconds, 0 for none.
	RetryAfter int
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s %s: %s", p.Status, p.In, p.Param, p.Detail)
}

// Caller is the identity that makes a request.
type Caller struct {
	Token  string
	Email  string
	Scopes []string
	// App reports that the caller is an app and not a person.
	App bool
	// ChatOff reports that Google Chat is disabled for the caller, NoApp that the
	// caller's Chat app is not configured.
	ChatOff, NoApp bool
	// Unapproved are the scopes among Scopes that an administrator has not approved.
	Unapproved []string
}

// Config is a provider's part of a Router.
type Config struct {
	Provider string
	// Authenticate returns the caller, or a problem with status 401 or 403. If it is nil,
	// every request is accepted.
	Authenticate func(*http.Request) (*Caller, *Problem)
	// Select returns a function that reduces a successful response to the fields that the
	// request asks for, nil for the whole response. It runs before Before. Select may be
	// nil.
	Select func(*http.Request, *Schema) (func(body []byte) []byte, *Problem)
	// Before may rewrite a request before its validation. It may be nil.
	Before func(*http.Request)
	// Other serves requests that the document does not have, and reports whether it has
	// served one. It may be nil.
	Other func(http.ResponseWriter, *http.Request) bool
	// Stamp sets the headers that every response of the provider has. It may be nil.
	Stamp func(http.ResponseWriter)
	// Render writes a problem in the provider's format.
	Render func(http.ResponseWriter, *http.Request, *Problem)
	// Enter returns a method that runs before the operation id and calls next. It may be
	// nil.
	Enter func(next Method, id string) Method
	// Fail writes the error of a method; the default is Router.Fail.
	Fail func(http.ResponseWriter, *http.Request, error)
	// BadBody writes the error of a body that has the document's types and cannot be
	// decoded; the default renders it.
	BadBody func(http.ResponseWriter, *http.Request, error)
}

// Router is the mux for the operations of a generated server. It validates every request
// against the provider's document.
type Router struct {
	// Writes runs the writes; nil runs them at once. Set it before the first request.
	Writes Writes
	// View returns the groups in order of creation with at most limit members each.
	View func(limit int) []Group

	cfg  Config
	spec *Document
	// handlers has an entry for every operation, and one for nil, which serves any other
	// request.
	handlers map[*Operation]http.HandlerFunc
	paths    map[string]http.HandlerFunc // by Handle
}

// NewRouter loads the provider's document. It panics if the document is invalid, because
// the document is part of this module.
func NewRouter(cfg Config) *Router {
	spec, err := Spec(cfg.Provider)
	if err != nil {
		panic(err)
	}
	r := &Router{cfg: cfg, spec: spec, handlers: map[*Operation]http.HandlerFunc{}, paths: map[string]http.HandlerFunc{}}
	r.cfg.Render = func(w http.ResponseWriter, req *http.Request, p *Problem) {
		refused(req, p)
		cfg.Render(w, req, p)
	}
	r.cfg.Fail = func(w http.ResponseWriter, req *http.Request, err error) {
		refused(req, err)
		if cfg.Fail != nil {
			cfg.Fail(w, req, err)
			return
		}
		r.Fail(w, req, err)
	}
	r.cfg.BadBody = func(w http.ResponseWriter, req *http.Request, err error) {
		refused(req, err)
		if cfg.BadBody != nil {
			cfg.BadBody(w, req, err)
			return
		}
		cfg.Render(w, req, &Problem{Status: http.StatusBadRequest, Detail: err.Error()})
	}
	r.handlers[nil] = r.unknown
	return r
}

// handle sets the handler of an operation.
func (rt *Router) handle(op *Operation, handler http.HandlerFunc) {
	rt.handlers[op] = func(w http.ResponseWriter, r *http.Request) {
		if rt.cfg.Authenticate != nil && !op.Public {
			caller, problem := rt.authenticate(r)
			if problem != nil {
				rt.cfg.Render(w, r, problem)
				return
			}
			identified(r, caller)
			r = r.WithContext(context.WithValue(r.Context(), callerKey{}, caller))
		}
		if rt.cfg.Select != nil {
			pick, problem := rt.cfg.Select(r, op.Response.json())
			if problem != nil {
				rt.cfg.Render(w, r, problem)
				return
			}
			if pick != nil {
				buffered := &bufferedResponse{ResponseWriter: w}
				defer buffered.flush(pick)
				w = buffered
			}
		}
		if rt.cfg.Before != nil {
			rt.cfg.Before(r)
		}
		if problem := rt.check(r, op); problem != nil {
			rt.cfg.Render(w, r, problem)
			return
		}
		rt.run(w, r, op, handler)
	}
}

// Handle adds a path that the document does not have. The handler gets the requests of every
// method, without authentication and validation.
func (rt *Router) Handle(path string, handler http.HandlerFunc) { rt.paths[path] = handler }

type routerKey struct{}

// newMux returns the mux for the operations of a document. Patterns take long to
// register, so that all routers of the document share it; the context of a request has
// the router.
func newMux(d *Document) *http.ServeMux {
	mux := http.NewServeMux()
	serve := func(op *Operation) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			r.Context().Value(routerKey{}).(*Router).handlers[op](w, r)
		}
	}
	mux.HandleFunc("/", serve(nil))
	for template, operations := range d.Paths {
		for method, op := range operations {
			pattern, handler := withVerb(template, serve(op), serve(nil))
			mux.HandleFunc(method+" "+pattern, handler)
		}
	}
	return mux
}

// withVerb returns the pattern of a path template, and the handler of its requests. A mux
// has no pattern for a last segment such as {id}:verb. The handler then passes requests
// without the verb on to other.
func withVerb(template string, handler, other http.HandlerFunc) (pattern string, _ http.HandlerFunc) {
	at := strings.LastIndex(template, "}:")
	if at < 0 {
		return template, handler
	}
	pattern, verb := template[:at+1], template[at+1:]
	name := pattern[strings.LastIndex(pattern, "{")+1 : at]
	return pattern, func(w http.ResponseWriter, r *http.Request) {
		id, ok := strings.CutSuffix(r.PathValue(name), verb)
		if !ok || id == "" {
			other(w, r)
			return
		}
		r.SetPathValue(name, id)
		handler(w, r)
	}
}

type callerKey struct{}

// CallerOf returns the caller of the request that ctx belongs to.
func CallerOf(ctx context.Context) *Caller {
	c, _ := ctx.Value(callerKey{}).(*Caller)
	return c
}

type requestKey struct{}

// RequestOf returns the request that ctx belongs to.
func RequestOf(ctx context.Context) *http.Request {
	r, _ := ctx.Value(requestKey{}).(*http.Request)
	return r
}

// ServeHTTP routes a request. It ignores a trailing slash and, as the providers do,
// answers any other unclean path with an error instead of a redirect.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rt.cfg.Stamp != nil {
		rt.cfg.Stamp(w)
	}
	r = r.WithContext(context.WithValue(r.Context(), sentKey{}, *r.URL))
	r.URL = withoutSlash(r.URL)
	if path.Clean(r.URL.Path) != r.URL.Path {
		rt.unknown(w, r)
		return
	}
	if handler := rt.paths[r.URL.Path]; handler != nil {
		handler(w, r)
		return
	}
	r = r.WithContext(context.WithValue(context.WithValue(r.Context(), routerKey{}, rt), requestKey{}, r))
	rt.spec.mux.ServeHTTP(&responseWriter{ResponseWriter: w}, r)
}

// withoutSlash returns u without the trailing slash of its path.
func withoutSlash(u *url.URL) *url.URL {
	out := *u
	if trimmed, ok := strings.CutSuffix(u.Path, "/"); ok && trimmed != "" {
		out.Path = trimmed
		out.RawPath = strings.TrimSuffix(u.RawPath, "/")
	}
	return &out
}

type sentKey struct{}

// SentURL returns the URL of a request as the client sent it, including a trailing slash.
func SentURL(r *http.Request) *url.URL {
	if u, ok := r.Context().Value(sentKey{}).(url.URL); ok {
		return &u
	}
	return r.URL
}

func (rt *Router) unknown(w http.ResponseWriter, r *http.Request) {
	if rt.cfg.Other != nil && rt.cfg.Other(w, r) {
		return
	}
	if rt.cfg.Authenticate != nil {
		if _, problem := rt.cfg.Authenticate(r); problem != nil {
			rt.cfg.Render(w, r, problem)
			return
		}
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := rt.spec.mux.Handler(probe); pattern != "/" && pattern != "" && path.Clean(r.URL.Path) == r.URL.Path {
			rt.cfg.Render(w, r, &Problem{Status: http.StatusMethodNotAllowed, Detail: "the method is not allowed here"})
			return
		}
	}
	rt.cfg.Render(w, r, &Problem{Status: http.StatusNotFound, Detail: "there is nothing at this path"})
}

// Refuse writes the error of a handler that was added with Handle.
func (rt *Router) Refuse(w http.ResponseWriter, r *http.Request, err error) { rt.cfg.Fail(w, r, err) }

// Fail writes a handler's error: a Problem in the provider's format, any other error as
// status 500. It writes nothing if the response was started, because the client has hung
// up.
func (rt *Router) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if started(w) {
		return
	}
	if rt.cfg.Stamp != nil {
		rt.cfg.Stamp(w)
	}
	var p *Problem
	if errors.As(err, &p) {
		rt.cfg.Render(w, r, p)
		return
	}
	rt.cfg.Render(w, r, &Problem{Status: http.StatusInternalServerError, Detail: err.Error()})
}
