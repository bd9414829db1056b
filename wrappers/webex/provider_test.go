package webex_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// teamState has a team of three, a moderated space of that team with Ada and Alan, and an
// open room. The token of a person is the person's first name.
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

// requests records the requests of a client.
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

// portable returns the portable client of teamState with a token.
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

// groupNamed returns a group of teamState by name, from the officer's list.
func groupNamed(t *testing.T, name string) memberships.Group {
	t.Helper()
	c, _ := portable(t, "officer")
	all := wrappertest.Collect(t, c.Groups(t.Context()))
	i := slices.IndexFunc(all, func(g memberships.Group) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("no group %s in %v", name, all)
	}
	return all[i]
}

// codes returns the level and code of each gap.
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

// Remove returns the membership before the removal.
func TestRemoveReturnsTheMembership(t *testing.T) {
	lobby := groupNamed(t, "Lobby")
	c, _ := portable(t, "grace")
	got, err := c.Remove(t.Context(), memberships.Ref{Group: lobby, Member: email("alan")})
	if want := "alan@example.com"; err != nil || got.Member.Email != want || got.Role != memberships.RoleMember || got.Member.Name != "Alan" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Check is undetermined beside a membership without a person, unless it finds the member.
func TestCheckAmongNamelessMembers(t *testing.T) {
	c := memberships.New(serve(t, func(w http.ResponseWriter, _ *http.Request) {
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

// Groups yields the caller's rooms, then the caller's teams, and reports that scope. It lists
// both at the same time.
func TestProviderGroups(t *testing.T) {
	rooms, teams := items(`{"id":"r1","title":"Lobby"}`, `{"id":"r2","title":"Staff"}`), items(`{"id":"t","name":"Engine"}`)
	for name, tc := range map[string]struct {
		rooms, teams step
		take         int // 0 is all
		want         []string
		kind         error
		asked        int // 0 is 1 or 2: an early end may come before the second request
	}{
		"all":                  {rooms, teams, 0, []string{"room/r1 Lobby", "room/r2 Staff", "team/t Engine"}, nil, 2},
		"no groups":            {emptyOne, emptyOne, 0, nil, nil, 2},
		"the first room":       {rooms, teams, 1, []string{"room/r1 Lobby"}, nil, 0},
		"up to the first team": {rooms, teams, 3, []string{"room/r1 Lobby", "room/r2 Staff", "team/t Engine"}, nil, 2},
		"rooms denied":         {denied, teams, 0, nil, memberships.ErrPermissionDenied, 0},
		"teams denied":         {rooms, denied, 0, []string{"room/r1 Lobby", "room/r2 Staff"}, memberships.ErrPermissionDenied, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c, asked := answering(t, map[string]step{"GET /rooms": tc.rooms, "GET /teams": tc.teams})
			var summary memberships.Summary
			var got []string
			var last error
			for g, err := range c.Groups(t.Context(), memberships.WithSummary(&summary)) {
				if last = err; err == nil {
					got = append(got, string(g.Kind)+"/"+g.ID+" "+g.Name)
				}
				if tc.take > 0 && len(got) == tc.take {
					break
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || !errors.Is(last, tc.kind) || tc.asked > 0 && len(*asked) != tc.asked {
				t.Errorf("ended with %v after %q (-want +got):\n%s", last, *asked, diff)
			}
			var gaps []string
			if tc.kind == nil && tc.take == 0 {
				gaps = []string{"scope callers_groups"}
			}
			if diff := cmp.Diff(gaps, codes(summary.Coverage)); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

// Get fills every field of the portable membership.
func TestProviderReadsMemberships(t *testing.T) {
	const whole = `{"id":"m","roomId":"r","teamId":"t","personId":"p","personEmail":"ada@example.com","personDisplayName":"Ada","isModerator":%s,"created":"2020-01-02T03:04:05.678Z"}`
	for kind, path := range map[memberships.GroupKind]string{memberships.KindRoom: "GET /memberships/m", memberships.KindTeam: "GET /team/memberships/m"} {
		for flag, role := range map[string]memberships.Role{"true": memberships.RoleManager, "false": memberships.RoleMember} {
			c, _ := answering(t, map[string]step{path: {200, fmt.Sprintf(whole, flag)}})
			group := memberships.Group{Kind: kind, ID: map[memberships.GroupKind]string{memberships.KindRoom: "r", memberships.KindTeam: "t"}[kind]}
			got, err := c.Get(t.Context(), memberships.Ref{Group: group, ID: "m"})
			want := memberships.Membership{
				Provider: "webex", ID: "m", Group: group,
				Member: memberships.Member{Kind: memberships.MemberUser, ID: "p", Email: "ada@example.com", Name: "Ada"},
				Role:   role, RoleName: map[string]string{"true": "moderator", "false": "member"}[flag],
				State: memberships.StateActive, Created: time.Date(2020, 1, 2, 3, 4, 5, 678_000_000, time.UTC),
			}
			if diff := cmp.Diff(want, got.WithNative(nil), cmp.AllowUnexported(memberships.Membership{})); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", kind, err, diff)
			}
		}
	}
}

// A change is one request with the fields of the change alone. A lookup precedes it if the
// reference has a person and no membership id.
func TestProviderSends(t *testing.T) {
	type ref = memberships.Ref
	room, team := memberships.Group{Kind: memberships.KindRoom, ID: "r"}, memberships.Group{Kind: memberships.KindTeam, ID: "t"}
	ada, both := memberships.Member{ID: "p"}, memberships.Member{ID: "p", Email: "ada@example.com"}
	const lookInRoom, lookInTeam = "GET /memberships?max=1000&personId=p&roomId=r", "GET /team/memberships?max=1000&teamId=t"
	ofRoom, ofTeam := row("r", "p", "ada@example.com", false), row("t", "p", "ada@example.com", false)
	answers := map[string]step{
		"GET /memberships": items(ofRoom), "GET /team/memberships": items(row("t", "q", "alan@example.com", true), ofTeam),
		"POST /memberships": {200, ofRoom}, "POST /team/memberships": {200, ofTeam},
		"PUT /memberships/m-p": {200, ofRoom}, "PUT /team/memberships/m-p": {200, ofTeam},
		"DELETE /memberships/m-p": {204, ""}, "DELETE /team/memberships/m-p": {204, ""},
	}
	for name, tc := range map[string]struct {
		change memberships.Change
		want   []string
	}{
		"add by id":                        {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: room, Member: ada}}, []string{`POST /memberships {"roomId":"r","personId":"p"}`}},
		"add by address":                   {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: room, Member: email("ada")}}, []string{`POST /memberships {"roomId":"r","personEmail":"ada@example.com"}`}},
		"add by id, with an address":       {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: room, Member: both}}, []string{`POST /memberships {"roomId":"r","personId":"p"}`}},
		"add a moderator":                  {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: room, Member: ada}, Role: memberships.RoleManager}, []string{`POST /memberships {"roomId":"r","personId":"p","isModerator":true}`}},
		"add to a team":                    {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: team, Member: both}}, []string{`POST /team/memberships {"teamId":"t","personId":"p"}`}},
		"add a moderator of a team":        {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: team, Member: email("ada")}, Role: memberships.RoleManager}, []string{`POST /team/memberships {"teamId":"t","personEmail":"ada@example.com","isModerator":true}`}},
		"promote":                          {memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: room, Member: ada}, Role: memberships.RoleManager}, []string{lookInRoom, `PUT /memberships/m-p {"isModerator":true}`}},
		"demote by membership":             {memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: room, ID: "m-p"}, Role: memberships.RoleMember}, []string{`PUT /memberships/m-p {"isModerator":false}`}},
		"promote in a team":                {memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: team, Member: ada}, Role: memberships.RoleManager}, []string{lookInTeam, `PUT /team/memberships/m-p {"isModerator":true}`}},
		"demote in a team":                 {memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: team, ID: "m-p"}, Role: memberships.RoleMember}, []string{`PUT /team/memberships/m-p {"isModerator":false}`}},
		"remove":                           {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: room, Member: ada}}, []string{lookInRoom, "DELETE /memberships/m-p"}},
		"remove by membership":             {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: room, ID: "m-p"}}, []string{"DELETE /memberships/m-p"}},
		"remove from a team":               {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: team, Member: ada}}, []string{lookInTeam, "DELETE /team/memberships/m-p"}},
		"remove from a team by membership": {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: team, ID: "m-p"}}, []string{"DELETE /team/memberships/m-p"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, asked := answering(t, answers)
			got, err := wrappertest.Apply(t.Context(), c.Provider(), tc.change)
			if diff := cmp.Diff(tc.want, *asked); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if got.ID != "m-p" && tc.change.Ref.ID == "" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A change returns the error of its request, and sends no write after an empty lookup.
func TestProviderChangesFail(t *testing.T) {
	type ref = memberships.Ref
	room, team := memberships.Group{Kind: memberships.KindRoom, ID: "r"}, memberships.Group{Kind: memberships.KindTeam, ID: "t"}
	ada := memberships.Member{ID: "p"}
	for name, tc := range map[string]struct {
		change  memberships.Change
		answers map[string]step
		kind    error
		asked   int
	}{
		"an existing member":                {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: room, Member: ada}}, map[string]step{"POST /memberships": already}, memberships.ErrAlreadyExists, 1},
		"an existing team member":           {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: team, Member: ada}}, map[string]step{"POST /team/memberships": already}, memberships.ErrAlreadyExists, 1},
		"an unknown room":                   {memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: room, Member: ada}}, map[string]step{"POST /memberships": missing}, memberships.ErrNotFound, 1},
		"remove an absent member":           {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: team, Member: ada}}, map[string]step{"GET /team/memberships": emptyOne}, memberships.ErrNotMember, 1},
		"update an absent member":           {memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: team, Member: ada}, Role: memberships.RoleManager}, map[string]step{"GET /team/memberships": emptyOne}, memberships.ErrNotMember, 1},
		"the last moderator":                {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: team, ID: "m"}}, map[string]step{"DELETE /team/memberships/m": denied}, memberships.ErrPermissionDenied, 1},
		"a removal of an absent membership": {memberships.Change{Op: memberships.OpRemove, Ref: ref{Group: room, ID: "m"}}, map[string]step{"DELETE /memberships/m": missing}, memberships.ErrNotFound, 1},
		"an update of an absent membership": {memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: room, ID: "m"}}, map[string]step{"PUT /memberships/m": missing}, memberships.ErrNotFound, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, asked := answering(t, tc.answers)
			got, err := wrappertest.Apply(t.Context(), c.Provider(), tc.change)
			if !errors.Is(err, tc.kind) || got.Provider != "" || len(*asked) != tc.asked {
				t.Errorf("got %+v, %v after %q, want %v", got, err, *asked, tc.kind)
			}
		})
	}
}

