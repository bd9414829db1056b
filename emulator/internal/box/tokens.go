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

// tokenLife is the lifetime of an access token.
const tokenLife = time.Hour

// grant is the caller and the expiry of a token. Refresh tokens do not expire here.
type grant struct {
	caller  httpapi.Caller
	refresh bool
	ends    time.Time
}

// callerOf returns the caller of an access token that was issued here or that the state
// accepts, nil for any other.
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

// CreateToken issues tokens. If the state names credentials, the app's secret has to be
// one of them; otherwise any id and secret are accepted. A code is accepted once,
// whatever its value. Signatures of assertions are not verified.
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

// spend marks a code or refresh token as used. It returns an error if it was used before.
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

// subject makes the caller the subject of a server grant. The service account of an
// enterprise is the identity of the app's own credential.
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

// assert applies the claims of a JWT without verifying its signature.
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

// exchange issues a token with the requested subset of scopes.
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

// issue issues an access token, and a refresh token for a user's grant. Other grants get
// Box's response for server grants, which has no token_type and an issued_token_type that
// is not a URN.
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
