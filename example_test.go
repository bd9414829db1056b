package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// demoClient is a client of two groups in memory, with pages of two. With webex.New, box.New
// and so on in its place, the examples are the same.
func demoClient() *memberships.Client {
	person := func(name string) memberships.Membership {
		return memberships.Membership{Member: memberships.Member{ID: name, Email: name + "@example.com"}}
	}
	ada := person("ada")
	ada.Role = memberships.RoleOwner
	return memberships.New(memprovider.New(
		memprovider.WithPageSize(2),
		memprovider.WithGroup(memberships.Group{ID: "demo"}, ada, person("alan"), person("barbara"), person("claude"), person("donald")),
		memprovider.WithGroup(memberships.Group{ID: "solo"}, ada),
		memprovider.WithPeople(person("niklaus").Member),
	))
}

// offline sends requests to the emulator in place of the service.
func offline() option.Option {
	e, err := emulator.New()
	if err != nil {
		log.Fatal(err)
	}
	return option.WithHTTPClient(e.Client())
}

func ExampleNew() {
	wrapper, err := webex.New(option.WithToken("any"), offline())
	if err != nil {
		log.Fatal(err)
	}
	client := memberships.New(wrapper.Provider())
	for g, err := range client.Groups(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(g.Kind, g.Name)
	}
	// Output:
	// room Demo
	// room Solo
	// room Everyone
	// room Engine Team
	// team Engine Team
}

func ExampleClient_List() {
	ctx, client := context.Background(), demoClient()
	for m, err := range client.List(ctx, memberships.Filter{Group: memberships.Group{ID: "demo"}}) {
		if err != nil {
			log.Fatal(err) // what came before it is not everybody
		}
		fmt.Println(m.Member, "is", m.Role)
	}
	// Output:
	// ada is owner
	// alan is member
	// barbara is member
	// claude is member
	// donald is member
}

// The token of a page goes on with its listing, also after a restart.
func ExampleClient_Pages() {
	ctx, f := context.Background(), memberships.Filter{Group: memberships.Group{ID: "demo"}}
	var checkpoint string
	for page, err := range demoClient().Pages(ctx, f, memberships.PageRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		for _, m := range page.Items {
			fmt.Println(m.Member)
		}
		checkpoint = page.Next
		break // the machine is switched off
	}
	for page, err := range demoClient().Pages(ctx, f, memberships.PageRequest{Token: checkpoint}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("then", len(page.Items), "of", page.Total)
	}
	// Output:
	// ada
	// alan
	// then 2 of 5
	// then 1 of 5
}

// Check says "not a member" only if that is certain.
func ExampleClient_Check() {
	ctx, client := context.Background(), demoClient()
	for _, name := range []string{"demo niklaus", "demo ada", "no-such-group ada"} {
		var g, m string
		if _, err := fmt.Sscan(name, &g, &m); err != nil {
			log.Fatal(err)
		}
		presence, err := client.Check(ctx, memberships.Group{ID: g}, memberships.Member{ID: m})
		switch presence {
		case memberships.PresenceUndetermined:
			fmt.Println(m, "in", g, "is undetermined:", err)
		default:
			fmt.Println(m, "in", g, "is", presence)
		}
	}
	// Output:
	// niklaus in demo is not a member
	// ada in demo is member
	// ada in no-such-group is undetermined: memory: get: not found
}

func ExampleClient_Add() {
	ctx, client := context.Background(), demoClient()
	demo, niklaus := memberships.Group{ID: "demo"}, memberships.Member{Email: "niklaus@example.com"}
	m, err := client.Add(ctx, demo, niklaus, memberships.RoleMember)
	if err != nil {
		log.Fatal(err)
	}
	if m, err = client.Update(ctx, m.Ref(), memberships.RoleManager); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Member, "is", m.Role)
	if _, err := client.Add(ctx, demo, niklaus, memberships.RoleMember); errors.Is(err, memberships.ErrAlreadyExists) {
		fmt.Println("and stays so")
	}
	if _, err := client.Remove(ctx, m.Ref()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// niklaus is manager
	// and stays so
}

// With KeepGoing, a group that fails does not keep the others from being listed.
func ExampleClient_ListMany() {
	ctx, client := context.Background(), demoClient()
	groups := []memberships.Group{{ID: "demo"}, {ID: "no-such-group"}, {ID: "solo"}}
	count := map[string]int{}
	for m, err := range client.ListMany(ctx, groups, memberships.ManyOptions{KeepGoing: true}) {
		var failed *memberships.GroupError
		if errors.As(err, &failed) {
			fmt.Println("not listed:", failed.Group)
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		count[m.Group.ID]++
	}
	fmt.Println(count)
	// Output:
	// not listed: no-such-group
	// map[demo:5 solo:1]
}

// The native value has the fields that the portable types leave out.
func ExampleNative() {
	wrapper, err := webex.New(option.WithToken("any"), offline())
	if err != nil {
		log.Fatal(err)
	}
	client := memberships.New(wrapper.Provider())
	for m, err := range client.MembershipsOf(context.Background(), memberships.Member{Email: "ada@example.com"}) {
		if err != nil {
			log.Fatal(err)
		}
		if own, ok := memberships.Native[*webex.Membership](m); ok {
			fmt.Println(own.RoomType, own.IsMonitor)
		}
		break
	}
	// Output:
	// group false
}
