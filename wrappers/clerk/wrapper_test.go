package clerk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

func TestWrapper(t *testing.T) {
	type call = wrappertest.Call[*clerk.Client]
	wrappertest.Run(t, wrappertest.Suite[*clerk.Client]{
		Provider:   "clerk",
		New:        clerk.New,
		Duplicates: clerk.Duplicates,
		ID:         "id0",
		Verbs: map[string]string{
			"CreateMany": "one request makes up to ten invitations, and each of them has a result",
			"Revoke":     "an invitation is not deleted: it stays, with the state revoked",
		},
		Page: func(req *http.Request) (string, http.Header) {
			if strings.HasSuffix(req.URL.Path, "/users") { // an array without a total; its last id is the cursor
				q := req.URL.Query()
				q.Set("offset", strings.TrimPrefix(q.Get("starting_after"), "id"))
				req.URL.RawQuery = q.Encode()
				rows, _, _ := wrappertest.Rows(req, "offset", "limit", wrappertest.Row)
				return `[` + rows + `]`, nil
			}
			rows, _, _ := wrappertest.Rows(req, "offset", "limit", wrappertest.Row)
			return fmt.Sprintf(`{"data":[%s],"total_count":%d}`, rows, wrappertest.Listed()), nil
		},
		Calls: []call{
			{Name: "Memberships.List", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				return drain(c.Memberships.List(ctx, clerk.ListMembershipsParams{}))
			}},
			{Name: "Memberships.ListByOrganization", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return drain(c.Memberships.ListByOrganization(ctx, id[0], clerk.ListOrganizationMembershipsParams{}))
			}},
			{Name: "Memberships.ListByUser", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return drain(c.Memberships.ListByUser(ctx, id[0], clerk.ListUserMembershipsParams{}))
			}},
			{Name: "Memberships.Create", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Memberships.Create(ctx, id[0], clerk.CreateMembershipRequest{UserID: "u", Role: clerk.RoleMember})
				return err
			}},
			{Name: "Memberships.Find", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Memberships.Find(ctx, id[0], "u")
				return err
			}},
			{Name: "Memberships.Update", IDs: 2, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Memberships.Update(ctx, id[0], id[1], clerk.UpdateMembershipRequest{Role: clerk.RoleAdmin})
				return err
			}},
			{Name: "Memberships.UpdateMetadata", IDs: 2, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Memberships.UpdateMetadata(ctx, id[0], id[1], clerk.UpdateMembershipMetadataRequest{PublicMetadata: json.RawMessage(`{}`)})
				return err
			}},
			{Name: "Memberships.Delete", IDs: 2, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return c.Memberships.Delete(ctx, id[0], id[1])
			}},
			{Name: "Invitations.List", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				return drain(c.Invitations.List(ctx, clerk.ListInvitationsParams{}))
			}},
			{Name: "Invitations.ListByOrganization", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return drain(c.Invitations.ListByOrganization(ctx, id[0], clerk.ListOrganizationInvitationsParams{}))
			}},
			{Name: "Invitations.ListByUser", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return drain(c.Invitations.ListByUser(ctx, id[0], clerk.ListUserInvitationsParams{}))
			}},
			{Name: "Invitations.Create", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Invitations.Create(ctx, id[0], clerk.CreateInvitationRequest{Email: "a@example.com", Role: clerk.RoleMember})
				return err
			}},
			{Name: "Invitations.CreateMany", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				results, err := c.Invitations.CreateMany(ctx, id[0], []clerk.CreateInvitationRequest{
					{Email: "a@example.com", Role: clerk.RoleMember}, {Email: "b@example.com", Role: clerk.RoleMember},
				})
				if err != nil {
					return err
				}
				return results[0].Err
			}},
			{Name: "Invitations.Get", IDs: 2, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Invitations.Get(ctx, id[0], id[1])
				return err
			}},
			{Name: "Invitations.Revoke", IDs: 2, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Invitations.Revoke(ctx, id[0], id[1], clerk.RevokeInvitationRequest{})
				return err
			}},
			{Name: "Users.List", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				return drain(c.Users.List(ctx, clerk.ListUsersParams{}))
			}},
			{Name: "Users.Count", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				_, err := c.Users.Count(ctx, clerk.CountUsersParams{})
				return err
			}},
			{Name: "Users.FindByEmail", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				_, err := c.Users.FindByEmail(ctx, "a@example.com")
				return err
			}},
			{Name: "Users.Create", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				_, err := c.Users.Create(ctx, clerk.CreateUserRequest{EmailAddress: []string{"a@example.com"}})
				return err
			}},
			{Name: "Users.Get", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Users.Get(ctx, id[0])
				return err
			}},
			{Name: "Users.Delete", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return c.Users.Delete(ctx, id[0])
			}},
			{Name: "Organizations.List", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				return drain(c.Organizations.List(ctx, clerk.ListOrganizationsParams{}))
			}},
			{Name: "Organizations.Create", Do: func(ctx context.Context, c *clerk.Client, _ []string) error {
				_, err := c.Organizations.Create(ctx, clerk.CreateOrganizationRequest{Name: "x"})
				return err
			}},
			{Name: "Organizations.Get", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				_, err := c.Organizations.Get(ctx, id[0], clerk.GetOrganizationParams{})
				return err
			}},
			{Name: "Organizations.Delete", IDs: 1, Do: func(ctx context.Context, c *clerk.Client, id []string) error {
				return c.Organizations.Delete(ctx, id[0])
			}},
		},
	})
}

// drain ranges over a listing and returns its error.
func drain[T any](seq iter.Seq2[*T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}
