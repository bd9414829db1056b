// Package kit is what the emulators of the providers have in common: routing with
// validation against the provider's document, credentials, and rosters of members.
package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/memberships-go/memberships/specs"
)

// Problem is a request that does not reach its handler, or that the handler refuses
// in general terms. Each provider writes it in its own shape.
type Problem struct {
	Status int
	// Param and In name what is wrong with the request: a query parameter, a property
	// of the body ("body", with Param "user.id"), or nothing.
	Param, In string
	// Missing says that Param is required and not there; Unknown that it is not known.
	Missing, Unknown bool
	// Rule is the keyword of the schema that a value breaks, such as "maxItems".
	Rule   string
	Detail string
	// RetryAfter is in seconds.
	RetryAfter int
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s %s: %s", p.Status, p.In, p.Param, p.Detail)
}

// Caller is who makes a request.
type Caller struct {
	Token  string
	Email  string
	Scopes []string
	// App says that the caller is an app and none of the people.
	App bool
	// ChatOff says that the service is not switched on for the caller, NoApp that the
	// caller's app is not configured.
	ChatOff, NoApp bool
}

// Config is what a provider tells the router about itself.
type Config struct {
	Provider string
	// Authenticate returns the caller, or a problem with status 401 or 403. A nil
	// Authenticate lets everybody in.
	Authenticate func(*http.Request) (*Caller, *Problem)
	// Select returns what a request leaves of a successful answer with the schema, nil for
	// all of it. It comes before Before and may be nil.
	Select func(*http.Request, *openapi3.Schema) (func(body []byte) []byte, *Problem)
	// Before may rewrite a request before it is checked.
	Before func(*http.Request)
	// Stamp sets the headers that every answer of the provider has. It may be nil.
	Stamp func(http.ResponseWriter)
	// Render writes a problem in the provider's shape.
	Render func(http.ResponseWriter, *http.Request, *Problem)
}

// Router is the mux that a generated server registers its operations with. It
// checks every request against the provider's document first.
type Router struct {
	cfg  Config
	spec *openapi3.T
	mux  *http.ServeMux
}

// NewRouter loads the provider's document. It panics if the document is broken,
// because it is part of this module.
func NewRouter(cfg Config) *Router {
	spec, err := Spec(cfg.Provider)
	if err != nil {
		panic(err)
	}
	r := &Router{cfg: cfg, spec: spec, mux: http.NewServeMux()}
	r.mux.HandleFunc("/", r.unknown)
	return r
}

var (
	specMu    sync.Mutex
	specCache = map[string]*openapi3.T{}
)

// Spec returns the document of a provider. It is shared and must not be changed.
func Spec(provider string) (*openapi3.T, error) {
	specMu.Lock()
	defer specMu.Unlock()
	if t := specCache[provider]; t != nil {
		return t, nil
	}
	b, err := specs.FS.ReadFile(provider + "/openapi.yaml")
	if err != nil {
		return nil, err
	}
	t, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		return nil, fmt.Errorf("specs/%s/openapi.yaml: %w", provider, err)
	}
	specCache[provider] = t
	return t, nil
}

// HandleFunc registers the handler of one operation, "GET /v1/memberships".
func (rt *Router) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	method, template, _ := strings.Cut(pattern, " ")
	item := rt.spec.Paths.Value(template)
	if item == nil || item.GetOperation(method) == nil {
		panic("httpapi: " + pattern + " is not in the document of " + rt.cfg.Provider)
	}
	route := &routers.Route{Spec: rt.spec, Path: template, PathItem: item, Method: method, Operation: item.GetOperation(method)}
	rt.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if rt.cfg.Authenticate != nil && !public(route.Operation) {
			caller, problem := rt.cfg.Authenticate(r)
			if problem != nil {
				rt.cfg.Render(w, r, problem)
				return
			}
			r = r.WithContext(context.WithValue(r.Context(), callerKey{}, caller))
		}
		if rt.cfg.Select != nil {
			pick, problem := rt.cfg.Select(r, answerOf(route.Operation))
			if problem != nil {
				rt.cfg.Render(w, r, problem)
				return
			}
			if pick != nil {
				kept := &held{ResponseWriter: w}
				defer kept.release(pick)
				w = kept
			}
		}
		if rt.cfg.Before != nil {
			rt.cfg.Before(r)
		}
		if problem := rt.check(r, route); problem != nil {
			rt.cfg.Render(w, r, problem)
			return
		}
		handler(w, r)
	})
}

