package googlechat_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

func TestWrapper(t *testing.T) {
	type call = wrappertest.Call[*googlechat.Client]
	// The suite has the ids of a path; the methods take the name made of them.
	name := func(id []string) string { return "spaces/" + id[0] + "/members/" + id[1] }
	wrappertest.Run(t, wrappertest.Suite[*googlechat.Client]{
		Provider:   "googlechat",
		New:        googlechat.New,
		Duplicates: googlechat.Duplicates,
		ID:         "spaces/s",
		Verbs: map[string]string{
			"SetUp":      "Google Chat makes a space together with its members, which it calls setting up",
			"Reactivate": "Google starts a suspended subscription again by a method of its own",
		},
		Page: func(req *http.Request) (string, http.Header) {
			field, form := "spaces", `{"name":"spaces/s%d"}`
			switch {
			case strings.HasSuffix(req.URL.Path, "/members"):
				field, form = "memberships", `{"name":"spaces/s/members/m%d"}`
			case strings.HasSuffix(req.URL.Path, "/spaceEvents"):
				field, form = "spaceEvents", `{"name":"spaces/s/spaceEvents/e%d"}`
			case strings.HasSuffix(req.URL.Path, "/subscriptions"):
				field, form = "subscriptions", `{"name":"subscriptions/s%d"}`
			}
			rows, next, more := wrappertest.Rows(req, "pageToken", "pageSize", func(n int) string { return fmt.Sprintf(form, n) })
			token := ""
			if more {
				token = fmt.Sprintf(`,"nextPageToken":"%d"`, next)
			}
			return fmt.Sprintf(`{%q:[%s]%s}`, field, rows, token), nil
		},
		Calls: []call{
			{Name: "Memberships.ListBySpace", IDs: 1, EmptyOK: true, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				return drain(c.Memberships.ListBySpace(ctx, id[0], googlechat.ListMembershipsParams{}))
			}},
			{Name: "Memberships.Create", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Memberships.Create(ctx, id[0], googlechat.UserMember("a@example.com"), googlechat.CreateMembershipParams{})
				return err
			}},
			{Name: "Memberships.Get", IDs: 2, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Memberships.Get(ctx, name(id), googlechat.GetMembershipParams{})
				return err
			}},
			{Name: "Memberships.Update", IDs: 2, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Memberships.Update(ctx, name(id), googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{})
				return err
			}},
			{Name: "Memberships.Delete", IDs: 2, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				return c.Memberships.Delete(ctx, name(id), googlechat.DeleteMembershipParams{})
			}},
			{Name: "Spaces.List", EmptyOK: true, Do: func(ctx context.Context, c *googlechat.Client, _ []string) error {
				return drain(c.Spaces.List(ctx, googlechat.ListSpacesParams{}))
			}},
			{Name: "Spaces.Get", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Spaces.Get(ctx, "spaces/"+id[0], googlechat.GetSpaceParams{})
				return err
			}},
			{Name: "Spaces.FindDirectMessage", Do: func(ctx context.Context, c *googlechat.Client, _ []string) error {
				_, err := c.Spaces.FindDirectMessage(ctx, "a@example.com")
				return err
			}},
			{Name: "Spaces.Create", Do: func(ctx context.Context, c *googlechat.Client, _ []string) error {
				_, err := c.Spaces.Create(ctx, googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "x"}, googlechat.CreateSpaceParams{})
				return err
			}},
			{Name: "Spaces.SetUp", Do: func(ctx context.Context, c *googlechat.Client, _ []string) error {
				_, err := c.Spaces.SetUp(ctx, googlechat.SetUpSpaceRequest{Space: googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "x"}})
				return err
			}},
			{Name: "Spaces.Delete", IDs: 1, EmptyOK: true, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				return c.Spaces.Delete(ctx, id[0], googlechat.DeleteSpaceParams{})
			}},
			{Name: "SpaceEvents.ListBySpace", IDs: 1, EmptyOK: true, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				return drain(c.SpaceEvents.ListBySpace(ctx, id[0], googlechat.ListSpaceEventsParams{Filter: new("f")}))
			}},
			{Name: "SpaceEvents.Get", IDs: 2, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.SpaceEvents.Get(ctx, "spaces/"+id[0]+"/spaceEvents/"+id[1])
				return err
			}},
			{Name: "Subscriptions.List", EmptyOK: true, Do: func(ctx context.Context, c *googlechat.Client, _ []string) error {
				return drain(c.Subscriptions.List(ctx, googlechat.ListSubscriptionsParams{Filter: new("f")}))
			}},
			{Name: "Subscriptions.Get", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Subscriptions.Get(ctx, "subscriptions/"+id[0])
				return err
			}},
			{Name: "Subscriptions.Create", Do: func(ctx context.Context, c *googlechat.Client, _ []string) error {
				_, err := c.Subscriptions.Create(ctx, subscribe("s"))
				return err
			}},
			{Name: "Subscriptions.Update", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Subscriptions.Update(ctx, "subscriptions/"+id[0], googlechat.UpdateSubscriptionRequest{TTL: "60s"}, googlechat.UpdateSubscriptionParams{})
				return err
			}},
			{Name: "Subscriptions.Delete", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				return c.Subscriptions.Delete(ctx, "subscriptions/"+id[0], googlechat.DeleteSubscriptionParams{})
			}},
			{Name: "Subscriptions.Reactivate", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Subscriptions.Reactivate(ctx, "subscriptions/"+id[0])
				return err
			}},
			{Name: "Operations.Get", IDs: 1, Do: func(ctx context.Context, c *googlechat.Client, id []string) error {
				_, err := c.Operations.Get(ctx, "operations/"+id[0])
				return err
			}},
		},
	})
}

// subscribe returns a request for the memberships of a space.
func subscribe(space string) googlechat.CreateSubscriptionRequest {
	return googlechat.CreateSubscriptionRequest{
		TargetResource: googlechat.SpaceTarget(space), EventTypes: googlechat.MembershipTypes(),
		NotificationEndpoint: googlechat.NotificationEndpoint{PubsubTopic: "projects/p/topics/t"},
	}
}

// drain reads a listing to its end and returns its error.
func drain[T any](seq iter.Seq2[*T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}
