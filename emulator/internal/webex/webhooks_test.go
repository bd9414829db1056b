package webex

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A filter may name only resources that its creator can see.
func TestWebhookFilter(t *testing.T) {
	open, locked := encodeID(typeRoom, "open"), encodeID(typeRoom, "locked")
	tests := []struct {
		name, as, filter string
		status           int
		message          string
	}{
		{"a room", "ada", "roomId=" + open, 200, ""},
		{"a room and a person", "ada", "roomId=" + open + "&personId=" + personID(3), 200, ""},
		{"an address and a flag", "ada", "personEmail=nobody@elsewhere.example&isModerator=true", 200, ""},
		{"no room", "ada", "roomId=nope", 400, "invalid value for filter: roomId"},
		{"a team for a room", "ada", "roomId=" + encodeID(typeTeam, "crew"), 400, "invalid value for filter: roomId"},
		{"a room that the creator is not in", "eve", "roomId=" + locked, 400, "invalid value for filter: roomId"},
		{"no person", "ada", "personId=" + personID(99), 400, "invalid value for filter: personId"},
		{"no flag", "ada", "isModerator=yes", 400, "invalid value for filter: isModerator"},
		{"twice", "ada", "roomId=" + open + "&roomId=" + locked, 400, "invalid value for filter: roomId"},
		{"unknown", "ada", "colour=red", 400, "invalid value for filter: colour"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startWith(t, updateState)
			body, err := json.Marshal(map[string]string{
				"name": "n", "targetUrl": "http://127.0.0.1:9", "resource": "memberships", "event": "created", "filter": tt.filter,
			})
			if err != nil {
				t.Fatal(err)
			}
			r := s.do(tt.as, "POST", "/v1/webhooks", string(body))
			message, _ := r.body["message"].(string)
			if r.status != tt.status || !strings.HasSuffix(message, tt.message) {
				t.Errorf("got %d %q, want %d %q", r.status, message, tt.status, tt.message)
			}
			if hooks := s.do(tt.as, "GET", "/v1/webhooks", "").body["items"].([]any); (len(hooks) == 1) != (tt.status == 200) {
				t.Errorf("there are %d webhooks", len(hooks))
			}
		})
	}
}

// A webhook reports events of its creator's rooms, including the creator's own removal.
func TestWebhookTellsOfRoomsOfItsCreator(t *testing.T) {
	s := startWith(t, updateState)
	target, events := hear(t)
	s.hook("eve", target)
	add := func(as, room, email string) string {
		t.Helper()
		r := s.do(as, "POST", "/v1/memberships", `{"roomId":"`+encodeID(typeRoom, room)+`","personEmail":"`+email+`"}`)
		if r.status != 200 {
			t.Fatal(r)
		}
		return r.body["id"].(string)
	}
	add("ada", "locked", "new@example.com") // eve is not a member
	eve := add("ada", "open", "eve@example.com")
	add("ada", "open", "other@example.com")
	if r := s.do("ada", "DELETE", "/v1/memberships/"+eve, ""); r.status != 204 {
		t.Fatal(r)
	}
	add("ada", "open", "last@example.com")
	add("ada", "bobs", "mark@example.com") // eve is a member: the last event
	want := []string{"created eve@example.com false false", "created other@example.com false false", "deleted eve@example.com false false", "created mark@example.com false false"}
	if diff := cmp.Diff(want, events(len(want))); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// A webhook belongs to its creator: other callers cannot list or get it.
func TestWebhookIsItsCreators(t *testing.T) {
	s := startWith(t, updateState)
	target := `"targetUrl":"http://127.0.0.1:9","name":"n"`
	create := func(as, more string) string {
		t.Helper()
		r := s.do(as, "POST", "/v1/webhooks", `{`+target+`,"resource":"memberships","event":"all"`+more+`}`)
		if r.status != 200 {
			t.Fatal(r)
		}
		return r.body["id"].(string)
	}
	mine, org := create("bob", ""), create("bob", `,"ownedBy":"org"`)
	listed := func(as, query string) (ids []string) {
		for _, h := range s.do(as, "GET", "/v1/webhooks"+query, "").body["items"].([]any) {
			ids = append(ids, h.(map[string]any)["id"].(string))
		}
		return ids
	}
	for _, tt := range []struct {
		as, query string
		want      []string
	}{{"bob", "", []string{mine}}, {"eve", "", nil}, {"bob", "?ownedBy=org", []string{org}}, {"eve", "?ownedBy=org", []string{org}}} {
		if diff := cmp.Diff(tt.want, listed(tt.as, tt.query)); diff != "" {
			t.Errorf("%s lists%s (-want +got):\n%s", tt.as, tt.query, diff)
		}
	}
	for _, tt := range []struct {
		as, method, body string
		status           int
	}{
		{"eve", "GET", "", 404}, {"eve", "PUT", `{` + target + `}`, 404}, {"eve", "DELETE", "", 404},
		{"bob", "GET", "", 200}, {"bob", "PUT", `{` + target + `}`, 200}, {"bob", "DELETE", "", 204},
	} {
		if r := s.do(tt.as, tt.method, "/v1/webhooks/"+mine, tt.body); r.status != tt.status {
			t.Errorf("%s by %s: got %d %v, want %d", tt.method, tt.as, r.status, r.body, tt.status)
		}
	}
}
