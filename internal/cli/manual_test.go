package cli

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// The manual has every variable that a run reads.
func TestEnvironmentIsWhole(t *testing.T) {
	known := map[string]bool{}
	for _, f := range Environment() {
		for name := range strings.SplitSeq(f.Name, ", ") {
			if known[name] {
				t.Errorf("%s is listed twice", name)
			}
			known[name] = true
		}
	}
	var mu sync.Mutex
	asked := map[string]bool{}
	for _, args := range [][]string{{"doctor"}, {"groups", "-p", "googlechat"}, {"demo"}, {"of", "x"}, {"list", "-p", "clerk", "-g", "org_1", "--profile", "x"}} {
		Run(t.Context(), Process{Args: args, Stdout: io.Discard, Stderr: io.Discard, StdoutTerminal: true, Getenv: func(name string) string {
			mu.Lock()
			defer mu.Unlock()
			asked[name] = true
			return map[string]string{"TERM": "xterm"}[name]
		}})
	}
	for name := range asked {
		if !known[name] {
			t.Errorf("%s is read and not in the manual", name)
		}
	}
	for _, name := range []string{"NO_COLOR", "TERM", "HOME", "MEMBERSHIPS_EMULATOR", "MEMBERSHIPS_PROFILE", "MEMBERSHIPS_CONFIG", "XDG_CONFIG_HOME", "CLERK_SECRET_KEY"} {
		if !known[name] || !asked[name] {
			t.Errorf("%s: in the manual %v, read %v", name, known[name], asked[name])
		}
	}
}

// The exit codes in the manual equal those in the code, in order.
func TestExitStatus(t *testing.T) {
	codes := func(command string) (codes []string) {
		for _, f := range ExitStatus(command) {
			if f.Text == "" {
				t.Errorf("%s: %s has no meaning", command, f.Name)
			}
			codes = append(codes, f.Name)
		}
		return codes
	}
	var all []string
	for _, code := range []int{exit.Done, exit.Failed, exit.Usage, exit.Partly, exit.Interrupted, exit.BrokenPipe, exit.Terminated} {
		all = append(all, strconv.Itoa(code))
	}
	if diff := cmp.Diff(all, codes("list")); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Concat(all, []string{"0", "1", "4", "5"}), codes("check")); diff != "" {
		t.Errorf("check (-want +got):\n%s", diff)
	}
}

// helpList keeps within the width and includes every fact.
func TestHelpList(t *testing.T) {
	got := helpList([]Fact{{"1", "one"}, {"LONG_NAME_OF_A_VARIABLE_THAT_IS", "long"}, {"two", strings.Repeat("word ", 20)}})
	want := "    1    one\n    LONG_NAME_OF_A_VARIABLE_THAT_IS\n         long\n    two  " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n         " + strings.TrimSpace(strings.Repeat("word ", 6))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// --version prints the same line as version, and accepts no other argument.
func TestVersion(t *testing.T) {
	want := run(t.Context(), nil, nil, "version")
	if diff := cmp.Diff(want.stdout, run(context.Background(), nil, nil, "--version").stdout); diff != "" || want.code != exit.Done {
		t.Errorf("%+v (-version +--version):\n%s", want, diff)
	}
	for args, text := range map[string]string{
		"--version list":     "unknown flag: --version",
		"list --version":     "unknown flag: --version",
		"--version nonsense": "there is no command",
		"--version=maybe":    "--version takes true or false",
	} {
		if res := run(t.Context(), nil, nil, strings.Fields(args)...); res.code != exit.Usage || !strings.Contains(res.stderr, text) || res.stdout != "" {
			t.Errorf("%s: got %+v, want %q", args, res, text)
		}
	}
}
