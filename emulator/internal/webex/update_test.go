package webex

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const updateState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Eve Outside, email: eve@example.com}
groups:
  - {name: Open, in: [webex], ids: {webex: open}, members: [{email: ada@example.com}, {email: bob@example.com}]}
  - {name: Locked, in: [webex], ids: {webex: locked}, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Bobs, in: [webex], ids: {webex: bobs}, members: [{email: ada@example.com, role: manager}, {email: eve@example.com, role: owner}]}
  - {name: Crew, kind: team, in: [webex], ids: {webex: crew}, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Other, kind: team, in: [webex], ids: {webex: other}, members: [{email: ada@example.com, role: owner}]}
  - {name: Empty, in: [webex], team: Crew, ids: {webex: empty}}
  - {name: Desert, in: [webex], ids: {webex: desert}}
credentials:
  webex:
    - {token: ada}
    - {token: bob, email: bob@example.com}
    - {token: eve, email: eve@example.com}
    - {token: reader, scopes: ["spark:rooms_read", "spark:teams_read"]}
    - {token: officer, email: eve@example.com, scopes: ["spark-compliance:memberships_read", "spark-compliance:memberships_write", "spark-compliance:rooms_read", "spark-compliance:rooms_write"]}
`

func TestUpdateRoom(t *testing.T) {
	crew, other := encodeID(typeTeam, "crew"), encodeID(typeTeam, "other")
	room := func(u string) string { return "/v1/rooms/" + encodeID(typeRoom, u) }
	type row = map[string]any
	tests := []struct {
		name, as, room, body string
		status               int
		want                 row // the room afterwards
	}{
		{"rename", "bob", "open", `{"title":"New"}`, 200, row{"title": "New", "isLocked": false}},
		{"no title", "ada", "open", `{"isLocked":true}`, 400, row{"isLocked": false}},
		{"empty title", "ada", "open", `{"title":""}`, 400, row{"title": "Open"}},
		{"lock", "bob", "open", `{"title":"Open","isLocked":true,"isAnnouncementOnly":true}`, 200, row{"isLocked": true, "isAnnouncementOnly": true}},
		{"unlock", "ada", "locked", `{"title":"Locked","isLocked":false}`, 200, row{"isLocked": false, "isAnnouncementOnly": false}},
		{"not a moderator", "bob", "locked", `{"title":"Mine"}`, 403, row{"title": "Locked"}},
		{"not in it", "eve", "locked", `{"title":"Mine"}`, 404, row{"title": "Locked"}},
		{"no scope", "reader", "open", `{"title":"New"}`, 403, row{"title": "Open"}},
		{"announcements without a lock", "ada", "open", `{"title":"Open","isAnnouncementOnly":true}`, 400, row{"isAnnouncementOnly": false}},
		{"into a team", "ada", "open", `{"title":"Open","teamId":"` + crew + `"}`, 200, row{"teamId": crew}},
		{"into a strange team", "bob", "open", `{"title":"Open","teamId":"` + other + `"}`, 404, row{"teamId": nil}},
		{"into another team", "ada", "crew", `{"title":"Crew","teamId":"` + other + `"}`, 400, row{"teamId": crew}},
		{"moderator outside the team", "ada", "bobs", `{"title":"Bobs","teamId":"` + other + `"}`, 400, row{"teamId": nil}},
		{"moderator outside the team, asked by one", "eve", "bobs", `{"title":"Bobs","teamId":"` + other + `"}`, 404, row{"teamId": nil}},
		{"description", "ada", "open", `{"title":"Open","description":"What for"}`, 200, row{"description": "What for"}},
		{"no description", "ada", "open", `{"title":"Open","description":" "}`, 200, row{"description": nil}},
		{"public", "ada", "open", `{"title":"Open","isPublic":true,"description":"x"}`, 403, row{"isPublic": false, "description": nil}},
		{"public by an officer", "officer", "open", `{"title":"Open","isPublic":true,"description":"x"}`, 200, row{"isPublic": true, "description": "x"}},
		{"public without a description", "officer", "open", `{"title":"Open","isPublic":true}`, 400, row{"isPublic": false}},
		{"renamed by an officer", "officer", "open", `{"title":"Mine"}`, 403, row{"title": "Open"}},
		{"locked by an officer", "officer", "open", `{"title":"Open","isLocked":true}`, 403, row{"isLocked": false}},
		{"read-only", "officer", "open", `{"title":"Open","isReadOnly":true}`, 403, row{"isReadOnly": false}},
		{"General room", "ada", "crew", `{"title":"Gang"}`, 200, row{"title": "Gang"}},
		{"General room unlocked", "ada", "crew", `{"title":"Crew","isLocked":false}`, 403, row{"isLocked": true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startWith(t, updateState)
			r := s.do(tt.as, "PUT", room(tt.room), tt.body)
			if r.status != tt.status {
				t.Fatalf("got %d %v, want %d", r.status, r.body, tt.status)
			}
			after := s.do("ada", "GET", room(tt.room), "").body
			got := row{}
			for k := range tt.want {
				got[k] = after[k]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("the room afterwards (-want +got):\n%s", diff)
			}
			if r.status == 200 && tt.as == "ada" {
				if diff := cmp.Diff(after, r.body); diff != "" {
					t.Errorf("the answer (-room +answer):\n%s", diff)
				}
			}
		})
	}
}

// Locking a room makes the caller its moderator; unlocking removes all moderators.
func TestLockAndUnlock(t *testing.T) {
	s := startWith(t, updateState)
	moderators := func(u string) (out []string) {
		for _, m := range s.do("ada", "GET", "/v1/memberships?roomId="+encodeID(typeRoom, u), "").body["items"].([]any) {
			if m := m.(map[string]any); m["isModerator"] == true {
				out = append(out, m["personEmail"].(string))
			}
		}
		return out
	}
	s.do("bob", "PUT", "/v1/rooms/"+encodeID(typeRoom, "open"), `{"title":"Open","isLocked":true}`)
	s.do("ada", "PUT", "/v1/rooms/"+encodeID(typeRoom, "locked"), `{"title":"Locked","isLocked":false}`)
	if diff := cmp.Diff([]string{"bob@example.com"}, moderators("open")); diff != "" {
		t.Errorf("locked (-want +got):\n%s", diff)
	}
	if got := moderators("locked"); got != nil {
		t.Errorf("unlocked: %v moderate it", got)
	}
}

func TestUpdateTeam(t *testing.T) {
	team, general := "/v1/teams/"+encodeID(typeTeam, "crew"), "/v1/rooms/"+encodeID(typeRoom, "crew")
	tests := []struct {
		name, as, body    string
		status            int
		title, decription any
	}{
		{"both", "ada", `{"name":"Gang","description":"who we are"}`, 200, "Gang", "who we are"},
		{"name alone", "ada", `{"name":"Gang"}`, 200, "Gang", nil},
		{"no name", "ada", `{"description":"x"}`, 400, "Crew", nil},
		{"empty name", "ada", `{"name":""}`, 400, "Crew", nil},
		{"not a moderator", "bob", `{"name":"Mine"}`, 403, "Crew", nil},
		{"not in it", "eve", `{"name":"Mine"}`, 404, "Crew", nil},
		{"no scope", "reader", `{"name":"Mine"}`, 403, "Crew", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startWith(t, updateState)
			if r := s.do(tt.as, "PUT", team, tt.body); r.status != tt.status {
				t.Fatalf("got %d %v, want %d", r.status, r.body, tt.status)
			}
			after := s.do("ada", "GET", team, "").body
			got := []any{after["name"], after["description"], s.do("ada", "GET", general, "").body["title"]}
			if diff := cmp.Diff([]any{tt.title, tt.decription, tt.title}, got); diff != "" {
				t.Errorf("name, description and the General room's title (-want +got):\n%s", diff)
			}
		})
	}
}

// A compliance officer cannot add a member to an empty room of a team.
func TestOfficerAndEmptySpace(t *testing.T) {
	s := startWith(t, updateState)
	for u, want := range map[string]int{"empty": 403, "desert": 200, "crew": 200} {
		r := s.do("officer", "POST", "/v1/memberships", `{"roomId":"`+encodeID(typeRoom, u)+`","personEmail":"eve@example.com"}`)
		if r.status != want {
			t.Errorf("%s: got %d %v, want %d", u, r.status, r.body, want)
		}
	}
}

// SDKs read a room, change one field and send all of them. Unchanged fields request
// nothing.
func TestUpdateRoomWithAllItsFields(t *testing.T) {
	state := strings.Replace(updateState, "groups:\n", `groups:
  - {name: Flat, kind: team, in: [webex], ids: {webex: flat}, members: [{email: ada@example.com}]}
  - {name: Both, in: [webex], ids: {webex: both}, type: direct, members: [{email: ada@example.com}, {email: bob@example.com}]}
  - {name: Annex, in: [webex], team: Other, ids: {webex: annex}, members: [{email: bob@example.com, role: owner}, {email: ada@example.com}]}
