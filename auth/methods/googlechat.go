package methods

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/googlechat"
	"github.com/memberships-go/memberships/providers"
)

// methodAccessToken is the method of a token from elsewhere.
const methodAccessToken = "access token"

// googleAccount is Method.Scopes of a service account.
const googleAccount = "The account signs in again with the scope: as the app, after the one-time approval of an administrator of Google Workspace for scopes chat.app.*; for a subject, with the scope in its domain-wide delegation."

func googleChatMethods() []Method {
	const name = "googlechat"
	return []Method{
		{
			Provider: name, Name: googlechat.MethodInstalledApp, Title: "a person signs in with a browser, through the app of a client_secrets.json",
			Browser:  true,
			Needed:   []providers.Setting{{Key: "client_secrets", Env: "GOOGLE_CLIENT_SECRETS", Text: "the path of the client_secrets.json of a desktop app, from the Google Cloud console"}},
			Optional: []providers.Setting{{Key: "account", Text: "the e-mail address that Google's page proposes"}, redirect},
			Wants:    Want{Change: true, AddApp: true, Admin: true},
			Scopes:   "The person signs in again and consents to the scope.",
			login:    googleInstalledApp, refresh: googlechat.Refresh, revoke: googlechat.Revoke,
		},
		{
			Provider: name, Name: googlechat.MethodServiceAccount, Title: "a service account signs with the key of its file, as the app or for a subject",
			Needed: settings(name, "credentials_file"), Optional: settings(name, "subject", "scopes"),
			Warning: "The scopes chat.app.* need the approval of an administrator, and a subject needs domain-wide delegation.",
			Wants:   Want{Change: true, AddApp: true, Admin: true},
			Scopes:  googleAccount,
			login:   googleServiceAccount,
		},
		{
			Provider: name, Name: googlechat.MethodDefaultCredentials, Title: "application default credentials, from GOOGLE_APPLICATION_CREDENTIALS or gcloud",
			Optional: settings(name, "subject", "scopes"),
			Wants:    Want{Change: true, AddApp: true, Admin: true},
			Scopes:   googleAccount,
			login:    googleDefault,
		},
		{
			Provider: name, Name: methodAccessToken, Title: "an access token from elsewhere",
			Needed: settings(name, "access_token"), Optional: settings(name, "app_auth"),
			Scopes:  "The source of the access token makes one with the scope.",
			Warning: "An access token of Google ends after about an hour, and cannot be refreshed here.",
			login: func(_ context.Context, r Request) (*auth.Credential, error) {
				if _, err := r.secret(name, "access_token"); err != nil {
					return nil, err
				}
				return googleBySettings(methodAccessToken, "", r)
			},
		},
	}
}

// googleScopes returns the scopes of a caller for a request.
func googleScopes(caller googlechat.Caller, want Want) ([]string, error) {
	if want.Admin && caller == googlechat.AsUser {
		caller = googlechat.AsAdmin
	}
	tasks := []googlechat.Task{googlechat.Read}
	if want.Change {
		tasks = append(tasks, googlechat.Manage)
	}
	if want.AddApp {
		tasks = append(tasks, googlechat.AddApp)
	}
	return googlechat.Scopes(caller, tasks...)
}

func googleInstalledApp(ctx context.Context, r Request) (*auth.Credential, error) {
	app, err := googlechat.ReadClientSecrets(r.Values["client_secrets"])
	if err != nil {
		return nil, err
	}
	origin, err := r.origin("googlechat")
	if err != nil {
		return nil, err
	}
	if app.Scopes, err = googleScopes(googlechat.AsUser, r.Want); err != nil {
		return nil, err
	}
	app.Account, app.Origin, app.HTTPClient = r.Values["account"], cmp.Or(origin, app.Origin), r.HTTPClient
	return app.Login(ctx, r.Browser)
}

func googleServiceAccount(ctx context.Context, r Request) (*auth.Credential, error) {
	path := r.Values["credentials_file"]
	file, err := googlechat.ReadCredentials(path)
	switch {
	case err != nil:
		return nil, err
	case file.Account == nil:
		return nil, errors.New("googlechat: " + path + " belongs to a user and has no service account")
	}
	return googleByFile(ctx, googlechat.MethodServiceAccount, path, file, r)
}

func googleDefault(ctx context.Context, r Request) (*auth.Credential, error) {
	getenv := r.Getenv
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	path, err := googlechat.DefaultPath(getenv)
	if err != nil {
		return nil, err
	}
	file, err := googlechat.DefaultCredentials(getenv)
	if err != nil {
		return nil, err
	}
	return googleByFile(ctx, googlechat.MethodDefaultCredentials, path, file, r)
}

// googleByFile returns the credential of a file, after a request for a token.
func googleByFile(ctx context.Context, method, path string, file googlechat.Credentials, r Request) (*auth.Credential, error) {
	origin, err := r.origin("googlechat")
	if err != nil {
		return nil, err
	}
	values := map[string]string{"credentials_file": path}
	var account string
	if file.User != nil {
		switch {
		case r.Values["subject"] != "":
			return nil, errors.New("googlechat: " + path + " belongs to a user; only a service account can act for a subject")
		case r.Values["scopes"] != "":
			return nil, errors.New("googlechat: " + path + " belongs to a user, whose scopes are those of its own sign-in")
		}
		account, file.User.Origin = file.User.Account, cmp.Or(origin, file.User.Origin)
		if err := check(ctx, googlechat.UserTokens(file.User, r.HTTPClient), nil); err != nil {
			return nil, err
		}
		r.Values = values
		return googleBySettings(method, account, r)
	}
	a, caller := *file.Account, googlechat.AsApp
	account = a.Email
	if subject := r.Values["subject"]; subject != "" {
		a.Subject, account, caller = subject, subject, googlechat.AsUser
		values["subject"] = subject
	}
	a.Origin, a.HTTPClient = cmp.Or(origin, a.Origin), r.HTTPClient
	a.Scopes = strings.FieldsFunc(r.Values["scopes"], func(r rune) bool { return r == ' ' || r == ',' })
	if len(a.Scopes) == 0 {
		if caller == googlechat.AsApp && r.Want.Admin {
			return nil, errors.New("googlechat: an app is no administrator: a subject who is one is needed")
		}
		if a.Scopes, err = googleScopes(caller, r.Want); err != nil {
			return nil, err
		}
	}
	source, err := a.TokenSource()
	if err := check(ctx, source, err); err != nil {
		return nil, err
	}
	values["scopes"] = strings.Join(a.Scopes, ",")
	r.Values = values
	c, err := googleBySettings(method, account, r)
	if err == nil {
		c.Scopes = a.Scopes
	}
	return c, err
}

// googleBySettings returns a credential that opens the provider by its settings.
func googleBySettings(method, account string, r Request) (*auth.Credential, error) {
	origin, err := r.origin("googlechat")
	if err != nil {
		return nil, err
	}
	kept, err := r.kept("credentials_file")
	if err != nil {
		return nil, err
	}
	return &auth.Credential{Provider: "googlechat", Method: method, Account: account, Origin: origin, Settings: kept}, nil
}
