// Package wrappertest holds every wrapper to the same word: what it does with bad
// arguments, bad answers and bad servers, and that it has a method for every
// operation of its provider's document.
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

// Call is one method of a client C.
type Call[C any] struct {
	// Name is the method, as in memberships.Error.Op.
	Name string
	// IDs is how many ids the method takes that stand in the path.
	IDs int
	// Do calls the method with those ids and otherwise good arguments.
	Do func(ctx context.Context, c C, id []string) error
	// NoBody says that a success has no body.
	NoBody bool
	// EmptyOK says that {} is a good answer, as from Google for an empty page.
	EmptyOK bool
}

// good calls the method with ids that are good.
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

// Suite is what is tested.
type Suite[C any] struct {
	Provider string
	New      func(...option.Option) (C, error)
	// Options are those that New needs besides credentials and a client.
	Options []option.Option
	// Secret is the credential that Options give; "" means that the suite gives a token.
	Secret string
	Calls  []Call[C]
	// Page is the page of any list that a request asks for, the first of several.
	Page func(*http.Request) (body string, h http.Header)
	// ID is what Page takes for the id of anything.
	ID string
	// Duplicates says of every method that writes what becomes of a second sending.
	Duplicates map[string]client.Duplicate
	// Verbs are those of the provider's own that begin method names, each with the reason.
	Verbs map[string]string
	// Unwrapped names operations of the document without a method, each with a reason.
	Unwrapped map[string]string
}

// Canary is the credential that must never be seen anywhere but in a request.
const Canary = "canary-7f3a9c41d2"

// Run runs the suite.
func Run[C any](t *testing.T, s Suite[C]) {
	for name, test := range map[string]func(*testing.T){
		"operations": s.operations, "ids": s.ids, "answers": s.answers, "statuses": s.statuses,
		"redirects": s.redirects, "limits": s.limits, "context": s.context, "options": s.options,
		"concurrency": s.concurrency, "ranges": s.ranges,
		"nil context": s.nilContext, "duplicates": s.duplicates, "grammar": s.grammar,
	} {
		// Time is virtual: waiting between attempts takes none.
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

// answer is a transport that gives every request the same answer.
type answer struct {
	status int
	header http.Header
	body   string

	mu   sync.Mutex
	seen []*http.Request
}

func (a *answer) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen = append(a.seen, req)
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

// kindIs compares kinds. A write whose answer says nothing of its outcome, and whose
// state cannot be read back either, is ErrOutcomeUnknown and of the kind beneath.
func kindIs(a *answer, e *memberships.Error, kind error) bool {
	if e.Kind == kind {
		return true
	}
	wrote := slices.ContainsFunc(a.seen, func(r *http.Request) bool { return r.Method != http.MethodGet })
	unclear := kind == memberships.ErrMalformed || kind == memberships.ErrUnavailable
	return wrote && unclear && e.Kind == memberships.ErrOutcomeUnknown && errors.Is(e, kind)
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
	for _, req := range a.seen {
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

// bestFit names the operation of a request: the one with the fewest placeholders.
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
			fits = fits && (strings.HasPrefix(want[i], "{") || want[i] == got[i])
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

// IDs are all ids that the suite tries, for tests of ids that do not stand in a path.
func IDs() []string { return slices.Concat(providertest.HostileIDs(), providertest.OddIDs()) }

func (s Suite[C]) ids(t *testing.T) {
	for _, call := range s.Calls {
		for i := range call.IDs {
			for _, id := range providertest.HostileIDs() {
				a := &answer{status: 200, body: "{}"}
				err := call.with(t.Context(), s.client(t, a), i, id)
				if !errors.Is(err, memberships.ErrInvalidArgument) || len(a.seen) != 0 {
					t.Errorf("%s: id %d = %q: got %v after %d requests, want invalid argument before any", call.Name, i, id, err, len(a.seen))
				}
			}
			for _, id := range providertest.OddIDs() {
				a := &answer{status: 500}
				err := call.with(t.Context(), s.client(t, a), i, id)
				if errors.Is(err, memberships.ErrInvalidArgument) {
					continue // the provider's own rules may refuse it
				}
				if len(a.seen) == 0 {
					t.Errorf("%s: id %d = %q: no request: %v", call.Name, i, id, err)
					continue
				}
				if !slices.Contains(pathValues(a.seen[0]), id) {
					t.Errorf("%s: id %d = %q was sent as %s", call.Name, i, id, a.seen[0].URL.EscapedPath())
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
		}
	}
	return out
}

// answers that are successes by their status and nonsense by their content.
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

// statuses whose bodies say nothing keep the status's own kind, but for 404: a proxy
// answers so in the provider's place, and nothing is known to be absent.
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
			// A server may answer a write so after it has carried it out.
			unclear := a.seen[0].Method != http.MethodGet && status < 307
			if !errors.Is(err, memberships.ErrUntrusted) || errors.Is(err, memberships.ErrOutcomeUnknown) != unclear || len(a.seen) != 1 && !unclear {
				t.Errorf("%s: status %d: got %v after %d requests, want untrusted", call.Name, status, err, len(a.seen))
			}
			for _, req := range a.seen {
				if req.URL.Host != a.seen[0].URL.Host {
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

// blocked is a transport that never answers.
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
		// A token source that hands out nonsense is found out before anything is sent.
		a := &answer{status: 200}
		c := s.client(t, a, option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "a\nb"})))
		if err := s.Calls[0].good(t.Context(), c); !errors.Is(err, memberships.ErrUnauthenticated) || len(a.seen) != 0 {
			t.Errorf("got %v after %d requests, want unauthenticated before any", err, len(a.seen))
		}
	}
}

// concurrency gives the race detector something to look at.
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
