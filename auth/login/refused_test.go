package login_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth/login"
)

// wantRefused compares the reason of a refusal, which has no secret.
func wantRefused(t *testing.T, what string, err error, want string, secrets ...string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %s", what, err, want)
		return
	}
	for _, secret := range append(secrets, "canary") {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v has the secret %s", what, err, secret)
		}
	}
}

// A code works once: neither another sign-in nor the same app gets a second token by it.
func TestReplayedCode(t *testing.T) {
	s := newServer(t)
	var back *url.URL
	run := func(paste func(*url.URL) string) error {
		_, err := s.flow().Run(t.Context(), login.Options{
			Visit: func(authURL string) error {
				if back == nil {
					back = s.approve(t, authURL)
				}
				return nil
			},
			Paste: func(context.Context) (string, error) { return paste(back), nil },
		})
		return err
	}
	whole := func(u *url.URL) string { return u.String() }
	if err := run(whole); err != nil {
		t.Fatal(err)
	}
	code := back.Query().Get("code")
	wantRefused(t, "the URL again", run(whole), "its state is missing or another one", code, back.Query().Get("state"))
	wantRefused(t, "the code again", run(func(u *url.URL) string { return u.Query().Get("code") }), "webex refused the token with status 400, invalid_grant", code)
}

// A code of another sign-in is bound to its verifier.
func TestForeignCode(t *testing.T) {
	s := newServer(t)
	var foreign string
	_, err := s.flow().Run(t.Context(), login.Options{
		Visit: func(authURL string) error {
			foreign = s.approve(t, strings.Replace(authURL, "code_challenge=", "code_challenge=x", 1)).Query().Get("code")
			return nil
		},
		Paste: func(context.Context) (string, error) { return foreign, nil },
	})
	wantRefused(t, "another verifier", err, "invalid_grant", foreign)
}

// Two sign-ins do not share a registered address: the second one is refused, and the first
// one goes on.
func TestAddressInUse(t *testing.T) {
	s := newServer(t)
	_, err := s.flow().Run(t.Context(), login.Options{Visit: func(authURL string) error {
		back := s.approve(t, authURL)
		address := *back
		address.RawQuery = ""
		_, err := s.flow().Run(t.Context(), login.Options{RedirectURL: address.String(), Visit: func(string) error {
			t.Error("the second sign-in visits its page")
			return nil
		}})
		wantRefused(t, "the second one", err, "the address for the browser's answer is in use, perhaps by another sign-in that waits", back.Query().Get("state"))
		_, _ = get(t, http.MethodGet, back.String(), "")
		return nil
	}})
	if err != nil {
		t.Errorf("the first one: %v", err)
	}
}
