package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// signing runs the command in a home of its own, whose sign-ins last between its runs.
type signing struct {
	t    *testing.T
	home string
	env  map[string]string
}

func newSigning(t *testing.T, opts ...emulator.Option) (*signing, *emulator.Server) {
	t.Helper()
	srv := emulator.NewServer(append([]emulator.Option{emulator.WithAutoApprove()}, opts...)...)
	t.Cleanup(srv.Close)
	return &signing{t, t.TempDir(), map[string]string{}}, srv
}

// run runs a command line with a stdin.
func (s *signing) run(stdin io.Reader, args ...string) result {
	s.t.Helper()
	var out, errs bytes.Buffer
	code := Run(s.t.Context(), Process{Args: args, Stdin: stdin, Stdout: &out, Stderr: &errs, Getenv: func(k string) string {
		if k == "HOME" {
			return s.home
		}
		return s.env[k]
	}})
	return result{code, out.String(), errs.String()}
}

// approval is a stdin that a person types the answer of the browser into: the URL that the
// page of the sign-in redirects to.
type approval struct {
	t    *testing.T
	seen chan string // what stderr has of the page
	line *strings.Reader
}

func (a *approval) Read(p []byte) (int, error) {
	if a.line == nil {
		seen := <-a.seen
		_, rest, _ := strings.Cut(seen, "http")
		page := "http" + strings.Fields(rest)[0]
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		req, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, page, nil)
		if err != nil {
			a.t.Error(err)
			return 0, io.EOF
		}
		resp, err := client.Do(req)
		if err != nil {
			a.t.Error(err)
			return 0, io.EOF
		}
		_ = resp.Body.Close()
		a.line = strings.NewReader(resp.Header.Get("Location") + "\n")
	}
	return a.line.Read(p)
}

// Write takes what stderr gets.
func (a *approval) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "open this page") {
		a.seen <- string(p)
	}
	return len(p), nil
}

// login signs in without a browser on this machine.
func (s *signing) login(args ...string) result {
	s.t.Helper()
	return s.loginTyping("", args...)
}

// loginTyping is login after the person has typed some lines.
func (s *signing) loginTyping(lines string, args ...string) result {
	s.t.Helper()
	person := &approval{t: s.t, seen: make(chan string, 1)}
	var out, errs bytes.Buffer
	code := Run(s.t.Context(), Process{
		Args: append([]string{"auth", "login", "--no-browser", "--store", "file"}, args...), Stdin: io.MultiReader(strings.NewReader(lines), person),
		Stdout: &out, Stderr: io.MultiWriter(&errs, person), Getenv: func(k string) string {
			if k == "HOME" {
				return s.home
			}
			return s.env[k]
		},
	})
	return result{code, out.String(), errs.String()}
}

// status returns the row of a provider.
func (s *signing) status(provider string, args ...string) (row map[string]string, code int) {
	s.t.Helper()
	res := s.run(strings.NewReader(""), append([]string{"auth", "status", "-o", "json"}, args...)...)
	var rows []map[string]string
	if err := json.Unmarshal([]byte(res.stdout), &rows); err != nil {
		s.t.Fatalf("%+v: %v", res, err)
	}
	for _, r := range rows {
		if r["provider"] == provider {
			row = r
		}
	}
	return row, res.code
}

