package box

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

// tokenLife is how long an access token is good for.
const tokenLife = time.Hour

// grant is what a token stands for. A refresh token has no end here.
type grant struct {
	caller  httpapi.Caller
	refresh bool
	ends    time.Time
}

// callerOf returns whom an access token stands for: one that was issued here, or one
// that the state accepts.
func (s *server) callerOf(token string) *httpapi.Caller {
	if g, ok := s.issued[token]; ok {
		if g.refresh || !s.seed.Now().Before(g.ends) {
			return nil
		}
		return &g.caller
	}
	return s.seed.Caller("box", token)
}

func oauthError(code, message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, message: message}
}

func invalidGrant(message string) *refusal { return oauthError("invalid_grant", message) }

// CreateToken issues tokens. If the state names credentials, an app's secret has to be
// one of them; else every app is accepted that has an id and a secret. Codes are
// accepted once and otherwise not looked at, like the signatures of assertions.
func (s *server) CreateToken(_ context.Context, req gen.CreateTokenRequestObject) (gen.CreateTokenResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	if b.GrantType == gen.GrantTypeTokenExchange {
		return s.exchange(b)
	}
	app := s.seed.Caller("box", or(b.ClientSecret, ""))
	if app == nil || or(b.ClientID, "") == "" {
		return nil, oauthError("invalid_client", "The client credentials are invalid")
	}
	var err error
	switch b.GrantType {
	case gen.GrantTypeAuthorizationCode:
		if err = s.spend("code", or(b.Code, "")); err == nil {
			return s.issue(*app, true), nil
		}
	case gen.GrantTypeRefreshToken:
		token := or(b.RefreshToken, "")
		if g, ok := s.issued[token]; ok && g.refresh {
			app = &g.caller
		}
		if err = s.spend("refresh_token", token); err == nil {
			return s.issue(*app, true), nil
		}
	case gen.GrantTypeClientCredentials:
		if err = s.subject(app, string(or(b.BoxSubjectType, "")), or(b.BoxSubjectID, "")); err == nil {
			return s.issue(*app, false), nil
		}
	case gen.GrantTypeJWTBearer:
		if err = s.assert(app, or(b.Assertion, "")); err == nil {
			return s.issue(*app, false), nil
		}
	}
	return nil, err
}

// spend takes a code or refresh token that is good for one use.
func (s *server) spend(name, token string) error {
	switch {
	case token == "":
		return oauthError("invalid_request", name+" is missing")
	case s.spent[token]:
		return invalidGrant("The " + name + " has been used")
	}
	s.spent[token] = true
	return nil
}

// subject makes a caller the one that a server's grant names. The service account of
// an enterprise is whoever the app's own credentials are.
func (s *server) subject(app *httpapi.Caller, typ, id string) error {
	n, ok := userNumber(id)
	p, known := s.people.Get(n)
	switch {
	case typ == "enterprise" && id != "":
		return nil
	case typ != "user" || !ok || !known:
		return invalidGrant("Grant credentials are invalid")
	}
	app.Email = p.Mail
	return nil
}

// assert reads the claims of a JWT without looking at its signature.
func (s *server) assert(app *httpapi.Caller, jwt string) error {
	var claims struct {
		Subject string `json:"sub"`
		Type    string `json:"box_sub_type"`
		Expires int64  `json:"exp"`
	}
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return invalidGrant("The assertion is not a JWT")
	}
	if b, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil || json.Unmarshal(b, &claims) != nil {
		return invalidGrant("The claims of the assertion cannot be read")
	}
	if !s.seed.Now().Before(time.Unix(claims.Expires, 0)) {
		return invalidGrant("Current date time must be before the expiration date time listed in the 'exp' claim.")
	}
	return s.subject(app, claims.Type, claims.Subject)
}

// exchange narrows an access token to the scopes asked for.
func (s *server) exchange(b *gen.CreateTokenRequest) (gen.CreateTokenResponseObject, error) {
	caller := s.callerOf(or(b.SubjectToken, ""))
	if caller == nil {
		return nil, invalidGrant("The subject_token is invalid")
	}
	narrowed := *caller
	if narrowed.Scopes = strings.Fields(or(b.Scope, "")); len(narrowed.Scopes) == 0 {
		return nil, oauthError("invalid_request", "scope is missing")
	}
	t := s.issue(narrowed, false)
	typ := "urn:ietf:params:oauth:token-type:access_token"
	t.IssuedTokenType = &typ
	return t, nil
}

// issue makes an access token, with a refresh token for grants that a person has
// agreed to. The others answer in the form of the service's server grants, in which
// token_type is missing and issued_token_type is not a URN.
func (s *server) issue(caller httpapi.Caller, refreshable bool) gen.CreateToken200JSONResponse {
	s.tokens++
	bearer, seconds := "bearer", int64(tokenLife/time.Second)
	t := gen.CreateToken200JSONResponse{
		AccessToken: fmt.Sprintf("emulator-access-%08d", s.tokens), ExpiresIn: &seconds, RestrictedTo: &[]gen.ResourceScope{},
	}
	s.issued[t.AccessToken] = grant{caller: caller, ends: s.seed.Now().Add(tokenLife)}
	if !refreshable {
		t.IssuedTokenType = &bearer
		return t
	}
	refresh := fmt.Sprintf("emulator-refresh-%08d", s.tokens)
	t.TokenType, t.RefreshToken = &bearer, &refresh
	s.issued[refresh] = grant{caller: caller, refresh: true}
	return t
}
