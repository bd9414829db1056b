package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"testing"
)

// result is what a run left behind.
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

// runWith runs the command on an emulator.
func runWith(ctx context.Context, stdin io.Reader, url string, args ...string) result {
	return run(ctx, stdin, map[string]string{emulatorVariable: url}, args...)
}

// members counts the members of a Clerk organization.
func members(t *testing.T, url, group string) int {
	t.Helper()
	res := runWith(t.Context(), nil, url, "list", "-p", "clerk", "-g", group, "-o", "json")
	var rows []struct{}
	if err := json.Unmarshal([]byte(res.stdout), &rows); err != nil || res.code != exitDone {
		t.Fatalf("%+v: %v", res, err)
	}
	return len(rows)
}

// runEnv runs the command with an environment of its own.
func runEnv(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	env["HOME"] = t.TempDir()
	return run(t.Context(), nil, env, args...)
}
