// Package googlechat emulates the membership part of the Google Chat API.
package googlechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// New returns the emulated Google Chat with the seed data w.
func New(w *seed.Data) *httpapi.Router {
	s := &server{
		seed: w, people: seed.NewDirectory(w), spaces: map[string]*space{},
		requests: map[string]request{}, operations: map[string]gen.Operation{}, params: queryParams(),
	}
	s.router = httpapi.NewRouter(httpapi.Config{Provider: "googlechat", Authenticate: s.authenticate, Select: selection, Before: normalize, Render: s.render, Enter: s.enter, Fail: s.fail})
	s.load()
	s.signIn()
	s.router.View = s.view
	gen.Operations(s, s.router.Operation)
	return s.router
}

// server implements the generated StrictServerInterface.
type server struct {
	seed   *seed.Data
	router *httpapi.Router
	auth   *oauth.Server
	params map[string]map[string]bool // query parameters by operation

	mu       sync.Mutex // enter holds it while a method runs
	people   *seed.Directory
	spaces   map[string]*space // by id
	order    []string          // ids of spaces in order of creation
	requests map[string]request
	made     int64
	pairs    int64 // number of direct messages ever made
	happened int64 // number of events ever recorded
	pushed   int64 // number of messages ever delivered

	subscriptions []*subscription // in order of creation
	subscribed    int64           // number of subscriptions ever made
	operations    map[string]gen.Operation
	operated      int64 // number of operations ever made
}

var _ gen.StrictServerInterface = (*server)(nil)

// enter runs before every method. It returns an error for an unknown parameter, as Google
// does, and for a caller without a suitable scope.
func (s *server) enter(next httpapi.Method, op string) httpapi.Method {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for name := range r.URL.Query() {
			if !s.params[op][name] {
				return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "query", Param: name, Unknown: true}
			}
		}
		if httpapi.CallerOf(ctx).NoApp {
			return nil, appNotFound()
		}
		a, err := s.access(ctx, op, r.URL.Query().Get("useAdminAccess") == "true")
		if err != nil {
			return nil, err
		}
		if httpapi.CallerOf(ctx).ChatOff || s.chatOff(a.caller) {
			return nil, preconditionFailed()
		}
		s.expireSubscriptions()
		return next(context.WithValue(ctx, accessKey{}, a), w, r, request)
	}
}

// queryParams returns the query parameters of every operation in the document.
func queryParams() map[string]map[string]bool {
	spec, err := httpapi.Spec("googlechat")
	if err != nil {
		panic(err)
	}
	out := map[string]map[string]bool{}
	for _, operations := range spec.Paths {
		for _, op := range operations {
			out[op.ID] = map[string]bool{}
			for _, p := range op.Parameters {
				out[op.ID][p.Name] = p.In == "query"
			}
		}
	}
	return out
}

// status is an error in Google's format.
type status struct {
	code          int
	word, message string
	details       []gen.ErrorDetail
}

func (e *status) Error() string { return e.word + ": " + e.message }

// Canonical codes of method errors.
const (
	invalidArgument    = "INVALID_ARGUMENT"
	failedPrecondition = "FAILED_PRECONDITION"
	permissionDenied   = "PERMISSION_DENIED"
	alreadyExists      = "ALREADY_EXISTS"
)

var codes = map[string]int{
	invalidArgument:    http.StatusBadRequest,
	failedPrecondition: http.StatusBadRequest,
	permissionDenied:   http.StatusForbidden,
	alreadyExists:      http.StatusConflict,
}

func failed(word, format string, args ...any) error {
	return &status{code: codes[word], word: word, message: fmt.Sprintf(format, args...)}
}

const notFoundMessage = "Requested entity was not found."

func notFound() error {
	return &status{code: http.StatusNotFound, word: words[http.StatusNotFound], message: notFoundMessage}
}

// appNotFound returns the error for a project without a Chat app. It names no missing
// entity.
func appNotFound() error {
	return &status{
		code: http.StatusNotFound, word: words[http.StatusNotFound],
		message: "Google Chat app not found. The project needs the Chat API and a configured Chat app.",
	}
}

// preconditionFailed returns the error for a person with Google Chat disabled.
func preconditionFailed() error { return failed(failedPrecondition, "Precondition check failed.") }

