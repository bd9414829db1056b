package pubnub_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// ListByUser lists the channels of a user. It fetches a page when the loop reaches it.
func Example() {
	srv := emulator.NewServer() // instead of the real service
	defer srv.Close()
	ctx := context.Background()

	client, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	params := pubnub.ListMembershipsParams{Include: []string{pubnub.IncludeChannel, pubnub.IncludeCustom}}
	for m, err := range client.Memberships.ListByUser(ctx, "", params) { // "" is the client's own user id
		if err != nil {
			log.Fatal(err) // the list is incomplete
		}
		fmt.Println(m.Channel.ID, m.Channel.Name, string(m.Custom))
	}
	// Output:
	// demo Demo {"role":"owner"}
	// everyone Everyone {"role":"owner"}
	// solo Solo {"role":"owner"}
}

// A filter selects members. Its values are quoted, so no value changes its meaning.
func ExampleMembersService_ListByChannel() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	filter := pubnub.And(
		pubnub.HasSuffix(pubnub.FieldUserEmail, "@example.com"),
		pubnub.Not(pubnub.HasPrefix(pubnub.FieldUserID, "member-")),
	)
	fmt.Println(filter)
	for m, err := range client.Members.ListByChannel(ctx, "demo", pubnub.ListMembersParams{
		Include: []string{pubnub.IncludeUser},
		Filter:  filter.Param(),
		Sort:    []string{pubnub.Desc(pubnub.FieldUserName)},
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.User.Name)
	}
	// Output:
	// uuid.email LIKE "*@example.com" && !(uuid.id LIKE "member-*")
	// Grace Hopper
	// Claude Shannon
	// Barbara Liskov
	// Alan Turing
	// Ada Lovelace
}

// Add sets a membership: it also changes an existing one.
func ExampleMembershipsService_Add() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	for _, role := range []string{"member", "owner"} {
		rows, err := client.Memberships.Add(ctx, "grace", []pubnub.MembershipInput{{
			Channel: pubnub.ChannelRef{ID: "book-club"},
			Custom:  pubnub.Custom(map[string]any{"role": role}),
			Status:  pubnub.Text("active"),
		}}, pubnub.WriteParams{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(rows[0].Channel.ID, rows[0].Status, string(rows[0].Custom))
	}
	// Output:
	// book-club active {"role":"member"}
	// book-club active {"role":"owner"}
}

// A client is safe for concurrent use: goroutines make several calls at a time, and the
// context ends them all.
func Example_concurrent() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	users := []string{"ada", "grace", "hedy"}
	errs := make([]error, len(users))
	var wg sync.WaitGroup
	for i, user := range users {
		wg.Go(func() {
			_, errs[i] = client.Memberships.Add(ctx, user, []pubnub.MembershipInput{{Channel: pubnub.ChannelRef{ID: "book-club"}}}, pubnub.WriteParams{})
		})
	}
	wg.Wait()
	for i, user := range users {
		fmt.Println(user, errs[i])
	}
	// Output:
	// ada <nil>
	// grace <nil>
	// hedy <nil>
}

// Add of the portable client changes no existing membership, and Update keeps all fields
// but the role.
func ExampleClient_Provider() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	portable := memberships.New(client.Provider())
	demo := memberships.Group{ID: "demo"}
	if _, err := portable.Add(ctx, demo, memberships.ParseMember("hedy@example.com"), ""); err != nil {
		log.Fatal(err)
	}
	_, err = portable.Add(ctx, demo, memberships.ParseMember("hedy"), memberships.RoleOwner)
	fmt.Println(errors.Is(err, memberships.ErrAlreadyExists))
	m, err := portable.Update(ctx, memberships.Ref{Group: demo, Member: memberships.ParseMember("hedy")}, memberships.RoleManager)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Member.Name, m.Role)
	if own, ok := memberships.Native[*pubnub.Member](m); ok {
		fmt.Println(string(own.Custom))
	}
	// Output:
	// true
	// Hedy Lamarr manager
	// {"role":"manager"}
}

// Watch sees the changes of the members of a channel, with a set that is an addition or a
// change. A program continues at the position of the last event that it has handled.
func Example_watch() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada"))
	if err != nil {
		log.Fatal(err)
	}
	portable := memberships.New(client.Provider())
	demo := memberships.Group{ID: "demo"}
	for e, err := range portable.Watch(ctx, "", pubnub.WithChannels("demo")) {
		if err != nil {
			log.Fatal(err)
		}
		switch e.Type {
		case memberships.EventPosition: // the stream stands
			if _, err := portable.Add(ctx, demo, memberships.ParseMember("hedy"), memberships.RoleManager); err != nil {
				log.Fatal(err)
			}
		case memberships.EventSet:
			fmt.Println("set", e.Membership.Member.ID, e.Membership.Role)
			if _, err := portable.Remove(ctx, memberships.Ref{Group: demo, Member: e.Membership.Member}); err != nil {
				log.Fatal(err)
			}
		case memberships.EventDeleted:
			fmt.Println("deleted", e.Membership.Member.ID)
			return
		}
	}
	// Output:
	// set hedy manager
	// deleted hedy
}
