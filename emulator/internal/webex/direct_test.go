package webex

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const directState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Eve Outside, email: eve@example.com}
groups:
  - {name: Ada and Bob, in: [webex], type: direct, ids: {webex: pair}, members: [{email: ada@example.com}, {email: bob@example.com}]}
  - {name: Open, in: [webex], type: group, members: [{email: ada@example.com}, {email: bob@example.com}]}
credentials:
  webex:
    - {token: ada}
    - {token: bob, email: bob@example.com}
    - {token: eve, email: eve@example.com}
    - {token: officer, email: eve@example.com, scopes: ["spark-compliance:memberships_read", "spark-compliance:memberships_write", "spark-compliance:rooms_read", "spark-compliance:rooms_write"]}
`

// titles returns the titles of the rooms that a caller lists.
func (s *provider) titles(as, query string) []string {
	s.t.Helper()
	var out []string
	for _, r := range s.do(as, "GET", "/v1/rooms?"+query, "").body["items"].([]any) {
		out = append(out, r.(map[string]any)["title"].(string))
	}
	return out
}

// A direct room has two fixed members and the other member's name as title. Each member
// can hide it.
func TestDirectRooms(t *testing.T) {
	s := startWith(t, directState)
	for as, want := range map[string][]string{"ada": {"Bob Member"}, "bob": {"Ada Lovelace"}, "eve": nil, "officer": {"Ada Lovelace, Bob Member"}} {
		if diff := cmp.Diff(want, s.titles(as, "type=direct")); diff != "" {
			t.Errorf("%s lists (-want +got):\n%s", as, diff)
		}
	}
	if diff := cmp.Diff([]string{"Open"}, s.titles("ada", "type=group")); diff != "" {
		t.Errorf("group rooms (-want +got):\n%s", diff)
	}
	pair := encodeID(typeRoom, "pair")
	ada, bob := "/v1/memberships/"+membershipID(typeMembership, 1, "pair"), "/v1/memberships/"+membershipID(typeMembership, 2, "pair")
	inOpen, _ := s.membershipOf(s.room("Open"), "ada@example.com")["id"].(string)
	if m := s.do("ada", "GET", bob, "").body; m["roomType"] != "direct" || m["isModerator"] != false {
		t.Errorf("a membership is %v", m)
	}
	tests := []struct {
		as, method, path, body string
		want                   int
	}{
		{"ada", "PUT", ada, `{"isRoomHidden":true}`, 200},
		{"ada", "PUT", bob, `{"isRoomHidden":true}`, 403},
		{"officer", "PUT", ada, `{"isRoomHidden":false}`, 403},
		{"ada", "PUT", "/v1/memberships/" + inOpen, `{"isRoomHidden":true}`, 400},
		{"ada", "PUT", "/v1/memberships/" + inOpen, `{"isRoomHidden":false}`, 200},
		{"ada", "PUT", ada, `{"isModerator":true}`, 403},
		{"ada", "PUT", ada, `{"isModerator":false,"isRoomHidden":true}`, 200},
		{"ada", "DELETE", ada, "", 403},
		{"ada", "DELETE", bob, "", 403},
		{"officer", "DELETE", bob, "", 403},
		{"ada", "POST", "/v1/memberships", `{"roomId":"` + pair + `","personEmail":"eve@example.com"}`, 403},
		{"ada", "DELETE", "/v1/rooms/" + pair, "", 403},
		{"ada", "PUT", "/v1/rooms/" + pair, `{"title":"x"}`, 403},
		{"ada", "PUT", "/v1/rooms/" + pair, `{"title":"x","isReadOnly":true}`, 403},
		{"officer", "PUT", "/v1/rooms/" + pair, `{"title":"x","isReadOnly":true}`, 200},
		{"eve", "GET", ada, "", 404},
	}
	for _, tt := range tests {
		if r := s.do(tt.as, tt.method, tt.path, tt.body); r.status != tt.want {
			t.Errorf("%s: %s %s %s: got %d %v, want %d", tt.as, tt.method, tt.path, tt.body, r.status, r.body, tt.want)
		}
	}
	if r := s.do("bob", "GET", "/v1/rooms/"+pair, "").body; r["isReadOnly"] != true || r["title"] != "Ada Lovelace" || r["type"] != "direct" {
		t.Errorf("the room is %v", r)
	}
	// The member who hides the room sees that, and no other caller does.
	seen := map[string]string{}
	for _, as := range []string{"ada", "bob", "officer"} {
		items := s.do(as, "GET", "/v1/memberships?roomId="+pair, "").body["items"].([]any)
		for _, m := range items {
			seen[as] += fmt.Sprint(m.(map[string]any)["isRoomHidden"], " ")
		}
	}
	if diff := cmp.Diff(map[string]string{"ada": "true false ", "bob": "false false ", "officer": "false false "}, seen); diff != "" {
		t.Errorf("isRoomHidden of ada and bob (-want +got):\n%s", diff)
	}
}
