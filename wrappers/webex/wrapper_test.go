package webex_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func TestWrapper(t *testing.T) {
	type call = wrappertest.Call[*webex.Client]
	wrappertest.Run(t, wrappertest.Suite[*webex.Client]{
		Provider:   "webex",
		New:        webex.New,
		Duplicates: webex.Duplicates,
		ID:         "r",
		Page: func(req *http.Request) (string, http.Header) {
			rows, next, more := wrappertest.Rows(req, "cursor", "max", wrappertest.Row)
			h := http.Header{}
			if more {
				h.Set("Link", fmt.Sprintf(`<https://webexapis.com%s?cursor=%d>; rel="next"`, req.URL.Path, next))
			}
			return `{"items":[` + rows + `]}`, h
		},
		Calls: []call{
			{Name: "Memberships.List", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				return drain(c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: new("r")}))
			}},
			{Name: "Memberships.Create", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				_, err := c.Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: "r", PersonID: "p"})
				return err
			}},
			{Name: "Memberships.Get", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Memberships.Get(ctx, id[0])
				return err
			}},
			{Name: "Memberships.Update", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Memberships.Update(ctx, id[0], webex.UpdateMembershipRequest{IsModerator: new(false)})
				return err
			}},
			{Name: "Memberships.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				return c.Memberships.Delete(ctx, id[0])
			}},
			{Name: "TeamMemberships.ListByTeam", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				return drain(c.TeamMemberships.ListByTeam(ctx, "t", webex.ListTeamMembershipsParams{}))
			}},
			{Name: "TeamMemberships.Create", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				_, err := c.TeamMemberships.Create(ctx, webex.CreateTeamMembershipRequest{TeamID: "t", PersonEmail: "a@example.com"})
				return err
			}},
			{Name: "TeamMemberships.Get", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.TeamMemberships.Get(ctx, id[0])
				return err
			}},
			{Name: "TeamMemberships.Update", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.TeamMemberships.Update(ctx, id[0], webex.UpdateTeamMembershipRequest{IsModerator: new(true)})
				return err
			}},
			{Name: "TeamMemberships.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				return c.TeamMemberships.Delete(ctx, id[0])
			}},
			{Name: "People.List", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				return drain(c.People.List(ctx, webex.ListPeopleParams{Email: new("a@example.com")}))
			}},
			{Name: "People.GetMe", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				_, err := c.People.GetMe(ctx, webex.GetMeParams{})
				return err
			}},
			{Name: "People.Get", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.People.Get(ctx, id[0], webex.GetPersonParams{})
				return err
			}},
			{Name: "Rooms.List", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				return drain(c.Rooms.List(ctx, webex.ListRoomsParams{}))
			}},
			{Name: "Rooms.Get", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Rooms.Get(ctx, id[0])
				return err
			}},
			{Name: "Rooms.Create", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				_, err := c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "x"})
				return err
			}},
			{Name: "Rooms.Update", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Rooms.Update(ctx, id[0], webex.UpdateRoomRequest{Title: "x"})
				return err
			}},
			{Name: "Rooms.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				return c.Rooms.Delete(ctx, id[0])
			}},
			{Name: "Teams.List", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				return drain(c.Teams.List(ctx, webex.ListTeamsParams{}))
			}},
			{Name: "Teams.Get", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Teams.Get(ctx, id[0], webex.GetTeamParams{})
				return err
			}},
			{Name: "Teams.Create", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				_, err := c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "x"})
				return err
			}},
			{Name: "Teams.Update", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Teams.Update(ctx, id[0], webex.UpdateTeamRequest{Name: "x"})
				return err
			}},
			{Name: "Teams.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				return c.Teams.Delete(ctx, id[0])
			}},
			{Name: "Webhooks.List", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				return drain(c.Webhooks.List(ctx, webex.ListWebhooksParams{}))
			}},
			{Name: "Webhooks.Create", Do: func(ctx context.Context, c *webex.Client, _ []string) error {
				_, err := c.Webhooks.Create(ctx, webex.CreateWebhookRequest{
					Name: "x", TargetURL: "https://x.example.com", Resource: webex.ResourceAll, Event: webex.EventAll,
				})
				return err
			}},
			{Name: "Webhooks.Get", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Webhooks.Get(ctx, id[0])
				return err
			}},
			{Name: "Webhooks.Update", IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				_, err := c.Webhooks.Update(ctx, id[0], webex.UpdateWebhookRequest{Name: "x", TargetURL: "https://x.example.com"})
				return err
			}},
			{Name: "Webhooks.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *webex.Client, id []string) error {
				return c.Webhooks.Delete(ctx, id[0])
			}},
		},
	})
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
