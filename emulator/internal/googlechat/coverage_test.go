package googlechat

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

const partialState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Meg Manual, email: meg@example.com, auto_accept: false}
  - {name: Ina Invited, email: ina@example.com}
  - {name: Hal Hidden, email: hal@example.com}
groups:
  - {name: Veiled, in: [googlechat], ids: {googlechat: veiled}, anonymous: 2, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Open, in: [googlechat, box], ids: {googlechat: open}, members: [{email: ada@example.com, role: owner}, {email: ina@example.com, role: manager, state: invited}]}
  - {name: Apart, in: [googlechat], ids: {googlechat: apart}, app: false, members: [{email: ada@example.com, role: owner}]}
credentials:
  googlechat:
    - {token: ada}
    - {token: ina, email: ina@example.com}
    - {token: bot, app: true}
    - {token: reader, app: true, scopes: [chat.bot]}
`

func startPartial(t *testing.T) *provider {
	t.Helper()
	w, err := seed.Parse("state", []byte(partialState))
	if err != nil {
		t.Fatal(err)
	}
	return &provider{t, New(w)}
}

// An anonymous member is a row without an identity, and no id or address finds it.
func TestAnonymousMembers(t *testing.T) {
	s := startPartial(t)
	for _, as := range []string{"ada", "bot"} {
		items := s.ok(as, "GET", "/v1/spaces/veiled/members?filter=member.type%3D%22HUMAN%22", "")["memberships"].([]any)
		var anonymous []any
		for _, m := range items {
			if at(m, "member", "isAnonymous") == true {
				anonymous = append(anonymous, m)
			}
		}
		if len(items) != 4 || len(anonymous) != 2 {
			t.Fatalf("%s lists %d members, %d of them anonymous: %v", as, len(items), len(anonymous), items)
		}
		for _, m := range anonymous {
			member := at(m, "member").(map[string]any)
			if at(m, "state") != "JOINED" || member["type"] != "HUMAN" || member["displayName"] != nil || member["email"] != nil {
				t.Errorf("an anonymous member is %v", m)
			}
			s.refused(as, "GET", "/v1/"+at(m, "name").(string), "", 404, "NOT_FOUND")
		}
	}
	s.refused("ada", "GET", "/v1/spaces/veiled/members/hal@example.com", "", 404, "NOT_FOUND")
	s.refused("ada", "GET", "/v1/spaces/veiled/members/"+userID(5), "", 404, "NOT_FOUND")
	if n := at(s.ok("ada", "GET", "/v1/spaces/veiled", ""), "membershipCount", "joinedDirectHumanUserCount"); n != 4.0 {
		t.Errorf("%v people are in the space, want 4", n)
	}
	for token, seen := "", 0; ; { // pages of one item
		body := s.ok("ada", "GET", "/v1/spaces/veiled/members?pageSize=1&pageToken="+token, "")
		items, _ := body["memberships"].([]any)
		seen += len(items)
		token, _ = body["nextPageToken"].(string)
		if token == "" {
			if seen != 5 { // including the app
				t.Errorf("%d members page by page, want 5", seen)
			}
			break
		}
	}
}

// A person who does not accept automatically is invited. A list shows invited members on
// request.
func TestInvitedMembers(t *testing.T) {
	s := startPartial(t)
	m := s.ok("ada", "POST", "/v1/spaces/open/members", aUser("meg@example.com"))
	if m["state"] != "INVITED" || m["role"] != "ROLE_MEMBER" {
		t.Errorf("added: %v", m)
	}
	if m = s.ok("ada", "POST", "/v1/spaces/open/members", aUser("bob@example.com")); m["state"] != "JOINED" {
		t.Errorf("added: %v", m)
	}
	if m = s.ok("ada", "POST", "/v1/spaces/open/members", aUser("meg@example.com")); m["state"] != "INVITED" {
		t.Errorf("added again: %v", m)
	}
	if m = s.ok("ada", "GET", "/v1/spaces/open/members/ina@example.com", ""); m["state"] != "INVITED" || m["role"] != "ROLE_ASSISTANT_MANAGER" {
		t.Errorf("invited by the state: %v", m)
	}
	joined, _ := s.list("ada", "open")
	all, _ := s.list("ada", "open", "showInvited", "true")
	slices.Sort(all)
	slices.Sort(joined)
	if diff := cmp.Diff([]string{app.id(), userID(1), userID(2)}, joined); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{app.id(), userID(1), userID(2), userID(3), userID(4)}, all); diff != "" {
		t.Errorf("listed with invitations (-want +got):\n%s", diff)
	}
	s.refused("ina", "GET", "/v1/spaces/open/members", "", 403, "PERMISSION_DENIED")
	if items := s.ok("ina", "GET", "/v1/spaces", "")["spaces"]; items != nil {
		t.Errorf("somebody invited lists %v", items)
	}
	s.ok("ada", "DELETE", "/v1/spaces/open/members/ina@example.com", "")
	s.refused("ada", "GET", "/v1/spaces/open/members/ina@example.com", "", 404, "NOT_FOUND")
}

// An app sees the spaces that it is in and their joined members, within its scopes.
func TestAppCredential(t *testing.T) {
	s := startPartial(t)
	s.ok("ada", "POST", "/v1/spaces/open/members", aGroup("g1"))
	for as, want := range map[string][]string{"ada": {"spaces/veiled", "spaces/open", "spaces/apart"}, "bot": {"spaces/veiled", "spaces/open"}} {
		var got []string
		for _, sp := range s.ok(as, "GET", "/v1/spaces", "")["spaces"].([]any) {
			got = append(got, at(sp, "name").(string))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s lists (-want +got):\n%s", as, diff)
		}
	}
	ids, _ := s.list("bot", "open")
	if diff := cmp.Diff([]string{userID(1)}, ids); diff != "" {
		t.Errorf("the app lists (-want +got):\n%s", diff)
	}
	s.refused("bot", "GET", "/v1/spaces/open/members?showInvited=true", "", 403, "PERMISSION_DENIED")
	s.refused("bot", "GET", "/v1/spaces/open/members?showGroups=true", "", 403, "PERMISSION_DENIED")
	s.refused("bot", "GET", "/v1/spaces/apart/members", "", 403, "PERMISSION_DENIED")
	s.refused("bot", "GET", "/v1/spaces/apart", "", 403, "PERMISSION_DENIED")
	s.ok("bot", "POST", "/v1/spaces/open/members", aUser("bob@example.com"))
	s.ok("reader", "GET", "/v1/spaces/open/members", "")
	s.refused("reader", "POST", "/v1/spaces/open/members", aUser("hal@example.com"), 403, "PERMISSION_DENIED")
}

const offState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Otto Off, email: otto@example.com, chat_off: true}
groups:
  - {name: Once, ids: {googlechat: once}, repeated_add: 409, members: [{email: ada@example.com, role: owner}, {email: otto@example.com}]}
  - {name: Twice, ids: {googlechat: twice}, repeated_add: 200, members: [{email: ada@example.com, role: owner}]}
credentials:
  googlechat:
    - {token: ada}
    - {token: otto, email: otto@example.com}
    - {token: off, chat_off: true}
    - {token: unconfigured, app_configured: false}
    - {token: configured, app_configured: true}
`

