package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

// Without a home folder, the environment still has its credentials, and a sign-in says what to
// set.
func TestAuthWithoutHome(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	s, srv := newSigning(t)
	s.home = ""
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "token"}
	if res := s.run(strings.NewReader(""), "groups", "-p", "webex", "--base-url", srv.URL); res.code != exit.Done {
		t.Errorf("groups: %+v", res)
	}
	if row, code := s.status("webex", "--base-url", srv.URL); code != exit.Done || row["state"] != "works" {
		t.Errorf("status: %d, %v", code, row)
	}
	s.env = map[string]string{}
	const want = "there is no folder for sign-ins and profiles: set HOME, XDG_CONFIG_HOME or MEMBERSHIPS_CONFIG"
	for _, args := range [][]string{
		{"auth", "login", "webex", "--method", "bot-token", "--store", "file"}, {"auth", "logout", "webex"}, {"groups", "-p", "webex", "--profile", "work"},
	} {
		if res := s.run(strings.NewReader("token\n"), args...); res.code == exit.Done || !strings.Contains(res.stderr, want) {
			t.Errorf("%q: %+v", args, res)
		}
	}
}

// A profile that is nowhere is an error that names the known ones, of sign-ins and of the file.
func TestAuthUnknownProfile(t *testing.T) {
	s, srv := newSigning(t)
	if res := s.run(strings.NewReader(""), "groups", "-p", "webex", "--profile", "two words"); res.code != exit.Usage || !strings.Contains(res.stderr, `--profile 'two words': no provider is signed in with this profile, and `) || !strings.HasSuffix(res.stderr, "there is none\n") {
		t.Errorf("without any: %+v", res)
	}
	if res := s.run(strings.NewReader("token\n"), "auth", "login", "webex", "--method", "bot-token", "--store", "file", "--base-url", srv.URL, "--profile", "it's mine"); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	if res := s.run(strings.NewReader(""), "groups", "-p", "webex", "--profile", "nowhere"); res.code != exit.Usage || !strings.HasSuffix(res.stderr, "there are it's mine\n") {
		t.Errorf("with one: %+v", res)
	}
	res := s.run(strings.NewReader(""), "groups", "-p", "box", "--profile", "it's mine")
	if want := `sign in with 'memberships auth login box --profile 'it'\''s mine''`; res.code != exit.Usage || !strings.Contains(res.stderr, want) {
		t.Errorf("another provider: %+v, want %s", res, want)
	}
}

// An error of a sign-in names its provider and its store once, and the flag that is wrong.
func TestAuthLoginNames(t *testing.T) {
	s, srv := newSigning(t)
	for name, tc := range map[string]struct {
		args  []string
		env   map[string]string
		stdin string
		code  int
		want  string
	}{
		"a key of another kind":  {[]string{"clerk", "--base-url", srv.URL}, nil, "pk_test_1\n", exit.Failed, "memberships: clerk: this is a publishable key"},
		"another scheme":         {[]string{"webex", "--method", "bot-token", "--base-url", "ftp://x"}, nil, "token\n", exit.Usage, "memberships: --base-url: the URL must begin with http:// or https://"},
		"another variable":       {[]string{"webex", "--method", "bot-token"}, map[string]string{"MEMBERSHIPS_EMULATOR": "here"}, "token\n", exit.Usage, "memberships: MEMBERSHIPS_EMULATOR: the URL must begin with http:// or https://"},
		"a method with a hyphen": {[]string{"webex", "--method", "none"}, nil, "", exit.Usage, "there are integration, service-app, bot-token, personal-token"},
	} {
		t.Run(name, func(t *testing.T) {
			s.env = tc.env
			res := s.run(strings.NewReader(tc.stdin), append([]string{"auth", "login", "--store", "file"}, tc.args...)...)
			if res.code != tc.code || !strings.Contains(res.stderr, tc.want) {
				t.Errorf("got %+v, want %s", res, tc.want)
			}
		})
	}
	if res := s.run(strings.NewReader(""), "__complete", "auth", "login", "webex", "--method", ""); !strings.Contains(res.stdout, "service-app\n") {
		t.Errorf("the completion of --method: %+v", res)
	}
}

// The command that signs in again after the end of a sign-in has its profile.
func TestAuthSignInAgain(t *testing.T) {
	s, srv := newSigning(t)
	s.env = map[string]string{"WEBEX_CLIENT_ID": "client", "WEBEX_CLIENT_SECRET": "secret"}
	if res := s.login("webex", "--base-url", srv.URL, "--profile", "two words"); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	s.env = map[string]string{}
	srv.Control(func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusUnauthorized)
		if r.URL.Path == "/v1/access_token" {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, `{"message":"invalid_grant: The refresh token has ended."}`)
		return true
	})
	const want = "'memberships auth login webex --profile 'two words'' signs in again"
	for _, args := range [][]string{{"groups", "-p", "webex"}, {"auth", "status", "-o", "json"}, {"doctor", "-p", "webex", "-o", "json"}} {
		if res := s.run(strings.NewReader(""), append(args, "--profile", "two words")...); res.code != exit.Failed || !strings.Contains(res.stdout+res.stderr, want) {
			t.Errorf("%q: %+v, want %s", args, res, want)
		}
	}
	s.env = map[string]string{"MEMBERSHIPS_PROFILE": "two words"}
	if res := s.run(strings.NewReader(""), "groups", "-p", "webex"); !strings.Contains(res.stderr, want) {
		t.Errorf("by the variable: %+v, want %s", res, want)
	}
}

