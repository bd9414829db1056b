package googlechat_test

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
	"github.com/memberships-go/memberships/auth/googlechat"
	"github.com/memberships-go/memberships/auth/login"
)

// server answers the endpoints for tokens with a status and a body.
func server(t *testing.T, path string, answer func(form url.Values) (status int, body string)) (origin string, forms *[]url.Values) {
	t.Helper()
	forms = &[]url.Values{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != path || r.URL.RawQuery != "" {
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

// within reports whether a time is d from now, give or take a minute.
func within(at time.Time, d time.Duration) bool { return (time.Until(at) - d).Abs() < time.Minute }

var wanted = []string{googlechat.ScopePrefix + "chat.memberships", googlechat.ScopePrefix + "chat.spaces.readonly"}

// An app of the type web signs in with the address that it has registered.
func TestLoginOfAWebApp(t *testing.T) {
	visited := errors.New("visited")
	for redirect, want := range map[string]string{
		"": "the app is of the type web", "http://127.0.0.1:0/": "the app is of the type web", "http://127.0.0.1/": "the app is of the type web",
		"http://127.0.0.1:8765/callback": "visited",
	} {
		_, err := googlechat.InstalledApp{ClientID: "id", Scopes: wanted, Web: true}.Login(t.Context(), login.Options{
			RedirectURL: redirect,
			Visit:       func(string) error { return visited },
			Paste:       func(context.Context) (string, error) { return "", visited },
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", redirect, err, want)
		}
	}
}

func TestLogin(t *testing.T) {
	granted := strings.Join(wanted, " ")
	origin, forms := server(t, "/token", func(url.Values) (int, string) {
		return 200, `{"access_token":"ya29","expires_in":3599,"refresh_token":"1//r","token_type":"Bearer","scope":"openid ` + granted + `"}`
	})
	app := googlechat.InstalledApp{ClientID: "id", ClientSecret: "secret", Scopes: wanted, Account: "ada@example.com", Origin: origin + "/"}
	options := login.Options{
		Visit: func(authURL string) error {
			u, err := url.Parse(authURL)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			got := []string{u.Path, q.Get("access_type"), q.Get("prompt"), q.Get("login_hint"), q.Get("code_challenge_method"), q.Get("scope"), q.Get("redirect_uri")}
			want := []string{"/o/oauth2/v2/auth", "offline", "consent", "ada@example.com", "S256", strings.Join(wanted, " "), "http://127.0.0.1:1/"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the URL (-want +got):\n%s", diff)
			}
			return nil
		},
		Paste: func(context.Context) (string, error) { return "the code", nil },
	}
	c, err := app.Login(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	form := (*forms)[0]
	verifier := form.Get("code_verifier")
	form.Del("code_verifier")
	want := url.Values{"grant_type": {"authorization_code"}, "client_id": {"id"}, "client_secret": {"secret"}, "code": {"the code"}, "redirect_uri": {"http://127.0.0.1:1/"}}
	if diff := cmp.Diff(want, form); diff != "" || len(verifier) < 43 {
		t.Errorf("the form (-want +got), verifier %q:\n%s", verifier, diff)
	}
	if c.Provider != "googlechat" || c.Method != googlechat.MethodInstalledApp || c.Account != "ada@example.com" || c.AccessToken != "ya29" || c.RefreshToken != "1//r" || !within(c.Expiry, time.Hour) || len(c.Scopes) != 3 {
		t.Errorf("got %v until %s with the scopes %q", c, c.Expiry, c.Scopes)
	}
	if missing := googlechat.Missing(c, append([]string{"openid", "new"}, wanted...)); cmp.Diff([]string{"new"}, missing) != "" {
		t.Errorf("the scopes %q are missing, want new", missing)
	}
	granted = wanted[0]
	if c, err := app.Login(t.Context(), options); c != nil || fmt.Sprint(err) != "googlechat: the person did not grant "+wanted[1]+": grant all of them on Google's page, or sign in for less" {
		t.Errorf("a part of the scopes: got %v, %v", c, err)
	}
	app.ClientID = ""
	if _, err := app.Login(t.Context(), options); fmt.Sprint(err) != "googlechat: an installed app has a client id" {
		t.Errorf("no client id: got %v", err)
	}
	app.ClientID, app.Scopes = "id", nil
	if _, err := app.Login(t.Context(), options); fmt.Sprint(err) != "googlechat: a sign-in has scopes" {
		t.Errorf("no scopes: got %v", err)
	}
}

// Google's own endpoints are the default.
func TestLoginAtGoogle(t *testing.T) {
	visited := errors.New("visited")
	app := googlechat.InstalledApp{ClientID: "id", ClientSecret: "secret", Scopes: wanted}
	_, err := app.Login(t.Context(), login.Options{Visit: func(authURL string) error {
		u, err := url.Parse(authURL)
		if err != nil || u.Scheme+"://"+u.Host+u.Path != "https://accounts.google.com/o/oauth2/v2/auth" || !strings.HasPrefix(u.Query().Get("redirect_uri"), "http://127.0.0.1:") {
			t.Errorf("the URL is %s, %v", authURL, err)
		}
		return visited
	}})
	if !errors.Is(err, visited) {
		t.Errorf("got %v", err)
	}
}

func TestLoginWithoutRefreshToken(t *testing.T) {
	origin, _ := server(t, "/token", always(200, `{"access_token":"ya29","expires_in":3599}`))
	app := googlechat.InstalledApp{ClientID: "id", Scopes: wanted, Origin: origin}
	c, err := app.Login(t.Context(), login.Options{Visit: func(string) error { return nil }, Paste: func(context.Context) (string, error) { return "c", nil }})
	if c != nil || fmt.Sprint(err) != "googlechat: the answer has no refresh token" {
		t.Errorf("got %v, %v", c, err)
	}
}

// A refresh keeps the refresh token if the answer has none.
func TestRefresh(t *testing.T) {
	origin, forms := server(t, "/token", always(200, `{"access_token":"next","expires_in":3599,"scope":"a b"}`))
	c, err := googlechat.Refresh(nil)(t.Context(), &auth.Credential{ClientID: "id", ClientSecret: "secret", RefreshToken: "r", Origin: origin})
	if err != nil || c.AccessToken != "next" || c.RefreshToken != "r" || cmp.Diff([]string{"a", "b"}, c.Scopes) != "" {
		t.Errorf("got %v with the scopes %q, %v", c, c.Scopes, err)
	}
	want := []url.Values{{"grant_type": {"refresh_token"}, "client_id": {"id"}, "client_secret": {"secret"}, "refresh_token": {"r"}}}
	if diff := cmp.Diff(want, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
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
		{"a refused refresh token", 400, `{"error":"invalid_grant","error_description":"canary-refresh has been revoked."}`, "googlechat refused the token with status 400, invalid_grant: REDACTED has been revoked.", true},
		{"a wrong secret", 401, `{"error":"invalid_client","error_description":"Unauthorized"}`, "googlechat refused the token with status 401, invalid_client: Unauthorized", false},
		{"an outage", 503, "canary-secret", "googlechat refused the token with status 503", false},
		{"a redirect", 302, "", "the token endpoint of googlechat: a redirect leads to http://evil.example", false},
		{"no token", 200, `{"refresh_token":"canary-refresh"}`, "the token endpoint of googlechat: ", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			origin, _ := server(t, "/token", always(tc.status, tc.body))
			got, err := googlechat.Refresh(nil)(t.Context(), &auth.Credential{ClientID: "id", ClientSecret: "canary-secret", RefreshToken: "canary-refresh", Origin: origin})
			if got != nil || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary") || errors.Is(err, auth.ErrSignedOut) != tc.signedOut {
				t.Errorf("got %v, %v, want %q", got, err, tc.want)
			}
		})
	}
}

func TestRevoke(t *testing.T) {
	origin, forms := server(t, "/revoke", func(form url.Values) (int, string) {
		switch form.Get("token") {
		case "ended":
			return 400, `{"error":"invalid_token","error_description":"Token expired or revoked"}`
		case "canary":
			return 403, `{"error":"access_denied","error_description":"canary"}`
		}
		return 200, "{}"
	})
	for _, c := range []*auth.Credential{
		{AccessToken: "a", RefreshToken: "r", Origin: origin + "/"}, {AccessToken: "a", Origin: origin}, {RefreshToken: "ended", Origin: origin},
	} {
		if err := googlechat.Revoke(t.Context(), nil, c); err != nil {
			t.Error(err)
		}
	}
	if err := googlechat.Revoke(t.Context(), nil, &auth.Credential{RefreshToken: "canary", Origin: origin}); fmt.Sprint(err) != "googlechat refused the revocation with status 403, access_denied: REDACTED" {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]url.Values{{"token": {"r"}}, {"token": {"a"}}, {"token": {"ended"}}, {"token": {"canary"}}}, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
	}
}
