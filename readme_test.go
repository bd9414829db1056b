package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
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

// README.md and docs/ show each example of this file as a program of its own, which
// scripts/readme writes: the body becomes func main. A body uses imports and nothing else
// that stands outside of it.

// The first program of the README.
func Example_start() {
	srv := emulator.NewServer() // without it and WithBaseURL, this is the real Clerk
	defer srv.Close()
	p, err := providers.Open("clerk", option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	managers := memberships.Filter{Group: memberships.ParseGroup("org_demo"), Role: memberships.RoleManager}
	for m, err := range memberships.New(p).List(context.Background(), managers) {
		if err != nil {
			log.Fatal(err) // the list is incomplete
		}
		fmt.Println(m.Member.Name, m.Member.Email, m.RoleName)
	}
	// Output:
	// Ada Lovelace ada@example.com org:admin
	// Grace Hopper grace@example.com org:admin
}

func Example_webex() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := webex.New(option.WithToken("any"), option.WithBaseURL(srv.URL))
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
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := box.New(option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	group, err := client.Groups.Get(ctx, "9000001", box.GetGroupParams{})
	if err != nil {
		log.Fatal(err)
	}
	n := 0
	for m, err := range client.Memberships.ListByGroup(ctx, group.ID, box.ListGroupMembershipsParams{}) {
		if err != nil {
			log.Fatal(err) // the list is incomplete
		}
		if n++; m.Role == box.RoleAdmin {
			fmt.Println(m.User.Name, "administers", group.Name)
		}
	}
	fmt.Println(n, "members")
	// Output:
	// Ada Lovelace administers Demo
	// Grace Hopper administers Demo
	// 25 members
}

func Example_clerk() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := clerk.New(option.WithToken("sk_any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	user, err := client.Users.FindByEmail(ctx, "niklaus@example.com")
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
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := googlechat.New(option.WithToken("any"), option.WithBaseURL(srv.URL))
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
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := pubnub.New(pubnub.WithKeys("sub-c-demo", "pub-c-demo"), pubnub.WithUserID("niklaus"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	demo := pubnub.MembershipInput{Channel: pubnub.ChannelRef{ID: "demo"}, Status: pubnub.Text("active")}
	if _, err := client.Memberships.Add(ctx, "", []pubnub.MembershipInput{demo}, pubnub.WriteParams{}); err != nil {
		log.Fatal(err)
	}
	for m, err := range client.Memberships.ListByUser(ctx, "", pubnub.ListMembershipsParams{Include: []string{pubnub.IncludeStatus}}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("niklaus is in", m.Channel.ID, "as", m.Status)
	}
	// Output:
	// niklaus is in demo as active
}

func Example_portable() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	p, err := providers.Open("webex", option.WithToken("any"), option.WithBaseURL(srv.URL))
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

// Example_apply is in docs/portable.md.
func Example_apply() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	p, err := providers.Open("clerk", option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	c, demo := memberships.New(p), memberships.Group{ID: "org_demo"}
	var changes []memberships.Change
	for _, name := range []string{"niklaus", "ada", "nobody", "radia"} {
		ref := memberships.Ref{Group: demo, Member: memberships.Member{Email: name + "@example.com"}}
		changes = append(changes, memberships.Change{Op: memberships.OpAdd, Ref: ref})
	}
	for r, err := range c.Apply(ctx, slices.Values(changes), memberships.BulkOptions{}) {
		switch {
		case err != nil:
			log.Fatal(err) // the context has ended
		case errors.Is(r.Err, memberships.ErrOutcomeUnknown):
			fmt.Println(r.Change.Ref.Member, "may be a member")
		case errors.Is(r.Err, memberships.ErrAlreadyExists):
			fmt.Println(r.Change.Ref.Member, "is a member already")
		case r.Err != nil:
			fmt.Println(r.Change.Ref.Member, "failed:", r.Err)
		default:
			fmt.Println(r.Change.Ref.Member, "is", r.Membership.Role)
		}
	}
	// Output:
	// niklaus@example.com is member
	// ada@example.com is a member already
	// nobody@example.com failed: clerk: Users.FindByEmail: no such member: no user of the instance has this address; an invitation is possible, with WithInvite
	// radia@example.com is member
}

func Example_many() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	p, err := providers.Open("webex", option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(p)
	var groups []memberships.Group
	for g, err := range c.Groups(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		groups = append(groups, g)
	}
	n := 0
	for m, err := range c.ListMany(ctx, groups, memberships.ManyOptions{Concurrency: 16}) {
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
	srv := emulator.NewServer()
	defer srv.Close()
	p, err := providers.OpenWith("pubnub", map[string]string{"subscribe_key": "sub-c-demo", "user_id": "ada"}, option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	c := memberships.New(p)
	var summary memberships.Summary
	n := 0
	for _, err := range c.Groups(context.Background(), memberships.WithSummary(&summary)) {
		if err != nil {
			log.Fatal(err)
		}
		n++
	}
	fmt.Println(n, "channels;", len(summary.Coverage.Hidden()), "parts are hidden")
	for _, gap := range summary.Coverage.Scope() {
		fmt.Println("not listed:", gap)
	}
	// Output:
	// 3 channels; 0 parts are hidden
	// not listed: channels without metadata are not listed, whether they have members or not
}

// Calls are synchronous; goroutines make them concurrent.
func Example_concurrent() {
	srv := emulator.NewServer()
	defer srv.Close()
	client, err := pubnub.New(pubnub.WithKeys("sub-c-demo", ""), pubnub.WithUserID("ada"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	channels := []string{"demo", "solo"}
	counts := make([]int, len(channels))
	var wg sync.WaitGroup
	for i, channel := range channels {
		wg.Go(func() {
			for _, err := range client.Members.ListByChannel(context.Background(), channel, pubnub.ListMembersParams{}) {
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
	srv := emulator.NewServer()
	defer srv.Close()
	client, err := webex.New(option.WithToken("any"), option.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Memberships.Get(context.Background(), "bm8gc3VjaCBpZA")
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

// A test of a program that adds a member, against an emulator whose state and faults it sets.
func Example_emulator() {
	e, err := emulator.New(emulator.WithState("state", []byte(`
people: [{name: Ada, email: ada@example.com}, {name: Bob, email: bob@example.com}]
groups: [{name: Demo, ids: {clerk: org_demo}, members: [{email: ada@example.com, role: owner}]}]
`)))
	if err != nil {
		log.Fatal(err)
	}
	p, err := providers.Open("clerk", option.WithToken("any"), option.WithHTTPClient(e.Client()))
	if err != nil {
		log.Fatal(err)
	}
	m, err := memberships.New(p).Add(context.Background(), memberships.ParseGroup("org_demo"), memberships.ParseMember("bob@example.com"), memberships.RoleManager)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Member.Name, "is", m.Role)
	// Output:
	// Bob is manager
}
