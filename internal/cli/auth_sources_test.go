package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

// folder returns the folder of the sign-ins.
func (s *signing) folder() string {
	return filepath.Join(s.home, ".config", "memberships", "credentials")
}

// keep signs in without the command.
func (s *signing) keep(profile string, c *auth.Credential) {
	s.t.Helper()
	if _, err := signin.New(s.folder(), nil).Save(s.t.Context(), signin.Key(c.Provider, profile), signin.File, c); err != nil {
		s.t.Fatal(err)
	}
}

// personal returns a sign-in by a personal token of Webex that ends after d.
func personal(srv *emulator.Server, d time.Duration) *auth.Credential {
	return &auth.Credential{Provider: "webex", Method: "personal token", Account: "ada@example.com", AccessToken: "canary", Expiry: time.Now().Add(d), Origin: srv.URL}
}

// The status names all five providers, the source that wins, and the reason for each other one.
func TestAuthStatusSources(t *testing.T) {
	s, srv := newSigning(t)
	s.keep("default", personal(srv, 11*time.Hour))
	s.keep("staging", personal(srv, 11*time.Hour))
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "canary-environment"}
	row, code := s.status("webex", "--profile", "staging")
	want := `profile "staging" of ` + filepath.Join(s.home, ".config", "memberships", "config.yaml") + ": absent; " +
		`environment WEBEX_ACCESS_TOKEN: not used, --profile staging wins; sign-in "default" (personal token): not used, --profile staging wins; ` +
		`profile "default" of ` + filepath.Join(s.home, ".config", "memberships", "config.yaml") + ": absent"
	if diff := cmp.Diff(want, row["passed_over"]); diff != "" || code != exit.Done {
		t.Errorf("code %d (-want +got):\n%s", code, diff)
	}
	res := s.run(strings.NewReader(""), "auth", "status", "--profile", "staging")
	for _, text := range []string{"box", "clerk", "googlechat", "pubnub", "webex", "environment WEBEX_ACCESS_TOKEN: --profile staging wins\n", "sign-in \"default\" (personal token): --profile staging wins\n"} {
		if !strings.Contains(res.stdout, text) {
			t.Errorf("the table lacks %q:\n%s", text, res.stdout)
		}
	}
	if strings.Contains(res.stdout, "absent") || strings.Contains(res.stdout+res.stderr, "canary") {
		t.Errorf("the table has an absent source or a secret:\n%+v", res)
	}
	if lines := strings.Count(res.stdout, "\n"); lines != 1+5+2 {
		t.Errorf("the table has %d lines, want a heading, five providers and two other sources:\n%s", lines, res.stdout)
	}
}

// The table has the end of a sign-in, and not that of an access token that a refresh token
// replaces.
func TestAuthStatusUntil(t *testing.T) {
	s, srv := newSigning(t)
	access, refresh := time.Now().Add(time.Hour).UTC().Truncate(time.Second), time.Now().Add(48*time.Hour).UTC().Truncate(time.Second)
	for _, tc := range []struct {
		name    string
		c       auth.Credential
		has, no time.Time
	}{
		{"no refresh token", auth.Credential{Expiry: access}, access, refresh},
		{"a refresh token with an end", auth.Credential{Expiry: access, RefreshToken: "r", RefreshExpiry: refresh}, refresh, access},
		{"a refresh token without an end", auth.Credential{Expiry: access, RefreshToken: "r"}, time.Time{}, access},
	} {
		tc.c.Provider, tc.c.Method, tc.c.AccessToken, tc.c.Origin = "webex", "integration", "a", srv.URL
		s.keep("default", tc.c.Clone())
		res := s.run(strings.NewReader(""), "auth", "status", "--no-headers")
		if !tc.has.IsZero() && !strings.Contains(res.stdout, tc.has.Format(time.RFC3339)) || strings.Contains(res.stdout, tc.no.Format(time.RFC3339)) {
			t.Errorf("%s: got %s", tc.name, res.stdout)
		}
		if row, _ := s.status("webex"); row["expires"] != access.Format(time.RFC3339) {
			t.Errorf("%s: got %v", tc.name, row)
		}
	}
}

// The exit code is 1 if the winner does not work, even if another source would.
func TestAuthStatusWinnerFails(t *testing.T) {
	const state = `
people: [{name: Ada, email: ada@example.com}]
credentials:
  webex: [{token: good, email: ada@example.com}]
`
	s, srv := newSigning(t, emulator.WithState("state.yaml", []byte(state)))
	good := personal(srv, 11*time.Hour)
	good.AccessToken = "good"
	s.keep("default", good)
	if row, code := s.status("webex"); code != exit.Done || row["state"] != "works" {
		t.Errorf("the sign-in: %d, %v", code, row)
	}
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "bad"}
	row, code := s.status("webex", "--base-url", srv.URL)
	if code != exit.Failed || row["state"] != "does not work" || row["from"] != "the environment" || !strings.Contains(row["passed_over"], `sign-in "default" (personal token): not used, the environment wins`) {
		t.Errorf("the environment: %d, %v", code, row)
	}
}

