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

// The channels of a user are listed; pages are fetched as the loop needs them.
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

// A filter says which members to list. No value can change what it means.
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

// Adding is setting: it also changes a membership that is there.
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

// Calls return when they are done. Many at a time are goroutines: a client is safe for
// concurrent use, and the context ends them all.
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

// In the words that all providers share, adding does not change who is there already,
// and a change of role keeps everything else.
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
