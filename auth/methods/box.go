package methods

import (
	"context"
	"errors"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/box"
	"github.com/memberships-go/memberships/providers"
)

// boxAgain is Method.Scopes of an app that signs for itself.
const boxAgain = "The app gets the scope in the Developer Console, and an administrator authorizes it again in the Admin Console."

func boxMethods() []Method {
	const name = "box"
	return []Method{
		{
			Provider: name, Name: box.MethodApp, Title: "a person signs in with a browser, through an app with user authentication (OAuth 2.0)",
			Browser: true, Redirect: registered,
			Needed: []providers.Setting{
				{Key: "client_id", Env: "BOX_CLIENT_ID", Text: "the client ID of the app"},
				{Key: "client_secret", Env: "BOX_CLIENT_SECRET", Secret: true, Text: "the client secret of the app"},
			},
			Optional: []providers.Setting{redirect},
			Warning:  "The person is an administrator or a co-administrator of the enterprise.",
			Scopes:   "The app gets the scope in the Developer Console, and the person signs in again.",
			login:    boxApp, refresh: box.Refresh, revoke: box.Revoke,
		},
		{
			Provider: name, Name: box.MethodAppConfig, Title: "an app signs with the key of its config file (JWT)",
			Needed: settings(name, "config_file"), Optional: settings(name, "user_id"),
			Scopes: boxAgain,
			login:  boxAppConfig,
		},
		{
			Provider: name, Name: box.MethodClientCredentials, Title: "an app acts for its enterprise or a user by its client secret",
			Needed: settings(name, "client_id", "client_secret", "enterprise_id"), Optional: settings(name, "user_id"),
			Scopes: boxAgain,
			login:  boxClientCredentials,
		},
		{
			Provider: name, Name: box.MethodDeveloperToken, Title: "a developer token from the developer console",
			Needed:  settings(name, "developer_token"),
			Warning: "A developer token ends an hour after its creation, and cannot be refreshed.",
			Scopes:  "The app gets the scope in the Developer Console, which makes a new developer token then.",
			login:   boxDeveloperToken,
		},
	}
}

func boxApp(ctx context.Context, r Request) (*auth.Credential, error) {
	origin, err := r.origin("box")
	if err != nil {
		return nil, err
	}
	secret, err := r.secret("box", "client_secret")
	if err != nil {
		return nil, err
	}
	return box.App{ClientID: r.Values["client_id"], ClientSecret: secret, Origin: origin, HTTPClient: r.HTTPClient}.Login(ctx, r.Browser)
}

func boxAppConfig(ctx context.Context, r Request) (*auth.Credential, error) {
	app, err := box.ReadConfig(r.Values["config_file"])
	if err != nil {
		return nil, err
	}
	if app.Origin, err = r.origin("box"); err != nil {
		return nil, err
	}
	app.HTTPClient = r.HTTPClient
	if user := r.Values["user_id"]; user != "" {
		app.Subject = box.Subject{UserID: user}
	}
	if app.Subject == (box.Subject{}) {
		return nil, errors.New("box: " + r.Values["config_file"] + " names no enterprise in its field enterpriseID: the setting user_id (BOX_USER_ID) names the user that the app acts as")
	}
	source, err := app.TokenSource()
	if err := check(ctx, source, err); err != nil {
		return nil, err
	}
	return boxByKey(box.MethodAppConfig, app.Subject, app.Origin, r)
}

func boxClientCredentials(ctx context.Context, r Request) (*auth.Credential, error) {
	origin, err := r.origin("box")
	if err != nil {
		return nil, err
	}
	secret, err := r.secret("box", "client_secret")
	if err != nil {
		return nil, err
	}
	subject := box.Subject{EnterpriseID: r.Values["enterprise_id"]}
	if user := r.Values["user_id"]; user != "" {
		subject = box.Subject{UserID: user}
	}
	app := box.ClientCredentials{ClientID: r.Values["client_id"], ClientSecret: secret, Subject: subject, Origin: origin, HTTPClient: r.HTTPClient}
	source, err := app.TokenSource()
	if err := check(ctx, source, err); err != nil {
		return nil, err
	}
	return boxByKey(box.MethodClientCredentials, subject, origin, r)
}

// boxByKey returns the credential of an app that gets tokens when it needs them.
func boxByKey(method string, subject box.Subject, origin string, r Request) (*auth.Credential, error) {
	kept, err := r.kept("config_file")
	if err != nil {
		return nil, err
	}
	account := "enterprise " + subject.EnterpriseID
	if subject.UserID != "" {
		account = "user " + subject.UserID
	}
	return &auth.Credential{Provider: "box", Method: method, Account: account, Origin: origin, Settings: kept}, nil
}

func boxDeveloperToken(_ context.Context, r Request) (*auth.Credential, error) {
	token, err := r.secret("box", "developer_token")
	if err != nil {
		return nil, err
	}
	c := box.DeveloperToken(token, time.Time{})
	c.Origin, err = r.origin("box")
	return c, err
}
