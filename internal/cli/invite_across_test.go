package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// The members of a Box group become members or invited in Clerk, and a second run invites
// nobody again.
func TestInviteAcrossProviders(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	accounts, err := clerk.New(option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"alan@example.com", "grace@example.com"} {
		u, err := accounts.Users.FindByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		if err := accounts.Users.Delete(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
	}
	run := func(stdin string, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		code := Run(t.Context(), Process{
			Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
			Getenv: func(name string) string { return map[string]string{"MEMBERSHIPS_EMULATOR": srv.URL}[name] },
		})
		if code != 0 {
			t.Fatalf("%q: exit code %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	results := func() map[string]int {
		counts := map[string]int{}
		for line := range strings.Lines(run(run("", "list", "-p", "box", "-g", "Demo", "-o", "ndjson"), "add", "-p", "clerk", "-g", "org_solo", "--from", "-", "--invite", "-o", "csv", "--no-headers")) {
			result, _, _ := strings.Cut(line, ",")
			counts[result]++
		}
		return counts
	}
	for _, want := range []map[string]int{{"added": 22, "already": 1, "invited": 2}, {"already": 23, "already-invited": 2}} {
		if diff := cmp.Diff(want, results()); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
	}
	states := slices.Sorted(strings.Lines(run("", "list", "-p", "clerk", "-g", "org_solo", "--state", "invited", "-o", "csv", "--no-headers")))
	if len(states) != 2 {
		t.Errorf("invited: %q", states)
	}
}
