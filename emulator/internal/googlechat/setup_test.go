package googlechat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// set returns a request body that sets up a space with members.
func set(space string, members ...string) string {
	return `{"space":` + space + `,"memberships":[` + strings.Join(members, ",") + `]}`
}

const (
	direct  = `{"spaceType":"DIRECT_MESSAGE"}`
	withApp = `{"spaceType":"DIRECT_MESSAGE","singleUserBotDm":true}`
	chat    = `{"spaceType":"GROUP_CHAT"}`
	named   = `{"spaceType":"SPACE","displayName":"Club"}`
)

// A repeated request for a direct message returns the first one, whichever side asks.
func TestSetUpDirectMessages(t *testing.T) {
	s := start(t)
	setUp := func(as, body string) string {
		t.Helper()
		return s.ok(as, "POST", "/v1/spaces:setup", body)["name"].(string)
	}
	fresh := setUp("bob", set(direct, aUser("cleo@example.com")))
	if again, other := setUp("bob", set(direct, aUser(cleo))), setUp("cleo", set(direct, aUser(bob))); again != fresh || other != fresh {
		t.Errorf("made %s, then %s and %s", fresh, again, other)
	}
	if found := s.ok("cleo", "GET", "/v1/spaces:findDirectMessage?name=users/"+bob, "")["name"]; found != fresh {
		t.Errorf("found %v, want %s", found, fresh)
	}
	if old := setUp("ada", set(direct, aUser(bob))); old != s.ok("ada", "GET", "/v1/spaces:findDirectMessage?name=users/"+bob, "")["name"] {
		t.Errorf("%s is another one than that of the state", old)
	}
	bot := s.ok("bob", "POST", "/v1/spaces:setup", `{"space":`+withApp+`}`)
	if bot["singleUserBotDm"] != true || bot["name"] == fresh {
		t.Errorf("with the app: %v", bot)
	}
	if ids, _ := s.list("bob", strings.TrimPrefix(fresh, "spaces/")); len(ids) != 2 {
		t.Errorf("members %v", ids)
	}
}

func TestSetUpSpaces(t *testing.T) {
	s := start(t)
	setUp := func(body string) (ids []string) {
		t.Helper()
		sp := s.ok("ada", "POST", "/v1/spaces:setup", body)
		id := strings.TrimPrefix(sp["name"].(string), "spaces/")
		for _, m := range s.ok("ada", "GET", "/v1/spaces/"+id+"/members?showGroups=true&showInvited=true", "")["memberships"].([]any) {
			who, _ := at(m, "member", "name").(string)
			group, _ := at(m, "groupMember", "name").(string)
			role, _ := at(m, "role").(string)
			ids = append(ids, strings.TrimSpace(who+group+" "+at(m, "state").(string)+" "+role))
		}
		return ids
	}
	user := func(id, rest string) string { return "users/" + id + " " + rest }
	want := []string{user(ada, "JOINED ROLE_MANAGER"), user(bob, "JOINED ROLE_MEMBER"), "groups/crew JOINED", user(userID(seed.FirstCreated), "INVITED")}
	if diff := cmp.Diff(want, setUp(set(named, aUser(bob), aUser(ada), aUser(userID(77)), aGroup("crew"), aUser("new@elsewhere.example")))); diff != "" {
		t.Errorf("a named space (-want +got):\n%s", diff)
	}
	want = []string{user(ada, "JOINED ROLE_MEMBER"), user(bob, "JOINED ROLE_MEMBER"), user(cleo, "JOINED ROLE_MEMBER")}
	if diff := cmp.Diff(want, setUp(set(chat, aUser(bob), aUser(cleo)))); diff != "" {
		t.Errorf("a group chat (-want +got):\n%s", diff)
	}
	once := `{"requestId":"r1","space":{"spaceType":1,"display_name":"Once"},"memberships":[{"member":{"name":"users/` + bob + `","type":1}}]}`
	first, second := s.ok("ada", "POST", "/v1/spaces:setup", once), s.ok("ada", "POST", "/v1/spaces:setup", once)
	if first["name"] != second["name"] {
		t.Errorf("one request id makes %v and %v", first["name"], second["name"])
	}
	s.refused("bob", "POST", "/v1/spaces:setup", once, 400, "INVALID_ARGUMENT")
}

