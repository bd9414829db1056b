package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/deeptest"
)

// way is a sign-in: its flags, the secrets that are typed or in the environment, and the key
// that is in a file.
type way struct {
	name, provider, method string
	flags                  []string
	typed                  []string
	env                    map[string]string
	file                   func(*testing.T) (content any, secrets []string)
	// flag takes the path of the file; variable does so in its place.
	flag, variable string
	store          string // "file" by default
}

const (
	clientSecret = "canary-client-secret-4711"
	canaryToken  = "canary-token-4711"
	passphrase   = "canary passphrase 4711"
)

var ways = []way{
	{name: "box app", provider: "box", method: "app", flags: []string{"--set", "client_id=id", "--set", "redirect_url=http://127.0.0.1:0/callback"}, typed: []string{clientSecret}},
	{name: "box app, secret of the environment", provider: "box", method: "app", flags: []string{"--set", "client_id=id", "--set", "redirect_url=http://127.0.0.1:0/callback"}, env: map[string]string{"BOX_CLIENT_SECRET": clientSecret}},
	{name: "box app config", provider: "box", method: "app config", file: boxConfig, flag: "config_file"},
	{name: "box client credentials", provider: "box", method: "client credentials", flags: []string{"--set", "client_id=id", "--set", "enterprise_id=17"}, typed: []string{clientSecret}},
	{name: "box developer token", provider: "box", method: "developer token", typed: []string{canaryToken}},
	{name: "clerk", provider: "clerk", method: "secret key", typed: []string{"sk_test_canary4711"}},
	{name: "google installed app", provider: "googlechat", method: "installed app", file: clientSecrets, flag: "client_secrets"},
	{name: "google service account", provider: "googlechat", method: "service account", file: serviceAccount, flag: "credentials_file"},
	{name: "google default account", provider: "googlechat", method: "application default credentials", file: serviceAccount, variable: "GOOGLE_APPLICATION_CREDENTIALS"},
	{name: "google default user", provider: "googlechat", method: "application default credentials", file: authorizedUser, variable: "GOOGLE_APPLICATION_CREDENTIALS"},
	{name: "google access token", provider: "googlechat", method: "access token", typed: []string{canaryToken}},
	{name: "pubnub secret key", provider: "pubnub", method: "keyset", flags: []string{"--set", "subscribe_key=sub-c-1", "--set", "user_id=ada"}, env: map[string]string{"PUBNUB_SECRET_KEY": "sec-c-canary4711"}},
	{name: "pubnub token", provider: "pubnub", method: "keyset", flags: []string{"--set", "subscribe_key=sub-c-1", "--set", "user_id=ada"}, env: map[string]string{"PUBNUB_AUTH_TOKEN": canaryToken}},
	{name: "webex integration", provider: "webex", method: "integration", flags: []string{"--set", "client_id=id", "--set", "redirect_url=http://127.0.0.1:0/callback"}, typed: []string{clientSecret}},
	{name: "webex integration, encrypted", provider: "webex", method: "integration", flags: []string{"--set", "client_id=id", "--set", "redirect_url=http://127.0.0.1:0/callback"}, env: map[string]string{"WEBEX_CLIENT_SECRET": clientSecret, "MEMBERSHIPS_PASSPHRASE": passphrase}, store: "encrypted"},
	{name: "webex service app", provider: "webex", method: "service app", flags: []string{"--set", "client_id=id"}, typed: []string{clientSecret, "canary-refresh-4711"}},
	{name: "webex bot token", provider: "webex", method: "bot token", typed: []string{canaryToken}},
	{name: "webex personal token", provider: "webex", method: "personal token", typed: []string{canaryToken}},
}

// sample returns the n-th sign-in of each provider, or all in make deep.
func sample(n int) []way {
	if deeptest.Enabled() {
		return ways
	}
	of := map[string][]way{}
	for _, w := range ways {
		of[w.provider] = append(of[w.provider], w)
	}
	var some []way
	for _, provider := range slices.Sorted(maps.Keys(of)) {
		some = append(some, of[provider][n%len(of[provider])])
	}
	return some
}

// newKey returns a key in PEM, and a line of it.
func newKey(t *testing.T) (text, line string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return text, strings.Split(text, "\n")[5]
}

func boxConfig(t *testing.T) (any, []string) {
	key, line := newKey(t)
	return map[string]any{"enterpriseID": "17", "boxAppSettings": map[string]any{
		"clientID": "id", "clientSecret": clientSecret, "appAuth": map[string]string{"publicKeyID": "k1", "privateKey": key},
	}}, []string{clientSecret, line}
}

