// Package box emulates the group part of the Box platform API.
package box

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

// New returns the emulated Box with the seed data w.
func New(w *seed.Data) *httpapi.Router {
	s := &server{
		seed: w, people: seed.NewDirectory(w), accounts: map[int64]*account{},
		groups: map[string]*group{}, bySerial: map[int64]*group{}, added: map[int64]place{},
	}
	s.router = httpapi.NewRouter(httpapi.Config{Provider: "box", Authenticate: s.authenticate, Stamp: s.stamp, Render: s.render, Fail: s.fail})
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

	mu       sync.Mutex
	people   *seed.Directory
	accounts map[int64]*account // of users created through the API
	made     int64              // the number of the user created last
	groups   map[string]*group  // by id
	bySerial map[int64]*group
	order    []*group // in order of creation
	serial   int64
	added    map[int64]place // by the id of the membership
	joined   int64
	requests atomic.Int64
	events   eventLog
}

var _ gen.StrictServerInterface = (*server)(nil)

// apiVersion is the version of all operations here.
const apiVersion = "2024.0"

// authenticate returns the caller: the user of the token, or the user that an
// administrator acts as.
func (s *server) authenticate(r *http.Request) (*httpapi.Caller, *httpapi.Problem) {
	token, ok := httpapi.Bearer(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	caller := s.auth.Caller(token)
	if !ok || caller == nil || !s.exists(caller) {
		return nil, &httpapi.Problem{Status: http.StatusUnauthorized}
	}
	if v := r.Header.Get("Box-Version"); v != "" && v != apiVersion {
		return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "header", Param: "box-version"}
	}
	if id := r.Header.Get("As-User"); id != "" {
		n, ok := userNumber(id)
		p, known := s.people.Get(n)
		if !ok || !known || !s.isAdmin(s.numberOf(caller)) {
			return nil, &httpapi.Problem{Status: http.StatusForbidden}
		}
		caller = &httpapi.Caller{Token: token, Email: p.Mail, Scopes: caller.Scopes}
	}
	return caller, nil
}

// stamp sets the request id of a response, and the time, by which clients correct their
// clocks.
func (s *server) stamp(w http.ResponseWriter) {
	oauth.Date(w, s.seed.Now())
	w.Header().Set(requestIDHeader, requestID(s.requests.Add(1)))
	w.Header().Set("Cache-Control", "no-cache, no-store")
}

// pacific is the time zone of Box's times.
var pacific = time.FixedZone("", -8*60*60)

// date returns t in Box's time zone and precision.
func date(t time.Time) time.Time { return t.In(pacific).Truncate(time.Second) }

func (s *server) now() time.Time { return date(s.seed.Now()) }
