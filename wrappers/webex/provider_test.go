package webex_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// teamState has a team of four, a moderated space of it that Ada and Alan are in, and an
// open room. Each person has a token that is called like the person.
const teamState = `
people:
  - {name: Ada, email: ada@example.com}
  - {name: Grace, email: grace@example.com}
  - {name: Alan, email: alan@example.com}
  - {name: Barbara, email: barbara@example.com}
  - {name: Niklaus, email: niklaus@example.com}
groups:
  - name: Engine
    in: [webex]
    kind: team
    members: &team
      - {email: ada@example.com, role: manager}
      - {email: grace@example.com}
      - {email: alan@example.com}
  - name: Staff
    in: [webex]
    team: Engine
    moderated: true
    members:
      - {email: ada@example.com, role: manager}
      - {email: alan@example.com}
  - name: Lobby
    in: [webex]
    members:
      - {email: grace@example.com, role: manager}
      - {email: alan@example.com}
credentials:
  webex:
    - {token: ada, email: ada@example.com}
    - {token: grace, email: grace@example.com}
    - {token: alan, email: alan@example.com}
    - {token: officer, email: niklaus@example.com, scopes: ["spark:people_read", "spark-compliance:memberships_read", "spark-compliance:rooms_read", "spark-compliance:teams_read", "spark-compliance:team_memberships_read"]}
`

// requests counts what a client sends.
type requests struct {
	mu   sync.Mutex
	sent []string
}

func (r *requests) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	slices.Sort(sent)
	return sent
}

// portable returns the portable client of a token of teamState.
func portable(t *testing.T, token string, opts ...option.Option) (*memberships.Client, *requests) {
	t.Helper()
	e, err := emulator.New(emulator.WithState("teams", []byte(teamState)))
	if err != nil {
		t.Fatal(err)
	}
	r := &requests{}
	e.Control(func(_ http.ResponseWriter, req *http.Request) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		path := strings.TrimPrefix(req.URL.Path, "/v1")
		if i := strings.LastIndex(path, "/"); i > 0 && path != "/people/me" && path != "/team/memberships" {
			path = path[:i]
		}
		r.sent = append(r.sent, req.Method+" "+path)
		return false
	})
	c, err := webex.New(append([]option.Option{option.WithHTTPClient(e.Client()), option.WithToken(token)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), r
}

func email(name string) memberships.Member { return memberships.Member{Email: name + "@example.com"} }

// groupNamed returns the group with a name, as the officer of the same state sees it.
func groupNamed(t *testing.T, name string) memberships.Group {
	t.Helper()
	c, _ := portable(t, "officer")
	all := wrappertest.Everything(t, c.Groups(t.Context()))
	i := slices.IndexFunc(all, func(g memberships.Group) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("no group %s in %v", name, all)
	}
	return all[i]
}

// codes are the level and code of gaps.
func codes(c memberships.Coverage) []string {
	var out []string
	for _, g := range c.Gaps {
		out = append(out, string(g.Level)+" "+string(g.Code))
	}
	return out
}

func names(rows []memberships.Membership) []string {
	var out []string
	for _, m := range rows {
		out = append(out, strings.TrimSuffix(m.Member.Email, "@example.com"))
	}
	return out
}

// Remove tells who was removed.
func TestRemoveTells(t *testing.T) {
	lobby := groupNamed(t, "Lobby")
	c, _ := portable(t, "grace")
	got, err := c.Remove(t.Context(), memberships.Ref{Group: lobby, Member: email("alan")})
	if want := "alan@example.com"; err != nil || got.Member.Email != want || got.Role != memberships.RoleMember || got.Member.Name != "Alan" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// members serves a room of ada alone, whom Webex lists by her id and her main address, and
// people by their addresses.
func members(t *testing.T, people string) *memberships.Client {
	return memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		q, body := r.URL.Query(), `{"items":[]}`
		switch r.URL.Path {
		case "/v1/memberships":
			if q.Get("personId") == "ada" || q.Get("personEmail") == "ada@example.com" {
				body = `{"items":[{"id":"m","roomId":"r","personId":"ada","personEmail":"ada@example.com","isModerator":false}]}`
			}
		case "/v1/people":
			body = people
		case "/v1/people/me":
			body = `{"id":"grace","emails":["grace@example.com"]}`
		case "/v1/rooms/r":
			body = `{"id":"r","title":"Lobby","type":"group"}`
		}
		_, _ = w.Write([]byte(body))
	}).Provider())
}

// A person is found by any of the addresses, and an answer about others tells nothing.
func TestCheckByAnotherAddress(t *testing.T) {
	for name, tc := range map[string]struct {
		email, people string
		want          memberships.Presence
		kind          error
	}{
		"the main address":    {"ada@example.com", `{"items":[]}`, memberships.PresenceMember, nil},
		"another address":     {"countess@example.com", `{"items":[{"id":"ada","emails":["ada@example.com","Countess@example.com"]}]}`, memberships.PresenceMember, nil},
		"nobody's":            {"nobody@example.com", `{"items":[]}`, memberships.PresenceNotMember, nil},
		"somebody else's":     {"alan@example.com", `{"items":[{"id":"alan","emails":["alan@example.com"]}]}`, memberships.PresenceNotMember, nil},
		"another of an alien": {"at@example.com", `{"items":[{"id":"alan","emails":["alan@example.com","at@example.com"]}]}`, memberships.PresenceNotMember, nil},
		"a filter unheeded":   {"nobody@example.com", `{"items":[{"id":"ada","emails":["ada@example.com"]}]}`, memberships.PresenceUndetermined, memberships.ErrMalformed},
		"two people":          {"x@example.com", `{"items":[{"id":"ada","emails":["x@example.com"]},{"id":"alan","emails":["x@example.com"]}]}`, memberships.PresenceUndetermined, memberships.ErrAmbiguous},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := members(t, tc.people).Check(t.Context(), memberships.Group{ID: "r"}, memberships.Member{Email: tc.email})
			if got != tc.want || !errors.Is(err, tc.kind) {
				t.Errorf("got %v, %v, want %v, %v", got, err, tc.want, tc.kind)
			}
		})
	}
}

// A membership without a person may be anybody's.
func TestCheckAmongNamelessMembers(t *testing.T) {
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"items":[{"id":"m","teamId":"t","personId":"ada","personEmail":"ada@example.com"},{"id":"n","teamId":"t"}]}`))
	}).Provider())
	team := memberships.Group{Kind: memberships.KindTeam, ID: "t"}
	if got, err := c.Check(t.Context(), team, memberships.Member{ID: "alan"}); got != memberships.PresenceUndetermined || !errors.Is(err, memberships.ErrMalformed) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := c.Check(t.Context(), team, memberships.Member{ID: "ada"}); got != memberships.PresenceMember || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