// A token that soon ends is named by the status, and once by a command that uses it.
func TestAuthWarnsBeforeTheEnd(t *testing.T) {
	s, srv := newSigning(t)
	const warning = "The access token of this sign-in ends in 1h"
	for _, tc := range []struct {
		name string
		left time.Duration
		warn bool
	}{{"far from the end", 11 * time.Hour, false}, {"near the end", 90 * time.Minute, true}} {
		t.Run(tc.name, func(t *testing.T) {
			s.keep("default", personal(srv, tc.left))
			row, code := s.status("webex")
			if strings.Contains(row["detail"], warning) != tc.warn || code != exit.Done || row["state"] != "works" {
				t.Errorf("status: %d, %v", code, row)
			}
			for name, args := range map[string][]string{"groups": {"groups", "-p", "webex"}, "several": {"of", "ada@example.com"}, "doctor": {"doctor", "-p", "webex"}} {
				res := s.run(strings.NewReader(""), args...)
				if n := strings.Count(res.stderr, "webex: "+warning); n != map[bool]int{true: 1}[tc.warn] || res.code != exit.Done {
					t.Errorf("%s: %d warnings in %+v", name, n, res)
				}
			}
			if res := s.run(strings.NewReader(""), "groups", "-p", "webex", "-q"); res.stderr != "" {
				t.Errorf("--quiet: %+v", res)
			}
		})
	}
}

// --profile is completed from the sign-ins and from the file.
func TestCompleteProfile(t *testing.T) {
	s, srv := newSigning(t)
	s.keep("signed", personal(srv, time.Hour))
	file := filepath.Join(s.home, ".config", "memberships", "config.yaml")
	other := filepath.Join(s.home, "other.yaml")
	for path, text := range map[string]string{
		file:  "profiles:\n  filed: {clerk: {secret_key: canary}}\n  \"two\\nlines\": {clerk: {secret_key: canary}}\n  both: {webex: {access_token: canary}}\n",
		other: "profiles:\n  elsewhere: {webex: {access_token: canary}}\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"of one provider":     {[]string{"list", "-p", "webex"}, "both signed"},
		"of another provider": {[]string{"list", "--provider", "clerk"}, "filed"},
		"of several":          {[]string{"of", "-p", "clerk,webex"}, "both filed signed"},
		"of no provider":      {[]string{"auth", "status"}, "both filed signed"},
		"of another file":     {[]string{"list", "-p", "webex", "--config", other}, "elsewhere signed"},
		"to sign in":          {[]string{"auth", "login", "box"}, "both filed signed"},
		"to sign out":         {[]string{"auth", "logout", "webex"}, "signed"},
		"to sign out of box":  {[]string{"auth", "logout", "box"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := s.run(strings.NewReader(""), append(append([]string{"__complete"}, tc.args...), "--profile", "")...)
			words := strings.Fields(res.stdout[:strings.LastIndex(res.stdout, ":")])
			if got := strings.Join(words, " "); got != tc.want || res.code != exit.Done {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	res := s.run(strings.NewReader(""), "__complete", "auth", "status", "--profile", "")
	if !strings.HasPrefix(res.stdout, "signed\n:") {
		t.Errorf("with a file for everybody: %+v", res)
	}
}

// refusedStore tries to sign in, and fails unless the store's error comes before the page.
func refusedStore(t *testing.T, prepare func(folder string) error, want string, args ...string) {
	t.Helper()
	s, srv := newSigning(t)
	s.env = map[string]string{"WEBEX_CLIENT_ID": "client", "WEBEX_CLIENT_SECRET": "canary"}
	if err := os.MkdirAll(s.folder(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := prepare(s.folder()); err != nil {
		t.Fatal(err)
	}
	res := s.run(strings.NewReader(""), append([]string{"auth", "login", "webex", "--method", "integration", "--no-browser", "--base-url", srv.URL}, args...)...)
	if res.code != exit.Failed || !strings.Contains(res.stderr, want) || !strings.Contains(res.stderr, "the sign-in has not begun") || strings.Contains(res.stderr, "--store names another one") == strings.Contains(want, "damaged") {
		t.Errorf("got %+v, want %s", res, want)
	}
	if strings.Contains(res.stderr, "http") || strings.Contains(res.stderr, "canary") {
		t.Errorf("the sign-in has begun: %+v", res)
	}
}

// A store that takes no credential is named before the person signs in.
func TestAuthLoginStoreFirst(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, want string }{
		"a file in place of the folder": {"files", "", "files"},
		"a damaged record":              {"sign-ins.json", "x", "sign-ins.json is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			refusedStore(t, func(folder string) error {
				return os.WriteFile(filepath.Join(folder, tc.file), []byte(tc.content), 0o600)
			}, tc.want, "--store", "file")
		})
	}
}