func clientSecrets(*testing.T) (any, []string) {
	return map[string]any{"installed": map[string]string{"client_id": "id", "client_secret": clientSecret}}, []string{clientSecret}
}

func serviceAccount(t *testing.T) (any, []string) {
	key, line := newKey(t)
	return map[string]string{"type": "service_account", "client_email": "bot@project.iam.gserviceaccount.com", "private_key_id": "k1", "private_key": key}, []string{line}
}

func authorizedUser(*testing.T) (any, []string) {
	return map[string]string{"type": "authorized_user", "client_id": "id", "client_secret": clientSecret, "refresh_token": "canary-refresh-4711"}, []string{clientSecret, "canary-refresh-4711"}
}

// watch runs the command and looks for secrets wherever others could see them.
type watch struct {
	t    *testing.T
	root string // home, folder for temporary files and working directory
	way  way
	base string // the URL of the provider
	env  []string

	mu      sync.Mutex
	secrets map[string]bool
	pid     int // of the command, 0 if none runs
	// typed reports that no secret is in the command's own environment.
	typed bool
	// left counts the looks at a running command that remain: each takes a while.
	left int
	// seen counts the looks, and browsers those at a browser.
	seen, browsers int
}

// newWatch prepares a home for a sign-in.
func newWatch(t *testing.T, w way) *watch {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root")
	for _, dir := range []string{"home", "tmp", "work"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	out := &watch{t: t, root: root, way: w, secrets: map[string]bool{}}
	opener := filepath.Join(t.TempDir(), "browser")
	script := "#!/bin/sh\n" + roleVariable + "=browser exec '" + self + "' \"$1\"\n"
	if err := os.WriteFile(opener, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	visits := httptest.NewServer(http.HandlerFunc(out.visit))
	t.Cleanup(visits.Close)
	out.env = []string{
		"HOME=" + filepath.Join(root, "home"), "TMPDIR=" + filepath.Join(root, "tmp"), "PATH=" + os.Getenv("PATH"), "BROWSER=" + opener,
		roleVariable + "=command", visitVariable + "=" + visits.URL,
	}
	for _, s := range w.typed {
		out.secret(s)
	}
	for _, s := range w.env {
		out.secret(s)
	}
	return out
}

// secret adds a secret.
func (w *watch) secret(s string) {
	if len(s) >= 8 {
		w.secrets[s] = true
	}
}

// find returns a secret of a text, also in the form of a URL, "" if there is none.
func (w *watch) find(text string) string {
	for s := range w.secrets {
		if strings.Contains(text, s) || strings.Contains(text, url.QueryEscape(s)) {
			return s
		}
	}
	return ""
}

// absent fails the test if a text has a secret.
func (w *watch) absent(where, text string) {
	w.t.Helper()
	if s := w.find(text); s != "" {
		w.t.Errorf("%s has the secret %q: %.2000q", where, s, text)
	}
}

// learn takes the secrets of a request for a token, and learnAnswer those of its answer.
func (w *watch) learn(text string) {
	form, err := url.ParseQuery(text)
	if err != nil {
		return
	}
	for _, name := range []string{"client_secret", "code", "code_verifier", "assertion", "refresh_token", "token"} {
		w.secret(form.Get(name))
	}
}

func (w *watch) learnAnswer(header http.Header, text []byte) {
	if to, err := url.Parse(header.Get("Location")); err == nil {
		w.secret(to.Query().Get("code"))
	}
	var answer map[string]any
	if json.Unmarshal(text, &answer) != nil {
		return
	}
	for _, name := range []string{"access_token", "refresh_token"} {
		s, _ := answer[name].(string)
		w.secret(s)
	}
}

// provider serves a provider, and looks at the command during each of its requests.
func (w *watch) provider(h http.Handler) *httptest.Server {
	return w.serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		w.mu.Lock()
		defer w.mu.Unlock()
		w.learn(string(body))
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		w.learnAnswer(answer.Header(), answer.Body.Bytes())
		w.look()
		maps.Copy(rw.Header(), answer.Header())
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}))
}

// serve serves a provider.
func (w *watch) serve(h http.Handler) *httptest.Server {
	srv := httptest.NewServer(h)
	w.t.Cleanup(srv.Close)
	w.base = srv.URL
	return srv
}

// visit is the browser of the command: the page redirects it to the loopback address.
func (w *watch) visit(_ http.ResponseWriter, r *http.Request) {
	page := r.FormValue("page")
	w.mu.Lock()
	w.browsers++
	w.absent("the page of the sign-in", page)
	w.look()
	w.mu.Unlock()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, page, nil)
	if err != nil {
		w.t.Error(err)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	shown, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.absent("the page after the sign-in", string(shown))
}

