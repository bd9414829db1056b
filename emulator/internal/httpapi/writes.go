package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// Write is a request that may change the state of a provider.
type Write struct {
	Provider    string
	Method, URI string // without credentials
	ContentType string
	// Headers has the headers in the document of the provider.
	Headers map[string]string
	Body    []byte
	// Caller has no token.
	Caller Caller
}

// Writes runs the writes of a router. run makes the change and returns the status of the
// response, which is sent afterwards.
type Writes func(w Write, run func() int)

// credentialParams are the query parameters that authenticate a request.
var credentialParams = []string{"auth", "signature", "access_token", "oauth_token", "key"}

type trustedKey struct{}

// Trust returns a context whose request acts as a caller without authentication.
func Trust(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, trustedKey{}, &c)
}

// authenticate returns the caller of a request.
func (rt *Router) authenticate(r *http.Request) (*Caller, *Problem) {
	if c, ok := r.Context().Value(trustedKey{}).(*Caller); ok {
		return c, nil
	}
	return rt.cfg.Authenticate(r)
}

// run calls the handler of an operation. A write goes through Writes, except for one that
// needs no authentication, which issues tokens.
func (rt *Router) run(w http.ResponseWriter, r *http.Request, op *Operation, handler http.HandlerFunc) {
	if rt.Writes == nil || op.Public || r.Method == http.MethodGet || r.Method == http.MethodHead {
		handler(w, r)
		return
	}
	held := &bufferedResponse{ResponseWriter: w}
	rt.Writes(rt.write(r, op), func() int {
		handler(held, r)
		held.status = max(held.status, http.StatusOK)
		return held.status
	})
	held.flush(func(body []byte) []byte { return body })
}

// write returns the write of a request whose body is in memory.
func (rt *Router) write(r *http.Request, op *Operation) Write {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	w := Write{Provider: rt.cfg.Provider, Method: r.Method, ContentType: r.Header.Get("Content-Type"), Headers: map[string]string{}, Body: body}
	if c := CallerOf(r.Context()); c != nil {
		w.Caller = *c
		w.Caller.Token = ""
	}
	for _, p := range op.Parameters {
		if v := r.Header.Get(p.Name); p.In == "header" && v != "" {
			w.Headers[p.Name] = v
		}
	}
	u := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	if q := r.URL.Query(); slices.ContainsFunc(credentialParams, q.Has) {
		for _, name := range credentialParams {
			q.Del(name)
		}
		u.RawQuery = q.Encode()
	}
	w.URI = u.RequestURI()
	return w
}