// public tells whether an operation opts out of authentication.
func public(op *openapi3.Operation) bool { return op.Security != nil && len(*op.Security) == 0 }

type callerKey struct{}

// CallerOf returns who makes the request that ctx belongs to.
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

// ServeHTTP routes a request. A slash at the end of a path means nothing. Paths that are
// not clean otherwise are unknown instead of being redirected, as the services do.
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
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, r))
	rt.mux.ServeHTTP(&answer{ResponseWriter: w}, r)
}

// withoutSlash returns u without the slash at the end of its path.
func withoutSlash(u *url.URL) *url.URL {
	out := *u
	if trimmed, ok := strings.CutSuffix(u.Path, "/"); ok && trimmed != "" {
		out.Path = trimmed
		out.RawPath = strings.TrimSuffix(u.RawPath, "/")
	}
	return &out
}

type sentKey struct{}

// SentURL returns the URL of a request as it was sent, with a slash at its end if there
// was one.
func SentURL(r *http.Request) *url.URL {
	if u, ok := r.Context().Value(sentKey{}).(url.URL); ok {
		return &u
	}
	return r.URL
}

func (rt *Router) unknown(w http.ResponseWriter, r *http.Request) {
	if rt.cfg.Authenticate != nil {
		if _, problem := rt.cfg.Authenticate(r); problem != nil {
			rt.cfg.Render(w, r, problem)
			return
		}
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := rt.mux.Handler(probe); pattern != "/" && pattern != "" && path.Clean(r.URL.Path) == r.URL.Path {
			rt.cfg.Render(w, r, &Problem{Status: http.StatusMethodNotAllowed, Detail: "the method is not allowed here"})
			return
		}
	}
	rt.cfg.Render(w, r, &Problem{Status: http.StatusNotFound, Detail: "there is nothing at this path"})
}

// Fail writes an error that a handler returned: a Problem in the provider's shape,
// or whatever else as status 500. If an answer was begun, the client has hung up.
func (rt *Router) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if begun(w) {
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

// check validates a request against the document.
func (rt *Router) check(r *http.Request, route *routers.Route) *Problem {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, In: "query", Detail: "the query cannot be read"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 8<<20))
	if err != nil {
		return &Problem{Status: http.StatusRequestEntityTooLarge, In: "body", Detail: "the body is too large"}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if rb := route.Operation.RequestBody; rb != nil && len(body) > 0 {
		mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || rb.Value.Content.Get(mt) == nil {
			return &Problem{Status: http.StatusUnsupportedMediaType, In: "body", Detail: "the body's content type is not supported"}
		}
	}
	params := map[string]string{}
	for _, seg := range strings.Split(route.Path, "/") {
		if name, ok := strings.CutPrefix(seg, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			params[name] = r.PathValue(name)
		}
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, QueryParams: query, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true},
	})
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return problemOf(err)
	}
	return nil
}

func problemOf(err error) *Problem {
	p := &Problem{Status: http.StatusBadRequest, Detail: "the request is not valid"}
	var re *openapi3filter.RequestError
	if errors.As(err, &re) {
		p.Detail = re.Reason
		switch {
		case re.Parameter != nil:
			p.Param, p.In = re.Parameter.Name, re.Parameter.In
			p.Missing = errors.Is(re.Err, openapi3filter.ErrInvalidRequired)
		case re.RequestBody != nil:
			p.In = "body"
			p.Missing = errors.Is(re.Err, openapi3filter.ErrInvalidRequired)
		}
	}
	var se *openapi3.SchemaError
	if errors.As(err, &se) {
		p.Detail, p.Rule = se.Reason, se.SchemaField
		if p.In == "body" {
			p.Param = strings.Join(se.JSONPointer(), ".")
			p.Missing = se.SchemaField == "required"
			p.Unknown = se.SchemaField == "properties"
		}
	}
	var pe *openapi3filter.ParseError
	if errors.As(err, &pe) && p.Detail == "" {
		p.Detail = pe.Error()
	}
	if p.Detail == "" {
		p.Detail = "the value is not valid"
	}
	return p
}

// BindError is the error handler of a generated server's parameter binding.
func (rt *Router) BindError(w http.ResponseWriter, r *http.Request, err error) {
	rt.cfg.Render(w, r, &Problem{Status: http.StatusBadRequest, Detail: err.Error()})
}
