package webex_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/auth/webex"
)

// server answers the token endpoint with a status and a body.
func server(t *testing.T, status int, body string) (origin string, forms *[]url.Values) {
	t.Helper()
	forms = &[]url.Values{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/access_token" {
			t.Errorf("%s %s was requested", r.Method, r.URL)
		}
		_ = r.ParseForm()
		*forms = append(*forms, r.PostForm)
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

const tokens = `{"access_token":"new access","expires_in":1209599,"refresh_token":"new refresh","refresh_token_expires_in":7775999,"token_type":"Bearer","scope":"spark:memberships_read spark:people_read"}`

func TestLogin(t *testing.T) {
	origin, forms := server(t, 200, tokens)
	i := webex.Integration{ClientID: "id", ClientSecret: "secret", Scopes: webex.Scopes(false), Origin: origin}
	c, err := i.Login(t.Context(), login.Options{
		RedirectURL: "http://127.0.0.1:8765/callback",
		Visit: func(authURL string) error {
			u, err := url.Parse(authURL)
			if err != nil || u.Path != "/v1/authorize" || u.Query().Get("scope") != strings.Join(webex.Scopes(false), " ") {
				t.Errorf("the URL is %s, %v", authURL, err)
			}
			return nil
		},
		Paste: func(context.Context) (string, error) { return "the code", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	form := (*forms)[0]
	verifier := form.Get("code_verifier")
	form.Del("code_verifier")
	want := url.Values{"grant_type": {"authorization_code"}, "client_id": {"id"}, "client_secret": {"secret"}, "code": {"the code"}, "redirect_uri": {"http://127.0.0.1:8765/callback"}}
	if diff := cmp.Diff(want, form); diff != "" || len(verifier) < 43 {
		t.Errorf("the form (-want +got), verifier %q:\n%s", verifier, diff)
	}
	if c.Provider != "webex" || c.Method != webex.MethodIntegration || c.AccessToken != "new access" || c.RefreshToken != "new refresh" ||
		!slices.Equal(c.Scopes, []string{"spark:memberships_read", "spark:people_read"}) || c.Origin != origin {
		t.Errorf("got %v with the scopes %q", c, c.Scopes)
	}
	if d := time.Until(c.Expiry); d < 1209500*time.Second || d > 1209600*time.Second {
		t.Errorf("the access token ends in %s", d)
	}
	if d := time.Until(c.RefreshExpiry); d < 7775900*time.Second || d > 7776000*time.Second {
		t.Errorf("the refresh token ends in %s", d)
	}
	if _, err := (webex.Integration{ClientID: "id"}).Login(t.Context(), login.Options{}); err == nil {
		t.Error("an integration without a secret is no error")
	}
}

// A service app has a refresh token alone, and keeps it if the answer has none.
func TestServiceApp(t *testing.T) {
	origin, forms := server(t, 200, `{"access_token":"new access","expires_in":1209599,"token_type":"Bearer"}`)
	c := webex.ServiceApp("id", "secret", "first")
	c.Origin = origin + "/"
	store := auth.NewMemory()
	if err := store.Save(t.Context(), "webex", c); err != nil {
		t.Fatal(err)
	}
	token, err := auth.NewSource(store, "webex", webex.Refresh(nil)).TokenContext(t.Context())
	if err != nil || token.AccessToken != "new access" {
		t.Fatalf("got %v, %v", token, err)
	}
	want := url.Values{"grant_type": {"refresh_token"}, "client_id": {"id"}, "client_secret": {"secret"}, "refresh_token": {"first"}}
	if diff := cmp.Diff([]url.Values{want}, *forms); diff != "" {
		t.Errorf("the forms (-want +got):\n%s", diff)
	}
	if stored, err := store.Load(t.Context(), "webex"); err != nil || stored.RefreshToken != "first" || stored.AccessToken != "new access" {
		t.Errorf("the store has %v, %v", stored, err)
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
		{"a refused refresh token", 400, `{"error":"invalid_grant","error_description":"the token canary-refresh is revoked"}`, "webex refused the token with status 400, invalid_grant: the token REDACTED is revoked", true},
		{"a wrong secret", 401, `{"error":"invalid_client"}`, "webex refused the token with status 401, invalid_client", false},
		{"an outage", 503, "canary-secret", "webex refused the token with status 503", false},
		{"a redirect", 302, "", "the token endpoint of webex: a redirect leads to http://evil.example", false},
		{"no JSON", 200, "<html>canary-secret", "the token endpoint of webex: ", false},
		{"no token", 200, `{"refresh_token":"canary-refresh"}`, "the token endpoint of webex: ", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			origin, _ := server(t, tc.status, tc.body)
			c := webex.ServiceApp("id", "canary-secret", "canary-refresh")
			c.Origin = origin
			got, err := webex.Refresh(nil)(t.Context(), c)
			if got != nil || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, %v, want %q", got, err, tc.want)
			}
			if errors.Is(err, auth.ErrSignedOut) != tc.signedOut {
				t.Errorf("%v: signed out is %t", err, !tc.signedOut)
			}
		})
	}
}
