package googlechat

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The fields parameter reduces the response of every method to the named fields.
func TestPartialResponses(t *testing.T) {
	s := start(t)
	bobs := "/v1/spaces/team/members/" + bob
	page := s.ok("ada", "GET", "/v1/spaces/team/members", "")
	tests := []struct{ method, path, body, fields, want string }{
		{"GET", "/v1/spaces/team/members?pageSize=2", "", "memberships(name,state)", `{"memberships":[{"name":"spaces/team/members/` + ada + `","state":"JOINED"},{"name":"spaces/team/members/` + cleo + `","state":"JOINED"}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", "memberships/member/displayName", `{"memberships":[{"member":{"displayName":"Ada Lovelace"}}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", "memberships.member.displayName", `{"memberships":[{"member":{"displayName":"Ada Lovelace"}}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", " memberships ( member / displayName , role ) ", `{"memberships":[{"member":{"displayName":"Ada Lovelace"},"role":"ROLE_MANAGER"}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", "memberships(member(displayName),member/type)", `{"memberships":[{"member":{"displayName":"Ada Lovelace","type":"HUMAN"}}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", "memberships/*/displayName", `{"memberships":[{"member":{"displayName":"Ada Lovelace"}}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", "*/role", `{"memberships":[{"role":"ROLE_MANAGER"}]}`},
		{"GET", "/v1/spaces/team/members?pageSize=1", "", "*(role,groupMember),memberships/state", `{"memberships":[{"role":"ROLE_MANAGER","state":"JOINED"}]}`},
		{"GET", "/v1/spaces/team/members", "", "memberships/groupMember/name", `{"memberships":[{},{},{},{}]}`},
		{"GET", "/v1/spaces/team/members", "", "next_page_token", `{}`},
		{"GET", "/v1/spaces", "", "spaces/displayName", `{"spaces":[{"displayName":"Team"},{"displayName":"Crowd"}]}`},
		{"GET", "/v1/spaces/team", "", "displayName,membershipCount/joinedDirectHumanUserCount", `{"displayName":"Team","membershipCount":{"joinedDirectHumanUserCount":3}}`},
		{"GET", "/v1/spaces:findDirectMessage?name=users/" + bob, "", "spaceType", `{"spaceType":"DIRECT_MESSAGE"}`},
		{"GET", bobs, "", "member/email", `{"member":{"email":"bob@example.com"}}`},
		{"PATCH", bobs + "?updateMask=role", `{"role":"ROLE_ASSISTANT_MANAGER"}`, "role", `{"role":"ROLE_ASSISTANT_MANAGER"}`},
		{"POST", "/v1/spaces/team/members", aUser(eve), "state", `{"state":"JOINED"}`},
		{"DELETE", "/v1/spaces/team/members/" + eve, "", "state", `{"state":"NOT_A_MEMBER"}`},
		{"POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"New"}`, "displayName", `{"displayName":"New"}`},
		{"POST", "/v1/spaces:setup", `{"space":{"spaceType":"SPACE","displayName":"Newer"}}`, "displayName", `{"displayName":"Newer"}`},
		{"DELETE", "/v1/spaces/team", "", "*", `{}`},
	}
	for _, tt := range tests {
		u, _ := url.Parse(tt.path)
		q := u.Query()
		q.Set("fields", tt.fields)
		u.RawQuery = q.Encode()
		var want map[string]any
		if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.ok("ada", tt.method, u.String(), tt.body)); diff != "" {
			t.Errorf("%s %s fields=%s (-want +got):\n%s", tt.method, tt.path, tt.fields, diff)
		}
	}

	s = start(t)
	for _, all := range []string{"fields=*", "fields=", "fields=memberships,nextPageToken", "%24fields=memberships", "fields=memberships(name),memberships", "fields=memberships/*", "fields=*,memberships/name"} {
		if diff := cmp.Diff(page, s.ok("ada", "GET", "/v1/spaces/team/members?"+all, "")); diff != "" {
			t.Errorf("%s leaves something out (-want +got):\n%s", all, diff)
		}
	}
	token := s.ok("ada", "GET", "/v1/spaces/crowd/members?pageSize=2&fields=nextPageToken", "")
	if len(token) != 1 {
		t.Fatalf("the token alone is %v", token)
	}
	if next := s.ok("ada", "GET", "/v1/spaces/crowd/members?pageSize=2&pageToken="+token["nextPageToken"].(string), ""); next["memberships"] == nil {
		t.Errorf("the next page has %v", next)
	}
}

// A selection of an unknown field fails before the method has an effect.
func TestBadSelections(t *testing.T) {
	s := start(t)
	for _, fields := range []string{
		"name", "members", "memberships(name", "memberships)", "memberships()", "memberships/", "/name", ",", "memberships,", "memberships(name)x",
		"memberships/member/name/first", "memberships/mood", "*/mood", "member*", "memberships(name;state)", "memberships(*/mood)",
	} {
		s.refused("ada", "GET", "/v1/spaces/team/members?fields="+url.QueryEscape(fields), "", 400, "INVALID_ARGUMENT")
	}
	s.refused("ada", "POST", "/v1/spaces/team/members?fields=mood", aUser(eve), 400, "INVALID_ARGUMENT")
	s.refused("ada", "GET", "/v1/spaces/team/members/"+eve, "", 404, "NOT_FOUND")
	s.refused("", "GET", "/v1/spaces?fields=mood", "", 401, "UNAUTHENTICATED")
	s.refused("ada", "GET", "/v1/spaces/nowhere?fields=name", "", 404, "NOT_FOUND") // an error is never reduced
}

func FuzzParseMask(f *testing.F) {
	for _, s := range []string{"a", "a/b,c(d,e/f)", "*", "a(", "a.b.c", "a(b(c(d)))", " a , b "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseMask(text)
		if err == nil && len(m) == 0 {
			t.Error("a selection of nothing")
		}
		if err == nil {
			_ = m.of(map[string]any{"a": []any{map[string]any{"b": 1.0}}, "c": "x"})
		}
	})
}