// look looks at the command and its children, at all command lines, and at all files.
func (w *watch) look() {
	if w.pid == 0 || w.left == 0 {
		return
	}
	w.left--
	w.seen++
	limits, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(w.pid), "limits"))
	if err != nil {
		w.t.Error(err)
	}
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok && strings.Fields(rest)[0] != "0" {
			w.t.Errorf("core files are on: %s", line)
		}
	}
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		w.t.Error(err)
	}
	for _, dir := range all {
		pid := filepath.Base(dir)
		command, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || pid == strconv.Itoa(os.Getpid()) { // it has ended
			continue
		}
		w.absent("the command line of process "+pid, string(command))
		if own := pid == strconv.Itoa(w.pid); own && !w.typed || !own && parent(pid) != w.pid {
			continue
		}
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err == nil {
			w.absent("the environment of process "+pid, string(environ))
		}
	}
	w.files()
}

// parent returns the id of the parent of a process, 0 if that has ended.
func parent(pid string) int {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	id, _ := strconv.Atoi(fields[1])
	return id
}

// store is the folder of the store in clear.
func (w *watch) store() string {
	return filepath.Join(w.root, "home", ".config", "memberships", "credentials", "files")
}

// stored reports whether the store in clear has a secret.
func (w *watch) stored() bool {
	paths, err := filepath.Glob(filepath.Join(w.store(), "*.credential"))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			w.t.Fatal(err)
		}
		if w.find(string(data)) != "" {
			return true
		}
	}
	return false
}

