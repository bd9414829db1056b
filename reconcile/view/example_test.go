package view_test

import (
	"log"
	"os"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/view"
)

// Text shows a plan with a line for each change.
func ExampleText() {
	plan := &reconcile.Plan{Groups: []reconcile.GroupPlan{{
		Name: "platform", Provider: "clerk", Mode: reconcile.ModeAuthoritative,
		Group: reconcile.PlanGroup{Kind: memberships.KindOrganization, ID: "org_demo", Name: "Demo"},
		Changes: []reconcile.PlannedChange{{
			Op: memberships.OpAdd, Member: reconcile.PlanMember{ID: "user_1", Email: "ada@example.com", Name: "Ada"}, Matched: reconcile.MatchedByAddress,
			To: reconcile.Role{Role: memberships.RoleManager, Name: "org:admin"}, Why: reconcile.Note{Reason: reconcile.ReasonListed, Person: "ada"},
		}},
	}}}
	if err := view.Text(os.Stdout, plan); err != nil {
		log.Fatal(err)
	}
	// Output:
	// platform in clerk: Demo, organization:org_demo, authoritative, 0 members
	// + Ada <ada@example.com>  none -> manager (org:admin)  (the file lists ada; found by address)
	//
	// Plan: 1 to add, 0 to change, 0 to remove in 1 group.
}
