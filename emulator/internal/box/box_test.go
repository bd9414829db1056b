package box

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// provider is an emulated Box with tokens of five people, the token of an app without
// scopes, and a clock.
type provider struct {
	t   *testing.T
	h   *httpapi.Router
	now time.Time
}

const state = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Meg Manager, email: meg@example.com}
  - {name: Eve Outside, email: eve@elsewhere.example}
  - {name: Nell Nowhere, email: nell@example.com}
groups:
  - {name: Crew, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}, {email: meg@example.com, role: manager}, {email: eve@elsewhere.example}]}
  - {name: Crowd, ids: {box: "77"}, members: [{email: meg@example.com}], count: %d}
credentials:
  box:
    - {token: ada}
    - {token: bob, email: bob@example.com}
    - {token: meg, email: meg@example.com}
    - {token: nell, email: nell@example.com}
    - {token: reader, scopes: [root_readwrite]}
`

// Ids of the state.
const (
	ada, bob, meg, eve, nell = "11000000001", "11000000002", "11000000003", "11000000004", "11000000005"
	crew, crowdID            = "9000001", "77"
)

func start(t *testing.T) *provider { return startWith(t, 20_000) }

func startWith(t *testing.T, crowd int) *provider {
	t.Helper()
	w, err := seed.Parse("state", fmt.Appendf(nil, state, crowd))
	if err != nil {
		t.Fatal(err)
	}
	s := &provider{t: t, now: time.Date(2026, 6, 1, 20, 0, 0, 999, time.UTC)}
	w.Now = func() time.Time { return s.now }
	s.h = New(w)
	return s
}

type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (s *provider) do(as, method, path, body string, header ...string) reply {
	s.t.Helper()
	req := httptest.NewRequest(method, "http://box.example"+path, strings.NewReader(body))
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
	r := reply{status: rec.Code, header: rec.Header(), raw: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &r.body)
	return r
}

// ok sends a request and fails the test unless the response has the status.
func (s *provider) ok(status int, as, method, path, body string, header ...string) map[string]any {
	s.t.Helper()
	r := s.do(as, method, path, body, header...)
	if r.status != status {
		s.t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, r.status, status, r.raw)
	}
	return r.body
}

// token requests an access token.
func (s *provider) token(form url.Values) reply {
	s.t.Helper()
	return s.do("", "POST", "/oauth2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (s *provider) add(user, group, more string) map[string]any {
	s.t.Helper()
	return s.ok(201, "ada", "POST", "/2.0/group_memberships", fmt.Sprintf(`{"user":{"id":%q},"group":{"id":%q}%s}`, user, group, more))
}

func logins(page map[string]any) []string {
	var out []string
	for _, e := range page["entries"].([]any) {
		m := e.(map[string]any)
		if u, ok := m["user"].(map[string]any); ok {
			m = u
		}
		out = append(out, m["login"].(string))
	}
	return out
}

// Every error has Box's format and a request id.
func TestErrorFormat(t *testing.T) {
	s := start(t)
	add := `{"user":{"id":"` + nell + `"},"group":{"id":"` + crew + `"}}`
	tests := []struct {
		name, as, method, path, body string
		header                       []string
		status                       int
		code, named                  string
	}{
		{"no credentials", "", "GET", "/2.0/groups", "", nil, 401, "", ""},
		{"unknown credentials", "mallory", "GET", "/2.0/groups", "", nil, 401, "", ""},
		{"no credentials for nothing", "", "GET", "/2.0/nothing", "", nil, 401, "", ""},
		{"unknown route", "ada", "GET", "/2.0/nothing", "", nil, 404, "not_found", ""},
		{"dot segment", "ada", "GET", "/2.0/groups/..", "", nil, 404, "not_found", ""},
		{"method", "ada", "PATCH", "/2.0/group_memberships/1", `{}`, nil, 405, "method_not_allowed", ""},
		{"content type", "ada", "POST", "/2.0/group_memberships", add, []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type", ""},
		{"API version", "ada", "GET", "/2.0/groups", "", []string{"box-version", "1999.0"}, 400, "invalid_api_version", ""},
		{"not JSON", "ada", "POST", "/2.0/group_memberships", `{`, nil, 400, "bad_request", "body"},
		{"missing property", "ada", "POST", "/2.0/group_memberships", `{"user":{"id":"1"}}`, nil, 400, "bad_request", "group"},
		{"missing id", "ada", "POST", "/2.0/group_memberships", `{"user":{},"group":{"id":"1"}}`, nil, 400, "bad_request", "user.id"},
		{"unknown role", "ada", "PUT", "/2.0/group_memberships/1000000002", `{"role":"owner"}`, nil, 400, "bad_request", "role"},
		{"permission that is no boolean", "ada", "PUT", "/2.0/group_memberships/1000000002", `{"configurable_permissions":{"can_run_reports":"yes"}}`, nil, 400, "bad_request", "configurable_permissions.can_run_reports"},
		{"limit that is no number", "ada", "GET", "/2.0/groups?limit=many", "", nil, 400, "invalid_limit", ""},
		{"offset that is no number", "ada", "GET", "/2.0/groups?offset=x", "", nil, 400, "invalid_offset", ""},
		{"limit zero", "ada", "GET", "/2.0/groups?limit=0", "", nil, 400, "bad_request", "limit"},
		{"offset below zero", "ada", "GET", "/2.0/groups?offset=-1", "", nil, 400, "bad_request", "offset"},
		{"offset behind the wall", "ada", "GET", "/2.0/groups/" + crowdID + "/memberships?offset=10001", "", nil, 400, "bad_request", "offset"},
		{"marker", "ada", "GET", "/2.0/users?usemarker=true&marker=x", "", nil, 400, "bad_request", "marker"},
		{"marker without usemarker", "ada", "GET", "/2.0/users?marker=0", "", nil, 400, "bad_request", "marker"},
		{"marker and offset", "ada", "GET", "/2.0/users?usemarker=true&offset=0", "", nil, 400, "bad_request", "offset"},
		{"no such group", "ada", "GET", "/2.0/groups/1", "", nil, 404, "not_found", "group"},
		{"no such user", "ada", "GET", "/2.0/users/011000000001", "", nil, 404, "not_found", "user"},
		{"no such membership", "ada", "GET", "/2.0/group_memberships/x", "", nil, 404, "not_found", "group_membership"},
		{"membership of nobody", "ada", "DELETE", "/2.0/group_memberships/1000000099", "", nil, 404, "not_found", "group_membership"},
		{"member twice", "ada", "POST", "/2.0/group_memberships", strings.ReplaceAll(add, nell, bob), nil, 409, "conflict", ""},
		{"group twice", "ada", "POST", "/2.0/groups", `{"name":"crew"}`, nil, 409, "conflict", "group_tag_name"},
		{"group without a name", "ada", "POST", "/2.0/groups", `{"name":" "}`, nil, 400, "bad_request", "name"},
		{"login twice", "ada", "POST", "/2.0/users", `{"name":"B","login":"BOB@example.com"}`, nil, 409, "conflict", ""},
		{"login that is none", "ada", "POST", "/2.0/users", `{"name":"B","login":"bob"}`, nil, 400, "bad_request", "login"},
		{"user without a name", "ada", "POST", "/2.0/users", `{"name":"","login":"b@example.com"}`, nil, 400, "bad_request", "name"},
		{"no scope for groups", "reader", "GET", "/2.0/groups/" + crew + "/memberships", "", nil, 403, "insufficient_scope", ""},
		{"no scope for users", "reader", "POST", "/2.0/users", `{"name":"B","login":"b@example.com"}`, nil, 403, "insufficient_scope", ""},
		{"as somebody, by a member", "bob", "GET", "/2.0/users/me", "", []string{"As-User", ada}, 403, "access_denied_insufficient_permissions", ""},
		{"as nobody", "ada", "GET", "/2.0/users/me", "", []string{"As-User", "7"}, 403, "access_denied_insufficient_permissions", ""},
		{"members, by an outsider", "nell", "GET", "/2.0/groups/" + crew + "/memberships", "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"group, by an outsider", "nell", "GET", "/2.0/groups/" + crew, "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"groups, by a member", "bob", "GET", "/2.0/groups", "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"another's groups", "bob", "GET", "/2.0/users/" + meg + "/memberships", "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"add, by a member", "bob", "POST", "/2.0/group_memberships", add, nil, 403, "access_denied_insufficient_permissions", ""},
		{"get, by a member", "bob", "GET", "/2.0/group_memberships/1000000002", "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"delete a group, by its admin", "meg", "DELETE", "/2.0/groups/" + crew, "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"delete a user, by a member", "bob", "DELETE", "/2.0/users/" + nell, "", nil, 403, "access_denied_insufficient_permissions", ""},
		{"delete the administrator", "ada", "DELETE", "/2.0/users/" + ada, "", nil, 403, "access_denied_insufficient_permissions", ""},
	}
	ids := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.do(tt.as, tt.method, tt.path, tt.body, tt.header...)
			if id := r.header.Get("BOX-REQUEST-ID"); id == "" || ids[id] {
				t.Errorf("request id %q", id)
			} else {
				ids[id] = true
			}
			if r.status != tt.status {
				t.Fatalf("status %d, want %d: %s", r.status, tt.status, r.raw)
			}
			if tt.status == 401 {
				challenge := `Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid."`
				if r.raw != "" || r.header.Get("WWW-Authenticate") != challenge {
					t.Errorf("body %q, %v", r.raw, r.header)
				}
				return
			}
			if r.body["type"] != "error" || r.body["status"] != float64(tt.status) || r.body["code"] != tt.code || r.body["message"] == "" ||
				r.body["help_url"] == "" || r.body["request_id"] == "" {
				t.Errorf("got %s, want code %s", r.raw, tt.code)
			}
			named := ""
			if info, ok := r.body["context_info"].(map[string]any); ok {
				named = info["errors"].([]any)[0].(map[string]any)["name"].(string)
			}
			if named != tt.named {
				t.Errorf("%q is named in %s, want %q", named, r.raw, tt.named)
			}
		})
	}
}