// A person signs in with a browser, uses the tokens, and signs out.
func TestAuthOfPersons(t *testing.T) {
	for provider, env := range map[string]map[string]string{
		"webex": {"WEBEX_CLIENT_ID": "client", "WEBEX_CLIENT_SECRET": "canary-secret"},
		"box":   {"BOX_CLIENT_ID": "client", "BOX_CLIENT_SECRET": "canary-secret"},
	} {
		t.Run(provider, func(t *testing.T) {
			s, srv := newSigning(t)
			s.env = env
			method := map[string]string{"webex": "integration", "box": ""}[provider]
			res := s.login(provider, "--method", method, "--base-url", srv.URL, "--change")
			if res.code != exit.Done || !strings.Contains(res.stderr, "signed in at "+provider) || strings.Contains(res.stderr+res.stdout, "canary") {
				t.Fatalf("login: %+v", res)
			}
			s.env = map[string]string{}
			row, code := s.status(provider)
			if code != exit.Done || row["state"] != "works" || row["account"] != "ada@example.com" || row["expires"] == "" || !strings.Contains(row["from"], `the sign-in of profile "default" in `) {
				t.Errorf("status: %d, %v", code, row)
			}
			if res := s.run(strings.NewReader(""), "of", "ada@example.com", "-p", provider, "-o", "ndjson"); res.code != exit.Done || strings.Count(res.stdout, "\n") < 3 {
				t.Errorf("of: %+v", res)
			}
			if res := s.run(strings.NewReader(""), "auth", "logout", provider); res.code != exit.Done || !strings.Contains(res.stderr, "signed out of "+provider) {
				t.Errorf("logout: %+v", res)
			}
			if row, code := s.status(provider); code != exit.Done || row["state"] != "not signed in" {
				t.Errorf("status after logout: %d, %v", code, row)
			}
			if res := s.run(strings.NewReader(""), "auth", "logout", provider); res.code != exit.Usage || !strings.Contains(res.stderr, `profile "default" is not signed in at `+provider) {
				t.Errorf("a second logout: %+v", res)
			}
		})
	}
}

// The environment wins over a sign-in, and a named profile over the environment.
func TestAuthOrder(t *testing.T) {
	s, srv := newSigning(t)
	s.env = map[string]string{"WEBEX_CLIENT_ID": "client", "WEBEX_CLIENT_SECRET": "secret"}
	if res := s.login("webex", "--base-url", srv.URL, "--profile", "staging"); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "of the environment"}
	if row, _ := s.status("webex", "--base-url", srv.URL); row["from"] != "the environment" {
		t.Errorf("the environment: %v", row)
	}
	if row, _ := s.status("webex", "--profile", "staging"); !strings.Contains(row["from"], `the sign-in of profile "staging"`) || row["state"] != "works" {
		t.Errorf("the profile: %v", row)
	}
	s.env = map[string]string{}
	if row, _ := s.status("webex"); row["state"] != "not signed in" {
		t.Errorf("the default profile: %v", row)
	}
}