// The state can make every call fail, or a repeated one.
func TestPreconditions(t *testing.T) {
	w, err := seed.Parse("state", []byte(offState))
	if err != nil {
		t.Fatal(err)
	}
	s := &provider{t, New(w)}
	s.ok("configured", "GET", "/v1/spaces", "")
	calls := []struct{ method, path, body string }{
		{"GET", "/v1/spaces", ""},
		{"GET", "/v1/spaces/once", ""},
		{"GET", "/v1/spaces/once/members", ""},
		{"GET", "/v1/spaces/once/members/ada@example.com", ""},
		{"POST", "/v1/spaces/once/members", aUser("bob@example.com")},
		{"POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"x"}`},
	}
	for _, c := range calls {
		s.refused("otto", c.method, c.path, c.body, 400, "FAILED_PRECONDITION")
		s.refused("off", c.method, c.path, c.body, 400, "FAILED_PRECONDITION")
		s.refused("unconfigured", c.method, c.path, c.body, 404, "NOT_FOUND")
	}
	for as, want := range map[string]string{"off": "Precondition check failed.", "unconfigured": "Google Chat app not found. The project needs the Chat API and a configured Chat app."} {
		if got := at(s.do(as, "GET", "/v1/spaces", "").body, "error", "message"); got != want {
			t.Errorf("%s: %v, want %s", as, got, want)
		}
	}
	s.refused("ada", "POST", "/v1/spaces/twice/members", aUser("otto@example.com"), 400, "FAILED_PRECONDITION")

	for _, space := range []string{"once", "twice"} {
		s.ok("ada", "POST", "/v1/spaces/"+space+"/members", aUser("bob@example.com"))
	}
	s.refused("ada", "POST", "/v1/spaces/once/members", aUser("bob@example.com"), 409, "ALREADY_EXISTS")
	if m := s.ok("ada", "POST", "/v1/spaces/twice/members", aUser("bob@example.com")); m["state"] != "JOINED" {
		t.Errorf("added again: %v", m)
	}
	if ids, _ := s.list("ada", "once"); len(ids) != 3 {
		t.Errorf("%d members of the space, want 3", len(ids))
	}
}
