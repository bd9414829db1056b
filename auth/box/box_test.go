package box_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/box"
	"github.com/memberships-go/memberships/auth/login"
)

// server answers the endpoints for tokens with a status and a body.
func server(t *testing.T, answer func(form url.Values) (status int, body string)) (origin string, forms *[]url.Values) {
	t.Helper()
	forms = &[]url.Values{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/oauth2/token" && r.URL.Path != "/oauth2/revoke" || r.URL.RawQuery != "" {
			t.Errorf("%s %s was requested", r.Method, r.URL)
		}
		_ = r.ParseForm()
		*forms = append(*forms, r.PostForm)
		status, body := answer(r.PostForm)
		w.Header().Set("Content-Type", "application/json")
		if status/100 == 3 {
			w.Header().Set("Location", "http://evil.example/")
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, forms
}

func always(status int, body string) func(url.Values) (int, string) {
	return func(url.Values) (int, string) { return status, body }
}

const tokens = `{"access_token":"new access","expires_in":3600,"refresh_token":"new refresh","token_type":"bearer","restricted_to":[]}`

// within reports whether a time is d from now, give or take a minute.
func within(at time.Time, d time.Duration) bool { return (time.Until(at) - d).Abs() < time.Minute }

func TestLogin(t *testing.T) {
	origin, forms := server(t, always(200, tokens))
	var state string
	app := box.App{ClientID: "id", ClientSecret: "secret", Scopes: box.Scopes(), Origin: origin + "/"}
	c, err := app.Login(t.Context(), login.Options{
		RedirectURL: "http://127.0.0.1:8765/callback",
		Visit: func(authURL string) error {
			u, err := url.Parse(authURL)
			if err != nil || u.Path != "/api/oauth2/authorize" || u.Query().Get("scope") != "manage_groups manage_managed_users" || u.Query().Has("code_challenge") {
				t.Errorf("the URL is %s, %v", authURL, err)
			}
			state = u.Query().Get("state")
			return nil
		},
		Paste: func(context.Context) (string, error) {
			return "http://127.0.0.1:8765/callback?code=the+code&state=" + state, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"grant_type": {"authorization_code"}, "client_id": {"id"}, "client_secret": {"secret"}, "code": {"the code"}, "redirect_uri": {"http://127.0.0.1:8765/callback"}}
	if diff := cmp.Diff([]url.Values{want}, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
	}
	if c.Provider != "box" || c.Method != box.MethodApp || c.AccessToken != "new access" || c.RefreshToken != "new refresh" || !within(c.Expiry, time.Hour) || !within(c.RefreshExpiry, 60*24*time.Hour) {
		t.Errorf("got %v, until %s and %s", c, c.Expiry, c.RefreshExpiry)
	}
}

func TestLoginMistakes(t *testing.T) {
	origin, _ := server(t, always(200, `{"access_token":"a","expires_in":3600}`))
	options := login.Options{Visit: func(string) error { return nil }, Paste: func(context.Context) (string, error) { return "the code", nil }}
	for want, app := range map[string]box.App{
		"box: an app has a client id and a client secret":           {ClientID: "id"},
		"box does not bind a code to this sign-in: paste the whole": {ClientID: "id", ClientSecret: "secret", Origin: origin},
	} {
		if c, err := app.Login(t.Context(), options); c != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want %s", c, err, want)
		}
	}
	var state string
	options = login.Options{
		Visit: func(authURL string) error {
			u, err := url.Parse(authURL)
			state = u.Query().Get("state")
			return err
		},
		Paste: func(context.Context) (string, error) { return "http://127.0.0.1:1/?code=c&state=" + state, nil },
	}
	if c, err := (box.App{ClientID: "id", ClientSecret: "secret", Origin: origin}).Login(t.Context(), options); c != nil || fmt.Sprint(err) != "box: the answer has no refresh token" {
		t.Errorf("got %v, %v", c, err)
	}
}

// A refresh token works once: the store has the new one before the source returns, and a
// source of another process continues with it.
func TestRefreshRotates(t *testing.T) {
	next := "first"
	origin, _ := server(t, func(form url.Values) (int, string) {
		if form.Get("refresh_token") != next || form.Get("client_id") != "id" || form.Get("client_secret") != "secret" || form.Get("grant_type") != "refresh_token" {
			return 400, `{"error":"invalid_grant","error_description":"Refresh token has expired"}`
		}
		next += "+"
		return 200, fmt.Sprintf(`{"access_token":"access of %s","expires_in":3600,"refresh_token":%q}`, next, next)
	})
	store := auth.NewMemory()
	c := &auth.Credential{Provider: "box", Method: box.MethodApp, ClientID: "id", ClientSecret: "secret", RefreshToken: "first", Origin: origin}
	if err := store.Save(t.Context(), "box", c); err != nil {
		t.Fatal(err)
	}
	for want := range strings.FieldsSeq("first+ first++") {
		source := auth.NewSource(store, "box", box.Refresh(nil)) // of another process
		token, err := source.TokenContext(t.Context())
		if err != nil || token.AccessToken != "access of "+want {
			t.Fatalf("got %v, %v, want the access of %s", token, err, want)
		}
		stored, err := store.Load(t.Context(), "box")
		if err != nil || stored.RefreshToken != want || !within(stored.RefreshExpiry, 60*24*time.Hour) {
			t.Errorf("the store has %v until %s, %v, want %s", stored, stored.RefreshExpiry, err, want)
		}
		stored.Expiry = time.Now()
		if err := store.Save(t.Context(), "box", stored); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefreshErrors(t *testing.T) {
	for _, tc := range []struct {
		name      string
		status    int
		body      string
		want      string
		signedOut bool
	}{
		{"a used refresh token", 400, `{"error":"invalid_grant","error_description":"canary-refresh was used"}`, "box refused the token with status 400, invalid_grant: REDACTED was used", true},
		{"a wrong secret", 400, `{"error":"invalid_client","error_description":"The client credentials are invalid"}`, "box refused the token with status 400, invalid_client: The client credentials are invalid", false},
		{"an outage", 503, "canary-secret", "box refused the token with status 503", false},
		{"a redirect", 302, "", "the token endpoint of box: a redirect leads to http://evil.example", false},
		{"no token", 200, `{"refresh_token":"canary-refresh"}`, "the token endpoint of box: ", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			origin, _ := server(t, always(tc.status, tc.body))
			got, err := box.Refresh(nil)(t.Context(), &auth.Credential{ClientID: "id", ClientSecret: "canary-secret", RefreshToken: "canary-refresh", Origin: origin})
			if got != nil || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary") || errors.Is(err, auth.ErrSignedOut) != tc.signedOut {
				t.Errorf("got %v, %v, want %q", got, err, tc.want)
			}
		})
	}
}

func TestRevoke(t *testing.T) {
	origin, forms := server(t, func(form url.Values) (int, string) {
		if form.Get("token") == "canary" {
			return 400, `{"error":"invalid_client","error_description":"canary"}`
		}
		return 200, ""
	})
	for _, c := range []*auth.Credential{
		{ClientID: "id", ClientSecret: "secret", AccessToken: "a", RefreshToken: "r", Origin: origin},
		{ClientID: "id", ClientSecret: "secret", AccessToken: "a", Origin: origin},
		{AccessToken: "developer", Origin: origin},
	} {
		if err := box.Revoke(t.Context(), nil, c); err != nil {
			t.Error(err)
		}
	}
	want := []url.Values{
		{"client_id": {"id"}, "client_secret": {"secret"}, "token": {"r"}},
		{"client_id": {"id"}, "client_secret": {"secret"}, "token": {"a"}},
	}
	if diff := cmp.Diff(want, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
	}
	if err := box.Revoke(t.Context(), nil, &auth.Credential{ClientID: "id", ClientSecret: "s", RefreshToken: "canary", Origin: origin}); fmt.Sprint(err) != "box refused the revocation with status 400, invalid_client: REDACTED" {
		t.Errorf("got %v", err)
	}
}

func TestDeveloperToken(t *testing.T) {
	if c := box.DeveloperToken("t", time.Time{}); c.AccessToken != "t" || !within(c.Expiry, time.Hour) || c.RefreshToken != "" || c.Method != box.MethodDeveloperToken {
		t.Errorf("got %v until %s", c, c.Expiry)
	}
	if c := box.DeveloperToken("t", time.Now().Add(-50*time.Minute)); !within(c.Expiry, 10*time.Minute) {
		t.Errorf("a token of 50 minutes ends at %s", c.Expiry)
	}
}

// A refused grant names the permission and the place to grant it, in each way to sign in.
func TestRefusedGrantNamesPermission(t *testing.T) {
	for code, want := range map[string]string{
		"unauthorized_client": "; required: the authorization of the app by an administrator of the enterprise (the Admin Console)",
		"access_denied":       "; required: the permission of an administrator of the enterprise to use the app (the Admin Console)",
		"invalid_client":      "",
	} {
		origin, _ := server(t, func(url.Values) (int, string) { return 400, fmt.Sprintf(`{"error":%q}`, code) })
		want = "box refused the token with status 400, " + code + want
		app := box.ClientCredentials{ClientID: "id", ClientSecret: "canary", Origin: origin, Subject: box.Subject{EnterpriseID: "1"}}
		source, err := app.TokenSource()
		if err != nil {
			t.Fatal(err)
		}
		if token, err := source.Token(); fmt.Sprint(err) != want {
			t.Errorf("client credentials: got %v, %v, want %s", token, err, want)
		}
		person := &auth.Credential{ClientID: "id", ClientSecret: "canary", RefreshToken: "canary-refresh", Origin: origin}
		if c, err := box.Refresh(nil)(t.Context(), person); fmt.Sprint(err) != want {
			t.Errorf("a refresh: got %v, %v, want %s", c, err, want)
		}
	}
}

func TestClientCredentials(t *testing.T) {
	origin, forms := server(t, func(form url.Values) (int, string) {
		if form.Get("box_subject_id") == "wrong" {
			return 400, `{"error":"invalid_grant","error_description":"Grant credentials are invalid for canary"}`
		}
		return 200, `{"access_token":"a","expires_in":4123,"restricted_to":[],"issued_token_type":"bearer"}`
	})
	app := box.ClientCredentials{ClientID: "id", ClientSecret: "canary", Origin: origin}
	for _, subject := range []box.Subject{{EnterpriseID: "1"}, {UserID: "2"}, {UserID: "wrong"}} {
		app.Subject = subject
		source, err := app.TokenSource()
		if err != nil {
			t.Fatal(err)
		}
		token, err := source.Token()
		if subject.UserID == "wrong" {
			if fmt.Sprint(err) != "box refused the token with status 400, invalid_grant: Grant credentials are invalid for REDACTED" || errors.Is(err, auth.ErrSignedOut) {
				t.Errorf("got %v, %v", token, err)
			}
		} else if err != nil || token.AccessToken != "a" || !within(token.Expiry, 4063*time.Second) {
			t.Errorf("got %v, %v", token, err)
		}
	}
	form := func(kind, id string) url.Values {
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {"id"}, "client_secret": {"canary"}, "box_subject_type": {kind}, "box_subject_id": {id}}
	}
	if diff := cmp.Diff([]url.Values{form("enterprise", "1"), form("user", "2"), form("user", "wrong")}, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
	}
	for want, wrong := range map[string]box.ClientCredentials{
		"box: an app has a client id and a client secret":         {ClientID: "id", Subject: box.Subject{UserID: "1"}},
		"box: a subject is an enterprise or a user, not both":     {ClientID: "id", ClientSecret: "s", Subject: box.Subject{UserID: "1", EnterpriseID: "2"}},
		"box: a subject has the id of an enterprise or of a user": {ClientID: "id", ClientSecret: "s"},
	} {
		if _, err := wrong.TokenSource(); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
