package box_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// Box sends storage also as whole floats and with exponents.
func TestUsersWithFloats(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"total_count":4,"limit":100,"offset":0.0,"entries":[` +
			`{"type":"user","id":"1","space_amount":10737418240.0,"space_used":0.0,"max_upload_size":2147483648},` +
			`{"type":"user","id":"2","space_amount":1e15,"space_used":"1117","max_upload_size":2.147483648E9},` +
			`{"type":"user","id":"3","space_amount":999999999999999.5,"space_used":1117},` +
			`{"type":"user","id":"4","space_amount":null}]}`))
	})
	var got []string
	for u, err := range c.Users.List(t.Context(), box.ListUsersParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(u.ID, " ", u.SpaceAmount, " ", u.SpaceUsed, " ", u.MaxUploadSize, " ", string(u.RawJSON)))
	}
	want := []string{
		"1 10737418240 0 2147483648 ", "2 1000000000000000 1117 2147483648 ",
		`3 0 1117 0 {"type":"user","id":"3","space_amount":999999999999999.5,"space_used":1117}`, "4 0 0 0 ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScalarsOfAnotherType(t *testing.T) {
	type listing struct {
		row    func(id int) string
		strict []string
		list   func(t *testing.T, c *box.Client) ([]string, error)
	}
	for name, l := range map[string]listing{
		"memberships": {
			func(id int) string {
				return fmt.Sprintf(`{"type":"group_membership","id":"m%d","user":{"type":"user","id":"u","name":"Ada","login":"ada@example.com"},"group":{"type":"group","id":"g","name":"G","group_type":"managed_group"},"role":"admin","configurable_permissions":{"can_run_reports":true},"created_at":"2026-01-02T03:04:05-08:00","modified_at":"2026-01-02T03:04:05-08:00"}`, id)
			},
			[]string{"id", "user.id", "user.login", "group.id", "role", "configurable_permissions.can_run_reports"},
			func(t *testing.T, c *box.Client) (all []string, _ error) {
				for m, err := range c.Memberships.ListByGroup(t.Context(), "g", box.ListGroupMembershipsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, m.ID)
				}
				return all, nil
			},
		},
		"users": {
			func(id int) string {
				return fmt.Sprintf(`{"type":"user","id":"u%d","name":"Ada","login":"ada@example.com","created_at":"2026-01-02T03:04:05-08:00","modified_at":"2026-01-02T03:04:05-08:00","language":"en","timezone":"Europe/London","space_amount":10737418240,"space_used":1117,"max_upload_size":2147483648,"status":"active","job_title":"","phone":"","address":"","avatar_url":"https://img.example.com/a","notification_email":{"email":"ada@example.com","is_confirmed":true},"role":"user","tracking_codes":[],"is_sync_enabled":true,"enterprise":{"type":"enterprise","id":"e","name":"E"},"my_tags":["a"]}`, id)
			},
			[]string{"id", "login"},
			func(t *testing.T, c *box.Client) (all []string, _ error) {
				for u, err := range c.Users.List(t.Context(), box.ListUsersParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, u.ID)
				}
				return all, nil
			},
		},
		"groups": {
			func(id int) string {
				return fmt.Sprintf(`{"type":"group","id":"g%d","name":"G","group_type":"managed_group","created_at":"2026-01-02T03:04:05-08:00","provenance":"p","description":"d","invitability_level":"admins_only","permissions":{"can_invite_as_collaborator":true}}`, id)
			},
			[]string{"id"},
			func(t *testing.T, c *box.Client) (all []string, _ error) {
				for g, err := range c.Groups.List(t.Context(), box.ListGroupsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, g.ID)
				}
				return all, nil
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			body := ""
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }, option.WithAttempts(1))
			wrappertest.WrongTypes(t, l.row, l.strict, func(t *testing.T, rows []string) ([]string, error) {
				body = `{"total_count":3,"limit":100,"offset":0,"entries":[` + strings.Join(rows, ",") + `]}`
				return l.list(t, c)
			})
		})
	}
}
