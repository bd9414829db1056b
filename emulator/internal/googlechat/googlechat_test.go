package googlechat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// scoped are the scopes for which the state has a token; the token has the scope's name.
var scoped = []string{
	"chat.memberships", "chat.memberships.readonly", "chat.memberships.app", "chat.import",
	"chat.spaces", "chat.spaces.readonly", "chat.spaces.create", "chat.delete",
	"chat.bot", "chat.app.memberships", "chat.app.spaces", "chat.app.spaces.create", "chat.app.delete",
	"chat.admin.memberships", "chat.admin.memberships.readonly", "chat.admin.spaces", "chat.admin.spaces.readonly", "chat.admin.delete",
}

const state = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Cleo Helper, email: cleo@example.com}
  - {name: Eve Elsewhere, email: eve@example.com}
groups:
  - {name: Team, ids: {googlechat: team}, members: [{email: ada@example.com, role: owner}, {email: cleo@example.com, role: manager}, {email: bob@example.com}]}
  - {name: Crowd, ids: {googlechat: spaces/crowd}, members: [{email: ada@example.com}], count: 1000000}
  - {name: Other, members: [{email: eve@example.com, role: owner}]}
credentials:
  googlechat:
    - {token: ada}
    - {token: bob, email: bob@example.com}
    - {token: cleo, email: cleo@example.com}
    - {token: eve, email: eve@example.com}
    - {token: app, scopes: [openid, chat.bot, chat.app.memberships, chat.app.spaces, chat.app.delete]}
    - {token: both, scopes: [chat.memberships.app, chat.memberships]}
    - {token: self, scopes: [chat.memberships.app]}
