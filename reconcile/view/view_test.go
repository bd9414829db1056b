package view_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/view"
)

var update = flag.Bool("update", false, "write the golden files")

// plan has a line of each kind, with names that try to be something else.
func plan() *reconcile.Plan {
	ada := reconcile.PlanMember{Kind: memberships.MemberUser, ID: "1", Email: "ada@example.com", Name: "Ada Lovelace"}
	bob := reconcile.PlanMember{Kind: memberships.MemberUser, ID: "2", Email: "bob@example.com", Name: "Bob\x1b[31m\n- Eve | `x` <script>"}
	app := reconcile.PlanMember{Kind: memberships.MemberApp, ID: "users/9"}
	role := func(r memberships.Role, name string) reconcile.Role { return reconcile.Role{Role: r, Name: name} }
	return &reconcile.Plan{Groups: []reconcile.GroupPlan{
		{
			Name: "platform", Provider: "clerk", Mode: reconcile.ModeAuthoritative, Group: reconcile.PlanGroup{Kind: "organization", ID: "org_demo", Name: "Demo"},
			Observed: reconcile.GroupState{Rows: make([]reconcile.Row, 4)},
			Changes: []reconcile.PlannedChange{
				{Op: memberships.OpAdd, Member: ada, Matched: reconcile.MatchedByAlias, To: role("manager", "org:admin"), Why: reconcile.Note{Reason: reconcile.ReasonListed, Person: "ada"}},
				{Op: memberships.OpAdd, Member: reconcile.PlanMember{Email: "new@example.com"}, To: role("member", "org:member"), Invite: true, Why: reconcile.Note{Reason: reconcile.ReasonListed, Person: "new"}},
				{Op: memberships.OpUpdate, Member: bob, From: role("manager", "org:admin"), To: role("member", "org:member"), Why: reconcile.Note{Reason: reconcile.ReasonRole, Person: "bob"}},
				{Op: memberships.OpRemove, Member: bob, From: role("member", "org:member"), Invited: true, Why: reconcile.Note{Reason: reconcile.ReasonNotListed}},
			},
			Left: []reconcile.LeftAlone{
				{Member: ada, Role: role("manager", "org:admin"), Why: reconcile.Note{Reason: reconcile.ReasonLastManager}, Blocked: true},
				{Member: app, Why: reconcile.Note{Reason: reconcile.ReasonNoPerson}},
				{Member: app, Why: reconcile.Note{Reason: reconcile.ReasonIgnored, Person: "app:*"}},
				{Member: app, Why: reconcile.Note{Reason: reconcile.ReasonIgnored, Person: "app:*"}},
			},
		},
		{Name: "quiet", Provider: "box"},
		{
			Name: "large", Provider: "box", Mode: reconcile.ModeAuthoritative, Group: reconcile.PlanGroup{Kind: "group", ID: "9"}, Observed: reconcile.GroupState{Rows: make([]reconcile.Row, 1)}, Removals: 30,
			Blocked: []reconcile.Note{{Reason: reconcile.ReasonLimit, Removals: 30, Of: 90, Count: 10, Percent: 10}},
			Held:    []reconcile.PlannedChange{{Op: memberships.OpRemove, Member: ada, From: role("member", ""), Why: reconcile.Note{Reason: reconcile.ReasonNotListed}}},
		},
	}}
}

func TestViews(t *testing.T) {
	for name, write := range map[string]func(*strings.Builder, *reconcile.Plan) error{
		"plan.txt": func(b *strings.Builder, p *reconcile.Plan) error { return view.Text(b, p) },
		"plan.md":  func(b *strings.Builder, p *reconcile.Plan) error { return view.Markdown(b, p) },
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			if err := write(&got, plan()); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The plan of nothing has its numbers alone, and a failed or blocked one says so.
func TestNumbers(t *testing.T) {
	for name, tt := range map[string]struct {
		plan reconcile.Plan
		want string
	}{
		"nothing": {reconcile.Plan{}, "Plan: 0 to add, 0 to change, 0 to remove in 0 groups.\n"},
		"failed":  {reconcile.Plan{Failed: "cancelled"}, "# the plan cannot be applied: the groups were not read to the end: cancelled\nPlan, blocked as a whole: 0 to add, 0 to change, 0 to remove in 0 groups.\n"},
		"blocked": {reconcile.Plan{Blocked: []reconcile.Note{{Reason: reconcile.ReasonRunCeiling, Removals: 501, Count: 500}}}, "# the plan is blocked: 501 removals in all groups exceed the ceiling of 500: review them, then pass --allow-removals\nPlan, blocked as a whole: 0 to add, 0 to change, 0 to remove in 0 groups.\n"},
	} {
		var got strings.Builder
		if err := view.Text(&got, &tt.plan); err != nil || got.String() != tt.want {
			t.Errorf("%s: got %q, %v", name, got.String(), err)
		}
	}
}
