package box_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/box"
)

func TestWrapper(t *testing.T) {
	type call = wrappertest.Call[*box.Client]
	wrappertest.Run(t, wrappertest.Suite[*box.Client]{
		Provider:   "box",
		New:        box.New,
		Duplicates: box.Duplicates,
		ID:         "1",
		Verbs:      map[string]string{"Read": "a stream of events has no end and continues at a position, so it is no list"},
		Page: func(req *http.Request) (string, http.Header) {
			cursor := "offset"
			if req.URL.Query().Has("usemarker") {
				cursor = "marker"
			}
			rows, next, more := wrappertest.Rows(req, cursor, "limit", wrappertest.Row)
			if cursor == "marker" && more {
				return fmt.Sprintf(`{"entries":[%s],"limit":3,"next_marker":"%d"}`, rows, next), nil
			}
			return fmt.Sprintf(`{"entries":[%s],"limit":%s,"total_count":%d}`, rows, req.URL.Query().Get("limit"), wrappertest.Listed()), nil
		},
		Calls: []call{
			{Name: "Memberships.ListByGroup", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				return drain(c.Memberships.ListByGroup(ctx, id[0], box.ListGroupMembershipsParams{}))
			}},
			{Name: "Memberships.ListByUser", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				return drain(c.Memberships.ListByUser(ctx, id[0], box.ListUserMembershipsParams{}))
			}},
			{Name: "Events.Read", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Events.Read(ctx, box.ReadEventsParams{})
				return err
			}},
			{Name: "Memberships.Create", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Memberships.Create(ctx, box.CreateMembershipRequest{User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}}, box.CreateMembershipParams{})
				return err
			}},
			{Name: "Memberships.Find", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				_, err := c.Memberships.Find(ctx, "g", id[0])
				return err
			}},
			{Name: "Memberships.Get", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				_, err := c.Memberships.Get(ctx, id[0], box.GetMembershipParams{})
				return err
			}},
			{Name: "Memberships.Update", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				_, err := c.Memberships.Update(ctx, id[0], box.UpdateMembershipRequest{Role: box.RoleAdmin}, box.UpdateMembershipParams{})
				return err
			}},
			{Name: "Memberships.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				return c.Memberships.Delete(ctx, id[0])
			}},
			{Name: "Users.List", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				return drain(c.Users.List(ctx, box.ListUsersParams{}))
			}},
			{Name: "Users.List", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				return drain(c.Users.List(ctx, box.ListUsersParams{Usemarker: new(false)}))
			}},
			{Name: "Users.FindByEmail", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Users.FindByEmail(ctx, "a@example.com")
				return err
			}},
			{Name: "Users.GetMe", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Users.GetMe(ctx, box.GetMeParams{})
				return err
			}},
			{Name: "Users.Get", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				_, err := c.Users.Get(ctx, id[0], box.GetUserParams{})
				return err
			}},
			{Name: "Users.Create", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Users.Create(ctx, box.CreateUserRequest{Name: "x", IsPlatformAccessOnly: new(true)}, box.CreateUserParams{})
				return err
			}},
			{Name: "Users.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				return c.Users.Delete(ctx, id[0], box.DeleteUserParams{})
			}},
			{Name: "Groups.List", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				return drain(c.Groups.List(ctx, box.ListGroupsParams{}))
			}},
			{Name: "Groups.Get", IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				_, err := c.Groups.Get(ctx, id[0], box.GetGroupParams{})
				return err
			}},
			{Name: "Groups.Create", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Groups.Create(ctx, box.CreateGroupRequest{Name: "x"}, box.CreateGroupParams{})
				return err
			}},
			{Name: "Groups.Delete", NoBody: true, IDs: 1, Do: func(ctx context.Context, c *box.Client, id []string) error {
				return c.Groups.Delete(ctx, id[0])
			}},
			{Name: "Tokens.Create", Do: func(ctx context.Context, c *box.Client, _ []string) error {
				_, err := c.Tokens.Create(ctx, box.CreateTokenRequest{GrantType: box.GrantRefreshToken, RefreshToken: wrappertest.Canary})
				return err
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
