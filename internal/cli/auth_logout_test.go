package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

// A sign-in whose tokens another program has removed is ended, which says that none was
// revoked.
func TestAuthLogoutOfMissingTokens(t *testing.T) {
	s, srv := newSigning(t)
	if res := s.botLogin(srv.URL, "token", "file"); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	if err := os.Remove(s.credentialFile("files")); err != nil {
		t.Fatal(err)
	}
	if res := s.run(strings.NewReader(""), "auth", "logout", "webex"); res.code != exit.Done || !strings.Contains(res.stderr, "signed out of webex; ") || !strings.HasSuffix(res.stderr, " had no tokens, and none was revoked\n") {
		t.Errorf("got %+v", res)
	}
	if row, code := s.status("webex"); code != exit.Done || row["state"] != "not signed in" {
		t.Errorf("%d, %v", code, row)
	}
}

// A sign-out without an answer of the provider keeps the tokens and names the command that
// removes them. One without a revocation says that the tokens stay valid.
func TestAuthLogoutRevocation(t *testing.T) {
	s, srv := newSigning(t)
	const valid = " has not revoked the tokens: a copy of them works until their end.\n"
	keep := func(provider, method, origin string) {
		c := &auth.Credential{Provider: provider, Method: method, ClientID: "id", ClientSecret: "canary", AccessToken: "canary", RefreshToken: "canary", Origin: origin}
		if _, err := signin.New(s.folder(), nil).Save(t.Context(), provider+"/default", signin.File, c); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		provider, method, origin, flag string
		code                           int
		want                           string
		valid                          bool
	}{
		{"box", "app", "http://127.0.0.1:1", "--", exit.Failed, "the tokens stay in their store: try again, or remove them without a revocation by 'memberships auth logout box --keep-tokens'", false},
		{"box", "app", "http://127.0.0.1:1", "--keep-tokens", exit.Done, "signed out of box", true},
		{"box", "app", srv.URL, "--", exit.Done, "signed out of box", false},
		{"webex", "integration", srv.URL, "--", exit.Done, "signed out of webex", true},
	} {
		keep(tc.provider, tc.method, tc.origin)
		res := s.run(strings.NewReader(""), "auth", "logout", tc.flag, tc.provider)
		if res.code != tc.code || !strings.Contains(res.stderr, tc.want) || strings.Contains(res.stderr, "canary") || strings.HasSuffix(res.stderr, tc.provider+valid) != tc.valid {
			t.Errorf("%s %s: got %+v", tc.provider, tc.flag, res)
		}
		if row, _ := s.status(tc.provider); (row["state"] == "not signed in") != (tc.code == exit.Done) {
			t.Errorf("%s %s: %v", tc.provider, tc.flag, row)
		}
	}
}