`, 1)
	tests := []struct {
		name, as, room string
		status         int
	}{
		{"a member of an open room", "bob", "open", 200},
		{"a moderator", "ada", "locked", 200},
		{"no moderator", "bob", "locked", 403},
		{"a General room", "ada", "crew", 200},
		{"a General room that nobody moderates", "ada", "flat", 200},
		{"a moderator who is not in the team", "bob", "annex", 200},
		{"an officer who is not in the room", "officer", "locked", 200},
		{"a direct room", "ada", "both", 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startWith(t, state)
			path := "/v1/rooms/" + encodeID(typeRoom, tt.room)
			before := s.do(tt.as, "GET", path, "").body
			asked := maps.Clone(before)
			if tt.as != "officer" {
				asked["title"] = "New"
			}
			asked["description"] = "What for"
			body, err := json.Marshal(asked)
			if err != nil {
				t.Fatal(err)
			}
			r := s.do(tt.as, "PUT", path, string(body))
			if r.status != tt.status {
				t.Fatalf("got %d %v, want %d", r.status, r.body, tt.status)
			}
			want := before
			if tt.status == 200 {
				want = asked
			}
			if diff := cmp.Diff(want, s.do(tt.as, "GET", path, "").body); diff != "" {
				t.Errorf("the room afterwards (-want +got):\n%s", diff)
			}
		})
	}
}
