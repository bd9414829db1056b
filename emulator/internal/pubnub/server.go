// Package pubnub emulates PubNub's App Context: users, channels and the memberships
// between them, and the subscription to the events of their changes.
package pubnub

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

// New returns the emulated PubNub with the seed data w.
func New(w *seed.Data) *httpapi.Router {
	s := &server{seed: w, keysets: map[string]*keyset{}}
	s.router = httpapi.NewRouter(httpapi.Config{
		Provider: "pubnub", Authenticate: s.authenticate, Before: accept, Stamp: stamp, Render: render, Other: s.other,
	})
	s.router.View = s.view
	gen.Operations(s, s.router.Operation)
	return s.router
}

// server implements the generated StrictServerInterface.
type server struct {
	seed   *seed.Data
	router *httpapi.Router

	mu      sync.Mutex
	keysets map[string]*keyset // by subscribe key
}

var _ gen.StrictServerInterface = (*server)(nil)

// now returns the time in PubNub's precision.
func (s *server) now() time.Time { return s.seed.Now().UTC().Truncate(time.Microsecond) }

// lists are the parameters with several values.
var lists = []string{"sort", "include"}

// accept rewrites a request into the form that the document describes. Some of PubNub's
// SDKs deviate from it: JavaScript's repeats a parameter for each value, Ruby's sends
// JSON with a form's content type, and Go's sends no content type.
func accept(r *http.Request) {
	if q, err := url.ParseQuery(r.URL.RawQuery); err == nil {
		for _, name := range lists {
			if len(q[name]) > 1 {
				q.Set(name, strings.Join(q[name], ","))
				r.URL.RawQuery = q.Encode()
			}
		}
	}
	t := r.Header.Get("Content-Type")
	if t == "" || strings.HasPrefix(t, "application/x-www-form-urlencoded") {
		r.Header.Set("Content-Type", "application/json")
	}
}

func stamp(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Credentials", "true")
	w.Header().Set("Access-Control-Expose-Headers", "*")
}

// messages maps a status to PubNub's message.
var messages = map[int]string{
	http.StatusBadRequest:           "Request payload contained invalid input.",
	http.StatusForbidden:            "Forbidden",
	http.StatusNotFound:             "Requested object was not found.",
	http.StatusConflict:             "Object with the requested identifier already exists.",
	http.StatusPreconditionFailed:   "Object already changed by another request since last retrieval.",
	http.StatusRequestURITooLong:    "Request URI Too Long",
	http.StatusUnsupportedMediaType: "Request payload must be in JSON format.",
	http.StatusTooManyRequests:      "You have exceeded the maximum number of requests per second allowed for your subscriber key.",
	http.StatusInternalServerError:  "An unexpected error ocurred while processing the request.",
	http.StatusServiceUnavailable:   "The server took longer to respond than the maximum allowed processing time.",
}

// The two formats of errors: App Context's own, and that of the components in front of
// it.
type (
	objectsError struct {
		Status int `json:"status"`
		Error  struct {
			Message string   `json:"message"`
			Source  string   `json:"source"`
			Details []detail `json:"details,omitempty"`
		} `json:"error"`
	}
	detail struct {
		Message      string `json:"message"`
		Location     string `json:"location,omitempty"`
		LocationType string `json:"locationType,omitempty"`
	}
	gatewayError struct {
		Message string              `json:"message"`
		Payload map[string][]string `json:"payload,omitempty"`
		Error   bool                `json:"error"`
		Service string              `json:"service"`
		Status  int                 `json:"status"`
	}
)

func render(w http.ResponseWriter, r *http.Request, p *httpapi.Problem) {
	status, message := p.Status, messages[p.Status]
	if p.In == "body" && p.Param == "" && !readable(r) {
		status, message = http.StatusUnsupportedMediaType, messages[http.StatusUnsupportedMediaType]
	}
	if message == "" {
		message = http.StatusText(status)
	}
	httpapi.SetRetryAfter(w, p.RetryAfter)
	switch {
	case status == http.StatusForbidden:
		if p.Detail != "" {
			message = p.Detail
		}
		w.Header().Set("X-Pn-Cause", "9999")
		httpapi.WriteJSON(w, status, gatewayError{message, refused(r), true, "Access Manager", status})
	case p.Param == subscribeKeyParam:
		httpapi.WriteJSON(w, status, gatewayError{p.Detail, nil, true, "Access Manager", status})
	case status == http.StatusMethodNotAllowed, status == http.StatusRequestURITooLong:
		httpapi.WriteJSON(w, status, gatewayError{message, nil, true, "Balancer", status})
	default:
		body := objectsError{Status: status}
		body.Error.Message, body.Error.Source = message, "objects"
		switch {
		case status == http.StatusBadRequest && p.In == "" && p.Detail != "", status == http.StatusPreconditionFailed && p.Detail != "":
			body.Error.Message = p.Detail
		case status == http.StatusBadRequest:
			body.Error.Details = []detail{{p.Detail, p.Param, p.In}}
		}
		httpapi.WriteJSON(w, status, body)
	}
}

// readable reports whether a request has no body or a JSON body.
func readable(r *http.Request) bool {
	b, err := io.ReadAll(r.Body)
	return err == nil && (len(b) == 0 || json.Valid(b))
}

// refused returns the object that a request concerns, as Access Manager reports it.
func refused(r *http.Request) map[string][]string {
	segments := strings.Split(r.URL.Path, "/") // "", v2, objects, key, uuids, id, channels
	if len(segments) < 6 {
		return nil
	}
	if strings.HasPrefix(r.URL.Path, subscribePath) { // "", v2, subscribe, key, channels, 0
		return map[string][]string{"channels": strings.Split(segments[4], ",")}
	}
	return map[string][]string{segments[4]: {segments[5]}}
}

func invalid(in, param, format string, args ...any) *httpapi.Problem {
	return &httpapi.Problem{Status: http.StatusBadRequest, In: in, Param: param, Detail: fmt.Sprintf(format, args...)}
}
