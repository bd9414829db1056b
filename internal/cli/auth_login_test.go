package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
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
		kept := map[string]result{"a good one": login(tc.good, srv.URL), "a mark of UTF-8": login("\ufeff"+tc.good, srv.URL)}
		if tc.method == "secret-key" { // the others wait as long for no answer
			kept["no answer"] = login(tc.bad, "http://127.0.0.1:1")
		}
		for name, res := range kept {
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
