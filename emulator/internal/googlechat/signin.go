package googlechat

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// scopePrefix is the beginning of Google's scopes.
const scopePrefix = "https://www.googleapis.com/auth/"

// Lives of a code and an access token. A refresh token has no end. Google does not publish
// the life of a code; it answers one second less than the life of a token.
const (
	codeLife   = 10 * time.Minute
	accessLife = time.Hour
	expiresIn  = int64(accessLife/time.Second) - 1
)

// signIn adds the authorization server. Its paths are not in the document: no method of the
// client calls them, and the page's form and redirects are no operations.
func (s *server) signIn() {
	s.auth = oauth.New(s.seed, oauth.Rules{
		Provider: "googlechat", Title: "Google", CodeLife: codeLife, AccessLife: accessLife,
		Methods: []string{oauth.S256}, ScopeRequired: true, Installed: true, OnPage: true, Consents: true,
		Refuses: func(scope string) bool { return !grantable(scope) }, Person: s.personByMail,
	})
	s.router.Handle(oauth.GoogleAuthorize, s.auth.Authorize)
	s.router.Handle(oauth.GoogleAuthorizeOld, s.auth.Authorize)
	s.router.Handle(oauth.GoogleToken, s.token)
	s.router.Handle(oauth.GoogleRevoke, s.revoke)
	s.router.Handle(oauth.GoogleTokenInfo, s.tokenInfo)
	s.router.Handle(oauth.GoogleTokenInfoOld, s.tokenInfo)
}

// signInPath reports whether errors of a path have OAuth's format.
func signInPath(path string) bool {
	return slices.Contains(oauth.Paths["googlechat"], strings.TrimSuffix(path, "/"))
}

func (s *server) personByMail(mail string) (seed.Person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people.ByMail(mail)
}

// grantable reports whether a person can grant a scope: a full name of Google's, or one of
// OpenID Connect, and no scope of an app.
func grantable(scope string) bool {
	name, ok := strings.CutPrefix(scope, scopePrefix)
	if !ok {
		return slices.Contains([]string{"openid", "email", "profile"}, scope) || strings.HasPrefix(scope, "https://")
	}
	return name != "" && name != "chat.bot" && !strings.HasPrefix(name, "chat.app.")
}

// refusal is an error in OAuth's format.
type refusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// failureCode returns the code of a fault with a status.
func failureCode(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "invalid_client"
	case status == http.StatusTooManyRequests:
		return "rate_limit_exceeded"
	case status >= http.StatusInternalServerError:
		return "internal_failure"
	}
	return "invalid_request"
}

func refuse(w http.ResponseWriter, r *http.Request, e *oauth.Error) {
	httpapi.Note(r, "", e.Error())
	httpapi.WriteJSON(w, e.Status, refusal{e.Code, e.Description})
}

// tokens is the answer of the token endpoint.
type tokens struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	TokenType    string `json:"token_type"`
}

// token serves the token endpoint.
func (s *server) token(w http.ResponseWriter, r *http.Request) {
	oauth.Date(w, s.seed.Now())
	t, err := s.exchange(w, r)
	if err != nil {
		refuse(w, r, err)
		return
	}
	httpapi.WriteJSON(w, http.StatusOK, t)
}

// exchange returns the tokens for a code, a refresh token or an assertion.
func (s *server) exchange(w http.ResponseWriter, r *http.Request) (*tokens, *oauth.Error) {
	form, err := oauth.Form(w, r)
	if err != nil {
		return nil, err
	}
	var grant *oauth.Grant
	t := &tokens{ExpiresIn: expiresIn, TokenType: "Bearer"}
	switch form["grant_type"] {
	case "authorization_code":
		grant, err = s.redeem(form, t)
	case "refresh_token":
		grant, err = s.renew(form, t)
	case oauth.JWTBearer:
		grant, err = s.assert(r, form["assertion"])
	case "":
		err = oauth.InvalidRequest("The grant_type is missing.")
	default:
		err = oauth.UnsupportedGrantType()
	}
	if err != nil {
		return nil, err
	}
	caller := grant.Email
	if grant.App {
		caller = "app"
	}
	httpapi.Note(r, caller, "")
	t.AccessToken = s.auth.Access(grant)
	return t, nil
}

func (s *server) redeem(form map[string]string, t *tokens) (*oauth.Grant, *oauth.Error) {
	client, err := s.auth.Client(form["client_id"], form["client_secret"])
	if err != nil {
		return nil, err
	}
	if form["redirect_uri"] == "" {
		return nil, oauth.InvalidRequest("The redirect_uri is missing.")
	}
	grant, err := s.auth.Redeem(client, form["code"], form["redirect_uri"], form["code_verifier"])
	if err != nil {
		return nil, err
	}
	t.Scope = strings.Join(grant.Scopes, " ")
	if grant.Offline {
		t.RefreshToken = s.auth.Refresh(grant)
	}
	return grant, nil
}

// renew narrows the scopes if the request names some. The refresh token stays valid.
func (s *server) renew(form map[string]string, t *tokens) (*oauth.Grant, *oauth.Error) {
	client, err := s.auth.Client(form["client_id"], form["client_secret"])
	if err != nil {
		return nil, err
	}
	grant, err := s.auth.Renew(client, form["refresh_token"], false, s.auth.MadeUp())
	if err != nil {
		return nil, err
	}
	have := grant.Scopes
	if len(have) == 0 {
		have = allScopes()
	}
	if asked := strings.Fields(form["scope"]); len(asked) > 0 {
		for _, scope := range asked {
			if !slices.Contains(have, scope) {
				return nil, oauth.InvalidScope("The refresh token does not have the scope " + scope + ".")
			}
		}
		grant.Scopes, have = asked, asked
	}
	t.Scope = strings.Join(have, " ")
	return grant, nil
}

// allScopes returns the scopes of a person and of an administrator, which a credential
// without scopes has.
func allScopes() []string {
	var out []string
	for _, r := range rights {
		for _, scope := range slices.Concat(r.user, r.admin) {
			out = append(out, scopePrefix+scope)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// revoke serves the revocation of a token, which stands in the form or in the query.
func (s *server) revoke(w http.ResponseWriter, r *http.Request) {
	oauth.Date(w, s.seed.Now())
	if oauth.NotAllowed(w, r, http.MethodGet, http.MethodPost) {
		refuse(w, r, &oauth.Error{Status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "The method must be POST."})
		return
	}
	valid, err := s.auth.Revoke(nil, oauth.Parameter(w, r, "token"))
	if err == nil && !valid {
		err = &oauth.Error{Status: http.StatusBadRequest, Code: "invalid_token", Description: "The token has expired or was revoked."}
	}
	if err != nil {
		refuse(w, r, err)
		return
	}
	httpapi.WriteJSON(w, http.StatusOK, struct{}{})
}
