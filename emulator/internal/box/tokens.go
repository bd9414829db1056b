package box

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

func oauthError(code, message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, message: message}
}

func invalidGrant(message string) *refusal { return oauthError("invalid_grant", message) }

// CreateToken issues tokens.
func (s *server) CreateToken(ctx context.Context, req gen.CreateTokenRequestObject) (gen.CreateTokenResponseObject, error) {
	b := req.Body
	if b.GrantType == gen.GrantTypeTokenExchange {
		return s.exchange(b)
	}
	client, app, err := s.app(or(b.ClientID, ""), or(b.ClientSecret, ""))
	if err != nil {
		return nil, err
	}
	switch b.GrantType {
	case gen.GrantTypeAuthorizationCode:
		return s.redeem(client, app, or(b.Code, ""))
	case gen.GrantTypeRefreshToken:
		var madeUp *oauth.Grant
		if !s.auth.Named() {
			madeUp = &oauth.Grant{Email: app.Email, Scopes: app.Scopes}
		}
		grant, refusal := s.auth.Renew(client, or(b.RefreshToken, ""), true, madeUp)
		if refusal != nil {
			return nil, refused(refusal)
		}
		return s.issue(grant, true), nil
	case gen.GrantTypeClientCredentials:
		err = s.subject(client, app, string(or(b.BoxSubjectType, "")), or(b.BoxSubjectID, ""))
	case gen.GrantTypeJWTBearer:
		err = s.assert(httpapi.RequestOf(ctx), client, app, or(b.Assertion, ""))
	}
	if err != nil {
		return nil, err
	}
	return s.issue(s.auth.NewGrant(oauth.Grant{Client: client.ID, Email: app.Email, Scopes: app.Scopes}), false), nil
}

// redeem issues the tokens of a code. If the state names no clients, a code that was not
// issued here is accepted once, as any credential is.
func (s *server) redeem(client *seed.Client, app *httpapi.Caller, code string) (gen.CreateTokenResponseObject, error) {
	if code != "" && !s.auth.Named() && !s.auth.Code(code) {
		if !s.auth.Spend(code) {
			return nil, invalidGrant("The code has been used")
		}
		return s.issue(s.auth.NewGrant(oauth.Grant{Client: client.ID, Email: app.Email, Scopes: app.Scopes}), true), nil
	}
	grant, err := s.auth.Redeem(client, code, "", "")
	if err != nil {
		return nil, refused(err)
	}
	if len(grant.Scopes) == 0 {
		grant.Scopes = app.Scopes
	}
	return s.issue(grant, true), nil
}

// subject makes the caller the subject of a server grant. The service account of an
// enterprise is the identity of the app's own credential.
func (s *server) subject(client *seed.Client, app *httpapi.Caller, typ, id string) error {
	invalid := invalidGrant("Grant credentials are invalid")
	if typ == "enterprise" && id != "" && (client.Enterprise == "" || client.Enterprise == id) {
		return nil
	}
	n, ok := userNumber(id)
	s.mu.Lock()
	p, known := s.people.Get(n)
	s.mu.Unlock()
	allowed := len(client.Subjects) == 0 || slices.ContainsFunc(client.Subjects, func(m string) bool { return strings.EqualFold(m, p.Mail) })
	if typ != "user" || !ok || !known || !allowed {
		return invalid
	}
	app.Email = p.Mail
	return nil
}

// exchange issues a token with the requested subset of scopes.
func (s *server) exchange(b *gen.CreateTokenRequest) (gen.CreateTokenResponseObject, error) {
	token := or(b.SubjectToken, "")
	if s.auth.Caller(token) == nil {
		return nil, invalidGrant("The subject_token is invalid")
	}
	narrowed, _, _ := s.auth.Describe(token)
	if narrowed.Scopes = strings.Fields(or(b.Scope, "")); len(narrowed.Scopes) == 0 {
		return nil, oauthError("invalid_request", "scope is missing")
	}
	t := s.issue(&narrowed, false)
	typ := "urn:ietf:params:oauth:token-type:access_token"
	t.IssuedTokenType = &typ
	return t, nil
}

// issue issues an access token, and a refresh token for a user's grant. Other grants get
// Box's response for server grants, which has no token_type and an issued_token_type that
// is not a URN.
func (s *server) issue(grant *oauth.Grant, refreshable bool) gen.CreateToken200JSONResponse {
	bearer, seconds := "bearer", int64(accessLife/time.Second)
	t := gen.CreateToken200JSONResponse{AccessToken: s.auth.Access(grant), ExpiresIn: &seconds, RestrictedTo: &[]gen.ResourceScope{}}
	if !refreshable {
		t.IssuedTokenType = &bearer
		return t
	}
	refresh := s.auth.Refresh(grant)
	t.TokenType, t.RefreshToken = &bearer, &refresh
	return t
}