`

// provider is an emulated Google Chat with tokens of people, of an app, and one for each
// scope.
type provider struct {
	t *testing.T
	h *httpapi.Router
}

func start(t *testing.T) *provider {
	t.Helper()
	text := state
	for i, scope := range scoped {
		if i%2 == 0 { // with and without the common prefix
			scope = "https://www.googleapis.com/auth/" + scope
		}
		text += fmt.Sprintf("    - {token: %s, scopes: [%q]}\n", scoped[i], scope)
	}
	w, err := seed.Parse("state", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &provider{t, New(w)}
}

type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (s *provider) do(as, method, path, body string, header ...string) reply {
	s.t.Helper()
	req := httptest.NewRequest(method, "http://chat.example"+path, strings.NewReader(body))
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+as)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, req)
	r := reply{status: rec.Code, header: rec.Header()}
	_ = json.Unmarshal(rec.Body.Bytes(), &r.body)
	return r
}

// ok sends a request and fails the test unless it succeeds.
func (s *provider) ok(as, method, path, body string) map[string]any {
	s.t.Helper()
	r := s.do(as, method, path, body)
	if r.status != 200 {
		s.t.Fatalf("%s %s as %s: got %d %v", method, path, as, r.status, r.body)
	}
	return r.body
}

// refused sends a request and fails the test unless it fails with a status and its
// canonical code.
func (s *provider) refused(as, method, path, body string, status int, word string) {
	s.t.Helper()
	r := s.do(as, method, path, body)
	e, _ := r.body["error"].(map[string]any)
	if r.status != status || e["status"] != word || e["code"] != float64(status) || e["message"] == "" {
		s.t.Errorf("%s %s %s as %s: got %d %v, want %d %s", method, path, body, as, r.status, r.body, status, word)
	}
}

// aUser and aGroup return request bodies that add a member.
func aUser(user string) string { return fmt.Sprintf(`{"member":{"name":"users/%s"}}`, user) }
func aGroup(id string) string  { return fmt.Sprintf(`{"groupMember":{"name":"groups/%s"}}`, id) }

// at returns the value at a path in a response.
func at(v any, path ...string) any {
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// list returns the member ids on one page and the next page token.
func (s *provider) list(as, space string, query ...string) (ids []string, next string) {
	s.t.Helper()
	q := url.Values{}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	body := s.ok(as, "GET", "/v1/spaces/"+space+"/members?"+q.Encode(), "")
	items, _ := body["memberships"].([]any)
	for _, m := range items {
		ids = append(ids, strings.TrimPrefix(at(m, "name").(string), "spaces/"+space+"/members/"))
	}
	next, _ = body["nextPageToken"].(string)
	return ids, next
}

var ada, bob, cleo, eve, itself = userID(1), userID(2), userID(3), userID(4), userID(0)

// Every error has Google's format.
func TestErrorFormat(t *testing.T) {
	s := start(t)
	tests := []struct {
		name, as, method, path, body string
		header                       []string
		status                       int
		word, detail                 string
	}{
		{"no credentials", "", "GET", "/v1/spaces", "", nil, 401, "UNAUTHENTICATED", "CREDENTIALS_MISSING"},
		{"unknown credentials", "mallory", "GET", "/v1/spaces", "", nil, 401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"},
		{"no credentials for nothing", "", "GET", "/v1/spaces/x/y", "", nil, 401, "UNAUTHENTICATED", "CREDENTIALS_MISSING"},
		{"unknown route", "ada", "GET", "/v1/spaces/x/y", "", nil, 404, "NOT_FOUND", ""},
		{"unknown method of a space", "ada", "GET", "/v1/spaces:search", "", nil, 404, "NOT_FOUND", ""},
		{"method", "ada", "PUT", "/v1/spaces/team", `{}`, nil, 405, "UNIMPLEMENTED", ""},
		{"content type", "ada", "POST", "/v1/spaces", `displayName=x`, []string{"Content-Type", "text/plain"}, 415, "INVALID_ARGUMENT", ""},
		{"not JSON", "ada", "POST", "/v1/spaces", `{`, nil, 400, "INVALID_ARGUMENT", "failed to decode request body"},
		{"no body", "ada", "POST", "/v1/spaces/team/members", "", nil, 400, "INVALID_ARGUMENT", "the field is required"},
		{"unknown field", "ada", "POST", "/v1/spaces/team/members", `{"mood":1}`, nil, 400, "INVALID_ARGUMENT", `property "mood" is unsupported`},
		{"wrong type", "ada", "POST", "/v1/spaces/team/members", `{"member":{"name":7}}`, nil, 400, "INVALID_ARGUMENT", "member.name"},
		{"unknown enum value", "ada", "PATCH", "/v1/spaces/team/members/" + bob + "?updateMask=role", `{"role":"ROLE_KING"}`, nil, 400, "INVALID_ARGUMENT", "role"},
		{"unknown parameter", "ada", "GET", "/v1/spaces?pagesize=1", "", nil, 400, "INVALID_ARGUMENT", "pagesize"},
		{"a parameter of another method", "ada", "GET", "/v1/spaces?useAdminAccess=true", "", nil, 400, "INVALID_ARGUMENT", "useAdminAccess"},
		{"page size below zero", "ada", "GET", "/v1/spaces/team/members?pageSize=-1", "", nil, 400, "INVALID_ARGUMENT", "pageSize"},
		{"page size that is no number", "ada", "GET", "/v1/spaces/team/members?pageSize=x", "", nil, 400, "INVALID_ARGUMENT", "pageSize"},
		{"page token", "ada", "GET", "/v1/spaces/team/members?pageToken=x", "", nil, 400, "INVALID_ARGUMENT", "pageToken"},
		{"no mask", "ada", "PATCH", "/v1/spaces/team/members/" + bob, `{"role":"ROLE_MANAGER"}`, nil, 400, "INVALID_ARGUMENT", "updateMask"},
		{"an empty mask", "ada", "PATCH", "/v1/spaces/team/members/" + bob + "?updateMask=", `{"role":"ROLE_MANAGER"}`, nil, 400, "INVALID_ARGUMENT", "updateMask"},
		{"another mask", "ada", "PATCH", "/v1/spaces/team/members/" + bob + "?updateMask=role,state", `{"role":"ROLE_MANAGER"}`, nil, 400, "INVALID_ARGUMENT", "updateMask"},
		{"no role", "ada", "PATCH", "/v1/spaces/team/members/" + bob + "?updateMask=*", `{}`, nil, 400, "INVALID_ARGUMENT", "role"},
		{"no name", "ada", "GET", "/v1/spaces:findDirectMessage", "", nil, 400, "INVALID_ARGUMENT", "name"},
		{"missing scope", "chat.bot", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"x"}`, nil, 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
		{"unknown space", "ada", "GET", "/v1/spaces/nowhere", "", nil, 404, "NOT_FOUND", ""},
		{"space of others", "bob", "GET", "/v1/spaces/crowd", "", nil, 403, "PERMISSION_DENIED", ""},
		{"nobody", "ada", "GET", "/v1/spaces/team/members/" + eve, "", nil, 404, "NOT_FOUND", ""},
		{"unknown address", "ada", "GET", "/v1/spaces/team/members/x@example.com", "", nil, 404, "NOT_FOUND", ""},
		{"name taken", "ada", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"Team"}`, nil, 409, "ALREADY_EXISTS", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.do(tt.as, tt.method, tt.path, tt.body, tt.header...)
			e, _ := r.body["error"].(map[string]any)
			if r.status != tt.status || e["code"] != float64(tt.status) || e["status"] != tt.word || e["message"] == "" {
				t.Fatalf("got %d %v, want %d %s in the service's shape", r.status, r.body, tt.status, tt.word)
			}
			// The reason or the invalid field in the details.
			var named []string
			details, _ := e["details"].([]any)
			for _, d := range details {
				switch at(d, "@type") {
				case "type.googleapis.com/google.rpc.ErrorInfo":
					named = append(named, at(d, "reason").(string))
				case "type.googleapis.com/google.rpc.BadRequest":
					violation := at(d, "fieldViolations").([]any)[0]
					field, ok := at(violation, "field").(string)
					if !ok {
						field = at(violation, "description").(string)
					}
					named = append(named, field)
				}
			}
			if got := strings.Join(named, " "); got != tt.detail {
				t.Errorf("the details name %q, want %q", got, tt.detail)
			}
		})
	}
}

// Injected faults have Google's format, with the retry delay in the header and in the
// body.
func TestFaultFormat(t *testing.T) {
	s := start(t)
	rec := httptest.NewRecorder()
	s.h.Fail(rec, httptest.NewRequest("GET", "/v1/spaces", nil), &httpapi.Problem{Status: 429, RetryAfter: 3})
	var body struct {
		Error struct {
			Code    int
			Status  string
			Details []map[string]any
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	d := body.Error.Details
	if rec.Header().Get("Retry-After") != "3" || body.Error.Code != 429 || body.Error.Status != "RESOURCE_EXHAUSTED" ||
		len(d) != 2 || d[0]["reason"] != "RATE_LIMIT_EXCEEDED" || d[1]["retryDelay"] != "3s" {
		t.Errorf("got %v %s", rec.Header(), rec.Body)
	}
	for status, want := range map[int]string{
		400: `{"error":{"code":400,"message":"Bad Request","status":"INVALID_ARGUMENT"}}`,
		409: `{"error":{"code":409,"message":"Conflict","status":"ALREADY_EXISTS"}}`,
		500: `{"error":{"code":500,"message":"Internal Server Error","status":"INTERNAL"}}`,
		418: `{"error":{"code":418,"message":"I'm a teapot"}}`,
	} {
		rec := httptest.NewRecorder()
		s.h.Fail(rec, httptest.NewRequest("GET", "/v1/spaces", nil), &httpapi.Problem{Status: status})
		if got := strings.TrimSpace(rec.Body.String()); rec.Code != status || got != want {
			t.Errorf("got %d %s, want %s", rec.Code, got, want)
		}
	}
}

// The methods that each scope allows, without and with useAdminAccess.
func TestScopes(t *testing.T) {
	s := start(t)
	calls := map[string][3]string{
		"list":      {"GET", "/v1/spaces/team/members", ""},
		"get":       {"GET", "/v1/spaces/team/members/" + bob, ""},
		"create":    {"POST", "/v1/spaces/team/members", aUser(bob)},
		"patch":     {"PATCH", "/v1/spaces/team/members/" + eve + "?updateMask=role", `{"role":"ROLE_MEMBER"}`},
		"delete":    {"DELETE", "/v1/spaces/team/members/" + eve, ""},
		"listAdmin": {"GET", "/v1/spaces/team/members?useAdminAccess=true&filter=member.type+%3D+%22HUMAN%22", ""},
		"getAdmin":  {"GET", "/v1/spaces/team/members/" + bob + "?useAdminAccess=true", ""},
		"addAdmin":  {"POST", "/v1/spaces/team/members?useAdminAccess=true", aUser(bob)},
		"setAdmin":  {"PATCH", "/v1/spaces/team/members/" + eve + "?updateMask=role&useAdminAccess=true", `{"role":"ROLE_MEMBER"}`},
		"dropAdmin": {"DELETE", "/v1/spaces/team/members/" + eve + "?useAdminAccess=true", ""},
		"spaces":    {"GET", "/v1/spaces", ""},
		"space":     {"GET", "/v1/spaces/team", ""},
		"spaceAdm":  {"GET", "/v1/spaces/team?useAdminAccess=true", ""},
		"find":      {"GET", "/v1/spaces:findDirectMessage?name=users/" + ada, ""},
		"make":      {"POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":""}`},
		"break":     {"DELETE", "/v1/spaces/nowhere", ""},
		"breakAdm":  {"DELETE", "/v1/spaces/nowhere?useAdminAccess=true", ""},
	}
	passes := map[string]string{
		"chat.memberships":                "list get create patch delete",
		"chat.memberships.readonly":       "list get",
		"chat.memberships.app":            "", // reaches the app's own membership alone
		"chat.import":                     "break",
		"chat.spaces":                     "spaces space find make",
		"chat.spaces.readonly":            "spaces space find",
		"chat.spaces.create":              "make",
		"chat.delete":                     "break",
		"chat.bot":                        "list get spaces space find",
		"chat.app.memberships":            "list get create patch delete",
		"chat.app.spaces":                 "space make",
		"chat.app.spaces.create":          "make",
		"chat.app.delete":                 "break",
		"chat.admin.memberships":          "listAdmin getAdmin addAdmin setAdmin dropAdmin",
		"chat.admin.memberships.readonly": "listAdmin getAdmin",
		"chat.admin.spaces":               "spaceAdm",
		"chat.admin.spaces.readonly":      "spaceAdm",
		"chat.admin.delete":               "breakAdm",
	}
	for _, scope := range scoped {
		for name, call := range calls {
			r := s.do(scope, call[0], call[1], call[2])
			b, _ := json.Marshal(r.body)
			stopped := r.status == 403 && strings.Contains(string(b), "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
			if want := !slices.Contains(strings.Fields(passes[scope]), name); stopped != want {
				t.Errorf("%s with %s: got %d %s, want it stopped: %t", name, scope, r.status, b, want)
			}
		}
	}
	// A token in the query is accepted too.
	if r := s.do("", "GET", "/v1/spaces?access_token=chat.spaces", ""); r.status != 200 {
		t.Errorf("got %d %v", r.status, r.body)
	}
}

