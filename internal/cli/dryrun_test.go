package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

const dryRunState = `
people:
- {name: Ada, email: ada@example.com}
- {name: Bob, email: bob@example.com}
- {name: Cy, email: cy@example.com}
- {name: Di, email: di@example.com}
groups:
- {name: Club, ids: {clerk: org_club, pubnub: Club}, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}, {email: di@example.com, role: manager}]}
`

// becomes are the results of the changes that a dry run plans. An addition may invite.
var becomes = map[string][]string{
	output.ResultWouldAdd:    {output.ResultAdded, output.ResultInvited},
	output.ResultWouldUpdate: {output.ResultUpdated},
	output.ResultWouldRemove: {output.ResultRemoved},
}

// A dry run of addresses has the results of the run after it: for members, people with an
// account, and addresses without one, alone and in a list, and in a group that does not exist.
func TestDryRunAgreesWithTheRun(t *testing.T) {
	const list = "member\nbob@example.com\ncy@example.com\nBOB@example.com\ndi@example.com\nnobody@example.com\nnone@example.com\n"
	for _, provider := range providers.Names() {
		groups := []string{"Club"}
		if provider == "pubnub" { // elsewhere a name is looked up first
			groups = append(groups, "nowhere")
		}
		for _, op := range []string{"add", "update", "remove"} {
			for _, from := range []string{list, "member\nnobody@example.com\n", "member\ncy@example.com\n"} {
				for _, group := range groups {
					testDryRun(t, provider, op, group, from)
				}
			}
		}
	}
}

func testDryRun(t *testing.T, provider, op, group, from string) {
	t.Helper()
	srv := emulator.NewServer(emulator.WithState("state", []byte(dryRunState)))
	defer srv.Close()
	results := func(more ...string) (out []string) {
		t.Helper()
		args := append([]string{op, "-p", provider, "-g", group, "--from", "-", "-o", "csv", "--no-headers"}, more...)
		if op == "update" {
			args = append(args, "--role", "manager")
		}
		for line := range strings.Lines(runWith(t.Context(), strings.NewReader(from), srv.URL, args...).stdout) {
			result, _, _ := strings.Cut(line, ",")
			out = append(out, result)
		}
		return out
	}
	planned, made := results("--dry-run"), results()
	for i, result := range planned {
		if after := becomes[result]; i < len(made) && slices.Contains(after, made[i]) {
			planned[i] = made[i]
		}
	}
	if diff := cmp.Diff(made, planned); diff != "" || len(made) != strings.Count(from, "\n")-1 {
		t.Errorf("%s %s to %s of %q: the dry run differs (-run +dry run):\n%s", provider, op, group, from, diff)
	}
}
