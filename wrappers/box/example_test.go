package box_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// The loop lists the members of the first group and fetches pages as it needs them.
func Example() {
	srv := emulator.NewServer() // instead of the real provider
	defer srv.Close()
	ctx := context.Background()

	client, err := box.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	for group, err := range client.Groups.List(ctx, box.ListGroupsParams{}) {
		if err != nil {
			log.Fatal(err)
		}
		for m, err := range client.Memberships.ListByGroup(ctx, group.ID, box.ListGroupMembershipsParams{}) {
			if err != nil {
				log.Fatal(err) // the list is incomplete
			}
			if m.Role == box.RoleAdmin {
				fmt.Println(group.Name, "is run by", m.User.Name)
			}
		}
		break
	}
	// Output:
	// Demo is run by Ada Lovelace
	// Demo is run by Grace Hopper
}

// A second addition of a member fails with an error kind of its own.
func ExampleMembershipsService_Create() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := box.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	group, err := client.Groups.Create(ctx, box.CreateGroupRequest{Name: "Book club"}, box.CreateGroupParams{})
	if err != nil {
		log.Fatal(err)
	}
	grace, err := client.Users.FindByEmail(ctx, "grace@example.com")
	if err != nil {
		log.Fatal(err)
	}
	add := box.CreateMembershipRequest{User: box.UserRef{ID: grace.ID}, Group: box.GroupRef{ID: group.ID}}
	m, err := client.Memberships.Create(ctx, add, box.CreateMembershipParams{})
	fmt.Println(m.User.Name, m.Role, err)
	_, err = client.Memberships.Create(ctx, add, box.CreateMembershipParams{})
	var e *memberships.Error
	fmt.Println(errors.Is(err, memberships.ErrAlreadyExists), errors.As(err, &e) && e.StatusCode == 409)
	// Output:
	// Grace Hopper member <nil>
	// true true
}

// A request keeps, removes or sets the permissions of an admin of a group. A map grants the
// permissions that it does not name.
func ExampleMembershipsService_Update_permissions() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := box.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	alan, err := client.Users.FindByEmail(ctx, "alan@example.com")
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range client.Memberships.ListByUser(ctx, alan.ID, box.ListUserMembershipsParams{}) {
		if err != nil {
			log.Fatal(err)
		}
		for _, change := range []box.UpdateMembershipRequest{
			{Role: box.RoleAdmin}, // absent
			{ConfigurablePermissions: nullable.NewNullNullable[map[string]bool]()},
			{ConfigurablePermissions: nullable.NewNullableWithValue(map[string]bool{"can_run_reports": false})},
			{Role: box.RoleMember},
		} {
			m, err := client.Memberships.Update(ctx, m.ID, change, box.UpdateMembershipParams{})
			if err != nil {
				log.Fatal(err)
			}
			allowed, err := m.ConfigurablePermissions.Get() // an error for a member
			fmt.Println(m.Role, allowed["can_edit_accounts"], allowed["can_run_reports"], err == nil)
		}
	}
	// Output:
	// admin true true true
	// admin false false true
	// admin true false true
	// member false false false
}

// The calls are the same for every provider; Native has the fields of Box.
func ExampleClient_Provider() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := box.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(client.Provider())
	for g, err := range c.Groups(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		m, err := c.Add(ctx, g, memberships.ParseMember("radia@example.com"), memberships.RoleManager)
		if err != nil {
			log.Fatal(err)
		}
		own, _ := memberships.Native[*box.Membership](m)
		allowed, err := own.ConfigurablePermissions.Get()
		fmt.Println(m.Member.Name, "is a", m.Role, "of", m.Group.Name, "and may run reports:", allowed["can_run_reports"], err)
		removed, err := c.Remove(ctx, m.Ref())
		fmt.Println(removed.Member.Name, "was removed", err)
		fmt.Println(c.Check(ctx, g, m.Member))
		break
	}
	// Output:
	// Radia Perlman is a manager of Demo and may run reports: true <nil>
	//  was removed <nil>
	// not a member <nil>
}

// With an app's own credentials, the client gets its tokens by itself.
func ExampleWithClientCredentials() {
	srv := emulator.NewServer()
	defer srv.Close()
	client, err := box.New(
		option.WithBaseURL(srv.URL),
		box.WithClientCredentials("client id", "client secret", box.SubjectEnterprise, "900001"),
	)
	if err != nil {
		log.Fatal(err)
	}
	me, err := client.Users.GetMe(context.Background(), box.GetMeParams{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Name)
	// Output:
	// Ada Lovelace
}
