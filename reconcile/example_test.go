package reconcile_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/statefile"
	"github.com/memberships-go/memberships/reconcile/view"
)

// A desired state becomes a plan, and the plan is applied with a journal. The next plan is
// empty.
func Example() {
	srv := emulator.NewServer() // without it and WithBaseURL, this is the real Clerk
	defer srv.Close()
	p, err := providers.Open("clerk", option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	clients := []*memberships.Client{memberships.New(p)}
	desired, err := statefile.Load([]string{"-"}, statefile.Options{Stdin: strings.NewReader(`
version: 1
groups:
  platform:
    in: {clerk: org_solo}
    members: {ada@example.com: manager, grace@example.com: member}
`)})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	plan, err := reconcile.NewPlan(desired, reconcile.Look(ctx, clients, desired, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := view.Text(os.Stdout, plan); err != nil {
		log.Fatal(err)
	}
	report, err := reconcile.Apply(ctx, clients, plan, new(reconcile.MemoryJournal), reconcile.ApplyOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range report.Results {
		fmt.Println(r.Outcome, r.Change.Op, r.Change.Member.Email)
	}
	plan, err = reconcile.NewPlan(desired, reconcile.Look(ctx, clients, desired, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(view.Summary(plan))
	// Output:
	// platform in clerk: Solo, organization:org_solo, additive, 1 member
	// + Grace Hopper <grace@example.com>  none -> member (org:member)  (the file lists grace@example.com; found by address)
	//
	// Plan: 1 to add, 0 to change, 0 to remove in 1 group.
	// done add grace@example.com
	// Plan: 0 to add, 0 to change, 0 to remove in 1 group.
}

// staff returns a client of a provider in memory, whose group "staff" has a manager and
// members.
func staff(members ...string) *memberships.Client {
	group := memberships.Group{Kind: memberships.KindGroup, ID: "staff", Name: "Staff"}
	rows := []memberships.Membership{{Member: memberships.Member{ID: "1", Email: "ada@example.com"}, Role: memberships.RoleManager}}
	for i, name := range members {
		rows = append(rows, memberships.Membership{Member: memberships.Member{ID: fmt.Sprint(i + 2), Email: name + "@example.com"}})
	}
	others := memprovider.WithPeople(memberships.Member{ID: "2"}, memberships.Member{ID: "3"})
	return memberships.New(memprovider.New(memprovider.WithGroup(group, rows...), others))
}

// A plan that would remove more than half of a group is blocked. The exact number of its
// removals, after a review, lifts the limit.
func ExampleNewPlan() {
	clients := []*memberships.Client{staff("bob", "eve")}
	desired := &reconcile.Desired{
		People: map[string]reconcile.Person{"ada": {Key: "ada", Email: "ada@example.com"}},
		Groups: []reconcile.Group{{
			Name: "staff", Mode: reconcile.ModeAuthoritative, In: map[string]memberships.Group{"memory": {ID: "staff"}},
			Members: []reconcile.Wanted{{Person: "ada", Role: memberships.RoleManager}},
		}},
	}
	seen := reconcile.Look(context.Background(), clients, desired, reconcile.LookOptions{})
	for _, allowed := range []int{0, 2} {
		plan, err := reconcile.NewPlan(desired, seen, reconcile.PlanOptions{AllowRemovals: allowed})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(plan.Summary().Remove, "removals, blocked:", plan.IsBlocked())
		for _, note := range plan.Groups[0].Blocked {
			fmt.Println(note.Reason)
		}
	}
	// Output:
	// 0 removals, blocked: true
	// half
	// 2 removals, blocked: false
}

// Apply refuses a group that another client has changed since the plan, and names the
// change.
func ExampleApply() {
	ctx, client := context.Background(), staff()
	clients := []*memberships.Client{client}
	desired := &reconcile.Desired{
		People: map[string]reconcile.Person{"bob": {Key: "bob", IDs: map[string]memberships.Member{"memory": {ID: "2"}}}},
		Groups: []reconcile.Group{{
			Name: "staff", Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{"memory": {ID: "staff"}},
			Members: []reconcile.Wanted{{Person: "bob"}},
		}},
	}
	plan, err := reconcile.NewPlan(desired, reconcile.Look(ctx, clients, desired, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Add(ctx, memberships.Group{ID: "staff"}, memberships.Member{ID: "3"}, memberships.RoleMember); err != nil {
		log.Fatal(err)
	}
	report, err := reconcile.Apply(ctx, clients, plan, new(reconcile.MemoryJournal), reconcile.ApplyOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range report.Results {
		fmt.Println(r.Outcome, r.Change.Op, r.Change.Member.ID)
	}
	for _, moved := range report.Moved {
		fmt.Println(moved.Name, moved.Moves)
	}
	// Output:
	// moved add 2
	// staff [3 joined as member]
}
