package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/googlechat"
	"github.com/memberships-go/memberships/wrappers/pubnub"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// The examples of this file are the ones in README.md; scripts/readme takes over what
// stands below "readme".

// serve starts the emulator in place of the services.
func serve() (ctx context.Context, baseURL option.Option, done func()) {
	srv := emulator.NewServer()
	return context.Background(), option.WithBaseURL(srv.URL), srv.Close
}

const token = "any"

func Example_webex() {
	ctx, baseURL, done := serve()
	defer done()
	// readme
	client, err := webex.New(baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	for room, err := range client.Rooms.List(ctx, webex.ListRoomsParams{}) {
		if err != nil {
			log.Fatal(err)
		}
		m, err := client.Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: room.ID, PersonEmail: "niklaus@example.com"})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.PersonDisplayName, "is in", room.Title)
		break
	}
	// Output:
	// Niklaus Wirth is in Demo
}

func Example_box() {
	ctx, baseURL, done := serve()
	defer done()
	// readme
	client, err := box.New(baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	for group, err := range client.Groups.List(ctx, box.ListGroupsParams{FilterTerm: new("Demo")}) {
		if err != nil {
			log.Fatal(err)
		}
		n := 0
		for m, err := range client.Memberships.ListGroup(ctx, group.ID, box.ListGroupMembersParams{}) {
			if err != nil {
				log.Fatal(err) // the list is incomplete
			}
			if n++; m.Role == box.RoleAdmin {
				fmt.Println(m.User.Name, "administers", group.Name)
			}
		}
		fmt.Println(n, "members")
	}
	// Output:
	// Ada Lovelace administers Demo
	// Grace Hopper administers Demo
	// 25 members
}

func Example_clerk() {
	ctx, baseURL, done := serve()
	defer done()
	// readme
	client, err := clerk.New(baseURL, option.WithToken(token)) // sk_...
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.ByEmail(ctx, "niklaus@example.com")
	if err != nil {
		log.Fatal(err)
	}
	m, err := client.Memberships.Create(ctx, "org_demo", clerk.CreateMembershipRequest{UserID: user.ID, Role: "org:admin"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.PublicUserData.Identifier, "is", m.Role, "of", m.Organization.Name)
	// Output:
	// niklaus@example.com is org:admin of Demo
}

func Example_googlechat() {
	ctx, baseURL, done := serve()
	defer done()
	// readme
	client, err := googlechat.New(baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	m, err := client.Memberships.Create(ctx, "spaces/AAAA0000001", googlechat.UserMember("niklaus@example.com"), googlechat.CreateMembershipParams{})
	if err != nil {
		log.Fatal(err)
	}
	m, err = client.Memberships.Update(ctx, m.Name, googlechat.UpdateMembershipRequest{Role: googlechat.RoleAssistantManager}, googlechat.UpdateMembershipParams{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Member.DisplayName, "is", m.State, "as", m.Role)
	// Output:
	// Niklaus Wirth is JOINED as ROLE_ASSISTANT_MANAGER
}

func Example_pubnub() {
	ctx, baseURL, done := serve()
	defer done()
	// readme
	client, err := pubnub.New(baseURL, pubnub.WithKeys("sub-c-demo", "pub-c-demo"), pubnub.WithUserID("niklaus"))
	if err != nil {
		log.Fatal(err)
	}
	demo := pubnub.MembershipInput{Channel: pubnub.ChannelRef{ID: "demo"}, Status: pubnub.Text("active")}
	if _, err := client.Memberships.Add(ctx, "", []pubnub.MembershipInput{demo}, pubnub.WriteParams{}); err != nil {
		log.Fatal(err)
	}
	for m, err := range client.Memberships.List(ctx, "", pubnub.ListMembershipsParams{Include: []string{pubnub.IncludeStatus}}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("niklaus is in", m.Channel.ID, "as", m.Status)
	}
	// Output:
	// niklaus is in demo as active
}

func Example_portable() {
	ctx, baseURL, done := serve()
	defer done()
	// readme
	p, err := providers.Open("webex", baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(p)
	for g, err := range c.Groups(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		ada := memberships.ParseMember("ada@example.com")
		presence, err := c.Check(ctx, g, ada)
		if err != nil {
			log.Fatal(err) // nobody knows, which is not the same as no
		}
		for m, err := range c.List(ctx, memberships.Filter{Group: g, Role: memberships.RoleManager}) {
			if err != nil {
				log.Fatal(err) // the list is incomplete
			}
			fmt.Println(m.Member.Name, "manages", g.Name)
		}
		fmt.Println("ada is", presence)
		break
	}
	// Output:
	// Ada Lovelace manages Demo
	// Grace Hopper manages Demo
	// ada is member
}

func Example_many() {
	ctx, baseURL, done := serve()
	defer done()
	p, err := providers.Open("webex", baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(p)
	// readme
	var groups []memberships.Group
	for g, err := range c.Groups(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		groups = append(groups, g)
	}
	n := 0
	for m, err := range c.ListMany(ctx, groups, memberships.Many{Concurrency: 16}) {
		if err != nil {
			log.Fatal(err)
		}
		if own, ok := memberships.Native[*webex.Membership](m); ok && !own.IsModerator {
			n++
		}
	}
	fmt.Println(n, "members in", len(groups), "rooms and teams do not moderate")
	// Output:
	// 2545 members in 5 rooms and teams do not moderate
}

func Example_coverage() {
	ctx, baseURL, done := serve()
	defer done()
	p, err := providers.Open("clerk", baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(p)
	// readme
	var pass memberships.Pass
	group := memberships.ParseGroup("org_demo")
	for _, err := range c.List(ctx, memberships.Filter{Group: group}, memberships.Into(&pass)) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(pass.Total, "members;", len(pass.Coverage.Hidden()), "parts are hidden")
	for _, gap := range pass.Coverage.Scope() {
		fmt.Println("not listed:", gap)
	}
	// Output:
	// 25 members; 0 parts are hidden
	// not listed: invitations are not memberships in Clerk and were not listed
}

// Calls are synchronous; goroutines make them concurrent.
func Example_concurrent() {
	ctx, baseURL, done := serve()
	defer done()
	client, err := pubnub.New(baseURL, pubnub.WithKeys("sub-c-demo", ""), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	// readme
	channels := []string{"demo", "solo"}
	counts := make([]int, len(channels))
	var wg sync.WaitGroup
	for i, channel := range channels {
		wg.Go(func() {
			for _, err := range client.Members.List(ctx, channel, pubnub.ListMembersParams{}) {
				if err != nil {
					log.Fatal(err)
				}
				counts[i]++
			}
		})
	}
	wg.Wait()
	fmt.Println(counts)
	// Output:
	// [25 1]
}

func Example_errors() {
	ctx, baseURL, done := serve()
	defer done()
	client, err := webex.New(baseURL, option.WithToken(token))
	if err != nil {
		log.Fatal(err)
	}
	// readme
	_, err = client.Memberships.Get(ctx, "bm8gc3VjaCBpZA")
	if errors.Is(err, memberships.ErrNotFound) {
		fmt.Println("nobody there")
	}
	var e *memberships.Error
	if errors.As(err, &e) {
		fmt.Println(e.Provider, e.Op, e.StatusCode, e.Message)
	}
	// Output:
	// nobody there
	// webex Memberships.Get 404 The requested resource could not be found.
}