// words maps a status to its canonical code, for errors from outside the methods.
var words = map[int]string{
	http.StatusBadRequest:            invalidArgument,
	http.StatusUnauthorized:          "UNAUTHENTICATED",
	http.StatusForbidden:             permissionDenied,
	http.StatusNotFound:              "NOT_FOUND",
	http.StatusMethodNotAllowed:      "UNIMPLEMENTED",
	http.StatusConflict:              alreadyExists,
	http.StatusRequestEntityTooLarge: invalidArgument,
	http.StatusUnsupportedMediaType:  invalidArgument,
	http.StatusTooManyRequests:       "RESOURCE_EXHAUSTED",
	499:                              "CANCELLED",
	http.StatusInternalServerError:   "INTERNAL",
	http.StatusNotImplemented:        "UNIMPLEMENTED",
	http.StatusServiceUnavailable:    "UNAVAILABLE",
	http.StatusGatewayTimeout:        "DEADLINE_EXCEEDED",
}

// messages maps a status to Google's default message.
var messages = map[int]string{
	http.StatusUnauthorized:    "Request had invalid authentication credentials.",
	http.StatusForbidden:       "The caller does not have permission",
	http.StatusNotFound:        notFoundMessage,
	http.StatusTooManyRequests: "Quota exceeded for service 'chat.googleapis.com'.",
}

// fail writes a method's error.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *status
	if errors.As(err, &e) {
		write(w, e)
		return
	}
	s.router.Fail(w, r, err)
}

func (s *server) render(w http.ResponseWriter, r *http.Request, p *httpapi.Problem) {
	if signInPath(r.URL.Path) {
		httpapi.SetRetryAfter(w, p.RetryAfter)
		httpapi.WriteJSON(w, p.Status, refusal{Error: failureCode(p.Status), Description: p.Detail})
		return
	}
	e := &status{code: p.Status, word: words[p.Status], message: messages[p.Status]}
	if p.Detail != "" {
		e.message = p.Detail
	}
	if what := violation(p); what != "" {
		field := map[string]string{"description": what}
		if e.message = what; p.Param != "" {
			field["field"] = p.Param
			e.message = p.Param + ": " + what
		}
		e.details = append(e.details, detail("BadRequest", map[string]any{"fieldViolations": []any{field}}))
	}
	switch p.Status {
	case http.StatusUnauthorized:
		reason := "ACCESS_TOKEN_TYPE_UNSUPPORTED"
		switch token := bearer(r); {
		case token == "":
			reason = "CREDENTIALS_MISSING"
		case s.auth.Ended(token):
			reason = "ACCESS_TOKEN_EXPIRED"
		}
		e.details = append(e.details, errorInfo(reason))
	case http.StatusTooManyRequests:
		e.details = append(e.details, errorInfo("RATE_LIMIT_EXCEEDED"))
	}
	if p.RetryAfter > 0 {
		httpapi.SetRetryAfter(w, p.RetryAfter)
		e.details = append(e.details, detail("RetryInfo", map[string]any{"retryDelay": fmt.Sprintf("%ds", p.RetryAfter)}))
	}
	if e.message == "" {
		e.message = http.StatusText(p.Status)
	}
	write(w, e)
}

// violation describes the invalid part of a request, "" for any other problem.
func violation(p *httpapi.Problem) string {
	switch {
	case p.Status != http.StatusBadRequest:
		return ""
	case p.In == "query" && p.Unknown:
		return "there is no such parameter"
	case p.Missing:
		return "the field is required"
	}
	return p.Detail
}

func write(w http.ResponseWriter, e *status) {
	code := int32(e.code)
	body := gen.Error{Error: gen.ErrorStatus{Code: code, Message: e.message, Status: httpapi.Ptr(e.word)}}
	if len(e.details) > 0 {
		body.Error.Details = &e.details
	}
	httpapi.WriteJSON(w, e.code, body)
}

func detail(message string, fields map[string]any) gen.ErrorDetail {
	return gen.ErrorDetail{Type: httpapi.Ptr("type.googleapis.com/google.rpc." + message), AdditionalProperties: fields}
}

func errorInfo(reason string) gen.ErrorDetail {
	return detail("ErrorInfo", map[string]any{
		"reason": reason, "domain": "googleapis.com", "metadata": map[string]string{"service": "chat.googleapis.com"},
	})
}

// bearer returns the token of a request, which may stand in the header or in the query.
func bearer(r *http.Request) string {
	if token, ok := httpapi.Bearer(r); ok {
		return token
	}
	q := r.URL.Query()
	return strings.TrimSpace(q.Get("access_token") + q.Get("oauth_token"))
}

func (s *server) authenticate(r *http.Request) (*httpapi.Caller, *httpapi.Problem) {
	caller := s.auth.Caller(bearer(r))
	if caller == nil {
		return nil, &httpapi.Problem{Status: http.StatusUnauthorized}
	}
	return caller, nil
}