// A record of the stores that is damaged is no reason for another store.
func TestAuthDamagedRecord(t *testing.T) {
	s, srv := newSigning(t)
	if res := s.botLogin(srv.URL, "token", "file"); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	record := filepath.Join(s.home, ".config", "memberships", "credentials", "sign-ins.json")
	if err := os.WriteFile(record, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := record + " is damaged, so the stores of the sign-ins are unknown; sign in again after removing it\n"
	if res := s.botLogin(srv.URL, "token", "file"); res.code != exit.Failed || !strings.HasSuffix(res.stderr, want) {
		t.Errorf("got %+v, want %s", res, want)
	}
}

// A signal during the wait for a browser ends the sign-in as any other command.
func TestAuthLoginInterrupted(t *testing.T) {
	s, srv := newSigning(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	stderr := &notice{phrase: "open this page", seen: make(chan struct{})}
	go func() {
		<-stderr.seen
		cancel(&interruption{syscall.SIGINT})
	}()
	env := map[string]string{"HOME": s.home, "WEBEX_CLIENT_ID": "c", "WEBEX_CLIENT_SECRET": "s"}
	code := Run(ctx, Process{
		Args:  []string{"auth", "login", "webex", "--store", "file", "--base-url", srv.URL, "--set", "redirect_url=http://127.0.0.1:0/"},
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: stderr, Getenv: func(k string) string { return env[k] },
	})
	if code != exit.Interrupted || !bytes.HasSuffix(stderr.text.Bytes(), []byte("memberships: interrupted\n")) {
		t.Errorf("it ended with %d: %s", code, &stderr.text)
	}
}

// A secret that the provider refuses is an error of the sign-in, which keeps nothing. A provider
// that does not answer leaves it open.
func TestAuthLoginOfARefusedSecret(t *testing.T) {
	const state = `
people: [{name: Ada, email: ada@example.com}]
credentials:
  webex: [{token: good, email: ada@example.com}]
  clerk: [{token: sk_test_good}]
`
	s, srv := newSigning(t, emulator.WithState("state.yaml", []byte(state)))
	for _, tc := range []struct{ provider, method, good, bad string }{
		{"webex", "bot-token", "good", "canary"}, {"webex", "personal-token", "good", "canary"}, {"clerk", "secret-key", "sk_test_good", "sk_test_canary"},
	} {
		login := func(secret, base string) result {
			return s.run(strings.NewReader(secret+"\n"), "auth", "login", tc.provider, "--method", tc.method, "--store", "file", "--base-url", base)
		}
		res := login(tc.bad, srv.URL)
		if res.code != exit.Failed || !strings.Contains(res.stderr, "nothing is kept: "+tc.provider+": ") || strings.Contains(res.stderr, "canary") || strings.Contains(res.stderr, "signed in at") {
			t.Errorf("%s: got %+v", tc.method, res)
		}
		if row, code := s.status(tc.provider); code != exit.Done || row["state"] != "not signed in" {
			t.Errorf("%s: %d, %v", tc.method, code, row)
		}
		for name, res := range map[string]result{"a good one": login(tc.good, srv.URL), "no answer": login(tc.bad, "http://127.0.0.1:1"), "a mark of UTF-8": login("\ufeff"+tc.good, srv.URL)} {
			if res.code != exit.Done || !strings.Contains(res.stderr, "signed in at "+tc.provider) {
				t.Errorf("%s, %s: got %+v", tc.method, name, res)
			}
		}
		if res := s.run(strings.NewReader(""), "auth", "logout", tc.provider); res.code != exit.Done {
			t.Errorf("logout: %+v", res)
		}
	}
}

// The end of the wait for a person has another message than a token endpoint without an answer.
func TestLoginFailure(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	slow := fmt.Errorf("the token endpoint of webex: %w", context.DeadlineExceeded)
	for _, tc := range []struct {
		work context.Context
		err  error
		want string
	}{
		{over, slow, "webex: there was no answer in 10m0s"},
		{t.Context(), slow, "webex: the token endpoint of webex: context deadline exceeded"},
		{t.Context(), fmt.Errorf("webex: %w: access_denied", login.ErrDenied), "webex: the sign-in was refused: access_denied"},
	} {
		if got := loginFailure(t.Context(), tc.work, "webex", tc.err); got.Error() != tc.want {
			t.Errorf("got %v, want %s", got, tc.want)
		}
	}
}

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

// The status lists the permissions of a token, and names the setting of a sign-in whose file is
// gone in place of a variable that is not set.
func TestAuthStatusOfSettings(t *testing.T) {
	type entry = map[cbor.ByteString]any
	data, err := cbor.Marshal(entry{"v": 2, "t": time.Now().Unix(), "ttl": 600, "res": entry{"chan": entry{"general": 36}, "uuid": entry{"ada": 32}}})
	if err != nil {
		t.Fatal(err)
	}
	s, srv := newSigning(t)
	s.env = map[string]string{"PUBNUB_AUTH_TOKEN": base64.RawURLEncoding.EncodeToString(data)}
	if res := s.run(strings.NewReader("sub-c-1\nada\n"), "auth", "login", "pubnub", "--store", "file", "--base-url", srv.URL); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	s.env = map[string]string{}
	if row, code := s.status("pubnub"); code != exit.Done || row["scopes"] != "channel general: manage, get; user ada: get" {
		t.Errorf("%d, %v", code, row)
	}
	file := serviceAccountOf(t)
	if res := s.run(strings.NewReader(""), "auth", "login", "googlechat", "--method", "service-account", "--set", "credentials_file="+file, "--store", "file", "--base-url", srv.URL); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	row, code := s.status("googlechat")
	if code != exit.Failed || row["state"] != "does not work" || strings.Contains(row["detail"], "GOOGLE_APPLICATION_CREDENTIALS") || !strings.Contains(row["detail"], `credentials_file of the sign-in of profile "default"`) || !strings.Contains(row["detail"], file) {
		t.Errorf("%d, %v", code, row)
	}
}