func TestSetUpRefuses(t *testing.T) {
	s := start(t)
	many := make([]string, 50)
	for i := range many {
		many[i] = aUser(fmt.Sprintf("p%d@elsewhere.example", i))
	}
	tests := []struct {
		name, as, body string
		status         int
		word           string
	}{
		{"no space", "ada", `{}`, 400, "INVALID_ARGUMENT"},
		{"no type", "ada", `{"space":{}}`, 400, "INVALID_ARGUMENT"},
		{"no name", "ada", set(`{"spaceType":"SPACE"}`), 400, "INVALID_ARGUMENT"},
		{"name taken", "ada", set(`{"spaceType":"SPACE","displayName":"Team"}`), 409, "ALREADY_EXISTS"},
		{"import", "ada", set(`{"spaceType":"GROUP_CHAT","importMode":true}`, aUser(bob), aUser(cleo)), 400, "INVALID_ARGUMENT"},
		{"named group chat", "ada", set(`{"spaceType":"GROUP_CHAT","displayName":"x"}`, aUser(bob), aUser(cleo)), 400, "INVALID_ARGUMENT"},
		{"group chat of two", "ada", set(chat, aUser(bob)), 400, "INVALID_ARGUMENT"},
		{"group in a group chat", "ada", set(chat, aUser(bob), aGroup("crew")), 400, "INVALID_ARGUMENT"},
		{"direct message with nobody", "ada", set(direct), 400, "INVALID_ARGUMENT"},
		{"direct message with two", "ada", set(direct, aUser(bob), aUser(cleo)), 400, "INVALID_ARGUMENT"},
		{"direct message with oneself", "ada", set(direct, aUser(ada)), 400, "INVALID_ARGUMENT"},
		{"direct message with a group", "ada", set(direct, aGroup("crew")), 400, "INVALID_ARGUMENT"},
		{"direct message with a stranger", "ada", set(direct, aUser(userID(77))), 404, "NOT_FOUND"},
		{"named direct message", "ada", set(`{"spaceType":"DIRECT_MESSAGE","displayName":"x"}`, aUser(bob)), 400, "INVALID_ARGUMENT"},
		{"direct message with details", "ada", set(`{"spaceType":"DIRECT_MESSAGE","spaceDetails":{"description":"x"}}`, aUser(bob)), 400, "INVALID_ARGUMENT"},
		{"with the app and more", "ada", set(withApp, aUser(bob)), 400, "INVALID_ARGUMENT"},
		{"a space of an app and one", "ada", set(`{"spaceType":"SPACE","displayName":"x","singleUserBotDm":true}`), 400, "INVALID_ARGUMENT"},
		{"the app as a member", "ada", set(named, aUser("app")), 400, "INVALID_ARGUMENT"},
		{"a malformed member", "ada", set(named, aUser("a/b")), 400, "INVALID_ARGUMENT"},
		{"too many", "ada", set(named, many...), 400, "INVALID_ARGUMENT"},
		{"an app", "app", set(named), 403, "PERMISSION_DENIED"},
		{"no scope", "chat.spaces.readonly", set(named), 403, "PERMISSION_DENIED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			s.refused(tt.as, "POST", "/v1/spaces:setup", tt.body, tt.status, tt.word)
		})
	}
	s.t = t
	if spaces := s.ok("ada", "GET", "/v1/spaces", "")["spaces"].([]any); len(spaces) != 2 {
		t.Errorf("%d spaces after that, want 2", len(spaces))
	}
	s.ok("chat.spaces.create", "POST", "/v1/spaces:setup", set(named))
}
