package methods

import (
	"context"
	"errors"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/webex"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/providers"
)

// The methods of tokens from Webex's developer portal.
const (
	methodBot      = "bot token"
	methodPersonal = "personal token"
)

// personalLife is the life of a personal token.
const personalLife = 12 * time.Hour

func webexMethods() []Method {
	const name = "webex"
	app := []providers.Setting{
		{Key: "client_id", Env: "WEBEX_CLIENT_ID", Text: "the client ID of the integration or the service app"},
		{Key: "client_secret", Env: "WEBEX_CLIENT_SECRET", Secret: true, Text: "the client secret of that app"},
	}
	return []Method{
		{
			Provider: name, Name: webex.MethodIntegration, Title: "a person signs in with a browser, through an integration",
			Browser: true, Redirect: registered, Needed: app, Optional: []providers.Setting{redirect},
			Wants:  Want{Change: true},
			Scopes: "The integration gets the scope in the developer portal, and the person signs in again.",
			login:  webexIntegration, refresh: webex.Refresh,
		},
		{
			Provider: name, Name: webex.MethodServiceApp, Title: "a service app, which an administrator has authorized",
			Needed: append(app[:2:2], providers.Setting{Key: "refresh_token", Env: "WEBEX_REFRESH_TOKEN", Secret: true, Text: "the refresh token of the service app, from the developer portal"}),
			Scopes: "The service app gets the scope in the developer portal, an administrator of the organization authorizes it in Control Hub, and the app signs in with the new refresh token.",
			login:  webexServiceApp, refresh: webex.Refresh,
		},
		{
			Provider: name, Name: methodBot, Title: "the token of a bot",
			Needed:  settings(name, "access_token"),
			Warning: "A bot sees only the rooms that it is a member of.",
			login:   webexToken(methodBot, 0),
		},
		{
			Provider: name, Name: methodPersonal, Title: "a personal token from the developer portal",
			Needed:  settings(name, "access_token"),
			Scopes:  "A personal token has all scopes of its user, who lacks the right itself; another user signs in.",
			Warning: "A personal token ends 12 hours after its creation, and cannot be refreshed.",
			login:   webexToken(methodPersonal, personalLife),
		},
	}
}

func webexIntegration(ctx context.Context, r Request) (*auth.Credential, error) {
	origin, err := r.origin("webex")
	if err != nil {
		return nil, err
	}
	secret, err := r.secret("webex", "client_secret")
	if err != nil {
		return nil, err
	}
	return webex.Integration{
		ClientID: r.Values["client_id"], ClientSecret: secret, Scopes: webex.Scopes(r.Want.Change), Origin: origin, HTTPClient: r.HTTPClient,
	}.Login(ctx, r.Browser)
}

// webexServiceApp refreshes at once: the refresh token of the portal alone is no proof.
func webexServiceApp(ctx context.Context, r Request) (*auth.Credential, error) {
	origin, err := r.origin("webex")
	if err != nil {
		return nil, err
	}
	secret, err := r.secret("webex", "client_secret")
	if err != nil {
		return nil, err
	}
	token, err := r.secret("webex", "refresh_token")
	if err != nil {
		return nil, err
	}
	c := webex.ServiceApp(r.Values["client_id"], secret, token)
	c.Origin = origin
	c, err = webex.Refresh(r.HTTPClient)(ctx, c)
	if err == nil && !config.ValidHeaderValue(c.AccessToken) {
		return nil, errors.New("webex: the answer has an access token with a control character")
	}
	return c, err
}

// webexToken returns the Login of a token that lives for d from its creation, at the latest
// now; 0 is no end.
func webexToken(method string, d time.Duration) func(context.Context, Request) (*auth.Credential, error) {
	return func(_ context.Context, r Request) (*auth.Credential, error) {
		token, err := r.secret("webex", "access_token")
		if err != nil {
			return nil, err
		}
		c := &auth.Credential{Provider: "webex", Method: method, AccessToken: token}
		if d > 0 {
			c.Expiry = time.Now().Add(d)
		}
		c.Origin, err = r.origin("webex")
		return c, err
	}
}
