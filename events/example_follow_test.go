package events_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// A mirror of all memberships. The provider in memory stands for Box.
func ExampleFollow() {
	rockets := memberships.Group{Kind: memberships.KindGroup, ID: "rockets"}
	ada := memberships.Member{ID: "ada", Email: "ada@example.com"}
	provider := memprovider.New(memprovider.WithGroup(rockets, memberships.Membership{Member: ada, Role: memberships.RoleOwner}))
	client := memberships.New(provider)

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for ch, err := range events.Follow(ctx, client, "", events.FollowOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		switch ch.Type {
		case events.ChangePut:
			fmt.Println(ch.Membership.Member.Email, "is", ch.Membership.Role)
			if ch.Event != nil {
				return
			}
		case events.ChangeDelete:
			fmt.Println(ch.Membership.Member.Email, "has left")
		case events.ChangeListed:
			fmt.Println("the first listing is in")
			if _, err := client.Update(ctx, memberships.Ref{Group: rockets, Member: ada}, memberships.RoleManager); err != nil {
				log.Fatal(err)
			}
		}
		// ch.Position and the mirror are stored together.
	}
	// Output:
	// ada@example.com is owner
	// the first listing is in
	// ada@example.com is manager
}

// Webhooks feed Follow through a Buffer. Check activates a webhook that Webex has
// deactivated, whose events are lost.
func ExampleNewBuffer() {
	buffer := events.NewBuffer(10_000)
	hooks, err := events.Handler(buffer.Handle, []memberships.Deliveries{webex.Deliveries(os.Getenv("WEBEX_WEBHOOK_SECRET"))})
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.ListenAndServe("127.0.0.1:8080", hooks)) }()

	c, err := webex.New(option.WithToken(os.Getenv("WEBEX_ACCESS_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	options := events.FollowOptions{
		Buffer: buffer,
		Check: func(ctx context.Context) (missed bool, err error) {
			hook, err := c.Webhooks.Get(ctx, os.Getenv("WEBHOOK_ID"))
			if err != nil || hook.Status == "active" {
				return false, err
			}
			_, err = c.Webhooks.Update(ctx, hook.ID, webex.UpdateWebhookRequest{Name: hook.Name, TargetURL: hook.TargetURL, Status: "active"})
			return true, err
		},
	}
	for ch, err := range events.Follow(context.Background(), memberships.New(c.Provider()), "", options) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(ch.Type, ch.Membership.Member, ch.Membership.Group)
	}
}
