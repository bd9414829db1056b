// Package webex emulates the membership part of the Webex messaging API.
package webex

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// New returns the service with the state of w. Its Render writes a problem in the
// service's shape.
func New(w *seed.Data) *httpapi.Router { return newServer(w).router }

func newServer(w *seed.Data) *server {
	s := &server{seed: w, people: seed.NewDirectory(w), rooms: map[string]*room{}, webhooks: map[string]*gen.Webhook{}, troubles: map[string]*trouble{}}
	s.deliveries.send, s.deliveries.done = post, s.delivered
	s.router = httpapi.NewRouter(httpapi.Config{Provider: "webex", Authenticate: s.authenticate, Stamp: s.stamp, Render: s.render})
	s.load()
	strict := gen.NewStrictHandlerWithOptions(s, []gen.StrictMiddlewareFunc{s.enter}, gen.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  s.router.BindError,
		ResponseErrorHandlerFunc: s.router.Fail,
	})
	gen.HandlerWithOptions(strict, gen.StdHTTPServerOptions{BaseRouter: s.router, ErrorHandlerFunc: s.router.BindError})
	return s
}

// server implements the generated StrictServerInterface.
type server struct {
	seed   *seed.Data
	router *httpapi.Router

	mu         sync.Mutex
	people     *seed.Directory
	rooms      map[string]*room // by uuid
	order      []string         // uuids of rooms and teams in the order they were made
	webhooks   map[string]*gen.Webhook
	hookIDs    []string
	deliveries queue
	troubles   map[string]*trouble // by webhook
	made       int64
	requests   atomic.Int64
}

var _ gen.StrictServerInterface = (*server)(nil)

func (s *server) authenticate(r *http.Request) (*httpapi.Caller, *httpapi.Problem) {
	token, ok := httpapi.Bearer(r)
	caller := s.seed.Caller("webex", token)
	if !ok || caller == nil {
		return nil, &httpapi.Problem{Status: http.StatusUnauthorized}
	}
	return caller, nil
}

// messages are what the service says where the emulator has nothing better.
var messages = map[int]string{
	http.StatusUnauthorized:         "The request requires a valid access token set in the Authorization request header.",
	http.StatusForbidden:            "The caller is not allowed to do this.",
	http.StatusNotFound:             "The requested resource could not be found.",
	http.StatusMethodNotAllowed:     "The method is not supported for this resource.",
	http.StatusConflict:             "The request conflicts with the current state.",
	http.StatusUnsupportedMediaType: "The content type is not supported.",
	http.StatusLocked:               "The resource is temporarily unavailable.",
	http.StatusTooManyRequests:      "Too many requests.",
}

// stamp gives an answer its tracking id.
func (s *server) stamp(w http.ResponseWriter) {
	w.Header().Set("Trackingid", fmt.Sprintf("EMULATOR_%08d", s.requests.Add(1)))
}

// now is the time in the service's form.
func (s *server) now() time.Time { return millis(s.seed.Now()) }

// millis is a time with three digits behind the point, as the service writes every time.
// JSON leaves out zeros at the end, so the last digit is another one.
func millis(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	if t.UnixMilli()%10 == 0 {
		t = t.Add(time.Millisecond)
	}
	return t
}

// began is when everything that was there from the beginning was made.
var began = millis(seed.Start)

func (s *server) render(w http.ResponseWriter, _ *http.Request, p *httpapi.Problem) {
	tracking := w.Header().Get("Trackingid")
	message := messages[p.Status]
	if p.Status == http.StatusBadRequest {
		message = "The request could not be understood: " + p.Detail
		if p.Missing && p.Param != "" {
			message = p.Param + " cannot be null"
		} else if p.Param != "" {
			message = p.Param + ": " + p.Detail
		}
	}
	if p.Detail != "" && p.In == "" && p.Status != http.StatusBadRequest {
		message = p.Detail
	}
	if message == "" {
		message = http.StatusText(p.Status)
	}
	httpapi.SetRetryAfter(w, p.RetryAfter)
	httpapi.WriteJSON(w, p.Status, gen.Error{
		Message:    &message,
		Errors:     &[]gen.ErrorDetail{{Description: &message}},
		TrackingID: &tracking,
	})
}

func problem(status int, format string, args ...any) *httpapi.Problem {
	return &httpapi.Problem{Status: status, Detail: fmt.Sprintf(format, args...)}
}
