package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/clitest"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// result is the output and exit code of a run.
type result struct {
	code           int
	stdout, stderr string
}

// run runs the command in this process.
func run(ctx context.Context, stdin io.Reader, env map[string]string, args ...string) result {
	var out, errs bytes.Buffer
	code := Run(ctx, Process{
		Args: args, Stdin: stdin, Stdout: &out, Stderr: &errs,
		Getenv: func(name string) string { return env[name] },
	})
	return result{code, out.String(), errs.String()}
}

// runWith runs the command with an emulator.
func runWith(ctx context.Context, stdin io.Reader, url string, args ...string) result {
	return run(ctx, stdin, map[string]string{emulatorVariable: url}, args...)
}

// members counts the members of a Clerk organization.
func members(t *testing.T, url, group string) int {
	t.Helper()
	res := runWith(t.Context(), nil, url, "list", "-p", "clerk", "-g", group, "-o", "json")
	var rows []struct{}
	if err := json.Unmarshal([]byte(res.stdout), &rows); err != nil || res.code != exit.Done {
		t.Fatalf("%+v: %v", res, err)
	}
	return len(rows)
}

// runEnv runs the command with its own environment.
func runEnv(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	env["HOME"] = t.TempDir()
	return run(t.Context(), nil, env, args...)
}

// watcher is a stderr that signals the arrival of a text.
type watcher struct {
	mu   sync.Mutex
	text strings.Builder
	want string
	came chan struct{}
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	had := strings.Contains(w.text.String(), w.want)
	w.text.Write(p)
	if !had && strings.Contains(w.text.String(), w.want) {
		close(w.came)
	}
	return len(p), nil
}

// While a page is pending, the terminal shows the number of rows so far, and the total if
// the provider has one.
func TestProgressOfAList(t *testing.T) {
	for provider, want := range map[string]string{"clerk": "members: 500 of 2,500", "webex": "members: 1,000"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			srv := emulator.NewServer()
			defer srv.Close()
			groups := run(t.Context(), nil, map[string]string{emulatorVariable: srv.URL}, "groups", "-p", provider, "-o", "csv")
			everyone := strings.Split(strings.Split(groups.stdout, "\n")[3], ",")[2]

			stderr := &watcher{want: want, came: make(chan struct{})}
			var pages atomic.Int32
			srv.Control(func(_ http.ResponseWriter, r *http.Request) bool {
				if pages.Add(1) == 2 {
					select {
					case <-stderr.came:
					case <-r.Context().Done():
					}
				}
				return false
			})
			var out strings.Builder
			code := Run(t.Context(), Process{
				Args:   []string{"list", "-p", provider, "-g", everyone, "-o", "ndjson"},
				Stdout: &out, Stderr: stderr, StderrTerminal: true,
				Getenv: func(name string) string { return map[string]string{emulatorVariable: srv.URL}[name] },
			})
			if rows := strings.Count(out.String(), "\n"); code != exit.Done || rows != 2500 {
				t.Errorf("exit code %d after %d rows: %q", code, rows, stderr.text.String())
			}
			if shown := clitest.Line([]string{stderr.text.String()}); shown != "" || strings.Contains(out.String(), "of 2,500") {
				t.Errorf("%q is left", shown)
			}
		})
	}
}
