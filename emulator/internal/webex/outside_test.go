package webex

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

const moderatedState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Tia Teammate, email: tia@example.com}
  - {name: Eve Outside, email: eve@example.com}
groups:
  - {name: Secret, in: [webex], team: crew, moderated: true, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}], count: 3}
  - {name: Free, in: [webex], team: Crew, members: [{email: ada@example.com}]}
  - {name: Crew, kind: team, in: [webex], members: [{email: ada@example.com, role: owner}, {email: bob@example.com}, {email: tia@example.com}]}
  - {name: Alone, in: [webex], moderated: true, members: [{email: ada@example.com}]}
credentials:
  webex:
    - {token: ada}
    - {token: tia, email: tia@example.com}
    - {token: eve, email: eve@example.com}
    - {token: officer, email: eve@example.com, scopes: ["spark-compliance:memberships_read", "spark-compliance:rooms_read"]}
`

func startWith(t *testing.T, text string) *provider {
	t.Helper()
	s := startServer(t, text)
	return &provider{t, s.router}
}

func startServer(t *testing.T, text string) *server {
	t.Helper()
	w, err := seed.Parse("state", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return newServer(w)
}

// emails returns the addresses on a page, or the status of a failure.
func (s *provider) emails(as, path string) string {
	s.t.Helper()
	r := s.do(as, "GET", path, "")
	if r.status != 200 {
		return fmt.Sprint(r.status)
	}
	var out []string
	for _, m := range r.body["items"].([]any) {
		out = append(out, strings.TrimSuffix(m.(map[string]any)["personEmail"].(string), "@example.com"))
	}
	return strings.Join(out, " ")
}

// A member of the team who is not in its moderated room sees the moderators alone. A
// person in neither sees nothing.
func TestModeratedRoomFromOutside(t *testing.T) {
	s := startWith(t, moderatedState)
	secret, free, alone := s.room("Secret"), s.room("Free"), s.room("Alone")
	tests := []struct{ as, query, want string }{
		{"ada", "roomId=" + secret, "ada bob member-0000001 member-0000002 member-0000003"},
		{"officer", "roomId=" + secret, "ada bob member-0000001 member-0000002 member-0000003"},
		{"tia", "roomId=" + secret, "ada"},
		{"tia", "roomId=" + secret + "&max=1", "ada"},
		{"tia", "roomId=" + secret + "&personEmail=ada@example.com", "ada"},
		{"tia", "roomId=" + secret + "&personEmail=bob@example.com", ""},
		{"tia", "roomId=" + secret + "&personId=" + personID(1), "ada"},
		{"tia", "roomId=" + secret + "&personId=" + personID(2), ""},
		{"tia", "roomId=" + secret + "&personId=" + personID(3), ""},
		{"tia", "roomId=" + free, "404"},
		{"tia", "roomId=" + alone, "404"},
		{"tia", "", "tia"},
		{"eve", "roomId=" + secret, "404"},
		{"eve", "roomId=" + secret + "&personEmail=ada@example.com", "404"},
	}
	for _, tt := range tests {
		if got := s.emails(tt.as, "/v1/memberships?"+tt.query); got != tt.want {
			t.Errorf("%s asks for %s: got %q, want %q", tt.as, tt.query, got, tt.want)
		}
	}

	type seen struct {
		Status int
		Locked any
		InTeam bool
	}
	for as, want := range map[string]seen{"ada": {200, true, true}, "tia": {200, true, true}, "eve": {404, nil, false}} {
		r := s.do(as, "GET", "/v1/rooms/"+secret, "")
		team, _ := r.body["teamId"].(string)
		_, isTeam := decodeID(typeTeam, team)
		if diff := cmp.Diff(want, seen{r.status, r.body["isLocked"], isTeam}); diff != "" {
			t.Errorf("%s sees the room (-want +got):\n%s", as, diff)
		}
	}
	if r := s.do("tia", "GET", "/v1/rooms", ""); len(r.body["items"].([]any)) != 1 {
		t.Errorf("tia is in the General room alone, and lists %v", r.body)
	}
	if r := s.do("ada", "GET", "/v1/rooms/"+alone, ""); r.body["isLocked"] != true || r.body["teamId"] != nil {
		t.Errorf("a moderated room without a team: %v", r.body)
	}
}

// A member of the team cannot change its moderated room from outside.
func TestModeratedRoomIsNotChangedFromOutside(t *testing.T) {
	s := startWith(t, moderatedState)
	secret := s.room("Secret")
	u, _ := decodeID(typeRoom, secret)
	ada, bob := "/v1/memberships/"+membershipID(typeMembership, 1, u), "/v1/memberships/"+membershipID(typeMembership, 2, u)
	tests := []struct {
		method, path, body string
		want               int
	}{
		{"GET", ada, "", 200},
		{"GET", bob, "", 404},
		{"PUT", ada, `{"isModerator":false}`, 404},
		{"PUT", ada, `{"isRoomHidden":false}`, 404},
		{"DELETE", ada, "", 404},
		{"DELETE", bob, "", 404},
		{"POST", "/v1/memberships", `{"roomId":"` + secret + `","personEmail":"tia@example.com"}`, 404},
		{"DELETE", "/v1/rooms/" + secret, "", 404},
	}
	for _, tt := range tests {
		if r := s.do("tia", tt.method, tt.path, tt.body); r.status != tt.want {
			t.Errorf("%s %s: got %d %v, want %d", tt.method, tt.path, r.status, r.body, tt.want)
		}
	}
	if got := s.emails("ada", "/v1/memberships?max=2&roomId="+secret); got != "ada bob" {
		t.Errorf("the room has %q", got)
	}
}
