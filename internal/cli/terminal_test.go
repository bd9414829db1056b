package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/clitest"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// watched runs the command on a terminal.
func watched(ctx context.Context, env map[string]string, args ...string) result {
	var out, errs bytes.Buffer
	code := Run(ctx, Process{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, StdoutTerminal: true, StderrTerminal: true,
		Getenv: func(name string) string { return env[name] },
	})
	return result{code, out.String(), errs.String()}
}

// Texts from a provider, such as names, addresses, error messages and request ids, never
// reach a terminal unescaped.
func TestProvidersDoNotMoveTheCursor(t *testing.T) {
	const bad = `\u001b[31m\u009b31m\u202e\u2066\u200f\u007f\u2028`
	answers := map[string]string{
		"/v1/organizations":                   `{"data":[{"id":"org_1","name":"` + bad + `x"}],"total_count":1}`,
		"/v1/organizations/org_1/memberships": `{"data":[{"id":"m","role":"` + bad + `","organization":{"id":"org_1","name":"n"},"public_user_data":{"user_id":"user_1","identifier":"` + bad + `y","first_name":"` + bad + `z"}}],"total_count":1}`,
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if body := answers[r.URL.Path]; body != "" {
			fmt.Fprint(w, body)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errors":[{"code":"`+bad+`","message":"`+bad+`"}],"clerk_trace_id":"`+bad+`"}`)
	}))
	defer srv.Close()
	env := map[string]string{"CLERK_SECRET_KEY": "sk_test_1", "CLERK_API_URL": srv.URL, "HOME": t.TempDir()}
	for _, args := range [][]string{
		{"groups"}, {"list", "-g", "org_1"}, {"list", "-g", "org_2"}, {"export"}, {"doctor"},
		{"get", "-g", "org_1", "-m", "user_1"}, {"of", "user_1"}, {"add", "-g", "org_2", "-m", "user_2"},
	} {
		for _, format := range output.Formats {
			args := append(args, "-p", "clerk", "-o", format, "--debug")
			res := watched(t.Context(), env, args...)
			clitest.CheckTerminal(t, fmt.Sprint(args, " stdout"), res.stdout)
			clitest.CheckTerminal(t, fmt.Sprint(args, " stderr"), res.stderr)
			if shown := res.stdout + res.stderr; !strings.Contains(shown, "[31m") && args[0] != "doctor" {
				t.Errorf("%v does not show what was sent: %q", args, shown)
			}
		}
	}
}

// A message that quotes an argument has no control characters.
func TestArgumentsDoNotMoveTheCursor(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	env := map[string]string{emulatorVariable: srv.URL, "HOME": t.TempDir()}
	for _, bad := range []string{"\u009b31m", "\x1b[31m", "\x9b31m", "\u202ex", "\x7f", "a\rb\nc", "\u2066", "\u200f"} {
		for _, args := range [][]string{
			{"l" + bad}, {"--x" + bad}, {"-" + bad}, {"list", "--x" + bad}, {"list", "-" + bad}, {"list", bad}, {"help", bad},
			{"completion", bad}, {"list", "-o", bad}, {"list", "-p", bad}, {"list", "--limit", bad}, {"list", "--timeout=" + bad},
			{"list", "-p", "clerk", "-g", bad}, {"list", "-p", "clerk", "-g", "org_demo", "-r", bad}, {"of", bad},
			{"check", "-p", "clerk", "-g", "org_demo", "-m", bad}, {"add", "-p", "clerk", "-g", "org_demo", "--from", bad},
			{"groups", "-p", "clerk", "--base-url", bad}, {"emulate", "--listen", bad}, {"emulate", "--state", bad}, {"emulate", "--faults", bad},
			{"__complete", "list", "--x" + bad, ""}, {"__complete", bad, ""}, {"list", "--help", bad}, {"list", bad, "--help"},
		} {
			res := watched(t.Context(), env, args...)
			clitest.CheckTerminal(t, fmt.Sprintf("%q stdout", args), res.stdout)
			clitest.CheckTerminal(t, fmt.Sprintf("%q stderr", args), res.stderr)
		}
		for _, variable := range []string{"MEMBERSHIPS_EMULATOR", "MEMBERSHIPS_CONFIG", "MEMBERSHIPS_PROFILE", "CLERK_API_URL", "GOOGLE_APPLICATION_CREDENTIALS"} {
			env := map[string]string{variable: bad, "HOME": t.TempDir()}
			if variable == "CLERK_API_URL" {
				env["CLERK_SECRET_KEY"] = "sk_test_1"
			}
			for _, args := range [][]string{{"groups", "-p", "clerk"}, {"groups", "-p", "googlechat"}, {"doctor"}} {
				res := watched(t.Context(), env, args...)
				clitest.CheckTerminal(t, fmt.Sprintf("%s=%q %q stderr", variable, bad, args), res.stdout+res.stderr)
			}
		}
	}
}

// The results of --jq reach a terminal without control characters.
func TestQueriesDoNotMoveTheCursor(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	env := map[string]string{emulatorVariable: srv.URL, "HOME": t.TempDir()}
	res := watched(t.Context(), env, "groups", "-p", "clerk", "--jq", `.[0].group_name + "\u001b[31m\u202e" | ., error`)
	clitest.CheckTerminal(t, "stdout", res.stdout)
	clitest.CheckTerminal(t, "stderr", res.stderr)
	if res.code != exit.Failed || !strings.Contains(res.stdout, `\u001b[31m\u202e`) {
		t.Errorf("got %+v", res)
	}
}
