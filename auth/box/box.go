// Package box signs in at Box: as a person through an app, and as an app itself, by its client
// credentials or by the key of its config file.
//
//	app := box.App{ClientID: id, ClientSecret: secret}
//	credential, err := app.Login(ctx, login.Options{RedirectURL: registered, Visit: open})
//	...
//	err = store.Save(ctx, "box/default", credential)
//	source := auth.NewSource(store, "box/default", box.Refresh(nil))
//	client, err := box.New(option.WithTokenSource(source))
package box

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
)

// The methods of credentials.
const (
	MethodApp               = "app"
	MethodAppConfig         = "app config"
	MethodClientCredentials = "client credentials"
	MethodDeveloperToken    = "developer token"
)

const (
	provider    = "box"
	origin      = "https://api.box.com"
	authorizeAt = "https://account.box.com"
)

// The lives of tokens without a lifetime in Box's answers.
const (
	refreshLife   = 60 * 24 * time.Hour
	developerLife = time.Hour
)

// App is an app that acts for the person who signs in.
type App struct {
	ClientID, ClientSecret string
	// Scopes are fewer scopes than the app has, such as those of Scopes. None means all.
	Scopes []string
	// Origin is the base URL of another server than Box, such as the emulator.
	Origin string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client
}

// Scopes returns the scopes for reading and changing memberships of groups. Box has one for
// both, and the person is an administrator or a co-administrator.
func Scopes() []string { return []string{"manage_groups", "manage_managed_users"} }

// Login signs a person in. The app has registered o.RedirectURL. Box names no PKCE: a pasted
// answer is the whole URL. The access token is valid for an hour, and the refresh token for 60
// days or one use. Box: GET /api/oauth2/authorize, POST /oauth2/token.
func (a App) Login(ctx context.Context, o login.Options) (*auth.Credential, error) {
	if a.ClientID == "" || a.ClientSecret == "" {
		return nil, errors.New("box: an app has a client id and a client secret")
	}
	flow := login.Flow{
		Provider: provider, HTTPClient: a.HTTPClient,
		Config: oauth2.Config{ClientID: a.ClientID, ClientSecret: a.ClientSecret, Scopes: a.Scopes, Endpoint: endpoint(a.Origin)},
	}
	t, err := flow.Run(ctx, o)
	if err != nil {
		return nil, named(err)
	}
	if t.RefreshToken == "" {
		return nil, errors.New("box: the answer has no refresh token")
	}
	c := &auth.Credential{Provider: provider, Method: MethodApp, ClientID: a.ClientID, ClientSecret: a.ClientSecret, Scopes: a.Scopes, Origin: a.Origin}
	fill(c, t)
	return c, nil
}

// DeveloperToken returns the credential of a token from the developer console, which is valid
// for an hour from its creation. created is the zero time if it is unknown; the hour begins
// now then.
func DeveloperToken(token string, created time.Time) *auth.Credential {
	if created.IsZero() {
		created = time.Now()
	}
	return &auth.Credential{Provider: provider, Method: MethodDeveloperToken, AccessToken: token, Expiry: created.Add(developerLife)}
}

// Refresh returns the function that refreshes the credentials of this package. Each refresh
// token works once, and the answer has the next one. hc may be nil. Box: POST /oauth2/token.
func Refresh(hc *http.Client) auth.Refresh {
	return func(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
		config := oauth2.Config{ClientID: c.ClientID, ClientSecret: c.ClientSecret, Endpoint: endpoint(c.Origin)}
		t, err := config.TokenSource(auth.HTTPContext(ctx, hc), &oauth2.Token{RefreshToken: c.RefreshToken}).Token()
		if err != nil {
			return nil, named(auth.ExchangeError(provider, err, c.RefreshToken, c.ClientSecret, c.AccessToken))
		}
		fill(c, t)
		return c, nil
	}
}

// Revoke ends the tokens of a credential. It does nothing for a credential without an app,
// such as a developer token. hc may be nil. Box: POST /oauth2/revoke.
func Revoke(ctx context.Context, hc *http.Client, c *auth.Credential) error {
	if c.ClientID == "" || c.ClientSecret == "" {
		return nil
	}
	token := c.RefreshToken
	if token == "" {
		token = c.AccessToken
	}
	_, err := auth.PostRevocation(ctx, hc, provider, tokenOrigin(c.Origin)+"/oauth2/revoke", url.Values{
		"client_id": {c.ClientID}, "client_secret": {c.ClientSecret}, "token": {token},
	})
	return err
}

// tokenOrigin returns the base URL of the token endpoint.
func tokenOrigin(base string) string {
	if base == "" {
		return origin
	}
	return strings.TrimSuffix(base, "/")
}

func endpoint(base string) oauth2.Endpoint {
	authorize := authorizeAt
	if base != "" {
		authorize = tokenOrigin(base)
	}
	return oauth2.Endpoint{
		AuthURL: authorize + "/api/oauth2/authorize", TokenURL: tokenOrigin(base) + "/oauth2/token",
		AuthStyle: oauth2.AuthStyleInParams,
	}
}

// fill sets the tokens of a credential.
func fill(c *auth.Credential, t *oauth2.Token) {
	c.AccessToken, c.Expiry = t.AccessToken, t.Expiry
	if t.RefreshToken != "" && t.RefreshToken != c.RefreshToken {
		c.RefreshToken, c.RefreshExpiry = t.RefreshToken, time.Now().Add(refreshLife)
	}
}
