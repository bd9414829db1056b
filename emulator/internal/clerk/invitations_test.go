package clerk

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

const invitations = "/organizations/org_demo/invitations"

// startAt returns a provider and its clock, which stands still.
func startAt(t *testing.T) (*provider, *time.Time) {
	t.Helper()
	w, err := seed.Parse("state", fmt.Appendf(nil, state, 10))
	if err != nil {
		t.Fatal(err)
	}
	now := seed.Start.AddDate(5, 0, 0)
	w.Now = func() time.Time { return now }
	control := http.NewServeMux()
	return &provider{t, New(w, control), control}, &now
}

// invite invites an address and returns the id of the invitation.
func (s *provider) invite(mail, rest string) string {
	s.t.Helper()
	return s.ok("POST", invitations, `{"email_address":"`+mail+`","role":"org:member"`+rest+`}`).body["id"].(string)
}

// accept accepts an invitation through the control API and returns status and body.
func (s *provider) accept(id string) (int, string) {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.control.ServeHTTP(rec, httptest.NewRequest("POST", "http://clerk.example/_emulator/clerk/invitations/"+id+"/accept", http.NoBody))
	return rec.Code, rec.Body.String()
}

func TestInvitationAnswers(t *testing.T) {
	s, now := startAt(t)
	r := s.ok("POST", invitations, `{"email_address":"New@example.com","role":"org:admin","inviter_user_id":"`+ada+`",
		"public_metadata":{"n":9007199254740993},"private_metadata":null,"redirect_url":"https://example.com/in","expires_in_days":2,"notify":false}`)
	if !strings.Contains(r.raw, `"public_metadata":{"n":9007199254740993}`) || !strings.Contains(r.raw, `"private_metadata":{}`) {
		t.Errorf("metadata: %s", r.raw)
	}
	id := r.body["id"].(string)
	if !strings.HasPrefix(id, "orginv_") || !strings.HasSuffix(r.body["url"].(string), id) {
		t.Errorf("got %s", r.raw)
	}
	at := float64(now.UnixMilli())
	want := map[string]any{
		"id": id, "object": "organization_invitation", "email_address": "New@example.com", "role": "org:admin", "role_name": "Admin",
		"organization_id": "org_demo", "inviter_id": ada, "status": "pending", "url": r.body["url"],
		"public_inviter_data": map[string]any{
			"user_id": ada, "identifier": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "image_url": picture, "has_image": false,
		},
		"public_metadata": map[string]any{"n": 9007199254740993.0}, "private_metadata": map[string]any{},
		"expires_at": at + 2*24*3600*1000, "created_at": at, "updated_at": at,
	}
	if diff := cmp.Diff(want, r.body); diff != "" {
		t.Errorf("the invitation (-want +got):\n%s", diff)
	}
	if got := s.ok("GET", invitations+"/"+id, ""); got.raw != r.raw {
		t.Errorf("got %s, want %s", got.raw, r.raw)
	}
	plain := s.ok("POST", invitations, `{"email_address":"plain@example.com","role":"org:member"}`)
	if plain.body["inviter_id"] != nil || plain.body["public_inviter_data"] != nil || plain.body["expires_at"] != at+30*24*3600*1000 {
		t.Errorf("without an inviter: %s", plain.raw)
	}
	whole := s.ok("GET", "/organization_invitations?query=PLAIN", "").body["data"].([]any)[0].(map[string]any)
	if diff := cmp.Diff(map[string]any{"id": "org_demo", "name": "Demo", "slug": "demo", "image_url": picture, "has_image": false}, whole["public_organization_data"]); diff != "" {
		t.Errorf("public_organization_data (-want +got):\n%s", diff)
	}
}

