package pubnub_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestScalarsOfAnotherType(t *testing.T) {
	const more = `"name":"A","type":"t","status":"s","custom":{"a":1},"updated":"2026-01-02T03:04:05.678Z","eTag":"e"`
	const row = `"status":"active","type":"member","custom":{"role":"owner"},"updated":"2026-01-02T03:04:05.678Z","eTag":"e"`
	type listing struct {
		row    func(id int) string
		strict []string
		list   func(t *testing.T, c *pubnub.Client) ([]string, error)
	}
	for name, l := range map[string]listing{
		"members": {
			func(id int) string {
				return fmt.Sprintf(`{"uuid":{"id":"u%d","externalId":"x","profileUrl":"https://img.example.com/a","email":"ada@example.com",%s},%s}`, id, more, row)
			},
			[]string{"uuid.id", "uuid.email", "status", "type"},
			func(t *testing.T, c *pubnub.Client) (all []string, _ error) {
				for m, err := range c.Members.ListByChannel(t.Context(), "c", pubnub.ListMembersParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, m.User.ID)
				}
				return all, nil
			},
		},
		"memberships": {
			func(id int) string {
				return fmt.Sprintf(`{"channel":{"id":"c%d","description":"d",%s},%s}`, id, more, row)
			},
			[]string{"channel.id", "status", "type"},
			func(t *testing.T, c *pubnub.Client) (all []string, _ error) {
				for m, err := range c.Memberships.ListByUser(t.Context(), "u", pubnub.ListMembershipsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, m.Channel.ID)
				}
				return all, nil
			},
		},
		"users": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"u%d","externalId":"x","profileUrl":"https://img.example.com/a","email":"ada@example.com",%s}`, id, more)
			},
			[]string{"id", "email"},
			func(t *testing.T, c *pubnub.Client) (all []string, _ error) {
				for u, err := range c.Users.List(t.Context(), pubnub.ListUsersParams{}) {
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
			body := ""
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
			defer srv.Close()
			c, err := pubnub.New(option.WithBaseURL(srv.URL), pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("u"), option.WithAttempts(1))
			if err != nil {
				t.Fatal(err)
			}
			wrappertest.WrongTypes(t, l.row, l.strict, func(t *testing.T, rows []string) ([]string, error) {
				body = `{"status":200,"data":[` + strings.Join(rows, ",") + `]}`
				return l.list(t, c)
			})
		})
	}
}
