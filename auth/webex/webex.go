// Package webex signs in at Webex: as a person through an integration, and as a service app.
//
//	flow := webex.Integration{ClientID: id, ClientSecret: secret, Scopes: webex.Scopes(true)}
//	credential, err := flow.Login(ctx, login.Options{Visit: open})
//	...
//	err = store.Save(ctx, "webex/default", credential)
//	source := auth.NewSource(store, "webex/default", webex.Refresh(nil))
//	client, err := webex.New(option.WithTokenSource(source))
package webex

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
)

// The methods of credentials.
const (
	MethodIntegration = "integration"
	MethodServiceApp  = "service app"
)

const (
	provider = "webex"
	origin   = "https://webexapis.com"
)

// Scopes returns the scopes for reading memberships, and with change also those for changing
// them.
func Scopes(change bool) []string {
	scopes := []string{
		"spark:memberships_read", "spark:people_read", "spark:rooms_read",
		"spark:team_memberships_read", "spark:teams_read",
	}
	if change {
		scopes = append(scopes, "spark:memberships_write", "spark:team_memberships_write")
	}
	return scopes
}

// Integration is an app that acts for the person who signs in.
type Integration struct {
	ClientID, ClientSecret string
	Scopes                 []string
	// Origin is the base URL of another server than Webex, such as the emulator.
	Origin string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client
}

// Login signs a person in. The integration has registered o.RedirectURL. The access token is
// valid for 14 days, and the refresh token for 90 days after its last use.
// Webex: GET /v1/authorize, POST /v1/access_token.
func (i Integration) Login(ctx context.Context, o login.Options) (*auth.Credential, error) {
	if i.ClientID == "" || i.ClientSecret == "" {
		return nil, errors.New("webex: an integration has a client id and a client secret")
	}
	flow := login.Flow{
		Provider: provider, PKCE: true, HTTPClient: i.HTTPClient,
		Config: oauth2.Config{ClientID: i.ClientID, ClientSecret: i.ClientSecret, Scopes: i.Scopes, Endpoint: endpoint(i.Origin)},
	}
	t, err := flow.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	c := &auth.Credential{Provider: provider, Method: MethodIntegration, ClientID: i.ClientID, ClientSecret: i.ClientSecret, Scopes: i.Scopes, Origin: i.Origin}
	fill(c, t)
	return c, nil
}

// ServiceApp returns the credential of a service app, whose first refresh token comes from the
// developer portal. It has no access token before the first refresh.
func ServiceApp(clientID, clientSecret, refreshToken string) *auth.Credential {
	return &auth.Credential{Provider: provider, Method: MethodServiceApp, ClientID: clientID, ClientSecret: clientSecret, RefreshToken: refreshToken}
}

// Refresh returns the function that refreshes the credentials of this package. hc may be nil.
// Webex: POST /v1/access_token.
func Refresh(hc *http.Client) auth.Refresh {
	return func(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
		config := oauth2.Config{ClientID: c.ClientID, ClientSecret: c.ClientSecret, Endpoint: endpoint(c.Origin)}
		t, err := config.TokenSource(auth.HTTPContext(ctx, hc), &oauth2.Token{RefreshToken: c.RefreshToken}).Token()
		if err != nil {
			return nil, auth.ExchangeError(provider, err, c.RefreshToken, c.ClientSecret, c.AccessToken)
		}
		fill(c, t)
		return c, nil
	}
}

func endpoint(base string) oauth2.Endpoint {
	if base == "" {
		base = origin
	}
	base = strings.TrimSuffix(base, "/")
	return oauth2.Endpoint{AuthURL: base + "/v1/authorize", TokenURL: base + "/v1/access_token", AuthStyle: oauth2.AuthStyleInParams}
}

// fill sets the tokens of a credential.
func fill(c *auth.Credential, t *oauth2.Token) {
	c.AccessToken, c.Expiry = t.AccessToken, t.Expiry
	if t.RefreshToken != "" {
		c.RefreshToken = t.RefreshToken
	}
	if seconds := auth.Seconds(t.Extra("refresh_token_expires_in")); seconds > 0 {
		c.RefreshExpiry = time.Now().Add(time.Duration(seconds) * time.Second)
	}
	if scope, ok := t.Extra("scope").(string); ok && scope != "" {
		c.Scopes = strings.Fields(scope)
	}
}
