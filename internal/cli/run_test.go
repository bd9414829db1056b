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

// runWith runs the command in this process, on an emulator.
func runWith(ctx context.Context, stdin io.Reader, emulator string, args ...string) result {
	var out, errs bytes.Buffer
	code := Run(ctx, Process{
		Args: args, Stdin: stdin, Stdout: &out, Stderr: &errs,
		Getenv: func(name string) string {
			if name == emulatorVariable {
				return emulator
			}
			return ""
		},
	})
	return result{code, out.String(), errs.String()}
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
