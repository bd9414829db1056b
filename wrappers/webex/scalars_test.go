package webex_test

import (
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// me is a person as administrators see it, with flags in place of the texts of the
// provider's document.
const me = `{"id":"cGVyc29u","emails":["ada@example.com"],"phoneNumbers":[{"type":"work","value":"+1 555 0100","primary":true}],"displayName":"Ada Lovelace","nickName":"Ada","firstName":"Ada","lastName":"Lovelace","avatar":"https://img.example.com/a","orgId":"b3Jn","roles":["cm9sZQ"],"licenses":["bGljZW5jZQ"],"created":"2021-03-04T05:06:07.890Z","lastModified":"2026-01-02T03:04:05.678Z","timezone":"Europe/London","lastActivity":"2026-01-02T03:04:05.678Z","status":"active","invitePending":false,"loginEnabled":true,"type":"person"}`

func TestPeopleOfAdministrators(t *testing.T) {
	for name, body := range map[string]string{
		"flags": me, "texts": strings.NewReplacer(`:false`, `:"false"`, `"loginEnabled":true`, `"loginEnabled":"true"`).Replace(me),
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				answer := body
				if strings.HasSuffix(r.URL.Path, "/people") {
					answer = `{"items":[` + body + `]}`
				}
				_, _ = w.Write([]byte(answer))
			})
			p, err := c.People.GetMe(t.Context(), webex.GetMeParams{})
			if err != nil || p.InvitePending == nil || *p.InvitePending || p.LoginEnabled == nil || !*p.LoginEnabled || p.RawJSON != nil {
				t.Fatalf("Me: got %+v, %v", p, err)
			}
			found, err := c.People.FindByEmail(t.Context(), "ada@example.com")
			if diff := cmp.Diff(p, found); err != nil || diff != "" {
				t.Errorf("FindByEmail: %v (-GetMe +FindByEmail)\n%s", err, diff)
			}
		})
	}
}

// A flag of another type is empty, and RawJSON has its value.
func TestPeopleOddFlag(t *testing.T) {
	body := strings.Replace(me, `"loginEnabled":true`, `"loginEnabled":{"web":true}`, 1)
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	p, err := c.People.GetMe(t.Context(), webex.GetMeParams{})
	if err != nil || p.ID != "cGVyc29u" || p.LoginEnabled != nil || string(p.RawJSON) != body {
		t.Errorf("got %+v, %v", p, err)
	}
	d, err := c.Provider().Diagnose(t.Context())
	if err != nil || !strings.Contains(d.Identity, "Ada") {
		t.Errorf("Diagnose: got %+v, %v", d, err)
	}
}

func TestScalarsOfAnotherType(t *testing.T) {
	const flags = `"errors":{"title":{"code":"kms_failure","reason":"no key"}}`
	type listing struct {
		row    func(id int) string
		strict []string
		list   func(t *testing.T, c *webex.Client) ([]string, error)
	}
	for name, l := range map[string]listing{
		"memberships": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"m%d","roomId":"r","roomType":"group","personId":"p","personEmail":"ada@example.com","personDisplayName":"Ada","personOrgId":"o","isModerator":true,"isMonitor":false,"isRoomHidden":false,"created":"2026-01-02T03:04:05Z",%s}`, id, flags)
			},
			[]string{"id", "roomId", "personId", "personEmail", "isModerator"},
			func(t *testing.T, c *webex.Client) ([]string, error) {
				return keys(c.Memberships.List(t.Context(), webex.ListMembershipsParams{RoomID: new("r")}), func(m *webex.Membership) string { return m.ID })
			},
		},
		"team memberships": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"m%d","teamId":"t","personId":"p","personEmail":"ada@example.com","personDisplayName":"Ada","personOrgId":"o","isModerator":true,"created":"2026-01-02T03:04:05Z",%s}`, id, flags)
			},
			[]string{"id", "teamId", "personId", "personEmail", "isModerator"},
			func(t *testing.T, c *webex.Client) ([]string, error) {
				return keys(c.TeamMemberships.ListByTeam(t.Context(), "t", webex.ListTeamMembershipsParams{}), func(m *webex.TeamMembership) string { return m.ID })
			},
		},
		"people": {
			func(id int) string { return strings.Replace(me, "cGVyc29u", fmt.Sprint("p", id), 1) },
			[]string{"id", "emails"},
			func(t *testing.T, c *webex.Client) ([]string, error) {
				return keys(c.People.List(t.Context(), webex.ListPeopleParams{DisplayName: new("a")}), func(p *webex.Person) string { return p.ID })
			},
		},
		"rooms": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"r%d","title":"A","type":"group","isLocked":true,"teamId":"t","lastActivity":"2026-01-02T03:04:05Z","creatorId":"p","created":"2026-01-02T03:04:05Z","ownerId":"o","isPublic":false,"description":"d",%s}`, id, flags)
			},
			[]string{"id", "teamId"},
			func(t *testing.T, c *webex.Client) ([]string, error) {
				return keys(c.Rooms.List(t.Context(), webex.ListRoomsParams{}), func(r *webex.Room) string { return r.ID })
			},
		},
		"teams": {
			func(id int) string {
				return fmt.Sprintf(`{"id":"t%d","name":"A","description":"d","created":"2026-01-02T03:04:05Z"}`, id)
			},
			[]string{"id"},
			func(t *testing.T, c *webex.Client) ([]string, error) {
				return keys(c.Teams.List(t.Context(), webex.ListTeamsParams{}), func(r *webex.Team) string { return r.ID })
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			body := ""
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }, option.WithAttempts(1))
			wrappertest.WrongTypes(t, l.row, l.strict, func(t *testing.T, rows []string) ([]string, error) {
				body = `{"items":[` + strings.Join(rows, ",") + `]}`
				return l.list(t, c)
			})
		})
	}
}

// keys reads a listing to its end and returns the key of each item.
func keys[T any](seq iter.Seq2[*T, error], key func(*T) string) (all []string, err error) {
	for v, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, key(v))
	}
	return all, nil
}
