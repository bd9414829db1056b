package clerk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// The loop lists the administrators of an organization and fetches pages as it needs
// them.
func Example() {
	srv := emulator.NewServer() // instead of the real provider
	defer srv.Close()
	ctx := context.Background()

	client, err := clerk.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	org, err := client.Organizations.Get(ctx, "demo", clerk.GetOrganizationParams{})
	if err != nil {
		log.Fatal(err)
	}
	admins := clerk.ListOrganizationMembershipsParams{Role: []string{clerk.RoleAdmin}}
	for m, err := range client.Memberships.ListByOrganization(ctx, org.ID, admins) {
		if err != nil {
			log.Fatal(err) // the list is incomplete
		}
		fmt.Println(org.Name, "is run by", m.PublicUserData.FirstName, m.PublicUserData.LastName)
	}
	// Output:
	// Demo is run by Ada Lovelace
	// Demo is run by Grace Hopper
}

// The addition of an existing member fails with its own kind of error.
func ExampleMembershipsService_Create() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := clerk.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.FindByEmail(ctx, "radia@example.com")
	if err != nil {
		log.Fatal(err)
	}
	add := clerk.CreateMembershipRequest{UserID: user.ID, Role: clerk.RoleMember}
	m, err := client.Memberships.Create(ctx, "org_demo", add)
	fmt.Println(m.PublicUserData.Identifier, m.RoleName, err)
	_, err = client.Memberships.Create(ctx, "org_demo", add)
	var e *memberships.Error
	fmt.Println(errors.Is(err, memberships.ErrAlreadyExists), errors.As(err, &e) && e.StatusCode == 400)
	// Output:
	// radia@example.com Member <nil>
	// true true
}

// The portable calls are the same for every provider, and Native returns Clerk's own type.
func ExampleClient_Provider() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := clerk.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(client.Provider())
	demo, radia := memberships.Group{ID: "org_demo"}, memberships.ParseMember("radia@example.com")
	m, err := c.Add(ctx, demo, radia, memberships.RoleManager)
	if err != nil {
		log.Fatal(err)
	}
	own, _ := memberships.Native[*clerk.Membership](m)
	fmt.Println(m.Member.Name, "is a", m.Role, "of", m.Group.Name, "with", len(own.Permissions), "permissions")
	m, err = c.Update(ctx, m.Ref(), clerk.RoleMember) // a name of Clerk's own
	fmt.Println(m.Role, err)
	removed, err := c.Remove(ctx, m.Ref())
	fmt.Println(removed.Member.Name, "was removed", err)
	fmt.Println(c.Check(ctx, demo, radia))
	// Output:
	// Radia Perlman is a manager of Demo with 9 permissions
	// member <nil>
	// Radia Perlman was removed <nil>
	// not a member <nil>
}

// UpdateMetadata merges metadata at every depth; a null deletes its key.
func ExampleMembershipsService_UpdateMetadata() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := clerk.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	ada, err := client.Users.FindByEmail(ctx, "ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	for _, patch := range []string{`{"desk":{"floor":2,"seat":"a"}}`, `{"desk":{"seat":null},"badge":7}`} {
		m, err := client.Memberships.UpdateMetadata(ctx, "org_demo", ada.ID, clerk.UpdateMembershipMetadataRequest{
			PublicMetadata: json.RawMessage(patch),
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(m.PublicMetadata))
	}
	// Output:
	// {"desk":{"floor":2,"seat":"a"}}
	// {"badge":7,"desk":{"floor":2}}
}
