// Package googlechat signs in at Google Chat: as a person through an installed app, and as a
// service account, for itself or for a person of its domain.
//
//	app, err := googlechat.ReadClientSecrets("client_secrets.json")
//	...
//	app.Scopes, err = googlechat.Scopes(googlechat.AsUser, googlechat.Read)
//	credential, err := app.Login(ctx, login.Options{Visit: open})
//	...
//	err = store.Save(ctx, "googlechat/default", credential)
//	source := auth.NewSource(store, "googlechat/default", googlechat.Refresh(nil))
//	client, err := googlechat.New(option.WithTokenSource(source))
package googlechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
)

// The methods of credentials.
const (
	MethodInstalledApp       = "installed app"
	MethodAuthorizedUser     = "authorized user"
	MethodServiceAccount     = "service account"
	MethodDefaultCredentials = "application default credentials"
)

const (
	provider    = "googlechat"
	origin      = "https://oauth2.googleapis.com"
	authorizeAt = "https://accounts.google.com"
)

// InstalledApp is an app of a person's machine, which acts for the person who signs in.
type InstalledApp struct {
	ClientID, ClientSecret string
	// Scopes has whole names, as Scopes returns them.
	Scopes []string
	// Account, if it is not empty, is the e-mail address that Google's page proposes.
	Account string
	// Web reports that the app is of the type web: it has registered each redirect URL, with
	// its port. Login requires one with a port then.
	Web bool
	// Origin is the base URL of another server than Google, such as the emulator.
	Origin string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client
}

// Login signs a person in. It asks for consent each time, because Google returns a refresh
// token with a consent alone. A person who grants only some of the scopes gets an error that
// names the others. The access token is valid for about an hour.
// Google: GET /o/oauth2/v2/auth, POST /token.
func (a InstalledApp) Login(ctx context.Context, o login.Options) (*auth.Credential, error) {
	switch {
	case a.ClientID == "":
		return nil, errors.New("googlechat: an installed app has a client id")
	case len(a.Scopes) == 0:
		return nil, errors.New("googlechat: a sign-in has scopes")
	}
	if redirect, err := url.Parse(o.RedirectURL); a.Web && (err != nil || redirect.Port() == "" || redirect.Port() == "0") {
		return nil, errors.New("googlechat: the app is of the type web, and Google redirects only to an address that it has registered: give that as the redirect URL (redirect_url), or make an OAuth client of the type \"Desktop app\"")
	}
	params := map[string]string{"access_type": "offline", "prompt": "consent"}
	if a.Account != "" {
		params["login_hint"] = a.Account
	}
	flow := login.Flow{
		Provider: provider, PKCE: true, Params: params, HTTPClient: a.HTTPClient,
		Config: oauth2.Config{ClientID: a.ClientID, ClientSecret: a.ClientSecret, Scopes: a.Scopes, Endpoint: endpoint(a.Origin)},
	}
	t, err := flow.Run(ctx, o)
	if err != nil {
		return nil, named(err, nil)
	}
	c := &auth.Credential{
		Provider: provider, Method: MethodInstalledApp, Account: a.Account,
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, Scopes: slices.Clone(a.Scopes), Origin: a.Origin,
	}
	fill(c, t)
	switch missing := Missing(c, a.Scopes); {
	case len(missing) > 0:
		return nil, fmt.Errorf("googlechat: the person did not grant %s: grant all of them on Google's page, or sign in for less", strings.Join(missing, ", "))
	case c.RefreshToken == "":
		return nil, errors.New("googlechat: the answer has no refresh token")
	}
	return c, nil
}

// Missing returns those of scopes that a credential does not have. If there are any, the
// person signs in again.
func Missing(c *auth.Credential, scopes []string) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return slices.Contains(c.Scopes, s) })
}

// Refresh returns the function that refreshes the credentials of this package. hc may be nil.
// Google: POST /token.
func Refresh(hc *http.Client) auth.Refresh {
	return func(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
		config := oauth2.Config{ClientID: c.ClientID, ClientSecret: c.ClientSecret, Endpoint: endpoint(c.Origin)}
		t, err := config.TokenSource(auth.HTTPContext(ctx, hc), &oauth2.Token{RefreshToken: c.RefreshToken}).Token()
		if err != nil {
			return nil, named(auth.ExchangeError(provider, err, c.RefreshToken, c.ClientSecret, c.AccessToken), nil)
		}
		fill(c, t)
		return c, nil
	}
}

// Revoke ends the tokens of a credential, and with them all that the person has granted to
// the app. Tokens that have ended before are no error. hc may be nil. Google: POST /revoke.
func Revoke(ctx context.Context, hc *http.Client, c *auth.Credential) error {
	token := c.RefreshToken
	if token == "" {
		token = c.AccessToken
	}
	code, err := auth.PostRevocation(ctx, hc, provider, tokenOrigin(c.Origin)+"/revoke", url.Values{"token": {token}})
	if code == "invalid_token" {
		return nil
	}
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
		AuthURL: authorize + "/o/oauth2/v2/auth", TokenURL: tokenOrigin(base) + "/token",
		AuthStyle: oauth2.AuthStyleInParams,
	}
}

// fill sets the tokens of a credential.
func fill(c *auth.Credential, t *oauth2.Token) {
	c.AccessToken, c.Expiry = t.AccessToken, t.Expiry
	if t.RefreshToken != "" {
		c.RefreshToken = t.RefreshToken
	}
	if scope, ok := t.Extra("scope").(string); ok && scope != "" {
		c.Scopes = strings.Fields(scope)
	}
}
