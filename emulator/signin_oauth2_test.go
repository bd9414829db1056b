package emulator_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"github.com/memberships-go/memberships/emulator"
)

// golang.org/x/oauth2 signs in by code with PKCE, refreshes and finds out how a client
// authenticates, over the network.
func TestOAuth2(t *testing.T) {
	var moved atomic.Int64
	clock := emulator.WithClock(func() time.Time { return time.Now().Add(time.Duration(moved.Load())) })
	srv := emulator.NewServer(emulator.WithAutoApprove(), emulator.WithState("s.yaml", []byte(signInPeople)), clock)
	defer srv.Close()
	for _, p := range servers {
		t.Run(p.provider, func(t *testing.T) {
			config := &oauth2.Config{
				ClientID: "app", ClientSecret: "secret", RedirectURL: callback, Scopes: []string{p.scope},
				Endpoint: oauth2.Endpoint{AuthURL: srv.URL + p.authorize, TokenURL: srv.URL + p.token},
			}
			secret := oauth2.GenerateVerifier()
			code := redirected(t, config.AuthCodeURL("state", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(secret)))
			token, err := config.Exchange(t.Context(), code, oauth2.VerifierOption(secret))
			if err != nil || token.RefreshToken == "" {
				t.Fatalf("%+v, %v", token, err)
			}
			get := func(c *http.Client) int {
				t.Helper()
				resp, err := c.Get(srv.URL + p.me)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				return resp.StatusCode
			}
			if got := get(config.Client(t.Context(), token)); got != 200 {
				t.Errorf("%d", got)
			}
			moved.Add(int64(15 * day))
			if got := get(oauth2.NewClient(t.Context(), oauth2.StaticTokenSource(token))); got != 401 {
				t.Errorf("after its end: %d", got)
			}
			token.Expiry = time.Now().Add(-time.Second)
			if got := get(config.Client(t.Context(), token)); got != 200 {
				t.Errorf("refreshed: %d", got)
			}
			var refused *oauth2.RetrieveError
			_, err = config.Exchange(t.Context(), code, oauth2.VerifierOption(secret))
			if !errors.As(err, &refused) || p.provider != "webex" && refused.ErrorCode != "invalid_grant" {
				t.Errorf("replayed: %v", err)
			}
		})
	}
}

// golang.org/x/oauth2/jwt signs in as a service account and with delegation.
func TestOAuth2JWT(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("s.yaml", []byte(signInPeople)))
	defer srv.Close()
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(keys()[0])})
	for subject, want := range map[string]string{"": "app", "bob@example.com": "bob@example.com"} {
		config := jwt.Config{
			Email: "bot@project.iam.gserviceaccount.com", PrivateKey: private, PrivateKeyID: "k1", Subject: subject, TokenURL: srv.URL + "/token",
			Scopes: []string{"https://www.googleapis.com/auth/chat.bot"},
		}
		if subject != "" {
			config.Scopes = []string{servers[1].scope}
		}
		resp, err := config.Client(context.Background()).Get(srv.URL + "/v1/spaces")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if all := srv.Requests(); resp.StatusCode != 200 || all[len(all)-1].Caller != want {
			t.Errorf("%q: %d as %q", subject, resp.StatusCode, all[len(all)-1].Caller)
		}
	}
}

// redirected returns the code of the redirect that a URL answers with.
func redirected(t *testing.T, target string) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	u, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || u.Query().Get("state") != "state" {
		t.Fatalf("%d to %s", resp.StatusCode, u)
	}
	return u.Query().Get("code")
}
