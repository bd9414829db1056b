package login_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth"
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

// An error of the person's input ends the sign-in.
func TestPasteFails(t *testing.T) {
	s := newServer(t)
	failure := errors.New("stdin has ended")
	token, err := s.flow().Run(t.Context(), login.Options{
		Visit: func(string) error { return nil },
		Paste: func(context.Context) (string, error) { return "", failure },
	})
	if token != nil || !errors.Is(err, failure) {
		t.Errorf("got %v, %v, want %v", token, err, failure)
	}
	if len(s.forms) != 0 {
		t.Errorf("%d requests for a token, want none", len(s.forms))
	}
}

// The page of the answer runs nothing, is not kept, and sends its URL, which has the code,
// nowhere.
func TestAnswerPage(t *testing.T) {
	s := newServer(t)
	_, err := s.flow().Run(t.Context(), login.Options{Visit: func(authURL string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.approve(t, authURL).String(), nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
		return nil
	}})
	if err != nil {
		t.Error(err)
	}
}

// The refusal of a code is no end of an earlier sign-in, and a token that no header takes is an
// error.
func TestExchangeRefused(t *testing.T) {
	for _, tc := range []struct {
		status     int
		body, want string
	}{
		{http.StatusBadRequest, `{"error":"invalid_grant","error_description":"the code has ended"}`, "webex refused the token with status 400, invalid_grant: the code has ended"},
		{http.StatusOK, `{"access_token":"canary\r\nX: y","expires_in":60}`, "the token endpoint of webex: the access token has a control character"},
		{http.StatusOK, `<html>canary</html>`, "the token endpoint of webex: the answer is not the JSON of a token of at most 1 MiB"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		}))
		flow := newServer(t).flow()
		flow.Config.Endpoint.TokenURL = srv.URL
		token, err := flow.Run(t.Context(), login.Options{
			Visit: func(string) error { return nil },
			Paste: func(context.Context) (string, error) { return "canary-code", nil },
		})
		srv.Close()
		if token != nil || err == nil || err.Error() != tc.want || errors.Is(err, auth.ErrSignedOut) {
			t.Errorf("got %v, %v, want %s", token, err, tc.want)
		}
	}
}
