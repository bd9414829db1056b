// Package control serves the emulator's own API, by which tests in any language see and
// steer it.
package control

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/outbox"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Emulator is the emulator that the API steers.
type Emulator interface {
	// Clock returns the emulator's time and its distance from that of the machine. Advance
	// adds to the distance.
	Clock() (now time.Time, advanced time.Duration)
	Advance(time.Duration) error
	// State returns a state file, and SetState replaces the state by one.
	State(yaml bool) ([]byte, error)
	SetState(file []byte) error
	// ResetState returns to the state and faults of the start.
	ResetState() error
	// Groups returns the groups of each provider with at most limit members each.
	Groups(limit int) map[string][]httpapi.Group
	// Faults returns the faults in the order in which they apply. AddFault reads one in JSON
	// and returns it with its id. RemoveFaults removes the one with an id, or all for 0, and
	// reports whether there was one.
	Faults() any
	AddFault(fault []byte) (any, error)
	RemoveFaults(id int) bool
	// Requests returns the log of requests, and Deliveries that of deliveries.
	Requests() any
	Deliveries() []outbox.Record
	Targets() map[string]outbox.Target
	SetTargets(map[string]outbox.Target)
	// Accept serves the control call that accepts an invitation of Clerk.
	Accept(http.ResponseWriter, *http.Request)
	// Subscribe returns the messages of the live stream from now on.
	Subscribe() (messages <-chan Message, end func())
}

// Message is a message of the live stream: a request or a delivery in JSON.
type Message struct {
	Kind string
	Data []byte
}

// Limits of bodies in bytes.
const (
	maxState = 16 << 20
	maxBody  = 1 << 20
)

// MaxMembers is the number of members of a group that are shown.
const MaxMembers = 100

// Handler serves the control API. Mount adds further routes, such as those of a page.
type Handler struct {
	emulator Emulator
	guard    Guard
	yaml     []byte
	mux      *http.ServeMux
	routes   []string
}

// New returns the handler of an emulator. document is the OpenAPI document of the API in
// YAML.
func New(e Emulator, g Guard, document []byte) *Handler {
	h := &Handler{emulator: e, guard: g, yaml: document, mux: http.NewServeMux()}
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET /_emulator/health":                                    h.health,
		"GET /_emulator/openapi.json":                              h.document,
		"GET /_emulator/openapi.yaml":                              h.document,
		"GET /_emulator/state":                                     h.state,
		"PUT /_emulator/state":                                     h.setState,
		"POST /_emulator/reset":                                    h.reset,
		"GET /_emulator/groups":                                    h.groups,
		"GET /_emulator/faults":                                    h.faults,
		"POST /_emulator/faults":                                   h.addFault,
		"DELETE /_emulator/faults":                                 h.removeFaults,
		"POST /_emulator/clock":                                    h.clock,
		"GET /_emulator/requests":                                  h.requests,
		"GET /_emulator/deliveries":                                h.deliveries,
		"PUT /_emulator/deliveries":                                h.setDeliveries,
		"GET /_emulator/events":                                    h.events,
		"POST /_emulator/clerk/invitations/{invitation_id}/accept": h.accept,
	} {
		h.Mount(pattern, handler)
	}
	return h
}

// Mount adds a route, such as "GET /". Its path has no wildcard at its end.
func (h *Handler) Mount(pattern string, handler http.HandlerFunc) {
	h.routes = append(h.routes, pattern)
	if strings.HasSuffix(pattern, " /") {
		pattern += "{$}"
	}
	h.mux.HandleFunc(pattern, handler)
}

// Routes returns the patterns of all routes.
func (h *Handler) Routes() []string { return h.routes }

var errNoPath = errors.New("the control API has no such path")

