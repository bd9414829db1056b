package webex

import (
	"net/http"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Lives of tokens. Refreshing renews the life of the refresh token. Webex does not publish
// the life of a code.
const (
	codeLife    = 10 * time.Minute
	accessLife  = 14 * 24 * time.Hour
	refreshLife = 90 * 24 * time.Hour
)

// signIn adds the authorization server. Its paths are not in the document: no method of the
// client calls them, and the page's form and redirects are no operations.
func (s *server) signIn() {
	s.auth = oauth.New(s.seed, oauth.Rules{
		Provider: "webex", Title: "Webex", CodeLife: codeLife, AccessLife: accessLife, RefreshLife: refreshLife,
		Methods: []string{oauth.S256, oauth.Plain}, ScopeRequired: true, Person: s.personByMail,
	})
	s.router.Handle(oauth.WebexAuthorize, s.auth.Authorize)
	s.router.Handle(oauth.WebexToken, s.accessToken)
}

func (s *server) personByMail(mail string) (seed.Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people.ByMail(mail)
}

// token is the answer of the token endpoint.
type token struct {
	AccessToken      string `json:"access_token"`
	ExpiresIn        int64  `json:"expires_in"`
	RefreshToken     string `json:"refresh_token"`
	RefreshExpiresIn int64  `json:"refresh_token_expires_in"`
	TokenType        string `json:"token_type"`
	Scope            string `json:"scope"`
}

// accessToken serves the token endpoint. Its errors have the format of the API's and begin
// with OAuth's code; Webex publishes no other.
func (s *server) accessToken(w http.ResponseWriter, r *http.Request) {
	oauth.Date(w, s.seed.Now())
	t, err := s.exchange(w, r)
	if err != nil {
		httpapi.Note(r, "", err.Error())
		writeError(w, err.Status, err.Error())
		return
	}
	httpapi.WriteJSON(w, http.StatusOK, t)
}

// exchange returns the tokens for a code or a refresh token.
func (s *server) exchange(w http.ResponseWriter, r *http.Request) (*token, *oauth.Error) {
	form, err := oauth.Form(w, r)
	if err != nil {
		return nil, err
	}
	client, err := s.auth.Client(form["client_id"], form["client_secret"])
	if err != nil {
		return nil, err
	}
	var grant *oauth.Grant
	refresh := form["refresh_token"]
	switch form["grant_type"] {
	case "authorization_code":
		if form["redirect_uri"] == "" {
			return nil, oauth.InvalidRequest("The redirect_uri is missing.")
		}
		if grant, err = s.auth.Redeem(client, form["code"], form["redirect_uri"], form["code_verifier"]); err == nil {
			refresh = s.auth.Refresh(grant)
		}
	case "refresh_token":
		grant, err = s.auth.Renew(client, refresh, false, s.auth.MadeUp())
	case "":
		return nil, oauth.InvalidRequest("The grant_type is missing.")
	default:
		return nil, oauth.UnsupportedGrantType()
	}
	if err != nil {
		return nil, err
	}
	httpapi.Note(r, grant.Email, "")
	scopes := grant.Scopes
	if len(scopes) == 0 {
		scopes = []string{allScope}
	}
	return &token{
		AccessToken: s.auth.Access(grant), ExpiresIn: seconds(accessLife), RefreshToken: refresh, RefreshExpiresIn: seconds(refreshLife),
		TokenType: "Bearer", Scope: strings.Join(scopes, " "),
	}, nil
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
