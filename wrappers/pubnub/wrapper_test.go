package pubnub_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestWrapper(t *testing.T) {
	wrappertest.Run(t, suite())
}

// A secret key is redacted like a token.
func TestWrapperSigned(t *testing.T) {
	s := suite()
	s.Options = append(slices.Clone(s.Options), pubnub.WithSecretKey(wrappertest.Canary))
	s.Secret = wrappertest.Canary
	wrappertest.Run(t, s)
}

func suite() wrappertest.Suite[*pubnub.Client] {
	type call = wrappertest.Call[*pubnub.Client]
	return wrappertest.Suite[*pubnub.Client]{
		Provider:   "pubnub",
		New:        pubnub.New,
		Options:    base,
		Duplicates: pubnub.Duplicates,
		ID:         "u",
		Verbs: map[string]string{
			"Set":    "PubNub sets the metadata of a user or channel, whether it exists or not",
			"Remove": "PubNub removes many memberships in one request, also absent ones",
			"Add":    "PubNub sets many memberships in one request, in place of a Create",
			"Update": "PubNub sets many memberships in one request",
			"Manage": "PubNub sets and removes memberships in one request and answers with a page of all",
			"Read":   "a subscription has no end and continues at a timetoken, so it is no list",
		},
		Page: func(req *http.Request) (string, http.Header) {
			rows, next, _ := wrappertest.Rows(req, "start", "limit", func(n int) string {
				return fmt.Sprintf(`{"id":"id%[1]d","uuid":{"id":"id%[1]d"},"channel":{"id":"id%[1]d"}}`, n)
			})
			if rows == "" {
				return `{"status":200,"data":[]}`, nil
			}
			return fmt.Sprintf(`{"status":200,"data":[%s],"next":"%d"}`, rows, next), nil
		},
		Calls: []call{
			// An empty user id means the client's user, so TestIDs tests these ids.
			{Name: "Memberships.ListByUser", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				return drain(c.Memberships.ListByUser(ctx, "u", pubnub.ListMembershipsParams{}))
			}},
			{Name: "Memberships.Add", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				_, err := c.Memberships.Add(ctx, "u", channelInputs("c"), pubnub.WriteParams{})
				return err
			}},
			{Name: "Memberships.Update", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				_, err := c.Memberships.Update(ctx, "u", channelInputs("c"), pubnub.WriteParams{})
				return err
			}},
			{Name: "Memberships.Remove", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				return c.Memberships.Remove(ctx, "u", []string{"c"})
			}},
			{Name: "Memberships.Manage", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				_, err := c.Memberships.Manage(ctx, "u", pubnub.ManageMembershipsRequest{Set: channelInputs("c")}, pubnub.ManageMembershipsParams{})
				return err
			}},
			{Name: "Members.ListByChannel", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				return drain(c.Members.ListByChannel(ctx, id[0], pubnub.ListMembersParams{}))
			}},
			{Name: "Members.Add", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Members.Add(ctx, id[0], userInputs("u"), pubnub.WriteParams{})
				return err
			}},
			{Name: "Members.Update", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Members.Update(ctx, id[0], userInputs("u"), pubnub.WriteParams{})
				return err
			}},
			{Name: "Members.Remove", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				return c.Members.Remove(ctx, id[0], []string{"u"})
			}},
			{Name: "Members.Manage", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Members.Manage(ctx, id[0], pubnub.ManageMembersRequest{Set: userInputs("u")}, pubnub.ManageMembersParams{})
				return err
			}},
			{Name: "Users.List", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				return drain(c.Users.List(ctx, pubnub.ListUsersParams{}))
			}},
			{Name: "Users.Get", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Users.Get(ctx, id[0], pubnub.GetUserParams{})
				return err
			}},
			{Name: "Users.Set", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Users.Set(ctx, id[0], pubnub.SetUserRequest{Name: pubnub.Text("x")}, pubnub.SetUserParams{})
				return err
			}},
			{Name: "Users.Remove", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				return c.Users.Remove(ctx, id[0])
			}},
			{Name: "Channels.List", Do: func(ctx context.Context, c *pubnub.Client, _ []string) error {
				return drain(c.Channels.List(ctx, pubnub.ListChannelsParams{}))
			}},
			{Name: "Channels.Get", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Channels.Get(ctx, id[0], pubnub.GetChannelParams{})
				return err
			}},
			{Name: "Channels.Set", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Channels.Set(ctx, id[0], pubnub.SetChannelRequest{Name: pubnub.Text("x")}, pubnub.SetChannelParams{})
				return err
			}},
			{Name: "Events.Read", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				_, err := c.Events.Read(ctx, id, pubnub.ReadEventsParams{})
				return err
			}},
			{Name: "Channels.Remove", IDs: 1, Do: func(ctx context.Context, c *pubnub.Client, id []string) error {
				return c.Channels.Remove(ctx, id[0])
			}},
		},
	}
}