// A refused request makes no invitation.
func TestInvitationErrors(t *testing.T) {
	s := start(t)
	s.invite("twice@example.com", "")
	body := func(mail, rest string) string {
		return `{"email_address":"` + mail + `","role":"org:member"` + rest + `}`
	}
	eleven := "[" + strings.TrimSuffix(strings.Repeat(body("x@example.com", "")+",", 11), ",") + "]"
	_, before := s.list(invitations, "id")
	tests := []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"no address", "POST", invitations, `{"role":"org:member"}`, 422, "form_param_missing email_address"},
		{"no role", "POST", invitations, `{"email_address":"x@example.com"}`, 422, "form_param_missing role"},
		{"address that is none", "POST", invitations, body("x", ""), 422, "form_param_format_invalid email_address"},
		{"address with a name", "POST", invitations, body("X <x@example.com>", ""), 422, "form_param_format_invalid email_address"},
		{"unknown role", "POST", invitations, `{"email_address":"x@example.com","role":"org:king"}`, 404, "resource_not_found role"},
		{"unknown property", "POST", invitations, body("x@example.com", `,"colour":1`), 422, "form_param_unknown colour"},
		{"no days", "POST", invitations, body("x@example.com", `,"expires_in_days":0`), 422, "form_param_value_invalid expires_in_days"},
		{"too many days", "POST", invitations, body("x@example.com", `,"expires_in_days":366`), 422, "form_param_value_invalid expires_in_days"},
		{"part of a URL", "POST", invitations, body("x@example.com", `,"redirect_url":"/in"`), 422, "form_param_format_invalid redirect_url"},
		{"metadata that is no object", "POST", invitations, body("x@example.com", `,"public_metadata":[]`), 422, "form_param_value_invalid public_metadata"},
		{"inviter who is nobody", "POST", invitations, body("x@example.com", `,"inviter_user_id":"`+nobody+`"`), 404, "resource_not_found"},
		{"inviter who is no member", "POST", invitations, body("x@example.com", `,"inviter_user_id":"`+eve+`"`), 403, "not_a_member_in_organization inviter_user_id"},
		{"inviter who is no administrator", "POST", invitations, body("x@example.com", `,"inviter_user_id":"`+bob+`"`), 403, "missing_organization_permission inviter_user_id"},
		{"invited twice", "POST", invitations, body("TWICE@example.com", ""), 400, "organization_invitation_not_unique"},
		{"a member", "POST", invitations, body("Bob@example.com", ""), 400, "already_a_member_in_organization"},
		{"unknown organization", "POST", "/organizations/org_no/invitations", body("x@example.com", ""), 404, "resource_not_found"},
		{"list of an unknown organization", "GET", "/organizations/org_no/invitations", "", 404, "resource_not_found"},
		{"list of an unknown user", "GET", "/users/" + nobody + "/organization_invitations", "", 404, "resource_not_found"},
		{"unknown state", "GET", invitations + "?status=open", "", 422, "form_param_value_invalid status"},
		{"unknown state of all", "GET", "/organization_invitations?status=open", "", 422, "form_param_value_invalid status"},
		{"unknown state of a user", "GET", "/users/" + ada + "/organization_invitations?status=open", "", 422, "form_param_value_invalid status"},
		{"unknown order", "GET", invitations + "?order_by=role", "", 422, "form_param_value_invalid order_by"},
		{"unknown invitation", "GET", invitations + "/orginv_no", "", 404, "resource_not_found"},
		{"revoke an unknown invitation", "POST", invitations + "/orginv_no/revoke", `{}`, 404, "resource_not_found"},
		{"no list", "POST", invitations + "/bulk", `{}`, 400, "request_body_invalid"},
		{"empty list", "POST", invitations + "/bulk", `[]`, 400, "request_body_invalid"},
		{"eleven", "POST", invitations + "/bulk", eleven, 400, "bulk_size_exceeded"},
		{"one of two is a member", "POST", invitations + "/bulk", "[" + body("x@example.com", "") + "," + body("bob@example.com", "") + "]", 400, "already_a_member_in_organization"},
		{"the same twice", "POST", invitations + "/bulk", "[" + body("x@example.com", "") + "," + body("X@example.com", "") + "]", 400, "organization_invitation_not_unique"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r := s.do(tt.method, tt.path, tt.body); r.status != tt.status || code(r) != tt.code {
				t.Errorf("got %d %s, want %d %s", r.status, r.raw, tt.status, tt.code)
			}
		})
	}
	if _, after := s.list(invitations, "id"); after != before {
		t.Errorf("%d invitations, want %d", after, before)
	}
}

