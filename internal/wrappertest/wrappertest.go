// Package wrappertest tests every wrapper against the same rules for invalid arguments,
// responses and servers, and checks that the wrapper has a method for every operation of
// its provider's document.
package wrappertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/specs"
)

// Call is one method of a client C with valid arguments.
type Call[C any] struct {
	// Name is the name of the method, as in memberships.Error.Op.
	Name string
	// IDs is the number of ids that the method puts into the path.
	IDs int
	// Do calls the method with the ids and otherwise valid arguments.
	Do func(ctx context.Context, c C, id []string) error
	// NoBody reports whether a success has no body.
	NoBody bool
	// EmptyOK reports whether {} is a valid response, as an empty page of Google Chat.
	EmptyOK bool
}

// good calls the method with valid ids.
func (call Call[C]) good(ctx context.Context, c C) error {
	return call.with(ctx, c, -1, "")
}

// with calls the method with id as its i-th id.
func (call Call[C]) with(ctx context.Context, c C, i int, id string) error {
	ids := make([]string, call.IDs)
	for j := range ids {
		ids[j] = fmt.Sprintf("id%d", j)
	}
	if i >= 0 {
		ids[i] = id
	}
	return call.Do(ctx, c, ids)
}

// Suite describes the wrapper under test.
type Suite[C any] struct {
	Provider string
	New      func(...option.Option) (C, error)
	// Options are the options that New requires besides credentials and an HTTP client.
	Options []option.Option
	// Secret is the credential within Options; if it is empty, the suite adds a token.
	Secret string
	Calls  []Call[C]
	// Page returns the requested page of any list with several pages.
	Page func(*http.Request) (body string, h http.Header)
	// ID is the id of every object in Page.
	ID string
	// Duplicates has the effect of a repeated request for every method that writes.
	Duplicates map[string]client.Duplicate
	// Verbs has the provider's own verbs in method names, each with the reason.
	Verbs map[string]string
	// Unwrapped has the reasons for operations of the document without a method.
	Unwrapped map[string]string
}

// Canary is the credential that may appear in requests alone.
const Canary = "canary-7f3a9c41d2"

