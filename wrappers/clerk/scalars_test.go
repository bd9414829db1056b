package clerk_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

func TestScalarsOfAnotherType(t *testing.T) {
	const organization = `"object":"organization","name":"O","slug":"o","image_url":"https://img.example.com/o","has_image":false,"members_count":3,"max_allowed_memberships":5,"admin_delete_enabled":true,"public_metadata":{"a":1},"created_by":"u","created_at":1767603600000,"updated_at":1767603600000}`
	type listing struct {
		row    func(id int) string
		strict []string
		page   string
		list   func(t *testing.T, c *clerk.Client) ([]string, error)
	}
	for name, l := range map[string]listing{
		"memberships": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"m%d","object":"organization_membership","role":"org:admin","role_name":"Admin","permissions":["a"],"public_metadata":{},"private_metadata":{},"organization":{"id":"o",%s,"public_user_data":{"user_id":"u%[1]d","identifier":"ada@example.com","first_name":"Ada","last_name":"L","image_url":"https://img.example.com/a","has_image":false,"banned":false},"created_at":1767603600000,"updated_at":1767603600000}`, id, organization)
			},
			[]string{"id", "role", "organization.id", "public_user_data.user_id", "public_user_data.identifier"},
			`{"data":[ROWS],"total_count":3}`,
			func(t *testing.T, c *clerk.Client) (all []string, _ error) {
				for m, err := range c.Memberships.ListByOrganization(t.Context(), "o", clerk.ListOrganizationMembershipsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, m.ID)
				}
				return all, nil
			},
		},
		"invitations": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"i%d","object":"organization_invitation","email_address":"p%[1]d@example.com","role":"org:member","role_name":"Member","organization_id":"o","inviter_id":"u","public_inviter_data":{"user_id":"u","identifier":"ada@example.com","first_name":"Ada","has_image":false},"public_organization_data":{"id":"o","name":"O","slug":"o","has_image":false},"status":"pending","public_metadata":{},"private_metadata":{},"url":"https://example.com/in","expires_at":1767603600000,"created_at":1767603600000,"updated_at":1767603600000}`, id)
			},
			[]string{"id", "email_address", "role", "organization_id", "status", "public_organization_data.id"},
			`{"data":[ROWS],"total_count":3}`,
			func(t *testing.T, c *clerk.Client) (all []string, _ error) {
				for i, err := range c.Invitations.List(t.Context(), clerk.ListInvitationsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, i.ID)
				}
				return all, nil
			},
		},
		"organizations": {
			func(id int) string { return fmt.Sprintf(`{"id":"o%d",%s`, id, organization) },
			[]string{"id"},
			`{"data":[ROWS],"total_count":3}`,
			func(t *testing.T, c *clerk.Client) (all []string, _ error) {
				for o, err := range c.Organizations.List(t.Context(), clerk.ListOrganizationsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, o.ID)
				}
				return all, nil
			},
		},
		"users": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"u%d","object":"user","external_id":"e","username":"ada","first_name":"Ada","last_name":"L","has_image":false,"primary_email_address_id":"a","email_addresses":[{"id":"a","object":"email_address","email_address":"ada@example.com","reserved":false}],"phone_numbers":[],"banned":false,"locked":false,"last_sign_in_at":1767603600000,"created_at":1767603600000,"updated_at":1767603600000}`, id)
			},
			[]string{"id", "primary_email_address_id", "email_addresses"},
			`[ROWS]`,
			func(t *testing.T, c *clerk.Client) (all []string, _ error) {
				for u, err := range c.Users.List(t.Context(), clerk.ListUsersParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, u.ID)
				}
				return all, nil
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				page := strings.Join(sent, ",")
				if r.URL.Query().Has("starting_after") {
					page = "" // an empty page ends a list without a total
				}
				_, _ = w.Write([]byte(strings.Replace(l.page, "ROWS", page, 1)))
			}, option.WithAttempts(1))
			wrappertest.WrongTypes(t, l.row, l.strict, func(t *testing.T, rows []string) ([]string, error) {
				sent = rows
				return l.list(t, c)
			})
		})
	}
}
