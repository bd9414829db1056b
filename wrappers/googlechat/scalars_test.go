package googlechat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

func TestScalarsOfAnotherType(t *testing.T) {
	type listing struct {
		field  string
		row    func(id int) string
		strict []string
		list   func(t *testing.T, c *googlechat.Client) ([]string, error)
	}
	for _, l := range []listing{
		{
			"memberships",
			func(id int) string {
				return fmt.Sprintf(`{"name":"spaces/s/members/%d","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/%[1]d","displayName":"Ada","email":"ada@example.com","avatarUrl":"https://img.example.com/a","domainId":"d","type":"HUMAN","isAnonymous":false},"groupMember":{"name":"groups/g"},"createTime":"2026-01-02T03:04:05Z","deleteTime":"2026-01-02T03:04:05Z","affiliation":"INTERNAL"}`, id)
			},
			[]string{"name", "state", "role", "member.name", "member.email", "member.type", "member.isAnonymous", "groupMember.name"},
			func(t *testing.T, c *googlechat.Client) (all []string, _ error) {
				for m, err := range c.Memberships.ListBySpace(t.Context(), "spaces/s", googlechat.ListMembershipsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, m.Name)
				}
				return all, nil
			},
		},
		{
			"spaces",
			func(id int) string {
				return fmt.Sprintf(`{"name":"spaces/s%d","displayName":"S","spaceType":"SPACE","singleUserBotDm":false,"threaded":true,"externalUserAllowed":true,"spaceDetails":{"description":"d"},"membershipCount":{"joinedDirectHumanUserCount":3},"accessSettings":{"accessState":"PRIVATE","audience":"audiences/default"},"permissionSettings":{"manageApps":{"managersAllowed":true}},"createTime":"2026-01-02T03:04:05Z","spaceUri":"https://chat.example.com"}`, id)
			},
			[]string{"name"},
			func(t *testing.T, c *googlechat.Client) (all []string, _ error) {
				for s, err := range c.Spaces.List(t.Context(), googlechat.ListSpacesParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, s.Name)
				}
				return all, nil
			},
		},
		{
			"spaceEvents",
			func(id int) string {
				return fmt.Sprintf(`{"name":"spaces/s/spaceEvents/%d","eventTime":"2026-01-02T03:04:05Z","eventType":"google.workspace.chat.membership.v1.created","membershipCreatedEventData":{"membership":{"name":"spaces/s/members/1","state":"JOINED","role":"ROLE_MEMBER","createTime":"2026-01-02T03:04:05Z"}},"membershipBatchCreatedEventData":{"memberships":[{"membership":{"name":"spaces/s/members/1"}}]}}`, id)
			},
			[]string{"name", "eventType", "membershipCreatedEventData.membership.name", "membershipCreatedEventData.membership.state", "membershipCreatedEventData.membership.role", "membershipCreatedEventData.membership", "membershipCreatedEventData", "membershipBatchCreatedEventData", "membershipBatchCreatedEventData.memberships"},
			func(t *testing.T, c *googlechat.Client) (all []string, _ error) {
				for e, err := range c.SpaceEvents.ListBySpace(t.Context(), "spaces/s", googlechat.ListSpaceEventsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, e.Name)
				}
				return all, nil
			},
		},
		{
			"subscriptions",
			func(id int) string {
				return fmt.Sprintf(`{"name":"subscriptions/s%d","uid":"u","targetResource":"//chat.googleapis.com/spaces/s","eventTypes":["x"],"payloadOptions":{"includeResource":true},"notificationEndpoint":{"pubsubTopic":"projects/p/topics/t"},"state":"ACTIVE","suspensionReason":"OTHER","authority":"users/1","createTime":"2026-01-02T03:04:05Z","expireTime":"2026-01-02T03:04:05Z","reconciling":true,"etag":"e"}`, id)
			},
			[]string{"name", "targetResource", "state"},
			func(t *testing.T, c *googlechat.Client) (all []string, _ error) {
				for s, err := range c.Subscriptions.List(t.Context(), googlechat.ListSubscriptionsParams{}) {
					if err != nil {
						return all, err
					}
					all = append(all, s.Name)
				}
				return all, nil
			},
		},
	} {
		t.Run(l.field, func(t *testing.T) {
			body := ""
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
			defer srv.Close()
			c, err := googlechat.New(option.WithBaseURL(srv.URL), option.WithToken("token"), option.WithAttempts(1))
			if err != nil {
				t.Fatal(err)
			}
			wrappertest.WrongTypes(t, l.row, l.strict, func(t *testing.T, rows []string) ([]string, error) {
				body = `{"` + l.field + `":[` + strings.Join(rows, ",") + `]}`
				return l.list(t, c)
			})
		})
	}
}