// Run runs the suite.
func Run[C any](t *testing.T, s Suite[C]) {
	for name, test := range map[string]func(*testing.T){
		"operations": s.operations, "ids": s.ids, "answers": s.answers, "statuses": s.statuses,
		"redirects": s.redirects, "limits": s.limits, "context": s.context, "options": s.options,
		"concurrency": s.concurrency, "ranges": s.ranges,
		"nil context": s.nilContext, "duplicates": s.duplicates, "grammar": s.grammar,
	} {
		// In synctest, backoff takes no time.
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

func (s Suite[C]) client(t *testing.T, rt http.RoundTripper, opts ...option.Option) C {
	t.Helper()
	all := append([]option.Option{option.WithHTTPClient(&http.Client{Transport: rt})}, s.Options...)
	if s.Secret == "" {
		all = append(all, option.WithToken(Canary))
	}
	c, err := s.New(append(all, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer is a transport that returns the same response to every request.
type answer struct {
	status int
	header http.Header
	body   string

	mu       sync.Mutex
	requests []*http.Request
}

func (a *answer) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	h := a.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{
		StatusCode: a.status, Header: h, Request: req, ContentLength: -1,
		Body: io.NopCloser(strings.NewReader(a.body)),
	}, nil
}

// kindIs compares kinds. An ambiguous write whose read-back fails is ErrOutcomeUnknown
// and also has kind.
func kindIs(a *answer, e *memberships.Error, kind error) bool {
	if e.Kind == kind {
		return true
	}
	wrote := slices.ContainsFunc(a.requests, func(r *http.Request) bool { return r.Method != http.MethodGet })
	ambiguous := kind == memberships.ErrMalformed || kind == memberships.ErrUnavailable
	return wrote && ambiguous && e.Kind == memberships.ErrOutcomeUnknown && errors.Is(e, kind)
}

// operations checks that the calls reach every operation of the document.
func (s Suite[C]) operations(t *testing.T) {
	b, err := specs.FS.ReadFile(s.Provider + "/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{status: 500}
	c := s.client(t, a)
	for _, call := range s.Calls {
		if err := call.good(t.Context(), c); err == nil {
			t.Errorf("%s: no error for a status 500", call.Name)
		}
	}
	want := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if _, excused := s.Unwrapped[op.OperationID]; !excused {
				want[method+" "+path] = false
			}
		}
	}
	for _, req := range a.requests {
		for _, op := range bestFit(want, req) {
			want[op] = true
		}
	}
	for op, reached := range want {
		if !reached {
			t.Errorf("%s has no wrapper method and no reason why not", op)
		}
	}
}

// bestFit returns the operation of a request: the match with the fewest placeholders.
func bestFit(ops map[string]bool, req *http.Request) []string {
	var best string
	got := strings.Split(req.URL.EscapedPath(), "/")
	for op := range ops {
		method, template, _ := strings.Cut(op, " ")
		want := strings.Split(template, "/")
		if method != req.Method || len(want) != len(got) {
			continue
		}
		fits := true
		for i := range want {
			_, verb, isParam := strings.Cut(want[i], "}") // such as {id}:reactivate
			fits = fits && (isParam && strings.HasSuffix(got[i], verb) || want[i] == got[i])
		}
		if fits && (best == "" || strings.Count(op, "{") < strings.Count(best, "{")) {
			best = op
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

// IDs returns all ids that the suite tries, for tests of ids outside of paths.
func IDs() []string { return slices.Concat(providertest.HostileIDs(), providertest.OddIDs()) }

func (s Suite[C]) ids(t *testing.T) {
	for _, call := range s.Calls {
		for i := range call.IDs {
			for _, id := range providertest.HostileIDs() {
				a := &answer{status: 200, body: "{}"}
				err := call.with(t.Context(), s.client(t, a), i, id)
				if !errors.Is(err, memberships.ErrInvalidArgument) || len(a.requests) != 0 {
					t.Errorf("%s: id %d = %q: got %v after %d requests, want invalid argument before any", call.Name, i, id, err, len(a.requests))
				}
			}
			for _, id := range providertest.OddIDs() {
				a := &answer{status: 500}
				err := call.with(t.Context(), s.client(t, a), i, id)
				if errors.Is(err, memberships.ErrInvalidArgument) {
					continue // the provider has stricter rules
				}
				if len(a.requests) == 0 {
					t.Errorf("%s: id %d = %q: no request: %v", call.Name, i, id, err)
					continue
				}
				if !slices.Contains(pathValues(a.requests[0]), id) {
					t.Errorf("%s: id %d = %q was sent as %s", call.Name, i, id, a.requests[0].URL.EscapedPath())
				}
			}
		}
	}
}

func pathValues(req *http.Request) []string {
	var out []string
	for seg := range strings.SplitSeq(req.URL.EscapedPath(), "/") {
		if v, err := url.PathUnescape(seg); err == nil {
			out = append(out, v)
			if id, _, ok := cutLast(v, ":"); ok { // a verb follows an id, as in {id}:reactivate
				out = append(out, id)
			}
		}
	}
	return out
}

// cutLast is strings.Cut around the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// answers checks responses with the status of a success and an invalid body.
func (s Suite[C]) answers(t *testing.T) {
	bodies := map[string]string{
		"empty": "", "html": "<!doctype html><title>Sign in</title>", "text": "OK", "cut": `{"id":"x","items":[{"id":`,
		"null": "null", "number": "7", "string": `"x"`, "empty object": "{}", "array of null": "[null]",
		"error envelope": `{"error":{"message":"no"},"errors":[{"message":"no"}],"message":"no"}`,
		"wrong types":    `{"id":{},"name":[],"items":{},"entries":1,"data":"x","memberships":7,"object":1,"type":[]}`,
		"trailing":       `{"id":"x","name":"x","items":[],"entries":[],"data":[],"memberships":[]} x`,
		"invalid utf-8":  "{\"id\":\"\xff\",\"name\":\"\xff\",\"items\":[{\"id\":\"\xff\"}],\"data\":[{\"id\":\"\xff\"}],\"entries\":[{\"id\":\"\xff\"}]}",
	}
	for _, call := range s.Calls {
		for name, body := range bodies {
			if call.NoBody && name == "empty" || call.EmptyOK && name == "empty object" {
				continue
			}
			a := &answer{status: 200, body: body, header: http.Header{"Content-Type": {"application/json"}}}
			err := call.good(t.Context(), s.client(t, a))
			var e *memberships.Error
			if !errors.As(err, &e) || !kindIs(a, e, memberships.ErrMalformed) || e.StatusCode != 200 || e.Provider != s.Provider || e.Op != call.Name {
				t.Errorf("%s: %s: got %v of %q, want malformed with status 200 of this method", call.Name, name, err, e.Op)
			}
		}
	}
}

// statuses checks that a body without an error object keeps the kind of the status.
// Status 404 is ErrMalformed, because a proxy may have sent it.
func (s Suite[C]) statuses(t *testing.T) {
	kinds := map[int]error{
		400: memberships.ErrInvalidArgument, 401: memberships.ErrUnauthenticated, 403: memberships.ErrPermissionDenied,
		404: memberships.ErrMalformed, 405: memberships.ErrUnsupported, 415: memberships.ErrInvalidArgument,
		429: memberships.ErrRateLimited, 500: memberships.ErrUnavailable, 502: memberships.ErrUnavailable,
		503: memberships.ErrUnavailable, 504: memberships.ErrUnavailable,
	}
	for _, call := range s.Calls {
		for status, kind := range kinds {
			for _, body := range []string{"", "<html>no</html>", "{", "null", "[]", `{"error":7,"errors":"x","message":[]}`} {
				a := &answer{status: status, body: body, header: http.Header{"Retry-After": {"7"}}}
				err := call.good(t.Context(), s.client(t, a))
				var e *memberships.Error
				if !errors.As(err, &e) || !kindIs(a, e, kind) || e.StatusCode != status || e.RetryAfter != 7*time.Second {
					t.Errorf("%s: status %d, body %q: got %v, want %v", call.Name, status, body, err, kind)
				} else if e.Op != call.Name {
					t.Errorf("%s: the error is of %s", call.Name, e.Op)
				}
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
					if strings.Contains(fmt.Sprintf(verb, err), Canary) {
						t.Errorf("%s: %s prints the credential", call.Name, verb)
					}
				}
			}
		}
	}
}

func (s Suite[C]) redirects(t *testing.T) {
	for _, call := range s.Calls {
		for _, status := range []int{301, 302, 303, 307, 308} {
			a := &answer{status: status, header: http.Header{"Location": {"https://evil.example.com/?x=" + Canary}}}
			err := call.good(t.Context(), s.client(t, a))
			// A server may apply a write before it redirects.
			ambiguous := a.requests[0].Method != http.MethodGet && status < 307
			if !errors.Is(err, memberships.ErrUntrusted) || errors.Is(err, memberships.ErrOutcomeUnknown) != ambiguous || len(a.requests) != 1 && !ambiguous {
				t.Errorf("%s: status %d: got %v after %d requests, want untrusted", call.Name, status, err, len(a.requests))
			}
			for _, req := range a.requests {
				if req.URL.Host != a.requests[0].URL.Host {
					t.Errorf("%s: status %d: %s was asked", call.Name, status, req.URL.Host)
				}
			}
			if err != nil && strings.Contains(err.Error(), Canary) {
				t.Errorf("%s: the error repeats the query: %v", call.Name, err)
			}
		}
	}
}

func (s Suite[C]) limits(t *testing.T) {
	for _, call := range s.Calls {
		a := &answer{status: 200, body: `{"id":"` + strings.Repeat("x", 2000) + `"}`}
		err := call.good(t.Context(), s.client(t, a, option.WithMaxBody(1000)))
		if !errors.Is(err, memberships.ErrTooLarge) {
			t.Errorf("%s: got %v, want too large", call.Name, err)
		}
	}
}

// blocked is a transport that never responds.
type blocked struct{}

func (blocked) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func (s Suite[C]) context(t *testing.T) {
	call := s.Calls[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := call.good(ctx, s.client(t, blocked{})); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := call.good(ctx, s.client(t, blocked{})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want deadline exceeded", err)
	}
	err := call.good(context.Background(), s.client(t, blocked{}, option.WithTimeout(time.Millisecond)))
	if !errors.Is(err, memberships.ErrUnavailable) {
		t.Errorf("got %v, want unavailable: an attempt has a deadline of its own", err)
	}
}

func (s Suite[C]) options(t *testing.T) {
	bad := map[string]option.Option{
		"WithBaseURL":     option.WithBaseURL("api.example.com/v1"),
		"WithToken":       option.WithToken(Canary + "\r\nX: y"),
		"WithTokenSource": option.WithTokenSource(nil),
		"WithHeader":      option.WithHeader("X-Y", Canary+"\n"),
		"WithUserAgent":   option.WithUserAgent("a\nb"),
		"WithPageSize":    option.WithPageSize(-1),
		"WithTimeout":     option.WithTimeout(0),
		"WithMaxBody":     option.WithMaxBody(-1),
		"WithHTTPClient":  option.WithHTTPClient(nil),
		"WithLogger":      option.WithLogger(nil),
	}
	for name, o := range bad {
		_, err := s.New(append(slices.Clone(s.Options), o)...)
		if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), Canary) {
			t.Errorf("%s: got %v, want invalid argument with the option's name and without the value", name, err)
		}
	}
	if s.Secret == "" {
		// An invalid token of a source fails before the first request.
		a := &answer{status: 200}
		c := s.client(t, a, option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "a\nb"})))
		if err := s.Calls[0].good(t.Context(), c); !errors.Is(err, memberships.ErrUnauthenticated) || len(a.requests) != 0 {
			t.Errorf("got %v after %d requests, want unauthenticated before any", err, len(a.requests))
		}
	}
}

// concurrency runs all calls concurrently for the race detector.
func (s Suite[C]) concurrency(t *testing.T) {
	c := s.client(t, &answer{status: 404})
	var wg sync.WaitGroup
	for range 4 {
		for _, call := range s.Calls {
			wg.Go(func() { _ = call.good(t.Context(), c) })
		}
	}
	wg.Wait()
}