// Injected faults have Box's formats too.
func TestFaultFormat(t *testing.T) {
	s := start(t)
	tests := []struct {
		path    string
		problem httpapi.Problem
		want    map[string]any
	}{
		{"/2.0/groups", httpapi.Problem{Status: 429, RetryAfter: 7}, map[string]any{"status": 429.0, "code": "rate_limit_exceeded"}},
		{"/2.0/groups", httpapi.Problem{Status: 500}, map[string]any{"status": 500.0, "code": "internal_server_error"}},
		{"/2.0/groups", httpapi.Problem{Status: 503}, map[string]any{"status": 503.0, "code": "unavailable"}},
		{"/2.0/groups", httpapi.Problem{Status: 504}, map[string]any{"status": 504.0, "code": "gateway_timeout"}},
		{"/2.0/groups", httpapi.Problem{Status: 401}, map[string]any{}},
		{"/oauth2/token", httpapi.Problem{Status: 503}, map[string]any{"error": "unavailable"}},
		{"/oauth2/token", httpapi.Problem{Status: 401}, map[string]any{"error": "unauthorized"}},
	}
	for _, tt := range tests {
		rec := httptest.NewRecorder()
		s.h.Fail(rec, httptest.NewRequest("GET", "http://box.example"+tt.path, nil), &tt.problem)
		got := map[string]any{}
		_ = json.Unmarshal(rec.Body.Bytes(), &got)
		for key := range got {
			if key != "status" && key != "code" && key != "error" {
				delete(got, key)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || rec.Code != tt.problem.Status || rec.Header().Get("BOX-REQUEST-ID") == "" {
			t.Errorf("%s %d (-want +got):\n%s", tt.path, rec.Code, diff)
		}
		if wait := rec.Header().Get("Retry-After"); tt.problem.RetryAfter != 0 && wait != "7" {
			t.Errorf("Retry-After: %q", wait)
		}
	}
}

func TestOffsetPages(t *testing.T) {
	s := start(t)
	members := "/2.0/groups/" + crowdID + "/memberships"
	for query, want := range map[string][3]int{ // entries, limit, offset
		"":                         {100, 100, 0},
		"?limit=1000":              {1000, 1000, 0},
		"?limit=5000":              {1000, 1000, 0},
		"?limit=3&offset=9":        {3, 3, 9},
		"?limit=1000&offset=10000": {1000, 1000, 10000},
	} {
		page := s.ok(200, "ada", "GET", members+query, "")
		got := [3]int{len(page["entries"].([]any)), int(page["limit"].(float64)), int(page["offset"].(float64))}
		if got != want || page["total_count"] != float64(20001) {
			t.Errorf("%s: got %v of %v, want %v of 20001", query, got, page["total_count"], want)
		}
		if _, there := page["next_marker"]; there {
			t.Errorf("%s: a page by offset has a marker", query)
		}
	}
	page := s.ok(200, "ada", "GET", "/2.0/groups/"+crew+"/memberships?offset=4", "")
	if len(page["entries"].([]any)) != 0 || page["total_count"] != 4.0 {
		t.Errorf("behind the end: %v", page)
	}
	// An entry has neither permissions nor times.
	page = s.ok(200, "bob", "GET", "/2.0/groups/"+crew+"/memberships?limit=1&fields=created_at", "")
	want := map[string]any{
		"id": "1000000001", "type": "group_membership", "role": "admin",
		"user":  map[string]any{"id": ada, "type": "user", "name": "Ada Lovelace", "login": "ada@example.com"},
		"group": map[string]any{"id": crew, "type": "group", "name": "Crew", "group_type": "managed_group"},
	}
	if diff := cmp.Diff(want, page["entries"].([]any)[0]); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

func TestUsersByMarker(t *testing.T) {
	s := start(t)
	seen, marker := []string{}, "0"
	for pages := 0; ; pages++ {
		page := s.ok(200, "ada", "GET", "/2.0/users?usemarker=true&limit=2&filter_term=&marker="+url.QueryEscape(marker), "")
		seen = append(seen, logins(page)...)
		if _, ok := page["total_count"]; ok || page["limit"] != 2.0 {
			t.Errorf("got %v", page)
		}
		if marker, _ = page["next_marker"].(string); marker == "" || pages == 2 {
			break
		}
	}
	want := []string{"ada@example.com", "bob@example.com", "meg@example.com", "nell@example.com", "member-0000001@example.com", "member-0000002@example.com"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
	// The last page has a null marker, also when the page is full.
	last := s.ok(200, "ada", "GET", "/2.0/users?usemarker=true&limit=1&filter_term=nell", "")
	if v, there := last["next_marker"]; v != nil || !there || len(logins(last)) != 1 {
		t.Errorf("got %v", last)
	}
	// A marker is a position among the users and not an offset.
	first := s.ok(200, "ada", "GET", "/2.0/users?usemarker=true&limit=3", "")
	s.ok(204, "ada", "DELETE", "/2.0/users/"+bob, "")
	rest := s.ok(200, "ada", "GET", "/2.0/users?usemarker=true&limit=1&marker="+first["next_marker"].(string), "")
	if diff := cmp.Diff([]string{"nell@example.com"}, logins(rest)); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}

// A prefix finds users of the enterprise; an external user needs the whole login.
func TestUsersFilter(t *testing.T) {
	s := start(t)
	s.ok(201, "ada", "POST", "/2.0/users", `{"name":"Robot","is_platform_access_only":true,"external_app_user_id":"r2"}`)
	tests := map[string][]string{
		"filter_term=bo":                                                 {"bob@example.com"},
		"filter_term=MEG%20MAN":                                          {"meg@example.com"},
		"filter_term=nell@ex":                                            {"nell@example.com"},
		"filter_term=eve":                                                nil,
		"filter_term=eve&user_type=all":                                  nil,
		"filter_term=Eve@elsewhere.example&user_type=all":                {"eve@elsewhere.example"},
		"filter_term=eve@elsewhere.example":                              nil,
		"filter_term=eve@elsewhere.exam&user_type=all":                   nil,
		"filter_term=eve@elsewhere.example&user_type=all&usemarker=true": {"eve@elsewhere.example"},
		"user_type=external":                                             nil,
		"user_type=external&filter_term=bob@example.com":                 nil,
		"filter_term=member-0000007@":                                    {"member-0000007@example.com"},
		"filter_term=member-0000007@elsewhere.example":                   nil,
		"filter_term=member-0020000@example.com":                         {"member-0020000@example.com"},
		"filter_term=member-0020001@example.com":                         nil,
		"filter_term=Robot":                                              {"AppUser_900001_100000@boxdevedition.com"},
		"external_app_user_id=r2":                                        {"AppUser_900001_100000@boxdevedition.com"},
		"external_app_user_id=r3":                                        nil,
	}
	for query, want := range tests {
		page := s.ok(200, "ada", "GET", "/2.0/users?"+query, "")
		if diff := cmp.Diff(want, logins(page)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	// Fields of an external user that the caller may not see are null.
	u := s.ok(200, "ada", "GET", "/2.0/users/"+eve, "")
	if v, there := u["space_used"]; v != nil || !there || u["login"] != "eve@elsewhere.example" {
		t.Errorf("got %v", u)
	}
}

func TestFields(t *testing.T) {
	s := start(t)
	tests := map[string][]string{
		"/2.0/users/" + bob:                                   {"address", "avatar_url", "created_at", "id", "job_title", "language", "login", "max_upload_size", "modified_at", "name", "notification_email", "phone", "space_amount", "space_used", "status", "timezone", "type"},
		"/2.0/users/" + bob + "?fields=enterprise":            {"enterprise", "id", "type"},
		"/2.0/users/me?fields=role,login,nonsense":            {"id", "login", "role", "type"},
		"/2.0/groups/" + crew:                                 {"created_at", "group_type", "id", "modified_at", "name", "type"},
		"/2.0/groups/" + crew + "?fields=permissions":         {"id", "permissions", "type"},
		"/2.0/group_memberships/1000000002":                   {"configurable_permissions", "created_at", "group", "id", "modified_at", "role", "type", "user"},
		"/2.0/group_memberships/1000000002?fields=role,group": {"group", "id", "role", "type"},
	}
	for path, want := range tests {
		got := slices.Sorted(maps.Keys(s.ok(200, "ada", "GET", path, "")))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	entry := s.ok(200, "ada", "GET", "/2.0/groups?fields=description&limit=1", "")["entries"].([]any)[0]
	if diff := cmp.Diff(map[string]any{"id": crew, "type": "group"}, entry); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	entry = s.ok(200, "ada", "GET", "/2.0/users?fields=role&limit=1&usemarker=true", "")["entries"].([]any)[0]
	if diff := cmp.Diff(map[string]any{"id": ada, "type": "user", "role": "admin"}, entry); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}

func TestConfigurablePermissions(t *testing.T) {
	all := func(reports, rest bool) map[string]any {
		return map[string]any{"can_create_accounts": rest, "can_edit_accounts": rest, "can_instant_login": rest, "can_run_reports": reports}
	}
	tests := []struct {
		name, create string
		updates      []string
		want         any
	}{
		{"member", ``, nil, nil},
		{"member with permissions", `,"role":"member","configurable_permissions":{"can_run_reports":false}`, nil, nil},
		{"admin", `,"role":"admin"`, nil, all(true, true)},
		{"admin with nothing named", `,"role":"admin","configurable_permissions":{}`, nil, all(true, true)},
		{"admin with one off", `,"role":"admin","configurable_permissions":{"can_run_reports":false}`, nil, all(false, true)},
		{"admin with an unknown one", `,"role":"admin","configurable_permissions":{"can_fly":true}`, nil, all(true, true)},
		{"admin with null", `,"role":"admin","configurable_permissions":null`, nil, all(false, false)},
		{"unchanged", `,"role":"admin","configurable_permissions":{"can_run_reports":false}`, []string{`{"role":"admin"}`, `{}`, ``}, all(false, true)},
		{"names left out are on", `,"role":"admin","configurable_permissions":null`, []string{`{"configurable_permissions":{"can_run_reports":false}}`}, all(false, true)},
		{"null later", `,"role":"admin"`, []string{`{"configurable_permissions":null}`}, all(false, false)},
		{"no effect on a member", ``, []string{`{"configurable_permissions":null}`}, nil},
		{"promoted", ``, []string{`{"role":"admin"}`}, all(true, true)},
		{"promoted with less", ``, []string{`{"role":"admin","configurable_permissions":null}`}, all(false, false)},
		{"demoted", `,"role":"admin"`, []string{`{"role":"member"}`}, nil},
		{"demoted and promoted", `,"role":"admin","configurable_permissions":null`, []string{`{"role":"member"}`, `{"role":"admin"}`}, all(true, true)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t)
			m := s.add(nell, crew, tt.create)
			path := "/2.0/group_memberships/" + m["id"].(string)
			for _, u := range tt.updates {
				m = s.ok(200, "ada", "PUT", path, u)
			}
			if diff := cmp.Diff(tt.want, m["configurable_permissions"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(m, s.ok(200, "ada", "GET", path, "")); diff != "" {
				t.Errorf("read again (-answered +read):\n%s", diff)
			}
		})
	}
}

// A membership keeps its id and its times until it is removed.
func TestMembershipLife(t *testing.T) {
	s := start(t)
	first := s.add(nell, crew, "")
	if first["role"] != "member" || first["created_at"] != "2026-06-01T12:00:00-08:00" {
		t.Errorf("got %v", first)
	}
	path := "/2.0/group_memberships/" + first["id"].(string)
	s.now = s.now.Add(time.Hour)
	changed := s.ok(200, "meg", "PUT", path, `{"role":"admin"}`) // by an admin of the group
	if changed["created_at"] != first["created_at"] || changed["modified_at"] != "2026-06-01T13:00:00-08:00" {
		t.Errorf("got %v", changed)
	}
	s.ok(200, "nell", "GET", path, "") // who is one too, now
	s.ok(204, "ada", "DELETE", path, "")
	s.ok(404, "ada", "DELETE", path, "")
	if again := s.add(nell, crew, ""); again["id"] == first["id"] {
		t.Errorf("the id %v is there again", first["id"])
	}
	s.ok(404, "ada", "GET", path, "")
	// The same holds for seeded and generated memberships.
	for user, membership := range map[string]string{bob: "1000000002", "11001000006": "2001000006"} {
		group := s.ok(200, "ada", "GET", "/2.0/group_memberships/"+membership, "")["group"].(map[string]any)["id"].(string)
		s.ok(204, "ada", "DELETE", "/2.0/group_memberships/"+membership, "")
		m := s.add(user, group, "")
		s.ok(404, "ada", "GET", "/2.0/group_memberships/"+membership, "")
		s.ok(200, "ada", "GET", "/2.0/group_memberships/"+m["id"].(string), "")
	}
}

func TestGroupLife(t *testing.T) {
	s := start(t)
	g := s.ok(201, "ada", "POST", "/2.0/groups?fields=provenance,member_viewability_level",
		`{"name":"Open","provenance":"LDAP","member_viewability_level":"all_managed_users"}`)
	id := g["id"].(string)
	if diff := cmp.Diff(map[string]any{"id": id, "type": "group", "provenance": "LDAP", "member_viewability_level": "all_managed_users"}, g); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := s.add(bob, id, "")["id"].(string)
	s.ok(200, "nell", "GET", "/2.0/groups/"+id+"/memberships", "") // everybody may see who is in it
	closed := s.ok(201, "ada", "POST", "/2.0/groups", `{"name":"Closed","member_viewability_level":"admins_only"}`)["id"].(string)
	s.add(bob, closed, "")
	s.ok(403, "bob", "GET", "/2.0/groups/"+closed+"/memberships", "")
	groups := func() []string {
		var out []string
		for _, e := range s.ok(200, "bob", "GET", "/2.0/users/me/memberships", "")["entries"].([]any) {
			out = append(out, e.(map[string]any)["group"].(map[string]any)["name"].(string))
		}
		return out
	}
	if diff := cmp.Diff([]string{"Crew", "Open", "Closed"}, groups()); diff != "" {
		t.Errorf("groups of bob (-want +got):\n%s", diff)
	}
	s.ok(204, "ada", "DELETE", "/2.0/groups/"+id, "")
	s.ok(404, "ada", "GET", "/2.0/groups/"+id, "")
	s.ok(404, "ada", "GET", "/2.0/group_memberships/"+m, "")
	if diff := cmp.Diff([]string{"Crew", "Closed"}, groups()); diff != "" {
		t.Errorf("groups of bob (-want +got):\n%s", diff)
	}
	s.ok(201, "ada", "POST", "/2.0/groups", `{"name":"Open"}`) // the name is free
}

func TestUserLife(t *testing.T) {
	s := start(t)
	u := s.ok(201, "ada", "POST", "/2.0/users?fields=name,role,login", `{"name":"Cora Admin","login":"cora@elsewhere.example","role":"coadmin"}`)
	id := u["id"].(string)
	if u["name"] != "Cora Admin" || u["role"] != "coadmin" || u["login"] != "cora@elsewhere.example" {
		t.Errorf("got %v", u)
	}
	m := s.add(id, crew, "")["id"].(string)
	s.ok(200, "ada", "GET", "/2.0/groups", "", "As-User", id) // co-admins may
	if got := logins(s.ok(200, "ada", "GET", "/2.0/users?filter_term=cora", "")); len(got) != 1 {
		t.Errorf("found %v: who was made here is the enterprise's own", got)
	}
	s.ok(204, "ada", "DELETE", "/2.0/users/"+id+"?force=true&notify=false", "")
	s.ok(404, "ada", "GET", "/2.0/users/"+id, "")
	s.ok(404, "ada", "GET", "/2.0/group_memberships/"+m, "")
	s.ok(404, "ada", "DELETE", "/2.0/users/"+id, "")
	s.ok(403, "ada", "GET", "/2.0/users/me", "", "As-User", id)
	s.ok(201, "ada", "POST", "/2.0/users", `{"name":"Cora","login":"cora@elsewhere.example"}`) // the login is free
	// Deleting a user, also a generated one, removes the user's memberships
	s.ok(204, "ada", "DELETE", "/2.0/users/"+bob, "")
	s.ok(401, "bob", "GET", "/2.0/users/me", "") // and revokes the user's tokens
	s.ok(204, "ada", "DELETE", "/2.0/users/11001000000", "")
	want := []string{"ada@example.com", "meg@example.com", "eve@elsewhere.example"}
	if diff := cmp.Diff(want, logins(s.ok(200, "ada", "GET", "/2.0/groups/"+crew+"/memberships", ""))); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	page := s.ok(200, "ada", "GET", "/2.0/groups/"+crowdID+"/memberships?limit=2", "")
	if diff := cmp.Diff([]string{"meg@example.com", "member-0000002@example.com"}, logins(page)); diff != "" || page["total_count"] != 20000.0 {
		t.Errorf("%v members (-want +got):\n%s", page["total_count"], diff)
	}
}

func TestTokens(t *testing.T) {
	s := start(t)
	who := func(token string) string {
		t.Helper()
		r := s.do(token, "GET", "/2.0/users/me", "")
		login, _ := r.body["login"].(string)
		return login
	}
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	ids := 0
	jwt := func(claims string) string {
		ids++
		claims = fmt.Sprintf(`{"iss":"app","aud":"https://api.box.com/oauth2/token","jti":"%016d",%s}`, ids, claims)
		return encode(`{"alg":"RS256","kid":"k"}`) + "." + encode(claims) + ".c2ln"
	}
	later := fmt.Sprintf(`"exp":%d`, s.now.Add(30*time.Second).Unix())
	const assertion, exchange = "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange"
	tests := []struct {
		name string
		form map[string]string // besides client_id=app and client_secret=ada
		want string            // the login of the token
		code string            // or the error
	}{
		{"enterprise", map[string]string{"grant_type": "client_credentials", "box_subject_type": "enterprise", "box_subject_id": "1"}, "ada@example.com", ""},
		{"enterprise of another app", map[string]string{"grant_type": "client_credentials", "box_subject_type": "enterprise", "box_subject_id": "1", "client_secret": "meg"}, "meg@example.com", ""},
		{"user", map[string]string{"grant_type": "client_credentials", "box_subject_type": "user", "box_subject_id": bob}, "bob@example.com", ""},
		{"unknown user", map[string]string{"grant_type": "client_credentials", "box_subject_type": "user", "box_subject_id": "1"}, "", "invalid_grant"},
		{"no subject", map[string]string{"grant_type": "client_credentials"}, "", "invalid_grant"},
		{"wrong secret", map[string]string{"grant_type": "client_credentials", "box_subject_type": "enterprise", "box_subject_id": "1", "client_secret": "x"}, "", "invalid_client"},
		{"no app", map[string]string{"grant_type": "client_credentials", "box_subject_type": "enterprise", "box_subject_id": "1", "client_id": ""}, "", "invalid_client"},
		{"code", map[string]string{"grant_type": "authorization_code", "code": "c1"}, "ada@example.com", ""},
		{"code again", map[string]string{"grant_type": "authorization_code", "code": "c1"}, "", "invalid_grant"},
		{"no code", map[string]string{"grant_type": "authorization_code"}, "", "invalid_request"},
		{"assertion for the enterprise", map[string]string{"grant_type": assertion, "assertion": jwt(`"sub":"1","box_sub_type":"enterprise",` + later)}, "ada@example.com", ""},
		{"assertion for a user", map[string]string{"grant_type": assertion, "assertion": jwt(`"sub":"` + bob + `","box_sub_type":"user",` + later)}, "bob@example.com", ""},
		{"assertion that is over", map[string]string{"grant_type": assertion, "assertion": jwt(`"sub":"1","box_sub_type":"enterprise","exp":1`)}, "", "invalid_grant"},
		{"assertion of nonsense", map[string]string{"grant_type": assertion, "assertion": "a.!.c"}, "", "invalid_grant"},
		{"assertion that is none", map[string]string{"grant_type": assertion, "assertion": "x"}, "", "invalid_grant"},
		{"exchange", map[string]string{"grant_type": exchange, "subject_token": "meg", "scope": "item_preview"}, "meg@example.com", ""},
		{"exchange without scope", map[string]string{"grant_type": exchange, "subject_token": "meg"}, "", "invalid_request"},
		{"exchange of nothing", map[string]string{"grant_type": exchange, "subject_token": "x", "scope": "item_preview"}, "", "invalid_grant"},
		{"unknown grant", map[string]string{"grant_type": "please"}, "", "unsupported_grant_type"},
		{"no grant", nil, "", "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{"client_id": {"app"}, "client_secret": {"ada"}}
			for k, v := range tt.form {
				form.Set(k, v)
			}
			r := s.token(form)
			if tt.code != "" {
				if r.status != 400 || r.body["error"] != tt.code || r.body["error_description"] == "" || r.header.Get("BOX-REQUEST-ID") == "" {
					t.Errorf("status %d, want 400 with %s: %s", r.status, tt.code, r.raw)
				}
				return
			}
			token, _ := r.body["access_token"].(string)
			if got := who(token); r.status != 200 || got != tt.want || r.body["expires_in"] != 3600.0 {
				t.Errorf("the token is of %q, want %q: %s", got, tt.want, r.raw)
			}
		})
	}
	// A refresh token works once and keeps its user.
	first := s.token(url.Values{"grant_type": {"authorization_code"}, "code": {"c2"}, "client_id": {"app"}, "client_secret": {"meg"}}).body
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first["refresh_token"].(string)}, "client_id": {"app"}, "client_secret": {"ada"}}
	second := s.token(refresh).body
	if got := who(second["access_token"].(string)); got != "meg@example.com" || second["refresh_token"] == first["refresh_token"] {
		t.Errorf("refreshed to %q: %v", got, second)
	}
	if r := s.token(refresh); r.body["error"] != "invalid_grant" {
		t.Errorf("refreshed twice: %s", r.raw)
	}
	if who(first["refresh_token"].(string)) != "" {
		t.Error("a refresh token is an access token")
	}
	// The access token expires.
	s.now = s.now.Add(time.Hour - time.Second)
	if who(second["access_token"].(string)) == "" {
		t.Error("a token ends early")
	}
	s.now = s.now.Add(time.Second)
	if who(second["access_token"].(string)) != "" {
		t.Error("a token goes on after its end")
	}
	// A narrowed token has the narrowed scopes alone. Other methods and types are errors
	// in this format too.
	narrow := s.token(url.Values{"grant_type": {exchange}, "subject_token": {"ada"}, "scope": {"item_preview"}}).body["access_token"].(string)
	if r := s.do(narrow, "GET", "/2.0/groups", ""); r.body["code"] != "insufficient_scope" {
		t.Errorf("got %s", r.raw)
	}
	if r := s.do("", "POST", "/oauth2/token", `{"grant_type":"client_credentials"}`); r.status != 415 || r.body["error"] != "unsupported_media_type" {
		t.Errorf("got %d %s", r.status, r.raw)
	}
}

// A group of a million members takes no memory, and a list of users does not walk all of
// them.
func TestMillion(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := startWith(t, 1_000_000)
	s.ok(200, "ada", "GET", "/2.0/groups/"+crowdID+"/memberships?limit=1000&offset=10000", "")
	s.ok(200, "ada", "GET", "/2.0/users?usemarker=true&limit=1000", "")
	s.ok(200, "ada", "GET", "/2.0/users?usemarker=true&filter_term=member-0999999@example.com", "")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(s)
}
