package webex

import "testing"

const leavingState = `
people:
  - {name: Ada, email: ada@example.com}
  - {name: Bob, email: bob@example.com}
  - {name: Eve, email: eve@example.com}
groups:
  - {name: Solo, kind: team, in: [webex], members: [{email: ada@example.com, role: owner}]}
  - {name: Pair, kind: team, in: [webex], members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Two, kind: team, in: [webex], members: [{email: ada@example.com, role: owner}, {email: bob@example.com, role: owner}]}
  - {name: Room, in: [webex], moderated: true, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
credentials:
  webex:
    - {token: ada}
    - {token: bob, email: bob@example.com}
    - {token: officer, email: eve@example.com, scopes: ["spark-compliance:memberships_read", "spark-compliance:rooms_read"]}
`

// The last moderator of a team may leave only as its last member; any other member may
// leave.
func TestLeaving(t *testing.T) {
	for name, tt := range map[string]struct {
		as, room, who string
		want          int
	}{
		"alone in a team":               {"ada", "Solo", "ada@example.com", 204},
		"the last moderator of a team":  {"ada", "Pair", "ada@example.com", 403},
		"a member of a team":            {"bob", "Pair", "bob@example.com", 204},
		"a member, sent away":           {"ada", "Pair", "bob@example.com", 204},
		"one of two moderators":         {"ada", "Two", "ada@example.com", 204},
		"the other, sent away":          {"ada", "Two", "bob@example.com", 204},
		"the last moderator of a room":  {"ada", "Room", "ada@example.com", 204},
		"a moderator, sent by a member": {"bob", "Pair", "ada@example.com", 403},
	} {
		t.Run(name, func(t *testing.T) {
			s := startWith(t, leavingState)
			room := s.room(tt.room)
			id, _ := s.membershipOf(room, tt.who)["id"].(string)
			if r := s.do(tt.as, "DELETE", "/v1/memberships/"+id, ""); r.status != tt.want {
				t.Fatalf("got %+v, want %d", r, tt.want)
			}
			if there := s.membershipOf(room, tt.who) != nil; there != (tt.want == 403) {
				t.Errorf("is there: %t", there)
			}
		})
	}
}