// Get finds a member of a team by every address of the person.
func TestProviderGetInTeamByAnotherAddress(t *testing.T) {
	team := memberships.Group{Kind: memberships.KindTeam, ID: "t"}
	listed := items(row("t", "alan", "alan@example.com", false), row("t", "ada", "ada@example.com", true))
	ada := items(`{"id":"ada","displayName":"Ada","emails":["ada@example.com","countess@example.com"]}`)
	const list, look, one = "GET /team/memberships?max=1000&teamId=t", "GET /people?email=countess%40example.com&max=1000", "GET /team/memberships/m-ada"
	for name, tc := range map[string]struct {
		member memberships.Member
		listed step
		people step
		kind   error
		asked  []string
	}{
		"the listed address":              {email("ADA"), listed, emptyOne, nil, []string{list}},
		"another address":                 {email("countess"), listed, ada, nil, []string{list, look, one}},
		"the id":                          {memberships.Member{ID: "ada"}, listed, emptyOne, nil, []string{list}},
		"another id":                      {memberships.Member{ID: "grace"}, listed, emptyOne, memberships.ErrNotMember, []string{list}},
		"an unknown address":              {email("countess"), listed, emptyOne, memberships.ErrNotMember, []string{list, look}},
		"the address of an absent member": {email("countess"), items(row("t", "alan", "alan@example.com", false)), ada, memberships.ErrNotMember, []string{list, look}},
		"a denied lookup":                 {email("countess"), listed, denied, memberships.ErrPermissionDenied, []string{list, look}},
		"an empty team":                   {email("countess"), emptyOne, ada, memberships.ErrNotMember, []string{list}},
		"a hidden team":                   {email("countess"), missing, ada, memberships.ErrNotFound, []string{list}},
	} {
		t.Run(name, func(t *testing.T) {
			c, asked := answering(t, map[string]step{
				"GET /team/memberships": tc.listed, "GET /people": tc.people,
				"GET /team/memberships/m-ada": {200, row("t", "ada", "ada@example.com", true)},
			})
			m, err := c.Get(t.Context(), memberships.Ref{Group: team, Member: tc.member})
			if diff := cmp.Diff(tc.asked, *asked); diff != "" || !errors.Is(err, tc.kind) || (err == nil) != (tc.kind == nil) {
				t.Errorf("%v, want %v; requests (-want +got):\n%s", err, tc.kind, diff)
			}
			if err == nil && (m.ID != "m-ada" || m.Role != memberships.RoleManager) {
				t.Errorf("got %+v", m)
			}
		})
	}
}

