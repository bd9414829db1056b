package googlechat_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// The loop lists the managers of the first space and fetches pages as it needs them.
func Example() {
	srv := emulator.NewServer() // instead of the real provider
	defer srv.Close()
	ctx := context.Background()

	client, err := googlechat.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	for space, err := range client.Spaces.List(ctx, googlechat.ListSpacesParams{}) {
		if err != nil {
			log.Fatal(err)
		}
		for m, err := range client.Memberships.ListBySpace(ctx, space.Name, googlechat.ListMembershipsParams{}) {
			if err != nil {
				log.Fatal(err) // the list is incomplete
			}
			switch m.Role {
			case googlechat.RoleManager:
				fmt.Println(space.DisplayName, "is owned by", m.Member.DisplayName)
			case googlechat.RoleAssistantManager:
				fmt.Println(space.DisplayName, "is managed by", m.Member.DisplayName)
			}
		}
		break
	}
	// Output:
	// Demo is owned by Ada Lovelace
	// Demo is managed by Grace Hopper
}

// A new member has the ordinary role; Update sets another one. People who do not accept
// automatically are invited, and their membership has few fields.
func ExampleMembershipsService_Create() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := googlechat.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	space, err := client.Spaces.Create(ctx, googlechat.CreateSpaceRequest{
		SpaceType: googlechat.SpaceTypeSpace, DisplayName: "Book club",
	}, googlechat.CreateSpaceParams{})
	if err != nil {
		log.Fatal(err)
	}
	for _, who := range []string{"grace@example.com", "friend@example.com"} {
		m, err := client.Memberships.Create(ctx, space.Name, googlechat.UserMember(who), googlechat.CreateMembershipParams{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s %s %q\n", who, m.State, m.Role, m.Member.DisplayName)
	}
	m, err := client.Memberships.Update(ctx, googlechat.MembershipName(space.Name, "grace@example.com"),
		googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Member.DisplayName, m.Role)
	// Output:
	// grace@example.com: JOINED ROLE_MEMBER "Grace Hopper"
	// friend@example.com: INVITED  ""
	// Grace Hopper ROLE_MANAGER
}

// Filters consist of typed terms; Build quotes and groups them.
func ExampleMembershipFilter() {
	people := googlechat.MemberType(googlechat.UserHuman)
	manager, member := googlechat.Role(googlechat.RoleManager), googlechat.Role(googlechat.RoleMember)

	fmt.Println(people.And(manager.Or(member)).Build())
	fmt.Println(manager.And(member).Build())
	// Output:
	// member.type = "HUMAN" AND (role = "ROLE_MANAGER" OR role = "ROLE_MEMBER") <nil>
	//  googlechat: MembershipFilter.Build: invalid argument: an AND has two values for role: "ROLE_MANAGER" and "ROLE_MEMBER"
}

// The portable Add refuses an existing or invited member, and sets the role with the
// membership.
func ExampleClient_Provider() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := googlechat.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	portable := memberships.New(client.Provider())
	demo := memberships.Group{ID: "AAAA0000001"}
	for _, who := range []string{"joan@example.com", "friend@elsewhere.example", "ada@example.com"} {
		role := memberships.RoleMember
		if who == "joan@example.com" {
			role = memberships.RoleManager
		}
		m, err := portable.Add(ctx, demo, memberships.ParseMember(who), role)
		if errors.Is(err, memberships.ErrAlreadyExists) {
			fmt.Println(who, "is there already")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %s %s %q\n", m.Member.Email, m.State, m.Role, m.RoleName)
	}
	// Output:
	// joan@example.com active manager "ROLE_ASSISTANT_MANAGER"
	// friend@elsewhere.example invited member ""
	// ada@example.com is there already
}