// The four states, by the emulator's clock.
func TestInvitationStates(t *testing.T) {
	s, now := startAt(t)
	tick := func(d time.Duration) { *now = now.Add(d) }
	s.invite("short@example.com", `,"expires_in_days":1`)
	tick(time.Hour)
	gone := s.invite("gone@example.com", "")
	tick(time.Hour)
	in := s.invite("eve@example.com", `,"public_metadata":{"team":"a"},"private_metadata":{"n":1}`)
	tick(time.Hour)
	s.invite("open@example.com", "")
	if r := s.ok("POST", invitations+"/"+gone+"/revoke", `{"requesting_user_id":"`+ada+`"}`); r.body["status"] != "revoked" || r.body["url"] != nil || r.body["updated_at"] == r.body["created_at"] {
		t.Errorf("revoked: %s", r.raw)
	}
	if r := s.do("POST", invitations+"/"+in+"/revoke", `{"requesting_user_id":"`+bob+`"}`); r.status != 403 {
		t.Errorf("Bob is no administrator and revokes: %s", r.raw)
	}
	if status, body := s.accept(in); status != 200 || !strings.Contains(body, `"status":"accepted"`) || !strings.Contains(body, `"public_metadata":{}`) {
		t.Errorf("accepted: %d %s", status, body)
	}
	member := s.ok("GET", "/organizations/org_demo/memberships?user_id="+eve, "")
	if !strings.Contains(member.raw, `"public_metadata":{"team":"a"},"private_metadata":{"n":1}`) || !strings.Contains(member.raw, `"role":"org:member"`) {
		t.Errorf("the membership lacks what the invitation had: %s", member.raw)
	}
	if _, total := s.list(invitations+"?status=pending", "id"); total != 2 {
		t.Errorf("%d pending before the end of the first day, want 2", total)
	}
	tick(24*time.Hour - 3*time.Hour)
	for status, want := range map[string]string{"expired": "short", "revoked": "gone", "accepted": "eve", "pending": "open"} {
		mails, total := s.list(invitations+"?status="+status, "email_address")
		if total != 1 || mails[0] != want+"@example.com" {
			t.Errorf("%s: %v of %d, want %s", status, mails, total, want)
		}
	}
	if _, total := s.list(invitations+"?status=expired&status=revoked", "id"); total != 2 {
		t.Errorf("%d expired and revoked, want 2", total)
	}
	if r := s.do("GET", invitations+"?status=expired&status=open", ""); code(r) != "form_param_value_invalid status" {
		t.Errorf("got %s", r.raw)
	}
	for _, id := range []string{gone, in} {
		if r := s.do("POST", invitations+"/"+id+"/revoke", ""); r.status != 404 || code(r) != "organization_invitation_not_pending" {
			t.Errorf("got %s", r.raw)
		}
		if status, body := s.accept(id); status != 404 || !strings.Contains(body, "organization_invitation_not_pending") {
			t.Errorf("accepted again: %d %s", status, body)
		}
	}
	// A revoked and an expired invitation leave the address free, a pending one does not.
	again := s.invite("gone@example.com", "")
	s.invite("short@example.com", "")
	if again == gone {
		t.Error("the new invitation has the id of the old one")
	}
	if mails, total := s.list(invitations+"?email_address=GONE@example.com", "status"); total != 2 || !slices.Equal(mails, []string{"pending", "revoked"}) {
		t.Errorf("got %v of %d", mails, total)
	}
}

// A person without an account gets one at the acceptance.
func TestInvitationOfSomebodyNew(t *testing.T) {
	s := start(t)
	id := s.invite("new@example.com", "")
	if status, body := s.accept(id); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	users, _ := s.list("/users?email_address=new@example.com", "id")
	members, _ := s.list("/organizations/org_demo/memberships", "public_user_data.user_id")
	if len(users) != 1 || !slices.Contains(members, users[0]) {
		t.Errorf("users %v, members %v", users, members)
	}
	if got, total := s.list("/users/"+users[0]+"/organization_invitations?status=accepted", "id"); total != 1 || got[0] != id {
		t.Errorf("the invitations of the new user are %v", got)
	}
	if status, body := s.accept("orginv_no"); status != 404 || !strings.Contains(body, "resource_not_found") {
		t.Errorf("got %d %s", status, body)
	}
	// A person who became a member in the meantime cannot accept.
	late := s.invite("eve@example.com", "")
	s.ok("POST", "/organizations/org_demo/memberships", `{"user_id":"`+eve+`","role":"org:admin"}`)
	if status, body := s.accept(late); status != 400 || !strings.Contains(body, "already_a_member_in_organization") {
		t.Errorf("got %d %s", status, body)
	}
}