// Get looks a person up and searches the room by id if the room has no member with the
// address.
func TestProviderGetInRoomByAnotherAddress(t *testing.T) {
	ada := items(`{"id":"ada","emails":["ada@example.com","countess@example.com"]}`)
	const byAddress, byID = "GET /memberships?max=1000&personEmail=countess%40example.com&roomId=r", "GET /memberships?max=1000&personId=ada&roomId=r"
	for name, tc := range map[string]struct {
		in     bool // she is in the room
		people step
		kind   error
		asked  []string // of memberships
	}{
		"a member":                             {true, ada, nil, []string{byAddress, byID}},
		"an absent member":                     {false, ada, memberships.ErrNotMember, []string{byAddress, byID}},
		"an unknown address":                   {false, emptyOne, memberships.ErrNotMember, []string{byAddress}},
		"the main address of an absent member": {false, items(`{"id":"ada","emails":["Countess@example.com"]}`), memberships.ErrNotMember, []string{byAddress}},
		"an address of two people":             {false, items(`{"id":"a","emails":["countess@example.com"]}`, `{"id":"b","emails":["countess@example.com"]}`), memberships.ErrAmbiguous, []string{byAddress}},
		"an answer about another person":       {false, items(`{"id":"ada","emails":["ada@example.com"]}`), memberships.ErrMalformed, []string{byAddress}},
		"a denied lookup":                      {false, denied, memberships.ErrPermissionDenied, []string{byAddress}},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				a := emptyOne
				switch r.URL.Path {
				case "/v1/memberships":
					asked = append(asked, "GET /memberships?"+r.URL.RawQuery)
					if tc.in && r.URL.Query().Get("personId") == "ada" {
						a = items(row("r", "ada", "ada@example.com", false))
					}
				case "/v1/people":
					a = tc.people
				case "/v1/rooms/r":
					a = step{200, `{"id":"r","title":"Lobby","type":"group"}`}
				}
				w.WriteHeader(a.Status)
				_, _ = w.Write([]byte(a.Body))
			}).Provider())
			m, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "r"}, Member: email("countess")})
			if diff := cmp.Diff(tc.asked, asked); diff != "" || !errors.Is(err, tc.kind) || (err == nil) != (tc.kind == nil) {
				t.Errorf("%v, want %v; requests (-want +got):\n%s", err, tc.kind, diff)
			}
			if err == nil && m.Member.ID != "ada" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

