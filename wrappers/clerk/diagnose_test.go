package clerk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
)

// Diagnose returns the permissions of a key, with or without organizations.
func TestProviderDiagnose(t *testing.T) {
	const nowhere = "org_000000000000000000000000000"
	const nothing = "user_000000000000000000000000000"
	const groups, of = "GET /organizations", "GET /users/" + nothing + "/organization_memberships"
	const change = "PATCH /organizations/" + nowhere + "/memberships/" + nothing
	members := func(id string) string { return "GET /organizations/" + id + "/memberships" }
	type table = map[string]any
	const a, d, u = memberships.VerdictAllowed, memberships.VerdictDenied, memberships.VerdictUndetermined
	tests := map[string]struct {
		answers  table
		verdicts []memberships.Verdict // in the order of memberships.Operations
	}{
		"all": {
			table{groups: `{"data":[{"id":"o"}],"total_count":3}`, members("o"): inOrg, of: 404, change: 404},
			[]memberships.Verdict{a, a, a, a, a, a, a},
		},
		"no organization": {
			table{groups: none, members(nowhere): 404, of: none, change: 422},
			[]memberships.Verdict{a, a, a, a, a, a, a},
		},
		"organizations disabled": {
			table{groups: 403, members(nowhere): 403, of: 403, change: 403},
			[]memberships.Verdict{d, d, d, d, d, d, d},
		},
		"readable": {
			table{groups: `{"data":[{"id":"o"}],"total_count":3}`, members("o"): inOrg, of: none, change: 403},
			[]memberships.Verdict{a, a, a, a, d, d, d},
		},
		"failed requests": {
			table{groups: none, members(nowhere): 500, of: 429, change: 503},
			[]memberships.Verdict{a, u, u, u, u, u, u},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var sent []string
			got, err := answers(t, &sent, tt.answers).Diagnose(t.Context())
			if err != nil || got.Identity == "" {
				t.Fatalf("got %+v, %v", got, err)
			}
			var ops []memberships.Operation
			var verdicts []memberships.Verdict
			for _, f := range got.Findings {
				ops, verdicts = append(ops, f.Operation), append(verdicts, f.Verdict)
				if f.Verdict != a && f.Detail == "" || f.Verdict == d && f.Grant == "" {
					t.Errorf("got %+v", f)
				}
			}
			if diff := cmp.Diff(memberships.Operations(), ops); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.verdicts, verdicts); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
	for _, status := range []int{401, 500} {
		var sent []string
		if got, err := answers(t, &sent, table{groups: status}).Diagnose(t.Context()); err == nil {
			t.Errorf("status %d: %+v", status, got)
		}
	}
}

// Diagnose allows every operation of the emulator's key and changes no membership.
func TestProviderDiagnoseChangesNothing(t *testing.T) {
	c, _ := portable(t)
	before := wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: orgDemo}))
	d, err := c.Diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Findings {
		if f.Verdict != memberships.VerdictAllowed {
			t.Errorf("got %+v", f)
		}
	}
	if diff := cmp.Diff(before, wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: orgDemo}))); diff != "" {
		t.Errorf("members (-before +after):\n%s", diff)
	}
}