// A store that cannot be read is an error and never "not signed in".
func TestAuthUnreadableStore(t *testing.T) {
	s, srv := newSigning(t)
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "token"}
	if res := s.run(strings.NewReader(""), "auth", "login", "webex", "--method", "bot-token", "--store", "file", "--base-url", srv.URL); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	s.env = map[string]string{}
	folder := filepath.Join(s.home, ".config", "memberships", "credentials")
	damage := func(pattern string) {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, f := range files {
			if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() {
				if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	damage("files/*")
	if row, code := s.status("webex"); code != exit.Failed || row["state"] != "cannot be read" {
		t.Errorf("a damaged credential: %d, %v", code, row)
	}
	if res := s.run(strings.NewReader(""), "groups", "-p", "webex"); res.code != exit.Failed || !strings.Contains(res.stderr, "the sign-in cannot be read") {
		t.Errorf("a damaged credential: %+v", res)
	}
	damage("sign-ins.json")
	if row, code := s.status("webex"); code != exit.Failed || row["state"] != "cannot be read" {
		t.Errorf("a damaged list: %d, %v", code, row)
	}
}

func TestAuthLoginRefuses(t *testing.T) {
	s, srv := newSigning(t)
	for _, tc := range []struct {
		name  string
		args  []string
		stdin string
		code  int
		want  string
	}{
		{"no provider", []string{"auth", "login"}, "", exit.Usage, "expected one provider: box, clerk"},
		{"an unknown provider", []string{"auth", "login", "slack"}, "", exit.Usage, `there is no provider "slack"`},
		{"an unknown method", []string{"auth", "login", "webex", "--method", "magic"}, "", exit.Usage, `webex has no method "magic"; there are integration`},
		{"an unknown store", []string{"auth", "login", "webex", "--store", "cloud"}, "", exit.Usage, `there is no store "cloud"; there are keyring, file and encrypted`},
		{"a secret on the command line", []string{"auth", "login", "webex", "--store", "file", "--set", "client_secret=canary"}, "", exit.Usage, "client_secret is a secret, which other programs would see"},
		{"an unknown setting", []string{"auth", "login", "webex", "--store", "file", "--set", "colour=red"}, "", exit.Usage, `has no setting "colour"`},
		{"no value", []string{"auth", "login", "webex", "--store", "file", "--set", "client_id"}, "", exit.Usage, "--set takes KEY=VALUE"},
		{"nothing entered", []string{"auth", "login", "webex", "--method", "bot-token", "--store", "file"}, "\n", exit.Usage, "nothing was entered"},
		{"stdin has ended", []string{"auth", "login", "webex", "--method", "bot-token", "--store", "file"}, "", exit.Usage, "stdin has ended"},
		{"permissions of an administrator", []string{"auth", "login", "webex", "--store", "file", "--admin"}, "", exit.Usage, `--admin: the method "integration" of webex has no permission of its own for that`},
		{"an app to add", []string{"auth", "login", "box", "--store", "file", "--add-app"}, "", exit.Usage, `--add-app: the method "app" of box has no permission of its own for that`},
		{"another provider's file", []string{"auth", "login", "webex", "--store", "file", "--client-secrets", "x.json"}, "", exit.Usage, `--client-secrets: the method "integration" of webex takes no such file`},
		{"a profile of two dots", []string{"auth", "login", "webex", "--profile", ".."}, "", exit.Usage, "is not a dot or two"},
		{"a profile with a slash", []string{"auth", "login", "webex", "--profile", "a/b"}, "", exit.Usage, "a profile has no slash"},
		{"an encrypted store without a passphrase", []string{"auth", "login", "webex", "--method", "bot-token", "--store", "encrypted"}, "", exit.Usage, "--store encrypted: passphrase of the store: stdin has ended"},
	} {
		res := s.run(strings.NewReader(tc.stdin), append(tc.args, "--base-url", srv.URL)[:len(tc.args)]...)
		if res.code != tc.code || !strings.Contains(res.stderr, tc.want) || strings.Contains(res.stderr, "canary") || res.stdout != "" {
			t.Errorf("%s: got %+v, want %d, %q", tc.name, res, tc.code, tc.want)
		}
	}
	if _, err := os.Stat(filepath.Join(s.home, ".config", "memberships", "credentials", "sign-ins.json")); err == nil {
		t.Error("a refused sign-in is recorded")
	}
}

// The encrypted store needs its passphrase, and another one is refused.
func TestAuthEncrypted(t *testing.T) {
	t.Parallel()
	s, srv := newSigning(t)
	s.env = map[string]string{"MEMBERSHIPS_PASSPHRASE": "a long passphrase"}
	res := s.run(strings.NewReader("canary-token\n"), "auth", "login", "webex", "--method", "bot-token", "--store", "encrypted", "--base-url", srv.URL)
	if res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	if row, code := s.status("webex"); code != exit.Done || row["state"] != "works" {
		t.Errorf("status: %d, %v", code, row)
	}
	err := filepath.WalkDir(s.home, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil || bytes.Contains(b, []byte("canary")) {
				t.Errorf("%s holds the token, %v", path, err)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	s.env["MEMBERSHIPS_PASSPHRASE"] = "another passphrase"
	if row, code := s.status("webex"); code != exit.Failed || row["state"] != "cannot be read" {
		t.Errorf("another passphrase: %d, %v", code, row)
	}
}