// ServeHTTP refuses what the guard refuses, before any route gets it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if status, err := h.guard.check(r); err != nil {
		fail(w, status, err)
		return
	}
	handler, pattern := h.mux.Handler(r)
	if path.Clean(r.URL.Path) != r.URL.Path {
		fail(w, http.StatusNotFound, errNoPath)
		return
	}
	if pattern == "" {
		rec := &statusOnly{header: http.Header{}}
		handler.ServeHTTP(rec, r)
		if allow := rec.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			fail(w, http.StatusMethodNotAllowed, errors.New("the method is not allowed here"))
			return
		}
		fail(w, http.StatusNotFound, errNoPath)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, limitOf(r))
	h.mux.ServeHTTP(w, r)
}

func limitOf(r *http.Request) int64 {
	if r.URL.Path == httpapi.ControlPrefix+"state" {
		return maxState
	}
	return maxBody
}

// statusOnly is a response that is not sent.
type statusOnly struct{ header http.Header }

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(p []byte) (int, error) { return len(p), nil }
func (s *statusOnly) WriteHeader(int)             {}

// problem is the body of a refusal.
type problem struct {
	Error string `json:"error"`
}

func fail(w http.ResponseWriter, status int, err error) {
	httpapi.WriteJSON(w, status, problem{err.Error()})
}

// read returns the body of a request. It writes the refusal of a body that is too long.
func read(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(r.Body)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		fail(w, http.StatusRequestEntityTooLarge, errors.New("the body is too long"))
	case err != nil:
		fail(w, http.StatusBadRequest, errors.New("the body has not come to its end"))
	}
	return body, err == nil
}

// decode reads a JSON body strictly.
func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	body, ok := read(w, r)
	if !ok {
		return false
	}
	if err := seed.DecodeJSON(body, v); err != nil {
		fail(w, http.StatusBadRequest, err)
		return false
	}
	return true
}

// noFields reads the body of a call without parameters: nothing, or an empty object.
func noFields(w http.ResponseWriter, r *http.Request) bool {
	body, ok := read(w, r)
	if !ok || len(body) == 0 {
		return ok
	}
	if err := seed.DecodeJSON(body, &struct{}{}); err != nil {
		fail(w, http.StatusBadRequest, err)
		return false
	}
	return true
}

// health is the body of GET health and POST clock.
type health struct {
	Status   string    `json:"status"`
	Now      time.Time `json:"now"`
	Advanced string    `json:"advanced"`
}

func (h *Handler) health(w http.ResponseWriter, _ *http.Request) {
	now, advanced := h.emulator.Clock()
	httpapi.WriteJSON(w, http.StatusOK, health{"ok", now, advanced.String()})
}

func (h *Handler) clock(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Advance string `json:"advance"`
	}
	if !decode(w, r, &body) {
		return
	}
	by, err := time.ParseDuration(body.Advance)
	if err == nil {
		err = h.emulator.Advance(by)
	} else {
		err = errors.New("advance: expected a duration such as 48h or 90s")
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	h.health(w, r)
}

func (h *Handler) state(w http.ResponseWriter, r *http.Request) {
	yaml := strings.Contains(r.Header.Get("Accept"), "yaml")
	file, err := h.emulator.State(yaml)
	if err != nil {
		fail(w, http.StatusConflict, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if yaml {
		w.Header().Set("Content-Type", "application/yaml")
	}
	_, _ = w.Write(file)
}

func (h *Handler) setState(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	if err := h.emulator.SetState(body); err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	h.health(w, r)
}

func (h *Handler) reset(w http.ResponseWriter, r *http.Request) {
	if !noFields(w, r) {
		return
	}
	if err := h.emulator.ResetState(); err != nil {
		fail(w, http.StatusInternalServerError, err)
		return
	}
	h.health(w, r)
}

func (h *Handler) accept(w http.ResponseWriter, r *http.Request) {
	if noFields(w, r) {
		h.emulator.Accept(w, r)
	}
}

func (h *Handler) groups(w http.ResponseWriter, _ *http.Request) {
	httpapi.WriteJSON(w, http.StatusOK, h.emulator.Groups(MaxMembers))
}

func (h *Handler) requests(w http.ResponseWriter, _ *http.Request) {
	httpapi.WriteJSON(w, http.StatusOK, map[string]any{"requests": h.emulator.Requests()})
}

// media returns the media type of a request.
func media(r *http.Request) string {
	m, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return m
}
