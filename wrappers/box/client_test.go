package box_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// serve returns a client of a server with handler under a base path: a URL without the base
// path fails. The client makes one attempt per call.
func serve(t *testing.T, handler http.HandlerFunc, opts ...option.Option) *box.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/proxy/", http.StripPrefix("/proxy", handler))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	opts = append([]option.Option{option.WithBaseURL(srv.URL + "/proxy/2.0"), option.WithToken("secret"), option.WithAttempts(1)}, opts...)
	c, err := box.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// An invalid argument fails before a request, and the error names it.
func TestBadArguments(t *testing.T) {
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was sent", r.URL) })
	ctx := t.Context()
	listUsers := func(p box.ListUsersParams) error { return drain(c.Users.List(ctx, p)) }
	create := func(user, group string) error {
		_, err := c.Memberships.Create(ctx, box.CreateMembershipRequest{User: box.UserRef{ID: user}, Group: box.GroupRef{ID: group}}, box.CreateMembershipParams{})
		return err
	}
	second := func(_ any, err error) error { return err }
	tests := map[string]struct {
		err  error
		name string
	}{
		"empty filter":              {drain(c.Groups.List(ctx, box.ListGroupsParams{FilterTerm: new("")})), "filter_term"},
		"empty id of an app user":   {listUsers(box.ListUsersParams{ExternalAppUserID: new("")}), "external_app_user_id"},
		"no user":                   {create("", "g"), "User.ID"},
		"no group":                  {create("u", ""), "Group.ID"},
		"user id of two dots":       {create("..", "g"), "User.ID"},
		"empty update":              {second(c.Memberships.Update(ctx, "m", box.UpdateMembershipRequest{}, box.UpdateMembershipParams{})), "Role"},
		"empty field":               {second(c.Memberships.Get(ctx, "m", box.GetMembershipParams{Fields: []string{""}})), "fields"},
		"find without group":        {second(c.Memberships.Find(ctx, "", "u")), "groupID"},
		"find without user":         {second(c.Memberships.Find(ctx, "g", "")), "userID"},
		"no address":                {second(c.Users.FindByEmail(ctx, "")), "filter_term"},
		"user without name":         {second(c.Users.Create(ctx, box.CreateUserRequest{Login: "a@example.com"}, box.CreateUserParams{})), "Name"},
		"user without login":        {second(c.Users.Create(ctx, box.CreateUserRequest{Name: "A", IsPlatformAccessOnly: new(false)}, box.CreateUserParams{})), "Login"},
		"group without name":        {second(c.Groups.Create(ctx, box.CreateGroupRequest{}, box.CreateGroupParams{})), "Name"},
		"no grant":                  {second(c.Tokens.Create(ctx, box.CreateTokenRequest{})), "GrantType"},
		"As-User without an id":     {second(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser(""))), "WithAsUser: userID"},
		"As-User with a blank":      {second(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser(" "))), "WithAsUser: userID"},
		"As-User with a line break": {second(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser("1\r\nX: y"))), "WithAsUser: userID"},
	}
	for name, tt := range tests {
		if !errors.Is(tt.err, memberships.ErrInvalidArgument) || !strings.Contains(tt.err.Error(), tt.name) {
			t.Errorf("%s: got %v, want invalid argument that names %s", name, tt.err, tt.name)
		}
	}
}

// Fields are one comma-separated parameter in every call that has them.
func TestFields(t *testing.T) {
	var asked []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.RequestURI())
		_, _ = io.WriteString(w, `{"id":"1","total_count":0,"limit":1,"entries":[]}`)
	})
	ctx, fields := t.Context(), []string{"role", "user"}
	add := box.CreateMembershipRequest{User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}}
	_ = must[*box.Membership](t)(c.Memberships.Create(ctx, add, box.CreateMembershipParams{Fields: fields}))
	_ = must[*box.Membership](t)(c.Memberships.Get(ctx, "1", box.GetMembershipParams{Fields: fields}))
	_ = must[*box.Membership](t)(c.Memberships.Update(ctx, "1", box.UpdateMembershipRequest{Role: box.RoleMember}, box.UpdateMembershipParams{Fields: fields}))
	_ = must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{Fields: fields}))
	_ = must[*box.User](t)(c.Users.Get(ctx, "1", box.GetUserParams{Fields: fields}))
	_ = must[*box.User](t)(c.Users.Create(ctx, box.CreateUserRequest{Name: "a", Login: "a@example.com"}, box.CreateUserParams{Fields: fields}))
	_ = must[*box.Group](t)(c.Groups.Get(ctx, "1", box.GetGroupParams{Fields: fields}))
	_ = must[*box.Group](t)(c.Groups.Create(ctx, box.CreateGroupRequest{Name: "a"}, box.CreateGroupParams{Fields: fields}))
	_ = collect(t, c.Users.List(ctx, box.ListUsersParams{Fields: fields}))
	_ = collect(t, c.Groups.List(ctx, box.ListGroupsParams{Fields: fields}))
	_ = must[*box.Group](t)(c.Groups.Get(ctx, "1", box.GetGroupParams{}))
	want := []string{
		"POST /2.0/group_memberships?fields=role,user",
		"GET /2.0/group_memberships/1?fields=role,user",
		"PUT /2.0/group_memberships/1?fields=role,user",
		"GET /2.0/users/me?fields=role,user",
		"GET /2.0/users/1?fields=role,user",
		"POST /2.0/users?fields=role,user",
		"GET /2.0/groups/1?fields=role,user",
		"POST /2.0/groups?fields=role,user",
		"GET /2.0/users?fields=role%2Cuser&limit=1000&usemarker=true",
		"GET /2.0/groups?fields=role%2Cuser&limit=1000",
		"GET /2.0/groups/1",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// Unknown values pass through, and hidden fields are empty.
func TestUnknownValues(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, map[string]string{
			"/2.0/group_memberships/1": `{"type":"group_membership","id":"1","role":"submaster","user":{"id":"2","login":"not an address"},"group":{"id":"3","group_type":"guild"},"created_at":"2018-04-25T15:39:35-07:00","new":{}}`,
			"/2.0/users/2":             `{"type":"user","id":"2","name":"X","login":"","created_at":null,"language":null,"space_amount":null,"status":"napping","tracking_codes":null,"notification_email":null,"enterprise":null,"is_sync_enabled":null}`,
		}[r.URL.Path])
	})
	m := must[*box.Membership](t)(c.Memberships.Get(t.Context(), "1", box.GetMembershipParams{}))
	if m.Role != "submaster" || m.Role.Valid() || m.User.Login != "not an address" || m.Group.GroupType != "guild" {
		t.Errorf("got %+v", m)
	}
	if want := time.Date(2018, 4, 25, 22, 39, 35, 0, time.UTC); !m.CreatedAt.Equal(want) {
		t.Errorf("created %v, want %v", m.CreatedAt, want)
	}
	u := must[*box.User](t)(c.Users.Get(t.Context(), "2", box.GetUserParams{}))
	if diff := cmp.Diff(&box.User{ID: "2", Type: "user", Name: "X", Status: "napping"}, u); diff != "" {
		t.Errorf("external user (-want +got):\n%s", diff)
	}
}
