package clerk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// provider is an emulated Clerk with one secret key.
type provider struct {
	t       *testing.T
	h       http.Handler
	control http.Handler
}

const state = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
  - {name: Eve Outside, email: eve@example.com}
groups:
  - {name: Demo, ids: {clerk: org_demo}, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
  - {name: Big Crowd, members: [{email: bob@example.com, role: manager}], count: %d}
  - {name: 東京, members: [{email: ada@example.com}]}
credentials:
  clerk: [{token: sk_ok}]
`

// Ids of the people, and the id of an unknown user.
var (
	ada, bob, eve = userID(1), userID(2), userID(3)
	nobody        = userID(99)
)

func start(t *testing.T) *provider { return startWith(t, 1000) }

func startWith(t *testing.T, generated int) *provider {
	t.Helper()
	w, err := seed.Parse("state", fmt.Appendf(nil, state, generated))
	if err != nil {
		t.Fatal(err)
	}
	now := seed.Start.AddDate(5, 0, 0)
	w.Now = func() time.Time {
		now = now.Add(time.Second)
		return now
	}
	control := http.NewServeMux()
	return &provider{t, New(w, control), control}
}

type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (s *provider) do(method, path, body string, header ...string) reply {
	s.t.Helper()
	req := httptest.NewRequest(method, "http://clerk.example/v1"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer sk_ok")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Del(header[i])
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, req)
	r := reply{status: rec.Code, header: rec.Header(), raw: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &r.body)
	return r
}

// ok sends a request and fails the test unless it succeeds.
func (s *provider) ok(method, path, body string) reply {
	s.t.Helper()
	r := s.do(method, path, body)
	if r.status != 200 || r.header.Get("Content-Type") != "application/json" {
		s.t.Fatalf("%s %s: %d %s", method, path, r.status, r.raw)
	}
	return r
}

// list returns one property of every item on a page, and the total.
func (s *provider) list(path, property string) ([]string, int) {
	s.t.Helper()
	r := s.ok("GET", path, "")
	items, total := []any{}, -1
	if r.body == nil {
		if err := json.Unmarshal([]byte(r.raw), &items); err != nil {
			s.t.Fatal(err)
		}
	} else {
		items, total = r.body["data"].([]any), int(r.body["total_count"].(float64))
	}
	found := []string{}
	for _, item := range items {
		v := item
		for name := range strings.SplitSeq(property, ".") {
			v = v.(map[string]any)[name]
		}
		found = append(found, fmt.Sprint(v))
	}
	return found, total
}

// code returns the code of a response with one error, and the parameter that the error
// names.
func code(r reply) string {
	errs, _ := r.body["errors"].([]any)
	if len(errs) != 1 {
		return r.raw
	}
	e := errs[0].(map[string]any)
	if meta, ok := e["meta"].(map[string]any); ok {
		return fmt.Sprint(e["code"], " ", meta["param_name"])
	}
	return fmt.Sprint(e["code"])
}

// Every error has Clerk's format, its code and a trace id.
func TestErrorFormat(t *testing.T) {
	s := start(t)
	members := "/organizations/org_demo/memberships"
	many := strings.Repeat("&user_id=u", 101)
	big := fmt.Sprintf(`{"public_metadata":{"a":%q}}`, strings.Repeat("x", 8200))
	tests := []struct {
		name, method, path, body string
		header                   []string
		status                   int
		code                     string
	}{
		{"no credentials", "GET", "/users", "", []string{"Authorization", ""}, 401, "authorization_header_format_invalid"},
		{"no bearer", "GET", "/users", "", []string{"Authorization", "sk_ok"}, 401, "authorization_header_format_invalid"},
		{"unknown key", "GET", "/users", "", []string{"Authorization", "Bearer sk_no"}, 401, "clerk_key_invalid"},
		{"unknown key for nothing", "GET", "/users/x/y", "", []string{"Authorization", "Bearer sk_no"}, 401, "clerk_key_invalid"},
		{"unknown version", "GET", "/users", "", []string{"Clerk-API-Version", "2025-03-12"}, 400, "api_version_invalid"},
		{"unknown version in the query", "GET", "/users?__clerk_api_version=1", "", nil, 400, "api_version_invalid"},
		{"version twice", "GET", "/users?__clerk_api_version=2026-05-12", "", []string{"Clerk-API-Version", "2026-05-12"}, 400, "api_version_invalid"},
		{"unknown route", "GET", "/users/x/y", "", nil, 404, "resource_not_found"},
		{"dot segment", "GET", "/users/..", "", nil, 404, "resource_not_found"},
		{"method", "PUT", "/users", `{}`, nil, 405, "method_not_allowed"},
		{"content type", "POST", members, `user_id=x`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported_content_type"},
		{"no body", "POST", members, "", nil, 400, "request_body_invalid"},
		{"not JSON", "POST", members, `{`, nil, 400, "request_body_invalid"},
		{"not an object", "POST", members, `[]`, nil, 400, "request_body_invalid"},
		{"time that is none", "POST", "/users", `{"username":"x","created_at":"yesterday"}`, nil, 422, "form_param_value_invalid created_at"},
		{"time that Go has not", "POST", "/users", `{"username":"x","created_at":"2016-12-31T23:59:60Z"}`, nil, 400, "request_body_invalid"},
		{"query that cannot be read", "GET", "/users?limit=%zz", "", nil, 400, "malformed_request_parameters"},
		{"missing property", "POST", members, `{"user_id":"` + eve + `"}`, nil, 422, "form_param_missing role"},
		{"unknown property", "POST", members, `{"user_id":"` + eve + `","role":"org:member","colour":1}`, nil, 422, "form_param_unknown colour"},
		{"unknown property of a role", "PATCH", members + "/" + ada, `{"role":"org:admin","colour":1}`, nil, 422, "form_param_unknown colour"},
		{"unknown property of metadata", "PATCH", members + "/" + ada + "/metadata", `{"unsafe_metadata":{}}`, nil, 422, "form_param_unknown unsafe_metadata"},
		{"unknown property of an organization", "POST", "/organizations", `{"name":"x","colour":1}`, nil, 422, "form_param_unknown colour"},
		{"wrong type", "POST", members, `{"user_id":7,"role":"org:member"}`, nil, 422, "form_param_value_invalid user_id"},
		{"metadata that is no object", "PATCH", members + "/" + ada + "/metadata", `{"public_metadata":[1]}`, nil, 422, "form_param_value_invalid public_metadata"},
		{"metadata that is null", "PATCH", members + "/" + ada + "/metadata", `{"public_metadata":null}`, nil, 422, "form_param_value_invalid public_metadata"},
		{"metadata that is too large", "PATCH", members + "/" + ada + "/metadata", big, nil, 422, "form_param_exceeds_allowed_size public_metadata"},
		{"limit that is no integer", "GET", members + "?limit=10.0", "", nil, 422, "form_param_value_invalid limit"},
		{"limit of nothing", "GET", members + "?limit=0", "", nil, 422, "form_param_value_invalid limit"},
		{"offset below zero", "GET", "/users?offset=-1", "", nil, 422, "form_param_value_invalid offset"},
		{"flag that is none", "GET", "/organizations?include_members_count=perhaps", "", nil, 422, "form_param_value_invalid include_members_count"},
		{"time that is no integer", "GET", members + "?created_at_after=now", "", nil, 422, "form_param_value_invalid created_at_after"},
		{"too many values", "GET", members + "?" + many, "", nil, 422, "form_param_array_size_exceeded user_id"},
		{"unknown order", "GET", members + "?order_by=members_count", "", nil, 422, "form_param_value_invalid order_by"},
		{"order with two signs", "GET", members + "?order_by=%2B-created_at", "", nil, 422, "form_param_value_invalid order_by"},
		{"unknown order of all", "GET", "/organization_memberships?order_by=x", "", nil, 422, "form_param_value_invalid order_by"},
		{"after, in another order", "GET", "/users?order_by=username&starting_after=" + ada, "", nil, 422, "form_param_value_invalid starting_after"},
		{"after, with an offset", "GET", "/users?offset=1&starting_after=" + ada, "", nil, 422, "form_param_value_invalid starting_after"},
		{"after nobody", "GET", "/users?starting_after=" + nobody, "", nil, 422, "form_param_value_invalid starting_after"},
		{"unknown organization", "GET", "/organizations/org_no/memberships", "", nil, 404, "resource_not_found"},
		{"a slug for an id", "GET", "/organizations/demo/memberships", "", nil, 404, "resource_not_found"},
		{"unknown user", "GET", "/users/" + nobody, "", nil, 404, "resource_not_found"},
		{"unknown user's memberships", "GET", "/users/x/organization_memberships", "", nil, 404, "resource_not_found"},
		{"unknown user joins", "POST", members, `{"user_id":"` + nobody + `","role":"org:member"}`, nil, 404, "resource_not_found"},
		{"role of old", "POST", members, `{"user_id":"` + eve + `","role":"admin"}`, nil, 404, "resource_not_found role"},
		{"unknown role", "PATCH", members + "/" + bob, `{"role":"org:owner"}`, nil, 404, "resource_not_found role"},
		{"not a member", "PATCH", members + "/" + eve, `{"role":"org:member"}`, nil, 404, "resource_not_found"},
		{"metadata of who is not a member", "PATCH", members + "/" + eve + "/metadata", `{}`, nil, 404, "resource_not_found"},
		{"twice", "POST", members, `{"user_id":"` + bob + `","role":"org:admin"}`, nil, 400, "already_a_member_in_organization"},
		{"last administrator leaves", "DELETE", members + "/" + ada, "", nil, 400, "organization_minimum_permissions_needed"},
		{"last administrator steps down", "PATCH", members + "/" + ada, `{"role":"org:member"}`, nil, 400, "organization_minimum_permissions_needed"},
		{"organization without a name", "POST", "/organizations", `{"name":""}`, nil, 422, "form_param_value_invalid name"},
		{"organization of nobody", "POST", "/organizations", `{"name":"x","created_by":"` + nobody + `"}`, nil, 400, "organization_creator_not_found created_by"},
		{"slug of another", "POST", "/organizations", `{"name":"x","slug":"demo"}`, nil, 422, "form_identifier_exists slug"},
		{"slug that is none", "POST", "/organizations", `{"name":"x","slug":"A b"}`, nil, 422, "form_param_format_invalid slug"},
		{"role set that is none", "POST", "/organizations", `{"name":"x","role_set_key":"role_set:x"}`, nil, 404, "resource_not_found"},
		{"user without a name", "POST", "/users", `{"first_name":"x"}`, nil, 422, "form_param_missing"},
		{"address that is none", "POST", "/users", `{"email_address":["x"]}`, nil, 422, "form_param_format_invalid email_address"},
		{"number that is none", "POST", "/users", `{"phone_number":["555"]}`, nil, 422, "form_param_format_invalid phone_number"},
		{"address of another", "POST", "/users", `{"email_address":["ADA@example.com"]}`, nil, 422, "form_identifier_exists email_address"},
		{"address of a generated member", "POST", "/users", `{"email_address":["member-0000001@example.com"]}`, nil, 422, "form_identifier_exists email_address"},
		{"status that is none", "POST", "/users", `{"email_address":["x@example.com"],"email_address_identification_status":["sure"]}`, nil, 422, "form_param_value_invalid email_address_identification_status"},
		{"a status too many", "POST", "/users", `{"phone_number":["+4912345678"],"phone_number_identification_status":["verified","verified"]}`, nil, 422, "form_param_value_invalid phone_number_identification_status"},
		{"unknown property of a user", "POST", "/users", `{"colour":1}`, nil, 422, "form_param_unknown colour"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.do(tt.method, tt.path, tt.body, tt.header...)
			e, _ := r.body["errors"].([]any)
			if r.status != tt.status || code(r) != tt.code || len(e) != 1 || e[0].(map[string]any)["message"] == "" || e[0].(map[string]any)["long_message"] == "" {
				t.Errorf("got %d %s, want %d %s", r.status, r.raw, tt.status, tt.code)
			}
			if r.header.Get("Clerk-Trace-Id") == "" || r.body["clerk_trace_id"] != r.header.Get("Clerk-Trace-Id") || r.header.Get("Content-Type") != "application/json" {
				t.Errorf("got %v with %v", r.raw, r.header)
			}
		})
	}
	// The failed requests changed nothing.
	if users, total := s.list(members, "public_user_data.user_id"); total != 2 || !slices.Equal(users, []string{bob, ada}) {
		t.Errorf("members are %v of %d", users, total)
	}
}

// A request may name a released version, in a header or in the query.
func TestVersions(t *testing.T) {
	s := start(t)
	for _, v := range versions {
		if r := s.do("GET", "/users?limit=1", "", "Clerk-API-Version", v); r.status != 200 {
			t.Errorf("%s: %s", v, r.raw)
		}
		s.ok("GET", "/users?limit=1&__clerk_api_version="+v, "")
	}
	s.ok("GET", "/users?limit=1", "")
}

// A limit above 500 silently means ten. Generated members take no memory until they are
// listed. Both sort directions can start at any offset.
func TestPagingOfGeneratedMembers(t *testing.T) {
	s := startWith(t, 1_000_000)
	const members = "/organizations/org_big_crowd/memberships?order_by="
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const last = "member-1000000@example.com"
	tests := []struct {
		query       string
		count       int
		first, last string
	}{
		{"%2Bcreated_at", 10, "bob@example.com", "member-0000009@example.com"},
		{"created_at&limit=2", 2, "bob@example.com", "member-0000001@example.com"},
		{"%2Bcreated_at&limit=500", 500, "bob@example.com", "member-0000499@example.com"},
		{"%2Bcreated_at&limit=501", 10, "bob@example.com", "member-0000009@example.com"},
		{"%2Bcreated_at&limit=5&offset=999998", 3, "member-0999998@example.com", last},
		{"%2Bcreated_at&offset=1000001", 0, "", ""},
		{"%2Bcreated_at&offset=9000000000000000000", 0, "", ""},
		{"-created_at&limit=2", 2, last, "member-0999999@example.com"},
		{"-created_at&limit=5&offset=999999", 2, "member-0000001@example.com", "bob@example.com"},
		{"-created_at&offset=1000001", 0, "", ""},
	}
	for _, tt := range tests {
		mails, total := s.list(members+tt.query, "public_user_data.identifier")
		if total != 1_000_001 || len(mails) != tt.count || tt.count > 0 && (mails[0] != tt.first || mails[len(mails)-1] != tt.last) {
			t.Errorf("%s: got %d of %d: %v", tt.query, len(mails), total, mails)
		}
	}
	// The lookup of one member in a million generates no other member.
	var begin, end runtime.MemStats
	runtime.ReadMemStats(&begin)
	mails, total := s.list(members+"created_at&user_id="+userID(seed.FirstGenerated+999_999), "public_user_data.identifier")
	runtime.ReadMemStats(&end)
	if made := end.Mallocs - begin.Mallocs; total != 1 || mails[0] != last || made > 100_000 {
		t.Errorf("got %v of %d with %d allocations", mails, total, made)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	runtime.KeepAlive(s)
}

// Generated members can be changed and removed like all others.
func TestGeneratedMembersChange(t *testing.T) {
	s := start(t)
	const members = "/organizations/org_big_crowd/memberships"
	first, second := userID(seed.FirstGenerated), userID(seed.FirstGenerated+1)
	s.ok("PATCH", members+"/"+first, `{"role":"org:admin"}`)
	if gone := s.ok("DELETE", members+"/"+second, ""); gone.body["public_user_data"].(map[string]any)["user_id"] != second {
		t.Errorf("deleted %s", gone.raw)
	}
	s.ok("DELETE", members+"/"+bob, "") // another administrator remains
	users, total := s.list(members+"?order_by=created_at&limit=2", "public_user_data.user_id")
	if total != 999 || !slices.Equal(users, []string{first, userID(seed.FirstGenerated + 2)}) {
		t.Errorf("got %v of %d", users, total)
	}
	if r := s.do("DELETE", members+"/"+first, ""); code(r) != "organization_minimum_permissions_needed" {
		t.Errorf("the last administrator: %s", r.raw)
	}
	s.ok("DELETE", "/users/"+first, "") // deleting an account needs no other administrator
	if r := s.ok("GET", "/organizations/org_big_crowd?include_missing_member_with_elevated_permissions=true&include_members_count=true", ""); r.body["missing_member_with_elevated_permissions"] != true || r.body["members_count"] != 998.0 {
		t.Errorf("got %s", r.raw)
	}
	if r := s.do("GET", "/users/"+first, ""); r.status != 404 {
		t.Errorf("a deleted user: %s", r.raw)
	}
}

// createUsers creates users with a value in every field that filters and orders use.
func createUsers(s *provider) map[string]string {
	ids := map[string]string{"ada": ada, "bob": bob, "eve": eve}
	for _, u := range []struct{ name, body string }{
		{"zoe", `{"first_name":"Zoë","last_name":"Ämter","username":"ZoeCool","email_address":["zoe@example.com","alias@example.com"],
			"phone_number":["+15550001"],"web3_wallet":["0xAbC"],"external_id":"ext-1","banned":true,"created_at":"2020-01-01T00:00:00Z"}`},
		{"kim", `{"first_name":"Kim","username":"kim","phone_number":["+49301234567"],"created_at":"2030-01-01T00:00:00Z"}`},
	} {
		ids[u.name] = s.ok("POST", "/users", u.body).body["id"].(string)
	}
	for _, name := range []string{"zoe", "kim"} {
		s.ok("POST", "/organizations/org_demo/memberships", `{"user_id":"`+ids[name]+`","role":"org:member"}`)
	}
	return ids
}

func names(ids map[string]string, found []string) string {
	out := []string{}
	for _, id := range found {
		for name, other := range ids {
			if id == other {
				out = append(out, name)
			}
		}
	}
	return strings.Join(out, " ")
}

// Each filter of an organization's memberships, alone and combined.
func TestMembershipFilters(t *testing.T) {
	s := start(t)
	ids := createUsers(s)
	ms := fmt.Sprint(seed.Start.UnixMilli())
	tests := []struct{ query, want string }{
		{"", "ada bob zoe kim"},
		{"user_id=" + ids["kim"] + "&user_id=%2B" + ada + "&user_id=" + eve + "&user_id=x", "ada kim"},
		{"user_id=-" + ada, "bob zoe kim"},
		{"user_id=" + ada + "&user_id=-" + ada, ""},
		{"email_address=ALIAS@example.com&email_address=bob@example.com", "bob zoe"},
		{"email_address=alias@example.com&email_address=zoe@example.com", "zoe"},
		{"email_address=alias", ""},
		{"phone_number=%2B15550001", "zoe"},
		{"phone_number=5550001", ""},
		{"username=zoecool&username=kim", "zoe kim"},
		{"username=zoe", ""},
		{"web3_wallet=0xabc", "zoe"},
		{"role=org:admin", "ada"},
		{"role=org:admin&role=org:member&role=org:none", "ada bob zoe kim"},
		{"role=admin", ""},
		{"query=example.com", "ada bob zoe"},
		{"query=ALIAS", "zoe"},
		{"query=12345", "kim"},
		{"query=zoecool", "zoe"},
		{"query=0xab", "zoe"},
		{"query=" + ids["kim"], "kim"},
		{"query=lovel", "ada"},
		{"query=ada+love", "ada"},
		{"email_address_query=LIAS@", "zoe"},
		{"phone_number_query=555", "zoe"},
		{"username_query=cool", "zoe"},
		{"name_query=O%C3%8B", "zoe"},
		{"name_query=cool", ""},
		{"created_at_before=" + ms, "zoe"},
		{"created_at_after=" + ms, "kim"},
		{"created_at_after=0&created_at_before=1900000000000", "ada bob zoe kim"},
		{"last_active_at_after=0", "ada bob"}, // the others were never active
		{"last_active_at_before=" + ms, ""},
		{"role=org:member&name_query=b&user_id=-" + ids["zoe"], "bob"},
	}
	for _, tt := range tests {
		got, total := s.list("/organizations/org_demo/memberships?order_by=created_at&"+tt.query, "public_user_data.user_id")
		if diff := cmp.Diff(tt.want, names(ids, got)); diff != "" || total != len(got) {
			t.Errorf("%s: %d in all (-want +got):\n%s", tt.query, total, diff)
		}
	}
}

// Each sort key of both lists in both directions; ascending is the default. Equal rows
// keep their order of arrival in both directions.
func TestOrders(t *testing.T) {
	s := start(t)
	ids := createUsers(s)
	const members = "/organizations/org_demo/memberships?order_by="
	users := "/users?user_id=" + strings.Join([]string{ada, bob, ids["zoe"], ids["kim"]}, "&user_id=") + "&order_by="
	tests := []struct{ path, id, key, up, down string }{
		{members, "public_user_data.user_id", "created_at", "ada bob zoe kim", "kim zoe bob ada"},
		{members, "public_user_data.user_id", "first_name", "ada bob kim zoe", "zoe kim bob ada"},
		{members, "public_user_data.user_id", "last_name", "kim ada bob zoe", "zoe bob ada kim"},
		{members, "public_user_data.user_id", "email_address", "kim ada bob zoe", "zoe bob ada kim"},
		{members, "public_user_data.user_id", "phone_number", "ada bob zoe kim", "kim zoe ada bob"},
		{members, "public_user_data.user_id", "username", "ada bob zoe kim", "kim zoe ada bob"},
		{users, "id", "created_at", "zoe ada bob kim", "kim ada bob zoe"},
		{users, "id", "updated_at", "zoe ada bob kim", "kim ada bob zoe"},
		{users, "id", "first_name", "ada bob kim zoe", "zoe kim bob ada"},
		{users, "id", "last_name", "kim ada bob zoe", "zoe bob ada kim"},
		{users, "id", "email_address", "kim ada bob zoe", "zoe bob ada kim"},
		{users, "id", "phone_number", "ada bob zoe kim", "kim zoe ada bob"},
		{users, "id", "username", "ada bob zoe kim", "kim zoe ada bob"},
		{users, "id", "web3wallet", "ada bob kim zoe", "zoe ada bob kim"},
		{users, "id", "last_active_at", "zoe kim ada bob", "ada bob zoe kim"},
		{users, "id", "last_sign_in_at", "zoe kim ada bob", "ada bob zoe kim"},
	}
	for _, tt := range tests {
		for sign, want := range map[string]string{"": tt.up, "%2B": tt.up, "-": tt.down} {
			got, _ := s.list(tt.path+sign+tt.key, tt.id)
			if names(ids, got) != want {
				t.Errorf("%s%s of %s: got %s, want %s", sign, tt.key, tt.path, names(ids, got), want)
			}
		}
	}
	// The default order is newest first. The first of several orders applies.
	got, _ := s.list("/organizations/org_demo/memberships", "public_user_data.user_id")
	if names(ids, got) != "kim zoe bob ada" {
		t.Errorf("by default %s", names(ids, got))
	}
	got, _ = s.list(members+"first_name&order_by=-first_name", "public_user_data.user_id")
	if names(ids, got) != "ada bob kim zoe" {
		t.Errorf("with two orders %s", names(ids, got))
	}
}

// Filters of the list of users alone.
func TestUserFilters(t *testing.T) {
	s := start(t)
	ids := createUsers(s)
	signed := fmt.Sprint(seed.Start.UnixMilli())
	tests := []struct{ query, want string }{
		{"external_id=ext-1", "zoe"},
		{"external_id=%2Bext-1&external_id=ext-2", "zoe"},
		{"external_id=-ext-1&query=kim", "kim"},
		{"banned=true", "zoe"},
		{"banned=false&username_query=o", ""},
		{"organization_id=org_demo", "ada bob zoe kim"},
		{"organization_id=%2Borg_demo&organization_id=-org_big_crowd", "ada zoe kim"},
		{"organization_id=org_no", ""},
		{"last_active_at_since=" + signed + "&organization_id=org_demo", "ada bob"},
		{"last_active_at_after=" + signed + "&organization_id=org_demo", ""},
		{"last_sign_in_at_after=0&organization_id=org_demo", "ada bob"},
		{"last_sign_in_at_before=" + signed + "&organization_id=org_demo", ""},
		{"provider=oauth_google&provider_user_id=1", ""},
		{"email_address=ada@example.com&email_address=member-0000001@example.com", "ada"},
	}
	for _, tt := range tests {
		got, _ := s.list("/users?limit=500&order_by=last_active_at&"+tt.query, "id")
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, names(ids, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
		if count := s.ok("GET", "/users/count?"+tt.query, ""); count.body["object"] != "total_count" || int(count.body["total_count"].(float64)) != len(got) {
			t.Errorf("%s: counted %s, listed %d", tt.query, count.raw, len(got))
		}
	}
}

// The list of users is a bare array. Pagination by the last user returns each user once.
func TestStartingAfter(t *testing.T) {
	s := start(t)
	ids := createUsers(s)
	for order, want := range map[string]string{"": "kim ada bob eve zoe", "&order_by=created_at": "zoe ada bob eve kim"} {
		var seen []string
		for after := ""; ; {
			got, total := s.list("/users?limit=2&user_id="+strings.Join([]string{ada, bob, eve, ids["zoe"], ids["kim"]}, "&user_id=")+order+after, "id")
			if total != -1 {
				t.Fatalf("the list has a total of %d", total)
			}
			if len(got) == 0 {
				break
			}
			seen = append(seen, got...)
			after = "&starting_after=" + got[len(got)-1]
		}
		if names(ids, seen) != want {
			t.Errorf("%s: got %s, want %s", order, names(ids, seen), want)
		}
	}
}

// The memberships of the instance and of one user, across organizations.
func TestMembershipsAcrossOrganizations(t *testing.T) {
	s := start(t)
	const path = "/organization_memberships"
	pairs := func(path string) (out []string) {
		who, _ := s.list(path, "public_user_data.user_id")
		where, _ := s.list(path, "organization.slug")
		for i := range who {
			out = append(out, strings.TrimLeft(strings.TrimPrefix(who[i], "user_"+mark), "0")+"@"+where[i])
		}
		return out
	}
	if diff := cmp.Diff([]string{"1@demo", "2@big-crowd", "1@organization-3", "2@demo"}, pairs(path+"?limit=4&order_by=created_at")); diff != "" {
		t.Errorf("the oldest (-want +got):\n%s", diff)
	}
	// A change is visible at once, although the previous list is cached for its next
	// page.
	_, before := s.list(path+"?limit=1", "id")
	s.ok("POST", "/organizations/org_demo/memberships", `{"user_id":"`+eve+`","role":"org:member"}`)
	if diff := cmp.Diff([]string{"3@demo", "1000999@big-crowd"}, append(pairs(path+"?limit=1"), "1000999@big-crowd")); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
	if _, after := s.list(path+"?limit=1", "id"); after != before+1 {
		t.Errorf("%d memberships after %d and one more", after, before)
	}
	s.ok("DELETE", "/organizations/org_demo/memberships/"+eve, "")
	if _, after := s.list(path+"?limit=1", "id"); after != before {
		t.Errorf("%d memberships after one came and went, %d before", after, before)
	}
	if diff := cmp.Diff([]string{"2@demo", "2@big-crowd"}, pairs("/users/"+bob+"/organization_memberships")); diff != "" {
		t.Errorf("Bob's, the newest first (-want +got):\n%s", diff)
	}
}

func TestMembershipAnswers(t *testing.T) {
	s := start(t)
	const members = "/organizations/org_demo/memberships"
	created := s.ok("POST", members, `{"user_id":"`+eve+`","role":"org:member","public_metadata":{"n":9007199254740993},"private_metadata":null}`)
	if !strings.Contains(created.raw, `"public_metadata":{"n":9007199254740993}`) || !strings.Contains(created.raw, `"private_metadata":{}`) {
		t.Errorf("metadata: %s", created.raw)
	}
	at := created.body["created_at"]
	want := map[string]any{
		"user_id": eve, "identifier": "eve@example.com", "first_name": "Eve", "last_name": "Outside", "username": nil,
		"image_url": picture, "has_image": false, "profile_image_url": picture, "banned": false, "deprovisioned": false,
	}
	if diff := cmp.Diff(want, created.body["public_user_data"]); diff != "" {
		t.Errorf("public_user_data (-want +got):\n%s", diff)
	}
	organization := created.body["organization"].(map[string]any)
	if _, counted := organization["members_count"]; counted || organization["id"] != "org_demo" || organization["slug"] != "demo" || organization["created_by"] != ada {
		t.Errorf("organization: %v", organization)
	}
	permissions := func(r reply) int { return len(r.body["permissions"].([]any)) }
	if created.body["role_name"] != "Member" || permissions(created) != 2 {
		t.Errorf("role: %s", created.raw)
	}
	admin := s.ok("PATCH", members+"/"+eve, `{"role":"org:admin"}`)
	if admin.body["role_name"] != "Admin" || permissions(admin) != 9 || admin.body["created_at"] != at || admin.body["updated_at"] == at {
		t.Errorf("after the promotion: %s", admin.raw)
	}
	s.ok("PATCH", members+"/"+ada, `{"role":"org:member"}`) // two administrators now
	s.ok("PATCH", members+"/"+eve, `{"role":"org:admin"}`)  // the last administrator may keep the role
	gone := s.ok("DELETE", members+"/"+bob, "")
	if gone.body["object"] != "organization_membership" || gone.body["public_user_data"].(map[string]any)["user_id"] != bob {
		t.Errorf("deleted: %s", gone.raw)
	}
	back := s.ok("POST", members, `{"user_id":"`+bob+`","role":"org:member"}`)
	if back.body["id"] == gone.body["id"] {
		t.Error("who comes back has the old membership")
	}
}

func TestMergeMetadata(t *testing.T) {
	tests := []struct{ old, patch, want string }{
		{`{"a":1}`, `{"b":2}`, `{"a":1,"b":2}`},
		{`{"a":1}`, `{"a":null}`, `{}`},
		{`{"a":{"b":{"c":1,"d":2}}}`, `{"a":{"b":{"c":null,"e":[1]}}}`, `{"a":{"b":{"d":2,"e":[1]}}}`},
		{`{"a":[1,2]}`, `{"a":[3]}`, `{"a":[3]}`},
		{`{"a":[1,2]}`, `{"a":{"b":1}}`, `{"a":{"b":1}}`},
		{`{"a":{"b":1}}`, `{"a":7}`, `{"a":7}`},
		{`{"a":null}`, `{"a":{"b":1}}`, `{"a":{"b":1}}`},
		{`{}`, `{"a":{"b":null,"c":{"d":null}}}`, `{"a":{"c":{}}}`},
		{``, `{"a":null,"b":9007199254740993}`, `{"b":9007199254740993}`},
		{`{"a":1}`, `{}`, `{"a":1}`},
		{`{"a":1}`, `{"a":"null"}`, `{"a":"null"}`},
	}
	for _, tt := range tests {
		if got := merge(json.RawMessage(tt.old), json.RawMessage(tt.patch)); string(got) != tt.want {
			t.Errorf("%s into %s: got %s, want %s", tt.patch, tt.old, got, tt.want)
		}
	}
	s := start(t)
	const path = "/organizations/org_demo/memberships/"
	s.ok("PATCH", path+ada+"/metadata", `{"public_metadata":{"a":{"b":1}},"private_metadata":{"p":1}}`)
	r := s.ok("PATCH", path+ada+"/metadata", `{"public_metadata":{"a":{"c":2}}}`)
	if !strings.Contains(r.raw, `"public_metadata":{"a":{"b":1,"c":2}},"private_metadata":{"p":1}`) {
		t.Errorf("got %s", r.raw)
	}
	if same := s.ok("PATCH", path+ada+"/metadata", ""); same.body["updated_at"] != r.body["updated_at"] {
		t.Errorf("without a body something changed: %s", same.raw)
	}
}

// An organization accepts members up to its limit.
func TestQuota(t *testing.T) {
	s := start(t)
	o := s.ok("POST", "/organizations", `{"name":"Small Club!","created_by":"`+ada+`","max_allowed_memberships":2,"created_at":"2020-01-01T00:00:00Z","private_metadata":{"a":1}}`)
	if o.body["slug"] != "small-club-4" || o.body["max_allowed_memberships"] != 2.0 || o.body["created_at"] != 1577836800000.0 || o.body["created_by"] != ada {
		t.Errorf("got %s", o.raw)
	}
	members := "/organizations/" + o.body["id"].(string) + "/memberships"
	if roles, _ := s.list(members, "role"); !slices.Equal(roles, []string{roleAdmin}) {
		t.Errorf("it starts with %v", roles)
	}
	s.ok("POST", members, `{"user_id":"`+bob+`","role":"org:member"}`)
	full := s.do("POST", members, `{"user_id":"`+eve+`","role":"org:member"}`)
	if full.status != 403 || code(full) != "organization_membership_quota_exceeded" {
		t.Errorf("got %s", full.raw)
	}
	s.ok("DELETE", members+"/"+bob, "")
	s.ok("POST", members, `{"user_id":"`+eve+`","role":"org:member"}`)
	s.ok("DELETE", "/organizations/"+o.body["id"].(string), "")
	if _, total := s.list("/users/"+eve+"/organization_memberships", "id"); total != 0 {
		t.Errorf("Eve is in %d organizations, want none", total)
	}
}

func TestOrganizations(t *testing.T) {
	s := start(t)
	s.ok("POST", "/organizations", `{"name":"Alpha Demo","slug":"alpha","created_at":"2025-01-01T00:00:00Z"}`)
	third := "organization-3" // the name has no ASCII letter
	tests := []struct{ query, want string }{
		{"", "demo big-crowd " + third + " alpha"}, // equal age: order of arrival
		{"order_by=created_at", "alpha demo big-crowd " + third},
		{"order_by=%2Bname", "alpha big-crowd demo " + third},
		{"order_by=-name", third + " demo big-crowd alpha"},
		{"order_by=members_count", "alpha " + third + " demo big-crowd"},
		{"order_by=-members_count", "big-crowd demo " + third + " alpha"},
		{"query=DEMO", "demo alpha"},
		{"query=org_demo", "demo"},
		{"query=org_de", ""},
		{"query=crowd", "big-crowd"},
		{"user_id=" + ada, "demo " + third},
		{"user_id=%2B" + bob + "&user_id=-" + ada, "big-crowd"},
		{"user_id=-" + ada, "big-crowd alpha"},
		{"user_id=x", ""},
		{"organization_id=org_demo&organization_id=org_no", "demo"},
		{"organization_id=-org_demo&limit=1&offset=1", third},
		{"limit=1", "demo"},
	}
	for _, tt := range tests {
		got, _ := s.list("/organizations?"+tt.query, "slug")
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
	for _, name := range []string{"org_demo", "demo"} {
		o := s.ok("GET", "/organizations/"+name+"?include_members_count=true&include_missing_member_with_elevated_permissions=true", "")
		if o.body["id"] != "org_demo" || o.body["members_count"] != 2.0 || o.body["missing_member_with_elevated_permissions"] != false {
			t.Errorf("%s: %s", name, o.raw)
		}
	}
	if o := s.ok("GET", "/organizations/demo?include_members_count=false", ""); strings.Contains(o.raw, "members_count") {
		t.Errorf("a count that nobody asked for: %s", o.raw)
	}
}

func TestUsers(t *testing.T) {
	s := start(t)
	ids := createUsers(s)
	zoe := s.ok("GET", "/users/"+ids["zoe"], "")
	var u user
	if err := json.Unmarshal([]byte(zoe.raw), &u); err != nil {
		t.Fatal(err)
	}
	if len(u.EmailAddresses) != 2 || len(u.PhoneNumbers) != 1 || len(u.Web3Wallets) != 1 ||
		u.PrimaryEmailAddressID.MustGet() != *u.EmailAddresses[0].ID || u.PrimaryPhoneNumberID.MustGet() != *u.PhoneNumbers[0].ID ||
		*u.EmailAddresses[0].ID == *u.EmailAddresses[1].ID || *u.EmailAddresses[1].ID == *u.PhoneNumbers[0].ID || !*u.Banned || u.PasswordEnabled {
		t.Errorf("got %s", zoe.raw)
	}
	// The fields that Clerk's own SDKs require, in the form that they require.
	for _, part := range []string{
		`"passkeys":[]`, `"external_accounts":[]`, `"saml_accounts":[]`, `"enterprise_accounts":[]`, `"password_enabled":false`,
		`"two_factor_enabled":false`, `"totp_enabled":false`, `"backup_code_enabled":false`, `"last_sign_in_at":null`,
		`"delete_self_enabled":true`, `"create_organization_enabled":true`, `"legal_accepted_at":null`, `"public_metadata":{}`,
	} {
		if !strings.Contains(zoe.raw, part) {
			t.Errorf("%s lacks %s", zoe.raw, part)
		}
	}
	r := s.ok("POST", "/users", `{"email_address":["r@example.com"],"email_address_identification_status":["reserved"],"password":"x",
		"create_organizations_limit":3,"delete_self_enabled":false,"create_organization_enabled":false,"unsafe_metadata":{"n":9007199254740993}}`)
	for _, part := range []string{
		`"reserved":true,"verification":null`, `"password_enabled":true`, `"create_organizations_limit":3`, `"delete_self_enabled":false`,
		`"create_organization_enabled":false`, `"unsafe_metadata":{"n":9007199254740993}`, `"first_name":null`,
	} {
		if !strings.Contains(r.raw, part) {
			t.Errorf("%s lacks %s", r.raw, part)
		}
	}
	for body, want := range map[string]string{
		`{"email_address":["ALIAS@example.com"]}`:         "form_identifier_exists email_address",
		`{"phone_number":["+15550001"]}`:                  "form_identifier_exists phone_number",
		`{"web3_wallet":["0xabc"]}`:                       "form_identifier_exists web3_wallet",
		`{"username":"zoecool"}`:                          "form_identifier_exists username",
		`{"username":"x","external_id":"ext-1"}`:          "form_identifier_exists external_id",
		`{"username":"x","public_metadata":"no"}`:         "form_param_value_invalid public_metadata",
		`{"username":"y","email_address":["x@y.z",null]}`: "form_param_value_invalid email_address.1",
	} {
		if r := s.do("POST", "/users", body); r.status != 422 || code(r) != want {
			t.Errorf("%s: got %s, want %s", body, r.raw, want)
		}
	}
	s.ok("POST", "/users", `{"skip_user_requirement":true}`)
	gone := s.ok("DELETE", "/users/"+ids["zoe"], "")
	if diff := cmp.Diff(map[string]any{"object": "user", "id": ids["zoe"], "external_id": "ext-1", "deleted": true}, gone.body); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	if got, _ := s.list("/organizations/org_demo/memberships?user_id="+ids["zoe"], "id"); len(got) != 0 {
		t.Error("a deleted user is still a member")
	}
	s.ok("POST", "/users", `{"username":"zoecool","email_address":["alias@example.com"]}`) // the address is free again
}

func TestUserIDs(t *testing.T) {
	for _, n := range []int64{1, 99, seed.FirstCreated, seed.FirstGenerated + 49_999_999} {
		id := userID(n)
		if got, ok := userNumber(id); !ok || got != n || len(id) != len("user_")+27 {
			t.Errorf("%d became %s became %d", n, id, got)
		}
	}
	for _, id := range []string{"", "user_", "user_" + mark, userID(1) + "0", userID(1)[:31] + "x", "org" + userID(1)[4:], "user_" + mark + strings.Repeat(" ", 22) + "1", "user_" + mark + "+" + strings.Repeat("0", 21) + "1"} {
		if n, ok := userNumber(id); ok {
			t.Errorf("%q is user %d", id, n)
		}
	}
}

// Injected faults have Clerk's format.
func TestFaults(t *testing.T) {
	s := start(t)
	for status, want := range map[int]string{
		400: "bad_request", 401: "clerk_key_invalid", 402: "payment_required", 403: "authorization_invalid", 409: "conflict",
		410: "operation_deprecated", 413: "request_body_too_large", 422: "form_param_value_invalid", 429: "too_many_requests",
		500: "internal_clerk_error", 502: "bad_gateway", 503: "service_unavailable", 504: "gateway_timeout", 599: "unknown",
	} {
		rec := httptest.NewRecorder()
		s.h.(*httpapi.Router).Fail(rec, httptest.NewRequest("GET", "/v1/users", nil), &httpapi.Problem{Status: status, RetryAfter: 7})
		r := reply{status: rec.Code, header: rec.Header(), raw: rec.Body.String()}
		_ = json.Unmarshal(rec.Body.Bytes(), &r.body)
		if r.status != status || code(r) != want || r.header.Get("Retry-After") != "7" || r.body["clerk_trace_id"] != r.header.Get("Clerk-Trace-Id") {
			t.Errorf("%d: got %d %s, want %s", status, r.status, r.raw, want)
		}
	}
}
