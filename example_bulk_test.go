package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"

	"github.com/memberships-go/memberships"
)

// A change that fails does not stop the others, and every change has a result.
func ExampleClient_Apply() {
	ctx, client := context.Background(), demoClient()
	demo := memberships.Group{ID: "demo"}
	of := func(name string) memberships.Ref {
		return memberships.Ref{Group: demo, Member: memberships.Member{Email: name + "@example.com"}}
	}
	changes := []memberships.Change{
		{Op: memberships.OpAdd, Ref: of("niklaus")},
		{Op: memberships.OpAdd, Ref: of("ada")},
		{Op: memberships.OpUpdate, Ref: of("alan"), Role: memberships.RoleManager},
		{Op: memberships.OpRemove, Ref: of("nobody")},
		{Op: memberships.OpRemove, Ref: of("claude")},
	}
	for r, err := range client.Apply(ctx, slices.Values(changes), memberships.BulkOptions{}) {
		switch {
		case err != nil:
			log.Fatal(err) // the context has ended
		case errors.Is(r.Err, memberships.ErrOutcomeUnknown):
			fmt.Println(r.Change.Op, r.Change.Ref.Member, "may have been made")
		case r.Err != nil:
			fmt.Println(r.Change.Op, r.Change.Ref.Member, "failed:", r.Err)
		default:
			fmt.Println(r.Change.Op, r.Change.Ref.Member, "made:", r.Membership.Role)
		}
	}
	// Output:
	// add niklaus@example.com made: member
	// add ada@example.com failed: memory: add: already exists
	// update alan@example.com made: manager
	// remove nobody@example.com failed: memory: remove: not a member: no account and no member of the group has this e-mail address
	// remove claude@example.com made: member
}

// ListAll yields the memberships of all groups, which come in any order.
func ExampleClient_ListAll() {
	ctx, client := context.Background(), demoClient()
	groups := map[string][]string{}
	var summary memberships.Summary
	for m, err := range client.ListAll(ctx, memberships.ManyOptions{}, memberships.WithSummary(&summary)) {
		if err != nil {
			log.Fatal(err)
		}
		groups[m.Member.ID] = append(groups[m.Member.ID], m.Group.ID)
	}
	slices.Sort(groups["ada"])
	fmt.Println("ada is in", groups["ada"])
	fmt.Println(summary.Total, "memberships of", len(groups), "members, complete:", summary.Coverage.Complete())
	// Output:
	// ada is in [demo solo]
	// 6 memberships of 5 members, complete: true
}

// Every ref has a result, in the order of the refs. The group is read once for all of them.
func ExampleClient_GetMany() {
	ctx, client := context.Background(), demoClient()
	var refs []memberships.Ref
	for _, name := range []string{"ada", "niklaus", "nobody@example.com", "donald@example.com"} {
		refs = append(refs, memberships.Ref{Group: memberships.Group{ID: "demo"}, Member: memberships.ParseMember(name)})
	}
	found, err := client.GetMany(ctx, refs, memberships.BulkOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for i, l := range found {
		switch {
		case errors.Is(l.Err, memberships.ErrNotMember):
			fmt.Println(refs[i].Member, "is not a member")
		case l.Err != nil:
			fmt.Println(refs[i].Member, "has no result:", l.Err)
		default:
			fmt.Println(refs[i].Member, "is", l.Membership.Role)
		}
	}
	// Output:
	// ada is owner
	// niklaus is not a member
	// nobody@example.com has no result: memory: resolve: no such member
	// donald@example.com is member
}