// Caller returns the owner of the token, also without addresses.
func TestProviderCaller(t *testing.T) {
	for body, want := range map[string]memberships.Member{
		`{"id":"p","displayName":"Ada","emails":["ada@example.com","countess@example.com"]}`: {Kind: memberships.MemberUser, ID: "p", Email: "ada@example.com", Name: "Ada"},
		`{"id":"p","displayName":"Bot"}`: {Kind: memberships.MemberUser, ID: "p", Name: "Bot"},
	} {
		c, _ := answering(t, map[string]step{"GET /people/me": {200, body}})
		got, err := c.Caller(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	c, _ := answering(t, map[string]step{"GET /people/me": denied})
	if got, err := c.Caller(t.Context()); !errors.Is(err, memberships.ErrPermissionDenied) || got != (memberships.Member{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Resolve returns a result per address, with the address of the request.
func TestProviderResolve(t *testing.T) {
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := `{"items":[]}`
		if r.URL.Query().Get("email") == "countess@example.com" {
			body = `{"items":[{"id":"ada","displayName":"Ada","emails":["ada@example.com","countess@example.com"]}]}`
		}
		_, _ = w.Write([]byte(body))
	}).Provider())
	got, err := c.Provider().Resolve(t.Context(), []memberships.Member{email("nobody"), email("countess")})
	if err != nil || len(got) != 2 || !errors.Is(got[0].Err, memberships.ErrNoSuchMember) {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := memberships.Member{Kind: memberships.MemberUser, ID: "ada", Email: "countess@example.com", Name: "Ada"}
	if diff := cmp.Diff(want, got[1].Member); diff != "" || got[1].Err != nil || got[1].How == "" {
		t.Errorf("%+v (-want +got):\n%s", got[1], diff)
	}
}

// MemberSet gives a team and its General room one set of members.
func TestMemberSet(t *testing.T) {
	const team = "Y2lzY29zcGFyazovL3VzL1RFQU0vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0"
	general := memberships.Group{Kind: memberships.KindRoom, ID: "Y2lzY29zcGFyazovL3VzL1JPT00vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0"}
	c, err := webex.New(option.WithToken("token"))
	if err != nil {
		t.Fatal(err)
	}
	client := memberships.New(c.Provider())
	for name, tt := range map[string]struct{ group, want memberships.Group }{
		"a team":             {memberships.Group{Kind: memberships.KindTeam, ID: team, Name: "Engine"}, general},
		"its General room":   {general, general},
		"another room":       {memberships.Group{ID: "room-2"}, memberships.Group{Kind: memberships.KindRoom, ID: "room-2"}},
		"an id of no team":   {memberships.Group{Kind: memberships.KindTeam, ID: "x"}, memberships.Group{Kind: memberships.KindTeam, ID: "x"}},
		"a group without id": {memberships.Group{}, memberships.Group{}},
	} {
		if got := client.MemberSet(tt.group); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
	}
}