func TestInvitationLists(t *testing.T) {
	s := start(t)
	s.invite("b@example.com", "")
	s.invite("a@example.com", "")
	big := "/organizations/org_big_crowd/invitations"
	s.ok("POST", big+"/bulk", `[{"email_address":"d@example.com","role":"org:member"},{"email_address":"eve@example.com","role":"org:admin"}]`)
	tests := []struct{ path, want string }{
		{invitations, "a b"},
		{invitations + "?order_by=created_at", "b a"},
		{invitations + "?order_by=%2Bemail_address", "a b"},
		{invitations + "?order_by=-email_address", "b a"},
		{invitations + "?limit=1&offset=1", "b"},
		{invitations + "?email_address=A@example.com", "a"},
		{invitations + "?email_address=example.com", ""},
		{"/organization_invitations?order_by=email_address", "a b d eve"},
		{"/organization_invitations?query=EVE", "eve"},
		{"/organization_invitations?status=revoked", ""},
		{"/users/" + eve + "/organization_invitations", "eve"},
		{"/users/" + ada + "/organization_invitations", ""},
	}
	for _, tt := range tests {
		mails, _ := s.list(tt.path, "email_address")
		for i := range mails {
			mails[i] = strings.TrimSuffix(mails[i], "@example.com")
		}
		if got := strings.Join(mails, " "); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, got, tt.want)
		}
	}
	// An organization takes its invitations along.
	s.ok("DELETE", "/organizations/org_big_crowd", "")
	if _, total := s.list("/organization_invitations", "id"); total != 2 {
		t.Errorf("%d invitations are left, want 2", total)
	}
	if _, total := s.list("/users/"+eve+"/organization_invitations", "id"); total != 0 {
		t.Errorf("%d invitations of Eve are left, want none", total)
	}
}

// Pending invitations count towards the limit of an organization.
func TestInvitationQuota(t *testing.T) {
	s := start(t)
	o := s.ok("POST", "/organizations", `{"name":"Three","created_by":"`+ada+`","max_allowed_memberships":3}`).body["id"].(string)
	path := "/organizations/" + o
	two := `[{"email_address":"a@example.com","role":"org:member"},{"email_address":"b@example.com","role":"org:member"}]`
	ids := []string{}
	for _, i := range s.ok("POST", path+"/invitations/bulk", two).body["data"].([]any) {
		ids = append(ids, i.(map[string]any)["id"].(string))
	}
	counts := func() string {
		b := s.ok("GET", path+"?include_members_count=true", "").body
		return fmt.Sprint(b["members_count"], " ", b["pending_invitations_count"])
	}
	if got := counts(); got != "1 2" {
		t.Errorf("members and invitations are %s, want 1 2", got)
	}
	full := func(r reply) {
		t.Helper()
		if r.status != 403 || code(r) != "organization_membership_quota_exceeded" {
			t.Errorf("got %s", r.raw)
		}
	}
	full(s.do("POST", path+"/invitations", `{"email_address":"c@example.com","role":"org:member"}`))
	full(s.do("POST", path+"/memberships", `{"user_id":"`+bob+`","role":"org:member"}`))
	if status, body := s.accept(ids[0]); status != 200 {
		t.Errorf("an invitation has a place of its own: %d %s", status, body)
	}
	full(s.do("POST", path+"/memberships", `{"user_id":"`+bob+`","role":"org:member"}`))
	s.ok("POST", path+"/invitations/"+ids[1]+"/revoke", "")
	if got := counts(); got != "2 0" {
		t.Errorf("members and invitations are %s, want 2 0", got)
	}
	full(s.do("POST", path+"/invitations/bulk", strings.ReplaceAll(two, "@", "@two.")))
	s.ok("POST", path+"/memberships", `{"user_id":"`+bob+`","role":"org:member"}`)
}

// A state file may have invitations.
func TestInvitationsOfTheState(t *testing.T) {
	w, err := seed.Parse("state", []byte(`
people: [{name: Ada, email: ada@example.com}]
groups:
  - name: Demo
    members: [{email: ada@example.com, role: owner}]
    invitations:
      - {email: new@example.com}
      - {email: boss@example.com, role: manager, status: expired}
      - {email: boss@example.com, role: owner}
`))
	if err != nil {
		t.Fatal(err)
	}
	control := http.NewServeMux()
	s := &provider{t, New(w, control), control}
	var got []string
	for _, property := range []string{"email_address", "role", "status"} {
		values, _ := s.list("/organizations/org_demo/invitations?order_by=email_address", property)
		got = append(got, strings.Join(values, " "))
	}
	want := []string{"boss@example.com boss@example.com new@example.com", "org:admin org:admin org:member", "expired pending pending"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