// The default page size is 100 and the maximum 1000. A page token belongs to one list. A
// million members take no memory until they are listed.
func TestPagingOfGeneratedMembers(t *testing.T) {
	s := start(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	sizes := map[string]int{"": 100, "0": 100, "7": 7, "1000": 1000, "5000": 1000, "2147483647": 1000}
	for size, want := range sizes {
		ids, next := s.list("ada", "crowd", "pageSize", size)
		if len(ids) != want || next == "" {
			t.Errorf("pageSize=%s: got %d members and the token %q, want %d and more", size, len(ids), next, want)
		}
	}
	_, next := s.list("ada", "crowd", "pageSize", "2", "showGroups", "true")
	if ids, _ := s.list("ada", "crowd", "pageSize", "3", "showGroups", "true", "pageToken", next); len(ids) != 3 || ids[0] != userID(seed.FirstGenerated+1) {
		t.Errorf("the second page, of another size, is %v", ids)
	}
	for _, query := range []string{
		"/v1/spaces/team/members?showGroups=true&pageToken=" + next,
		"/v1/spaces/crowd/members?pageToken=" + next,
		"/v1/spaces/crowd/members?showGroups=true&filter=role+%3D+%22ROLE_MEMBER%22&pageToken=" + next,
		"/v1/spaces/crowd/members?showGroups=true&pageToken=" + next[:8],
		"/v1/spaces?pageToken=" + next,
	} {
		s.refused("ada", "GET", query, "", 400, "INVALID_ARGUMENT")
	}
	// The app is the last of 1,000,002 members.
	last := page{listing: sum("/v1/spaces/crowd/members?")}.next(1_000_000, 1_000_002)
	ids, next := s.list("ada", "crowd", "pageToken", *last)
	if diff := cmp.Diff([]string{userID(seed.FirstGenerated + 999_999), itself}, ids); diff != "" || next != "" {
		t.Errorf("the last page has the token %q and (-want +got)\n%s", next, diff)
	}
	if got := at(s.ok("ada", "GET", "/v1/spaces/crowd", ""), "membershipCount", "joinedDirectHumanUserCount"); got != 1_000_001.0 {
		t.Errorf("the space counts %v people", got)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(s)
}

// A page examines as many members as its size, so omitted members make it short. An empty
// page has no list, and the last page no token.
func TestShortPages(t *testing.T) {
	s := start(t)
	filter := []string{"pageSize", "2", "filter", `role = "ROLE_MANAGER"`}
	ids, next := s.list("ada", "team", filter...)
	if len(ids) != 1 || next == "" {
		t.Fatalf("got %v and %q, want one manager and more", ids, next)
	}
	body := s.ok("ada", "GET", "/v1/spaces/team/members?pageSize=2&pageToken="+next+"&filter="+url.QueryEscape(filter[3]), "")
	if diff := cmp.Diff(map[string]any{}, body); diff != "" {
		t.Errorf("the last page (-want +got)\n%s", diff)
	}
}

func TestFilters(t *testing.T) {
	s := start(t)
	s.ok("ada", "POST", "/v1/spaces/team/members", aGroup("crew"))
	s.ok("ada", "POST", "/v1/spaces/team/members", aUser("friend@elsewhere.example"))
	friend := userID(seed.FirstCreated)
	tests := []struct {
		filter, want string // "-" means an error
	}{
		{`role = "ROLE_MANAGER"`, ada},
		{`role="ROLE_MEMBER"`, bob + " " + itself},
		{`role = "ROLE_MANAGER" OR role = "ROLE_MEMBER"`, ada + " " + bob + " " + itself},
		{`member.type = "HUMAN" AND role = "ROLE_MEMBER"`, bob},
		{`member.type != "BOT"`, ada + " " + cleo + " " + bob + " " + friend},
		{`member.type = "BOT"`, itself},
		{`( member.type = "BOT" )`, itself},
		{`(role = "ROLE_MANAGER" AND member.type = "HUMAN") OR member.type = "BOT"`, ada + " " + itself},
		{`role = "ROLE_MANAGER" AND role = "ROLE_MANAGER"`, ada},
		{`member.type = "HUMAN" AND role = "ROLE_MANAGER" OR role = "ROLE_MEMBER"`, ada + " " + bob}, // OR binds tighter than AND
		{``, ada + " " + cleo + " " + bob + " " + itself + " crew " + friend},

		{`member.type = "HUMAN" AND member.type = "BOT"`, "-"},
		{`role = "ROLE_MANAGER" AND role = "ROLE_MEMBER"`, "-"},
		{`role = "ROLE_MANAGER" AND member.type = "HUMAN" AND role = "ROLE_MEMBER"`, "-"},
		{`member.type != "BOT" AND member.type = "HUMAN"`, "-"},
		{`role = "ROLE_MANAGER" AND (role = "ROLE_MEMBER" OR member.type = "HUMAN")`, "-"},
		{`role != "ROLE_MANAGER"`, "-"},
		{`role = "ROLE_ASSISTANT_MANAGER"`, "-"},
		{`role = "MEMBERSHIP_ROLE_UNSPECIFIED"`, "-"},
		{`role = "role_manager"`, "-"},
		{`role = ROLE_MANAGER`, "-"},
		{`role = 'ROLE_MANAGER'`, "-"},
		{`role = "ROLE_MANAGER`, "-"},
		{`role = "ROLE_MANAGER\"`, "-"},
		{`role "ROLE_MANAGER"`, "-"},
		{`role =`, "-"},
		{`"ROLE_MANAGER"`, "-"},
		{`state = "JOINED"`, "-"},
		{`role = "ROLE_MANAGER" role = "ROLE_MEMBER"`, "-"},
		{`role = "ROLE_MANAGER" or role = "ROLE_MEMBER"`, "-"},
		{`role = "ROLE_MANAGER" OR`, "-"},
		{`AND role = "ROLE_MANAGER"`, "-"},
		{`(role = "ROLE_MANAGER"`, "-"},
		{`role = "ROLE_MANAGER")`, "-"},
		{`()`, "-"},
		{` `, "-"},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			query := "/v1/spaces/team/members?showGroups=true&showInvited=true&filter=" + url.QueryEscape(tt.filter)
			if tt.want == "-" {
				s.refused("ada", "GET", query, "", 400, "INVALID_ARGUMENT")
				return
			}
			ids, _ := s.list("ada", "team", "filter", tt.filter, "showGroups", "true", "showInvited", "true")
			if diff := cmp.Diff(tt.want, strings.Join(ids, " ")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestMembers(t *testing.T) {
	s := start(t)
	const members = "/v1/spaces/team/members"
	// An address, in any case, identifies the person. A role and a name in the request
	// are ignored.
	m := s.ok("ada", "POST", members, `{"name":"spaces/x/members/y","role":"ROLE_MANAGER","state":"INVITED","member":{"name":"users/EVE@example.com","type":"HUMAN","email":"x"}}`)
	delete(m, "createTime")
	want := map[string]any{
		"name": "spaces/team/members/" + eve, "state": "JOINED", "role": "ROLE_MEMBER", "affiliation": "INTERNAL",
		"member": map[string]any{"name": "users/" + eve, "type": "HUMAN", "displayName": "Eve Elsewhere", "email": "eve@example.com"},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// A repeated add returns the existing membership and keeps its role.
	s.ok("ada", "PATCH", members+"/"+eve+"?updateMask=role", `{"role":"ROLE_MANAGER"}`)
	if m := s.ok("ada", "POST", members, aUser(eve)); m["role"] != "ROLE_MANAGER" {
		t.Errorf("got %v", m)
	}
	// An external person is invited, and has a name and a type alone.
	m = s.ok("ada", "POST", members, aUser("friend@elsewhere.example"))
	friend := userID(seed.FirstCreated)
	delete(m, "createTime")
	want = map[string]any{
		"name": "spaces/team/members/" + friend, "state": "INVITED", "affiliation": "EXTERNAL",
		"member": map[string]any{"name": "users/" + friend, "type": "HUMAN"},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if again := s.ok("ada", "POST", members, aUser("FRIEND@elsewhere.example")); again["name"] != m["name"] {
		t.Errorf("one address has two ids: %v, %v", m["name"], again["name"])
	}
	if got := at(s.ok("ada", "GET", "/v1/spaces/team", ""), "membershipCount", "joinedDirectHumanUserCount"); got != 4.0 {
		t.Errorf("the space counts %v people, want 4: who is invited has not joined", got)
	}
	// A group has no role, and keeps the id that it was added with.
	m = s.ok("ada", "POST", members, aGroup("03abc"))
	delete(m, "createTime")
	want = map[string]any{"name": "spaces/team/members/03abc", "state": "JOINED", "groupMember": map[string]any{"name": "groups/03abc"}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// The calling app has an alias and an id.
	if m := s.ok("ada", "GET", members+"/app", ""); m["name"] != "spaces/team/members/"+itself || at(m, "member", "type") != "BOT" {
		t.Errorf("got %v", m)
	}
	// A removal returns the membership once, without a role and with a time.
	for _, id := range []string{eve, friend, "03abc", "app"} {
		m := s.ok("ada", "DELETE", members+"/"+id, "")
		if m["state"] != "NOT_A_MEMBER" || m["deleteTime"] == nil || m["role"] != nil {
			t.Errorf("%s: got %v", id, m)
		}
		s.refused("ada", "DELETE", members+"/"+id, "", 404, "NOT_FOUND")
	}
	count := at(s.ok("ada", "GET", "/v1/spaces/team", ""), "membershipCount")
	if diff := cmp.Diff(map[string]any{"joinedDirectHumanUserCount": 3.0}, count); diff != "" {
		t.Errorf("counts (-want +got)\n%s", diff)
	}

	for _, body := range []string{
		`{}`, `{"member":{"name":"users/` + bob + `"},"groupMember":{"name":"groups/g"}}`,
		`{"member":{"name":"people/c1"}}`, aUser(""), aUser("a/b"), aUser("c1"), aUser("1+" + bob[2:]), aGroup(""), aGroup("a/b"), aGroup("crew@example.com"),
	} {
		s.refused("ada", "POST", members, body, 400, "INVALID_ARGUMENT")
	}
	s.refused("ada", "POST", members, aUser(userID(99)), 404, "NOT_FOUND")
	s.refused("ada", "POST", members, `{"member":{"name":"users/`+eve+`","type":"BOT"}}`, 403, "PERMISSION_DENIED")
	if ids, _ := s.list("ada", "team", "showInvited", "true"); len(ids) != 3 {
		t.Errorf("what was refused left traces: %v", ids)
	}
}

// The callers that may change a role or remove a member.
func TestRoles(t *testing.T) {
	s := start(t)
	role := func(as, who, role string) reply {
		return s.do(as, "PATCH", "/v1/spaces/team/members/"+who+"?updateMask=role", `{"role":"`+role+`"}`)
	}
	steps := []struct {
		as, who, role string
		status        int
	}{
		{"bob", bob, "ROLE_MANAGER", 403},
		{"bob", cleo, "ROLE_MEMBER", 403},
		{"cleo", bob, "ROLE_ASSISTANT_MANAGER", 200},
		{"cleo", bob, "ROLE_MANAGER", 403},
		{"cleo", ada, "ROLE_MEMBER", 403},
		{"ada", bob, "ROLE_MANAGER", 200},
		{"ada", bob, "ROLE_MEMBER", 200},
		{"ada", bob, "MEMBERSHIP_ROLE_UNSPECIFIED", 400},
		{"ada", "app", "ROLE_MANAGER", 400},
		{"ada", eve, "ROLE_MANAGER", 404},
		{"app", bob, "ROLE_MANAGER", 403}, // an app may do so in spaces that it created
	}
	for _, tt := range steps {
		if r := role(tt.as, tt.who, tt.role); r.status != tt.status || r.status == 200 && r.body["role"] != tt.role {
			t.Errorf("%s makes %s %s: got %d %v, want %d", tt.as, tt.who, tt.role, r.status, r.body, tt.status)
		}
	}
	s.ok("ada", "POST", "/v1/spaces/team/members", aUser("friend@elsewhere.example"))
	if r := role("ada", "friend@elsewhere.example", "ROLE_MANAGER"); r.status != 400 {
		t.Errorf("an invited member got a role: %v", r)
	}
	s.refused("cleo", "DELETE", "/v1/spaces/team/members/"+ada, "", 403, "PERMISSION_DENIED")
	s.refused("app", "DELETE", "/v1/spaces/team/members/"+ada, "", 403, "PERMISSION_DENIED")
	s.ok("bob", "DELETE", "/v1/spaces/team/members/"+cleo, "")
	s.ok("bob", "DELETE", "/v1/spaces/team/members/bob@example.com", "")
	s.refused("bob", "GET", "/v1/spaces/team", "", 403, "PERMISSION_DENIED")
}

// The methods that an app's token allows.
func TestAppAuthentication(t *testing.T) {
	s := start(t)
	ids, _ := s.list("app", "team")
	if diff := cmp.Diff([]string{ada, cleo, bob}, ids); diff != "" {
		t.Errorf("apps are listed to no app (-want +got)\n%s", diff)
	}
	m := s.ok("app", "GET", "/v1/spaces/team/members/"+bob, "")
	if at(m, "member", "displayName") != "Bob Member" || at(m, "member", "email") != nil {
		t.Errorf("got %v, want a name and no address", m)
	}
	s.ok("ada", "POST", "/v1/spaces/team/members", aGroup("crew"))
	for _, call := range [][3]string{
		{"GET", "/v1/spaces/team/members?showGroups=true", ""},
		{"GET", "/v1/spaces/team/members?showInvited=true", ""},
		{"GET", "/v1/spaces/team/members/crew", ""},
		{"DELETE", "/v1/spaces/team/members/crew", ""},
		{"DELETE", "/v1/spaces/team/members/app", ""},
		{"POST", "/v1/spaces/team/members", aGroup("crew2")},
		{"POST", "/v1/spaces/team/members", aUser("app")},
		{"POST", "/v1/spaces/team/members", aUser("friend@elsewhere.example")},
	} {
		s.refused("app", call[0], call[1], call[2], 403, "PERMISSION_DENIED")
	}
	s.ok("app", "POST", "/v1/spaces/team/members", aUser(eve))
	s.ok("ada", "POST", "/v1/spaces/crowd/members", aUser("friend@elsewhere.example"))
	s.refused("app", "POST", "/v1/spaces/team/members", aUser("friend@elsewhere.example"), 403, "PERMISSION_DENIED")
	s.ok("ada", "DELETE", "/v1/spaces/team/members/app", "")
	s.refused("app", "GET", "/v1/spaces/team/members", "", 403, "PERMISSION_DENIED")

	// An app that creates a space may manage it without a manager's role.
	s.refused("app", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"Made"}`, 400, "INVALID_ARGUMENT")
	made := s.ok("app", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"Made","customer":"customers/my_customer"}`)
	members := "/v1/" + made["name"].(string) + "/members"
	if m := s.ok("app", "GET", members+"/app", ""); m["role"] != "ROLE_MEMBER" {
		t.Errorf("got %v", m)
	}
	s.ok("app", "POST", members, aUser(bob))
	s.ok("app", "PATCH", members+"/"+bob+"?updateMask=role", `{"role":"ROLE_MANAGER"}`)
	s.ok("app", "DELETE", members+"/"+bob, "")
	s.ok("app", "DELETE", "/v1/"+made["name"].(string), "")
}

// A token for the app's own membership reaches no other membership.
func TestSelfScope(t *testing.T) {
	s := start(t)
	const members = "/v1/spaces/team/members"
	s.ok("self", "DELETE", members+"/app", "")
	s.ok("self", "POST", members, aUser("app"))
	s.refused("self", "POST", members, aUser("new@elsewhere.example"), 403, "PERMISSION_DENIED")
	s.refused("self", "DELETE", members+"/"+bob, "", 403, "PERMISSION_DENIED")
	s.refused("self", "DELETE", members+"/new@elsewhere.example", "", 403, "PERMISSION_DENIED")
	s.ok("both", "DELETE", members+"/"+bob, "")
}

func TestAdminAccess(t *testing.T) {
	s := start(t)
	const members = "/v1/spaces/AAAA0000003/members" // Eve is the only person in it
	for filter, ok := range map[string]bool{
		`member.type = "HUMAN" AND (member.type != "HUMAN" OR role = "ROLE_MANAGER")`: false,
		``: false, `role = "ROLE_MANAGER"`: false, `member.type = "BOT"`: false, `member.type != "HUMAN"`: false,
		`member.type = "HUMAN" OR role = "ROLE_MANAGER"`:  false,
		`member.type = "HUMAN"`:                           true,
		`member.type != "BOT"`:                            true,
		`role = "ROLE_MANAGER" AND member.type = "HUMAN"`: true,
	} {
		query := "useAdminAccess=true&filter=" + url.QueryEscape(filter)
		if !ok {
			s.refused("ada", "GET", members+"?"+query, "", 400, "INVALID_ARGUMENT")
		} else if ids, _ := s.list("ada", "AAAA0000003", "useAdminAccess", "true", "filter", filter); len(ids) != 1 || ids[0] != eve {
			t.Errorf("%s: got %v", filter, ids)
		}
	}
	s.refused("ada", "GET", members+"/"+eve, "", 403, "PERMISSION_DENIED")
	s.ok("ada", "GET", members+"/"+eve+"?useAdminAccess=true", "")
	s.ok("ada", "POST", members+"?useAdminAccess=true", aUser(bob))
	s.ok("ada", "PATCH", members+"/"+bob+"?useAdminAccess=true&updateMask=role", `{"role":"ROLE_MANAGER"}`)
	s.ok("ada", "DELETE", members+"/"+eve+"?useAdminAccess=true", "")
	for _, call := range [][3]string{
		{"POST", members, aUser("app")},
		{"POST", members, aUser("friend@elsewhere.example")},
		{"GET", members + "/app", ""},
		{"DELETE", members + "/app", ""},
	} {
		s.refused("ada", call[0], call[1]+"?useAdminAccess=true", call[2], 403, "PERMISSION_DENIED")
	}
	s.ok("ada", "DELETE", "/v1/spaces/AAAA0000003?useAdminAccess=true", "")
}

func TestDirectMessages(t *testing.T) {
	s := start(t)
	find := func(as, user string) string {
		t.Helper()
		name, _ := s.ok(as, "GET", "/v1/spaces:findDirectMessage?name=users/"+user, "")["name"].(string)
		return "/v1/" + name
	}
	dm := find("ada", "bob@example.com")
	if dm != find("ada", bob) || dm != find("bob", "ada@example.com") {
		t.Error("the two do not find the same")
	}
	with := find("ada", "app")
	if with != find("app", ada) || s.ok("ada", "GET", with, "")["singleUserBotDm"] != true {
		t.Error("the person and the app do not find the same")
	}
	for _, who := range []string{cleo, "cleo@example.com", ada, "x@example.com"} {
		s.refused("ada", "GET", "/v1/spaces:findDirectMessage?name=users/"+who, "", 404, "NOT_FOUND")
	}
	for _, name := range []string{"users/", "people/1", "users/x", bob} {
		s.refused("ada", "GET", "/v1/spaces:findDirectMessage?name="+name, "", 400, "INVALID_ARGUMENT")
	}
	s.refused("app", "GET", "/v1/spaces:findDirectMessage?name=users/ada@example.com", "", 400, "INVALID_ARGUMENT")

	s.refused("ada", "POST", dm+"/members", aUser(cleo), 400, "INVALID_ARGUMENT")
	s.refused("ada", "POST", dm+"/members", aGroup("crew"), 400, "INVALID_ARGUMENT")
	s.refused("ada", "DELETE", dm+"/members/"+bob, "", 400, "INVALID_ARGUMENT")
	s.refused("ada", "PATCH", dm+"/members/"+bob+"?updateMask=role", `{"role":"ROLE_MANAGER"}`, 400, "INVALID_ARGUMENT")
	s.refused("ada", "DELETE", dm, "", 400, "INVALID_ARGUMENT")
	s.ok("ada", "POST", dm+"/members", aUser("app"))
	if got := find("app", ada); got != with {
		t.Errorf("an app that joined two people is one of the two: %s", got)
	}
	s.ok("ada", "DELETE", dm+"/members/app", "")
	s.refused("ada", "DELETE", with+"/members/app", "", 400, "INVALID_ARGUMENT")
	if got := s.ok("ada", "GET", "/v1/spaces?filter=spaceType+%3D+%22DIRECT_MESSAGE%22", ""); len(got) != 0 {
		t.Errorf("direct messages without a message are listed: %v", got)
	}
}

func TestSpaces(t *testing.T) {
	s := start(t)
	titles := func(as, query string) string {
		t.Helper()
		var out []string
		spaces, _ := s.ok(as, "GET", "/v1/spaces"+query, "")["spaces"].([]any)
		for _, sp := range spaces {
			out = append(out, at(sp, "displayName").(string))
		}
		return strings.Join(out, " ")
	}
	for query, want := range map[string]string{
		"": "Team Crowd", "?pageSize=1": "Team",
		"?filter=" + url.QueryEscape(`spaceType = "SPACE" OR spaceType = "GROUP_CHAT"`): "Team Crowd",
		"?filter=" + url.QueryEscape(`space_type = "SPACE"`):                            "Team Crowd",
		"?filter=" + url.QueryEscape(`spaceType = "GROUP_CHAT"`):                        "",
	} {
		if got := titles("ada", query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if got := titles("app", ""); got != "Team Crowd Other" {
		t.Errorf("the app is in %q", got)
	}
	for _, filter := range []string{`spaceType = "SPACE" AND spaceType = "SPACE"`, `spaceType != "SPACE"`, `spaceType = "SPACE_TYPE_UNSPECIFIED"`, `role = "ROLE_MEMBER"`} {
		s.refused("ada", "GET", "/v1/spaces?filter="+url.QueryEscape(filter), "", 400, "INVALID_ARGUMENT")
	}
	next := s.ok("ada", "GET", "/v1/spaces?pageSize=1", "")["nextPageToken"].(string)
	if got := titles("ada", "?pageSize=1&pageToken="+next); got != "Crowd" {
		t.Errorf("the second page is %q", got)
	}

	for _, body := range []string{
		`{"spaceType":"SPACE"}`, `{"spaceType":"SPACE","displayName":" "}`, `{"spaceType":"DIRECT_MESSAGE"}`, `{"spaceType":"GROUP_CHAT"}`,
		`{"displayName":"x"}`, `{"spaceType":"SPACE","displayName":"x","customer":"customers/my_customer"}`,
		`{"spaceType":"SPACE","displayName":"` + strings.Repeat("x", 129) + `"}`,
	} {
		s.refused("ada", "POST", "/v1/spaces", body, 400, "INVALID_ARGUMENT")
	}
	made := s.ok("bob", "POST", "/v1/spaces?requestId=r1", `{"spaceType":"SPACE","displayName":"Club","accessSettings":{"audience":"audiences/default"},"spaceDetails":{"description":"d"}}`)
	if at(made, "accessSettings", "accessState") != "DISCOVERABLE" || at(made, "spaceDetails", "description") != "d" || made["createTime"] == nil {
		t.Errorf("got %v", made)
	}
	name := "/v1/" + made["name"].(string)
	if m := s.ok("bob", "GET", name+"/members/"+bob, ""); m["role"] != "ROLE_MANAGER" {
		t.Errorf("who made the space is %v", m)
	}
	if again := s.ok("bob", "POST", "/v1/spaces?requestId=r1", `{"spaceType":"SPACE","displayName":"Other club"}`); again["name"] != made["name"] {
		t.Errorf("the same request made %v", again)
	}
	s.refused("ada", "POST", "/v1/spaces?requestId=r1", `{"spaceType":"SPACE","displayName":"Club"}`, 400, "INVALID_ARGUMENT")
	s.ok("bob", "POST", name+"/members", aUser(cleo))
	s.refused("cleo", "DELETE", name, "", 403, "PERMISSION_DENIED")
	s.ok("bob", "DELETE", name, "")
	s.refused("bob", "GET", name, "", 404, "NOT_FOUND")
	s.ok("bob", "POST", "/v1/spaces?requestId=r1", `{"spaceType":"SPACE","displayName":"Club"}`)
}

// A space in import mode is visible to its creator alone, and accepts historical members.
func TestImportMode(t *testing.T) {
	s := start(t)
	const imported = `{"spaceType":"GROUP_CHAT","importMode":true,"createTime":"2019-01-01T00:00:00Z"}`
	s.refused("chat.spaces", "POST", "/v1/spaces", imported, 403, "PERMISSION_DENIED")
	s.refused("app", "POST", "/v1/spaces", imported, 403, "PERMISSION_DENIED")
	s.refused("chat.import", "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"x"}`, 403, "PERMISSION_DENIED")
	made := s.ok("chat.import", "POST", "/v1/spaces", imported)
	if made["createTime"] != "2019-01-01T00:00:00Z" || made["importMode"] != true {
		t.Errorf("got %v", made)
	}
	name := "/v1/" + made["name"].(string)
	members := name + "/members"
	if m := s.ok("chat.import", "POST", members, `{"member":{"name":"users/`+bob+`"},"createTime":"2019-02-01T00:00:00Z"}`); m["createTime"] != "2019-02-01T00:00:00Z" || m["state"] != "JOINED" {
		t.Errorf("got %v", m)
	}
	m := s.ok("chat.import", "POST", members, `{"member":{"name":"users/`+cleo+`"},"createTime":"2019-02-01T00:00:00Z","deleteTime":"2019-03-01T00:00:00Z"}`)
	if m["state"] != "NOT_A_MEMBER" || m["deleteTime"] != "2019-03-01T00:00:00Z" {
		t.Errorf("got %v", m)
	}
	if got := s.ok("chat.import", "GET", members, "")["memberships"].([]any); len(got) != 1 {
		t.Errorf("got %v, want Bob alone", got)
	}
	s.refused("eve", "GET", name, "", 404, "NOT_FOUND")
	s.refused("chat.import", "GET", "/v1/spaces/team/members", "", 403, "PERMISSION_DENIED")
	s.ok("chat.import", "DELETE", name, "")
}

// Every form of ProtoJSON is accepted.
func TestProtoJSON(t *testing.T) {
	s := start(t)
	m := s.ok("ada", "PATCH", "/v1/spaces/team/members/"+bob+"?$alt=json;enum-encoding=int&update_mask=role&key=x&$.xgafv=1&alt=json&prettyPrint=false&quotaUser=u&fields=role",
		`{"role":4,"delete_time":null,"group_member":null}`)
	if m["role"] != "ROLE_ASSISTANT_MANAGER" {
		t.Errorf("got %v", m)
	}
	made := s.ok("ada", "POST", "/v1/spaces?request_id=&%24alt=json%3Benum-encoding%3Dint",
		`{"space_type":1,"display_name":"Snake","access_settings":{"access_state":1},"space_history_state":1}`)
	if made["spaceType"] != "SPACE" || made["displayName"] != "Snake" || made["spaceHistoryState"] != "HISTORY_OFF" {
		t.Errorf("got %v", made)
	}
	s.ok("ada", "POST", "/v1/"+made["name"].(string)+"/members", `{"member":{"name":"users/`+bob+`","type":1}}`)
	if ids, _ := s.list("ada", "team", "page_size", "1", "page_token", "", "filter", ""); len(ids) != 1 {
		t.Errorf("got %v", ids)
	}
	s.refused("ada", "PATCH", "/v1/spaces/team/members/"+bob+"?updateMask=role", `{"role":3}`, 400, "INVALID_ARGUMENT")
	s.refused("ada", "PATCH", "/v1/spaces/team/members/"+bob+"?updateMask=role", `{"role":1}}`, 400, "INVALID_ARGUMENT")
	s.ok("ada", "POST", "/v1/spaces", strings.Repeat(" ", 1<<20)+`{"space_type":"SPACE","display_name":"Long"}`)
	s.refused("ada", "POST", "/v1/spaces", strings.Repeat(" ", 8<<20)+`{"spaceType":"SPACE","displayName":"Longer"}`, 413, "INVALID_ARGUMENT")
}
