// Package clerk emulates the membership part of the Clerk Backend API.
package clerk

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/clerk/server"
)

// New returns the emulated Clerk with the seed data w. It adds its control calls to
// control.
func New(w *seed.Data, control *http.ServeMux) *httpapi.Router {
	s := &server{seed: w, people: seed.NewDirectory(w), accounts: map[int64]*account{}, byID: map[string]*organization{}}
	s.router = httpapi.NewRouter(httpapi.Config{
		Provider: "clerk", Authenticate: s.authenticate, Before: single, Stamp: s.stamp, Render: s.render, Fail: s.fail,
		BadBody: func(w http.ResponseWriter, r *http.Request, _ error) {
			s.render(w, r, &httpapi.Problem{Status: http.StatusBadRequest, In: "body"})
		},
	})
	s.load()
	s.router.View = s.view
	gen.Operations(s, s.router.Operation)
	s.control(control)
	return s.router
}

// server implements the generated StrictServerInterface.
type server struct {
	seed   *seed.Data
	router *httpapi.Router

	mu       sync.Mutex
	people   *seed.Directory
	accounts map[int64]*account // of users created through the API
	byID     map[string]*organization
	order    []*organization // in order of creation
	made     int64
	// changes counts the writes; ordered is the last sorted list.
	changes  int64
	ordered  snapshot
	requests atomic.Int64
}

var _ gen.StrictServerInterface = (*server)(nil)

// versions are the released versions of the API.
var versions = []string{"2021-02-05", "2024-10-01", "2025-04-10", "2025-11-10", "2026-05-12"}

// authenticate checks the secret key, which acts for the instance and not for a person,
// and the requested API version.
func (s *server) authenticate(r *http.Request) (*httpapi.Caller, *httpapi.Problem) {
	token, ok := httpapi.Bearer(r)
	if !ok {
		return nil, &httpapi.Problem{Status: http.StatusUnauthorized, In: "header", Param: "Authorization"}
	}
	caller := s.seed.Caller("clerk", token)
	if caller == nil {
		return nil, &httpapi.Problem{Status: http.StatusUnauthorized}
	}
	asked := slices.Concat(r.Header.Values("Clerk-Api-Version"), r.URL.Query()["__clerk_api_version"])
	why := ""
	switch {
	case len(asked) > 1:
		why = "name it once, in the header or in the query"
	case len(asked) == 1 && !slices.Contains(versions, asked[0]):
		why = fmt.Sprintf("there is no version %q", asked[0])
	}
	if why != "" {
		return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "header", Param: "Clerk-Api-Version", Detail: why}
	}
	return caller, nil
}

// between separates the states of a list of invitations. No client sends it.
const between = "\n"

// single drops every order_by but the first, as Clerk does, and joins the states of
// invitations: the document has one, and Clerk's SDKs send a list.
func single(r *http.Request) {
	q := r.URL.Query()
	orders, states := q["order_by"], q["status"]
	if len(orders) < 2 && len(states) < 2 {
		return
	}
	if len(orders) > 1 {
		q.Set("order_by", orders[0])
	}
	if len(states) > 1 {
		q.Set("status", strings.Join(states, between))
	}
	r.URL.RawQuery = q.Encode()
}

// stamp sets the trace id of a response.
func (s *server) stamp(w http.ResponseWriter) {
	w.Header().Set("Clerk-Trace-Id", fmt.Sprintf("%032x", s.requests.Add(1)))
}

// now returns the time in Clerk's precision.
func (s *server) now() time.Time { return s.seed.Now().UTC().Truncate(time.Millisecond) }
