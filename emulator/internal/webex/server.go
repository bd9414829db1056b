// Package webex emulates the membership part of the Webex messaging API.
package webex

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/outbox"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// New returns the emulated Webex with the seed data w.
func New(w *seed.Data) *httpapi.Router { return newServer(w).router }

func newServer(w *seed.Data) *server {
	s := &server{seed: w, people: seed.NewDirectory(w), rooms: map[string]*room{}, webhooks: map[string]*gen.Webhook{}, failures: map[string]*failures{}}
	s.deliveries = w.Outbox.Queue(s.delivered)
	s.router = httpapi.NewRouter(httpapi.Config{Provider: "webex", Authenticate: s.authenticate, Stamp: s.stamp, Render: s.render, Enter: s.enter})
	s.load()
	s.signIn()
	s.router.View = s.view
	gen.Operations(s, s.router.Operation)
	return s
}

// server implements the generated StrictServerInterface.
type server struct {
	seed   *seed.Data
	router *httpapi.Router
	auth   *oauth.Server

	mu         sync.Mutex
	people     *seed.Directory
	rooms      map[string]*room // by uuid
	order      []string         // uuids of rooms and teams in order of creation
	webhooks   map[string]*gen.Webhook
	hookIDs    []string
	deliveries *outbox.Queue
	failures   map[string]*failures // by webhook
	made       int64
	requests   atomic.Int64
}

var _ gen.StrictServerInterface = (*server)(nil)

func (s *server) authenticate(r *http.Request) (*httpapi.Caller, *httpapi.Problem) {
	token, ok := httpapi.Bearer(r)
	caller := s.auth.Caller(token)
	if !ok || caller == nil {
		return nil, &httpapi.Problem{Status: http.StatusUnauthorized}
	}
	return caller, nil
}

// messages maps a status to Webex's default message.
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

// stamp sets the tracking id of a response.
func (s *server) stamp(w http.ResponseWriter) {
	w.Header().Set("Trackingid", fmt.Sprintf("EMULATOR_%08d", s.requests.Add(1)))
}

// now returns the time in Webex's precision.
func (s *server) now() time.Time { return millis(s.seed.Now()) }

// millis returns t with exactly three fractional digits, as Webex writes it. JSON omits
// trailing zeros, so a last digit of 0 becomes 1.
func millis(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	if t.UnixMilli()%10 == 0 {
		t = t.Add(time.Millisecond)
	}
	return t
}

// began is the creation time of all seed data.
var began = millis(seed.Start)

func (s *server) render(w http.ResponseWriter, _ *http.Request, p *httpapi.Problem) {
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
	writeError(w, p.Status, message)
}

// writeError writes an error in Webex's format.
func writeError(w http.ResponseWriter, status int, message string) {
	tracking := w.Header().Get("Trackingid")
	httpapi.WriteJSON(w, status, gen.Error{
		Message:    &message,
		Errors:     &[]gen.ErrorDetail{{Description: &message}},
		TrackingID: &tracking,
	})
}

func problem(status int, format string, args ...any) *httpapi.Problem {
	return &httpapi.Problem{Status: status, Detail: fmt.Sprintf(format, args...)}
}