// files looks at all files but those of the store in clear.
func (w *watch) files() {
	err := filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a temporary one
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if filepath.Dir(path) == w.store() && strings.Contains(filepath.Base(path), ".credential") && !strings.HasSuffix(path, ".lock") {
			return nil
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		w.absent(path, string(data))
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
}

// command returns a run of the command that has not started.
func (w *watch) command(env map[string]string, stdin string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.CommandContext(w.t.Context(), self, args...)
	cmd.Dir, cmd.Stdin, cmd.Env = filepath.Join(w.root, "work"), strings.NewReader(stdin), slices.Clone(w.env)
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

// run runs the command and returns its exit code and output.
func (w *watch) run(env map[string]string, stdin string, args ...string) (code int, output string) {
	w.t.Helper()
	cmd, out := w.command(env, stdin, args...)
	w.mu.Lock()
	err := cmd.Start()
	if err == nil {
		w.pid, w.left = cmd.Process.Pid, 5
	}
	w.typed = true
	for _, value := range env {
		w.typed = w.typed && w.find(value) == ""
	}
	w.mu.Unlock()
	if err != nil {
		w.t.Fatal(err)
	}
	err = cmd.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pid = 0
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		w.t.Fatal(err)
	}
	w.absent(fmt.Sprintf("the output of %q", args), out.String())
	w.files()
	return cmd.ProcessState.ExitCode(), out.String()
}

// login signs in.
func (w *watch) login() (code int, output string) {
	w.t.Helper()
	args := []string{"auth", "login", w.way.provider, "--method", w.way.method, "--base-url", w.base, "--store", "file"}
	if w.way.store != "" {
		args[len(args)-1] = w.way.store
	}
	env := maps.Clone(w.way.env)
	if env == nil {
		env = map[string]string{}
	}
	if w.way.file != nil {
		content, secrets := w.way.file(w.t)
		for _, s := range secrets {
			w.secret(s)
		}
		data, err := json.Marshal(content)
		if err != nil {
			w.t.Fatal(err)
		}
		path := filepath.Join(w.t.TempDir(), "key.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			w.t.Fatal(err)
		}
		if w.way.flag != "" {
			args = append(args, "--set", w.way.flag+"="+path)
		} else {
			env[w.way.variable] = path
		}
	}
	stdin := ""
	for _, s := range w.way.typed {
		stdin += s + "\n"
	}
	return w.run(env, stdin, append(args, w.way.flags...)...)
}

// later is the environment of the commands after the sign-in: the passphrase alone.
func (w *watch) later() map[string]string {
	env := map[string]string{}
	if text := w.way.env["MEMBERSHIPS_PASSPHRASE"]; text != "" {
		env["MEMBERSHIPS_PASSPHRASE"] = text
	}
	return env
}

// advance sets the clock of an emulator forward.
func advance(t *testing.T, base, by string) {
	t.Helper()
	resp, err := http.Post(base+"/_emulator/clock", "application/json", strings.NewReader(`{"advance":"`+by+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the clock: status %d", resp.StatusCode)
	}
}

// get returns a page of the emulator.
func get(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", address, resp.StatusCode, err)
	}
	return string(body)
}

// No secret of a sign-in is in an output, a log, a URL that is shown, a command line, the
// environment of a browser, a page of the emulator, or a file other than the store, and the
// command writes no core file.
func TestCanary(t *testing.T) {
	for _, m := range methods.All() {
		if !slices.ContainsFunc(ways, func(w way) bool { return w.provider == m.Provider && w.method == m.Name }) {
			t.Errorf("%s, %s has no sign-in here", m.Provider, m.Name)
		}
	}
	for _, way := range sample(0) {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			e, err := emulator.New(emulator.WithAutoApprove(), emulator.WithLogger(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			if err != nil {
				t.Fatal(err)
			}
			w := newWatch(t, way)
			srv := w.provider(e)
			if code, out := w.login(); code != 0 || !strings.Contains(out, "signed in at "+way.provider) {
				t.Fatalf("login ended with %d: %s", code, out)
			}
			if inClear := way.store == "" && (len(way.typed)+len(way.env) > 0 || way.method == "installed app"); w.stored() != inClear {
				t.Errorf("the store has a secret: %t, want %t", !inClear, inClear)
			}
			commands := [][]string{{"auth", "status", "-o", "json", "--debug"}, {"doctor", "-p", way.provider, "--debug"}}
			if way.store != "" { // a passphrase takes a second in each
				commands = nil
			}
			for _, args := range commands {
				if code, out := w.run(w.later(), "", args...); code != 0 {
					t.Errorf("%q ended with %d: %s", args, code, out)
				}
			}
			// The tokens end. Refreshed sign-ins go on, and the provider refuses the others.
			advance(t, srv.URL, "360h")
			_, _ = w.run(w.later(), "", "groups", "-p", way.provider, "--debug")
			if code, out := w.run(w.later(), "", "auth", "logout", way.provider); code != 0 || !strings.Contains(out, "signed out of "+way.provider) {
				t.Errorf("logout ended with %d: %s", code, out)
			}
			for _, path := range []string{"/", "/_emulator/requests", "/_emulator/deliveries"} {
				w.absent("the emulator's page "+path, get(t, srv.URL+path))
			}
			w.absent("the emulator's log", logged.String())
			m, err := methods.Find(way.provider, way.method)
			if err != nil || len(w.secrets) == 0 || w.seen == 0 || m.Browser != (w.browsers == 1) {
				t.Errorf("%d secrets, %d looks, %d browsers, %v", len(w.secrets), w.seen, w.browsers, err)
			}
		})
	}
}

// echo answers every request with an error that repeats all of it.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	text := fmt.Sprintf("%s %s %q", body, r.URL, r.Header)
	answer := map[string]any{
		"error": "invalid_client", "error_description": text, "message": text, "code": text, "request_id": text,
		"errors": []any{map[string]string{"code": text, "message": text, "long_message": text, "description": text}},
	}
	if strings.HasPrefix(r.URL.Path, "/v1/spaces") {
		answer = map[string]any{"error": map[string]any{"code": 401, "status": text, "message": text, "details": []any{map[string]string{"reason": text}}}}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("WWW-Authenticate", "Bearer error="+strconv.Quote(text))
	w.WriteHeader(http.StatusUnauthorized)
	_ = json.NewEncoder(w).Encode(answer)
}

// A server that repeats secrets in its errors brings none of them to light.
func TestCanaryEchoed(t *testing.T) {
	for _, way := range sample(2) {
		m, err := methods.Find(way.provider, way.method)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			e, err := emulator.New(emulator.WithAutoApprove())
			if err != nil {
				t.Fatal(err)
			}
			w := newWatch(t, way)
			w.provider(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "auth") && r.Method == http.MethodGet { // the page of a sign-in
					e.ServeHTTP(rw, r)
					return
				}
				echo(rw, r)
			}))
			code, out := w.login()
			if code == 0 { // a token that nothing checks yet
				for _, args := range [][]string{{"auth", "status", "--debug"}, {"doctor", "-p", way.provider, "--debug"}, {"groups", "-p", way.provider, "--debug"}} {
					if code, out := w.run(w.later(), "", args...); code != 1 {
						t.Errorf("%q ended with %d: %s", args, code, out)
					}
				}
			} else if code != 1 || m.Browser && !strings.Contains(out, "invalid_client") {
				t.Errorf("login ended with %d: %s", code, out)
			}
			if w.seen == 0 {
				t.Error("no request arrived")
			}
		})
	}
}
