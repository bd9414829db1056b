package browser

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/memberships-go/memberships/emulator"
)

// handVariable is set in a process of this test binary that is the program BROWSER. It is the
// address that gets the URL to open.
const handVariable = "BROWSER_TEST_HAND"

func TestMain(m *testing.M) {
	to := os.Getenv(handVariable)
	if to == "" || len(os.Args) != 2 {
		os.Exit(m.Run())
	}
	resp, err := http.PostForm(to, url.Values{"url": {os.Args[1]}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = resp.Body.Close()
}

// command is the built command in a home of its own.
type command struct {
	t    *testing.T
	path string
	env  []string
	// urls has the pages that it opens a browser for.
	urls chan string
}

func build(t *testing.T) *command {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "memberships")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-C", "..", "-o", path, "./cmd/memberships").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &command{t: t, path: path, urls: make(chan string, 4)}
	hand := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { c.urls <- r.FormValue("url") }))
	t.Cleanup(hand.Close)
	c.env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "BROWSER=" + self, handVariable + "=" + hand.URL}
	return c
}

// result is the end of a run.
type result struct {
	code           int
	stdout, stderr string
}

// start runs the command, whose result is in the channel.
func (c *command) start(stdin string, args ...string) <-chan result {
	c.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(c.t.Context(), c.path, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.env, strings.NewReader(stdin), &out, &errs
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	done := make(chan result, 1)
	go func() {
		var failed *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &failed) {
			c.t.Error(err)
		}
		done <- result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	}()
	return done
}

// await returns a value of a channel.
func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(30 * time.Second):
		t.Fatalf("%s does not come", what)
		panic("unreachable")
	}
}

// A person signs in with the command and Chromium: the page that the command opens names the
// person, who approves or denies, and the command ends with the decision.
func TestCommandSignsIn(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("state", []byte(state)))
	defer srv.Close()
	c := build(t)
	secrets := filepath.Join(t.TempDir(), "client_secrets.json")
	if err := os.WriteFile(secrets, []byte(`{"installed":{"client_id":"id","client_secret":"canary-secret"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	registered := []string{"--set", "client_id=id", "--set", "redirect_url=http://127.0.0.1:0/callback"}
	b := open(t, srv.URL)
	for provider, flags := range map[string][]string{
		"webex": registered, "box": registered, "googlechat": {"--client-secrets", secrets, "--set", "account=grace@example.com"},
	} {
		for _, decision := range []string{"deny", "approve"} {
			t.Run(provider+" "+decision, func(t *testing.T) {
				b, c := tab{t, b.ctx, b.console}, &command{t, c.path, c.env, c.urls}
				done := c.start("canary-secret\n", append([]string{"auth", "login", provider, "--store", "file", "--base-url", srv.URL}, flags...)...)
				page := await(t, "the page", c.urls)
				if !strings.HasPrefix(page, srv.URL) || strings.Contains(page, "canary") {
					t.Errorf("the page is %s", page)
				}
				b.run(chromedp.Navigate(page))
				b.until("document.querySelector('button[value=" + decision + "]') !== null")
				b.run(chromedp.SetValue("select[name=person]", "grace@example.com"), chromedp.Click("button[value="+decision+"]"))
				got := await(t, "the end of the command", done)
				b.until("document.title === 'Sign-in' && document.readyState === 'complete'")
				if text := eval[string](b, "document.documentElement.outerHTML"); strings.Contains(text, "code") || strings.Contains(text, "state") {
					t.Errorf("the last page is %s", text)
				}
				want := result{code: 1, stderr: provider + ": the sign-in was refused: access_denied"}
				if decision == "approve" {
					want = result{stderr: "signed in at " + provider}
				}
				if got.code != want.code || got.stdout != "" || !strings.Contains(got.stderr, want.stderr) || strings.Contains(got.stderr, "canary") {
					t.Errorf("got %+v, want %+v", got, want)
				}
				state := map[string]string{"deny": "not signed in", "approve": "works"}[decision]
				if row := c.status(provider); row["state"] != state {
					t.Errorf("the status is %v", row)
				}
				if decision == "deny" {
					return
				}
				if all := srv.Requests(); all[len(all)-1].Caller != "grace@example.com" {
					t.Errorf("the last request is %+v", all[len(all)-1])
				}
				if got := await(t, "the end of logout", c.start("", "auth", "logout", provider)); got.code != 0 {
					t.Errorf("logout: %+v", got)
				}
			})
		}
	}
	if faults := b.console.all(); len(faults) > 0 {
		t.Errorf("the console has %q", faults)
	}
}

// status returns the row of a provider.
func (c *command) status(provider string) map[string]string {
	c.t.Helper()
	got := await(c.t, "the status", c.start("", "auth", "status", "-o", "json"))
	var rows []map[string]string
	if err := json.Unmarshal([]byte(got.stdout), &rows); err != nil {
		c.t.Fatalf("%+v: %v", got, err)
	}
	for _, row := range rows {
		if row["provider"] == provider {
			return row
		}
	}
	return nil
}
