package webex_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// A member of a team who is not in its moderated space is shown the moderators only.
func TestModeratedSpaceFromOutside(t *testing.T) {
	hidden := []string{"hidden moderators_only"}
	staff, lobby := groupNamed(t, "Staff"), groupNamed(t, "Lobby")
	for _, tc := range []struct {
		token string
		group memberships.Group
		opts  []option.Option
		names []string
		gaps  []string
		sent  []string
	}{
		{token: "grace", group: staff, names: []string{"ada"}, gaps: hidden, sent: []string{"GET /memberships", "GET /people/me", "GET /rooms"}},
		{token: "ada", group: staff, names: []string{"ada", "alan"}, sent: []string{"GET /memberships"}},
		{token: "alan", group: staff, names: []string{"ada", "alan"}, sent: []string{"GET /memberships"}},
		{token: "alan", group: lobby, names: []string{"grace", "alan"}, sent: []string{"GET /memberships"}},
	} {
		t.Run(tc.token+" in "+tc.group.Name, func(t *testing.T) {
			c, sent := portable(t, tc.token)
			filter := memberships.Filter{Group: tc.group}
			var pass memberships.Pass
			rows := wrappertest.Everything(t, c.List(t.Context(), filter, memberships.WithPass(&pass)))
			if diff := cmp.Diff(tc.names, names(rows)) + cmp.Diff(tc.gaps, codes(pass.Coverage)) + cmp.Diff(tc.sent, sent.take()); diff != "" {
				t.Errorf("List (-want +got):\n%s", diff)
			}
			for _, size := range []int{0, 1} {
				var pages memberships.Pass
				var got []memberships.Membership
				for p, err := range c.Pages(t.Context(), filter, memberships.PageRequest{Size: size}, memberships.WithPass(&pages)) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, p.Items...)
				}
				if diff := cmp.Diff(tc.names, names(got)) + cmp.Diff(tc.gaps, codes(pages.Coverage)); diff != "" {
					t.Errorf("Pages of %d (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// A listing whose gaps nobody asks for asks for nothing else.
func TestModeratedSpaceNobodyAsks(t *testing.T) {
	staff := groupNamed(t, "Staff")
	c, sent := portable(t, "grace")
	if rows := wrappertest.Everything(t, c.List(t.Context(), memberships.Filter{Group: staff})); len(rows) != 1 {
		t.Errorf("got %v", rows)
	}
	if diff := cmp.Diff([]string{"GET /memberships"}, sent.take()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// "Not a member" needs a look at the whole room.
func TestCheckInModeratedSpace(t *testing.T) {
	staff, lobby := groupNamed(t, "Staff"), groupNamed(t, "Lobby")
	for _, tc := range []struct {
		token  string
		group  memberships.Group
		member string
		want   memberships.Presence
	}{
		{"grace", staff, "ada", memberships.PresenceMember},
		{"grace", staff, "alan", memberships.PresenceUndetermined},
		{"grace", staff, "barbara", memberships.PresenceUndetermined},
		{"ada", staff, "alan", memberships.PresenceMember},
		{"ada", staff, "barbara", memberships.PresenceNotMember},
		{"alan", staff, "barbara", memberships.PresenceNotMember},
		{"alan", lobby, "barbara", memberships.PresenceNotMember},
	} {
		c, _ := portable(t, tc.token)
		got, err := c.Check(t.Context(), tc.group, email(tc.member))
		if got != tc.want || (err != nil) != (got == memberships.PresenceUndetermined) {
			t.Errorf("%s asks for %s in %s: got %v, %v, want %v", tc.token, tc.member, tc.group.Name, got, err, tc.want)
		}
		if tc.want == memberships.PresenceUndetermined {
			if got := wrappertest.Outcome(memberships.Membership{}, err); got != memberships.ErrUndetermined.Error() {
				t.Errorf("the error is %v", err)
			}
			_, err := c.Remove(t.Context(), memberships.Ref{Group: tc.group, Member: email(tc.member)})
			if got := wrappertest.Outcome(memberships.Membership{}, err); got != memberships.ErrUndetermined.Error() {
				t.Errorf("Remove: got %v", err)
			}
		}
	}
}

// The groups of somebody else are searched in what the caller sees.
func TestMembershipsOf(t *testing.T) {
	callers := []string{"scope callers_groups"}
	for _, tc := range []struct {
		name, token string
		member      memberships.Member
		want        []string
		gaps        []string
	}{
		{"the caller", "alan", email("alan"), []string{"room Engine", "room Lobby", "room Staff", "team Engine"}, nil},
		{"somebody else", "grace", email("alan"), []string{"room Engine", "room Lobby", "team Engine"}, callers},
		{"somebody else, of fewer rooms", "ada", email("grace"), []string{"room Engine", "team Engine"}, callers},
		{"somebody in nothing", "ada", email("niklaus"), nil, callers},
		{"for an officer", "officer", email("alan"), []string{"room Engine", "room Lobby", "room Staff", "team Engine"}, callers},
		{"nobody", "ada", email("nobody"), []string{"no such member"}, callers},
		{"nobody by id", "ada", memberships.Member{ID: "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8wMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwOTk"}, []string{"no such member"}, callers},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _ := portable(t, tc.token)
			known := map[string]string{}
			officer, _ := portable(t, "officer")
			for g, err := range officer.Groups(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				known[g.ID] = g.Name
			}
			show := func(m memberships.Membership, err error) string {
				if err != nil {
					return wrappertest.Outcome(m, err)
				}
				if !strings.EqualFold(m.Member.Email, tc.member.Email) {
					t.Errorf("got a membership of %s", m.Member.Email)
				}
				return string(m.Group.Kind) + " " + known[m.Group.ID]
			}
			var pass memberships.Pass
			var got []string
			for m, err := range c.MembershipsOf(t.Context(), tc.member, memberships.WithPass(&pass)) {
				got = append(got, show(m, err))
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got) + cmp.Diff(tc.gaps, codes(pass.Coverage)); diff != "" {
				t.Errorf("MembershipsOf (-want +got):\n%s", diff)
			}
			var pages memberships.Pass
			got = nil
			for p, err := range c.Pages(t.Context(), memberships.Filter{Member: tc.member}, memberships.PageRequest{Size: 1}, memberships.WithPass(&pages)) {
				if err != nil {
					got = append(got, show(memberships.Membership{}, err))
					break
				}
				for _, m := range p.Items {
					got = append(got, show(m, nil))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Pages (-want +got):\n%s", diff)
			}
		})
	}
}

// A room or team that could not be read may hold somebody whom nobody else shows.
func TestMembershipsOfSomebodyWhoMayBeHidden(t *testing.T) {
	guest := memberships.Member{Email: "guest@elsewhere.example"}
	want := []string{"scope callers_groups", "hidden unread_group"}
	answers := map[string]string{
		"/v1/people/me": `{"id":"ada","emails":["ada@example.com"]}`,
		"/v1/people":    `{"items":[]}`,
		"/v1/rooms":     `{"items":[{"id":"r","title":"Lobby","type":"group"}]}`,
		"/v1/teams":     `{"items":[{"id":"t","name":"Engine"}]}`,
	}
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		switch {
		case ok:
		case r.URL.Path == "/v1/team/memberships":
			w.WriteHeader(http.StatusNotFound)
			body = `{"message":"Could not find a team with provided ID.","trackingId":"x"}`
		case r.URL.Query().Has("roomId"):
			body = `{"items":[]}`
		default:
			w.WriteHeader(http.StatusBadRequest)
			body = `{"message":"personEmail needs a roomId","trackingId":"x"}`
		}
		_, _ = w.Write([]byte(body))
	}).Provider())
	var listed, paged memberships.Pass
	for m, err := range c.MembershipsOf(t.Context(), guest, memberships.WithPass(&listed)) {
		t.Errorf("MembershipsOf: got %+v, %v", m, err)
	}
	for page, err := range c.Pages(t.Context(), memberships.Filter{Member: guest}, memberships.PageRequest{Size: 1}, memberships.WithPass(&paged)) {
		if err != nil || len(page.Items) > 0 {
			t.Errorf("Pages: got %+v, %v", page, err)
		}
	}
	if diff := cmp.Diff(want, codes(listed.Coverage)) + cmp.Diff(want, codes(paged.Coverage)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// The search stops when the loop does.
func TestMembershipsOfBreaks(t *testing.T) {
	c, _ := portable(t, "grace")
	n := 0
	for _, err := range c.MembershipsOf(t.Context(), email("alan")) {
		if n++; err != nil {
			t.Fatal(err)
		}
		break
	}
	if n != 1 {
		t.Errorf("got %d rows", n)
	}
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

// A token of a page names a stage of its own listing.
func TestPageTokenOfNoStage(t *testing.T) {
	c, _ := portable(t, "alan")
	p := c.Provider()
	_, err := p.ListPage(t.Context(), memberships.Query{Member: email("alan")}, memberships.PageRequest{Token: "xyz"})
	if got := wrappertest.Outcome(memberships.Membership{}, err); got != memberships.ErrInvalidArgument.Error() {
		t.Errorf("got %v", err)
	}
}

// A flag of another JSON type says nothing about the room, so that its members are not
// taken for the whole.
func TestModeratedSpaceWithAnOddFlag(t *testing.T) {
	for flag, want := range map[string][]string{
		`true`: {"hidden moderators_only"}, `"true"`: {"hidden moderators_only"}, `{}`: {"hidden moderators_only"}, `7`: {"hidden moderators_only"},
		`false`: nil, `"false"`: nil, `null`: nil,
	} {
		c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
			body := map[string]string{
				"/v1/memberships": `{"items":[{"id":"m","roomId":"r","personId":"ada","personEmail":"ada@example.com","isModerator":true}]}`,
				"/v1/rooms/r":     `{"id":"r","title":"Staff","type":"group","teamId":"t","isLocked":` + flag + `}`,
				"/v1/people/me":   `{"id":"grace","emails":["grace@example.com"]}`,
			}[r.URL.Path]
			_, _ = w.Write([]byte(body))
		}).Provider())
		var pass memberships.Pass
		wrappertest.Everything(t, c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "r"}}, memberships.WithPass(&pass)))
		if diff := cmp.Diff(want, codes(pass.Coverage)); diff != "" {
			t.Errorf("isLocked %s (-want +got):\n%s", flag, diff)
		}
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

// A part is told as one where nothing says whether the caller is in the room.
func TestModeratedSpaceOfAnUnknownCaller(t *testing.T) {
	for name, tc := range map[string]struct{ room, me int }{
		"the caller is not told": {200, 403},
		"the room is not shown":  {403, 200},
		"neither":                {404, 403},
	} {
		t.Run(name, func(t *testing.T) {
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				status, body := 200, `{"items":[{"id":"m","roomId":"r","personId":"ada","personEmail":"ada@example.com","isModerator":true}]}`
				switch r.URL.Path {
				case "/v1/rooms/r":
					status, body = tc.room, `{"id":"r","title":"Staff","type":"group","teamId":"t","isLocked":true}`
				case "/v1/people/me":
					status, body = tc.me, `{"id":"grace","emails":["grace@example.com"]}`
				}
				if status != 200 {
					body = `{"message":"no","trackingId":"x"}`
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}).Provider())
			var pass memberships.Pass
			wrappertest.Everything(t, c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "r"}}, memberships.WithPass(&pass)))
			if diff := cmp.Diff([]string{"hidden moderators_only"}, codes(pass.Coverage)); diff != "" {
				t.Fatalf("gaps (-want +got):\n%s", diff)
			}
			if text := pass.Coverage.Gaps[0].Text; strings.Contains(text, "the caller is not in") {
				t.Errorf("nothing tells that: %s", text)
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
