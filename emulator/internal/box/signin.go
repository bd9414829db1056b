package box

import (
	"net/http"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Lives of a code and of tokens. A refresh token is valid once.
const (
	codeLife    = 30 * time.Second
	accessLife  = time.Hour
	refreshLife = 60 * 24 * time.Hour
)

// signIn adds the parts of the authorization server that are not in the document: no method
// of the client calls them, and the page's form and redirects are no operations. Box
// documents no PKCE, and its parameters are ignored.
func (s *server) signIn() {
	s.auth = oauth.New(s.seed, oauth.Rules{
		Provider: "box", Title: "Box", CodeLife: codeLife, AccessLife: accessLife, RefreshLife: refreshLife,
		SoleRedirect: true, Person: s.personByMail,
	})
	s.router.Handle(oauth.BoxAuthorize, s.auth.Authorize)
	s.router.Handle(oauth.BoxRevoke, s.revoke)
}

func (s *server) personByMail(mail string) (seed.Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people.ByMail(mail)
}

// refused returns an error of the authorization server in Box's format. Its status is 400,
// except for requests that are no form.
func refused(e *oauth.Error) *refusal {
	f := &refusal{status: http.StatusBadRequest, code: e.Code, message: e.Description}
	if e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusUnsupportedMediaType {
		f.status = e.Status
	}
	return f
}

// app returns the client with an id and a secret. If the state names no clients, the secret
// has to be one of the credentials.
func (s *server) app(id, secret string) (*seed.Client, *httpapi.Caller, error) {
	c, err := s.auth.Client(id, secret)
	if err != nil {
		return nil, nil, refused(err)
	}
	if s.auth.Named() {
		return c, &httpapi.Caller{Scopes: c.Scopes}, nil
	}
	caller := s.seed.Caller("box", secret)
	if caller == nil {
		return nil, nil, oauthError("invalid_client", "The client credentials are invalid")
	}
	return c, caller, nil
}

// revoke ends a token and all tokens of the same grant. The document of
// Box requires a grant_type here, which no client sends.
func (s *server) revoke(w http.ResponseWriter, r *http.Request) {
	oauth.Date(w, s.seed.Now())
	form, err := oauth.Form(w, r)
	if err != nil {
		s.router.Refuse(w, r, refused(err))
		return
	}
	client, _, failure := s.app(form["client_id"], form["client_secret"])
	if failure != nil {
		s.router.Refuse(w, r, failure)
		return
	}
	if _, err := s.auth.Revoke(client, form["token"]); err != nil {
		s.router.Refuse(w, r, refused(err))
	}
}
