package box_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// replayed returns a client over the cassette of t.
func replayed(t *testing.T, opts ...option.Option) (*box.Client, *recorded.Session) {
	t.Helper()
	s := recorded.Open(t, "box")
	opts = append([]option.Option{
		option.WithHTTPClient(s.Client),
		option.WithToken(s.Var("BOX_DEVELOPER_TOKEN", "token")),
	}, opts...)
	c, err := box.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// group, user and guest return the subjects of the recordings: a group of 25, an ordinary
// member of it, and a user outside of it.
func group(s *recorded.Session) string { return s.Var("BOX_TEST_GROUP_ID", "9000001") }
func user(s *recorded.Session) string  { return s.Var("BOX_TEST_USER_ID", "11000000003") }
func guest(s *recorded.Session) string { return s.Var("BOX_TEST_EMAIL", "niklaus@example.com") }

// nowhere is a well-formed id without a resource.
const nowhere = "7"

func collect[T any](t *testing.T, seq iter.Seq2[*T, error]) []*T {
	t.Helper()
	var all []*T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// wantError fails unless err is a *memberships.Error of the kind, with the status and
// a request id.
func wantError(t *testing.T, err error, kind error, status int) {
	t.Helper()
	var e *memberships.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *memberships.Error", err)
	}
	if !errors.Is(err, kind) || e.StatusCode != status || e.Message == "" || e.RequestID == "" || e.Provider != "box" {
		t.Errorf("got %v, want %v with status %d, a message and a request id", err, kind, status)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestMembershipsListGroup(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	all := collect(t, c.Memberships.ListByGroup(t.Context(), group(s), box.ListGroupMembershipsParams{}))
	if !s.Live && len(all) != 25 {
		t.Errorf("got %d members, want 25", len(all))
	}
	for _, m := range all {
		if m.Group.ID != group(s) || m.User.ID == "" || m.User.Login == "" || !m.Role.Valid() {
			t.Errorf("incomplete: %+v", m)
		}
	}
	for _, err := range c.Memberships.ListByGroup(t.Context(), nowhere, box.ListGroupMembershipsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

func TestMembershipsListUser(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(2))
	ctx := t.Context()
	all := collect(t, c.Memberships.ListByUser(ctx, user(s), box.ListUserMembershipsParams{}))
	if len(all) == 0 {
		t.Error("got no groups")
	}
	for _, m := range all {
		if m.User.ID != user(s) || m.Group.Name == "" || m.Group.GroupType == "" {
			t.Errorf("incomplete: %+v", m)
		}
	}
	m := must[*box.Membership](t)(c.Memberships.Find(ctx, group(s), user(s)))
	if m.Group.ID != group(s) || m.User.ID != user(s) {
		t.Errorf("found %+v", m)
	}
	if _, err := c.Memberships.Find(ctx, nowhere, user(s)); !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	for _, err := range c.Memberships.ListByUser(ctx, nowhere, box.ListUserMembershipsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

func TestMembershipsCreateGetUpdateDelete(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	who := must[*box.User](t)(c.Users.FindByEmail(ctx, guest(s)))
	add := box.CreateMembershipRequest{User: box.UserRef{ID: who.ID}, Group: box.GroupRef{ID: group(s)}}
	m := must[*box.Membership](t)(c.Memberships.Create(ctx, add, box.CreateMembershipParams{}))
	if m.User.Login != guest(s) || m.Role != box.RoleMember || !m.ConfigurablePermissions.IsNull() {
		t.Errorf("got %+v", m)
	}
	_, err := c.Memberships.Create(ctx, add, box.CreateMembershipParams{})
	wantError(t, err, memberships.ErrAlreadyExists, 409)

	allowed := func(m *box.Membership) map[string]bool {
		t.Helper()
		p, err := m.ConfigurablePermissions.Get()
		if err != nil {
			t.Errorf("an admin's permissions: %v", err)
		}
		return p
	}
	all := map[string]bool{"can_create_accounts": true, "can_edit_accounts": true, "can_instant_login": true, "can_run_reports": true}
	none := map[string]bool{"can_create_accounts": false, "can_edit_accounts": false, "can_instant_login": false, "can_run_reports": false}
	one := map[string]bool{"can_create_accounts": true, "can_edit_accounts": true, "can_instant_login": true, "can_run_reports": false}
	update := func(r box.UpdateMembershipRequest) *box.Membership {
		t.Helper()
		return must[*box.Membership](t)(c.Memberships.Update(ctx, m.ID, r, box.UpdateMembershipParams{}))
	}
	m = update(box.UpdateMembershipRequest{Role: box.RoleAdmin})
	if diff := cmp.Diff(all, allowed(m)); diff != "" || m.Role != box.RoleAdmin {
		t.Errorf("role %s (-want +got):\n%s", m.Role, diff)
	}
	m = update(box.UpdateMembershipRequest{ConfigurablePermissions: nullable.NewNullableWithValue(map[string]bool{"can_run_reports": false})})
	if diff := cmp.Diff(one, allowed(m)); diff != "" {
		t.Errorf("a map (-want +got):\n%s", diff)
	}
	if !s.Live { // the response of the real Box is not documented
		m = update(box.UpdateMembershipRequest{ConfigurablePermissions: nullable.NewNullNullable[map[string]bool]()})
		if diff := cmp.Diff(none, allowed(m)); diff != "" {
			t.Errorf("null (-want +got):\n%s", diff)
		}
	}
	m = update(box.UpdateMembershipRequest{Role: box.RoleMember})
	if m.Role != box.RoleMember || !m.ConfigurablePermissions.IsNull() {
		t.Errorf("got %+v", m)
	}
	m = must[*box.Membership](t)(c.Memberships.Get(ctx, m.ID, box.GetMembershipParams{Fields: []string{"role"}}))
	if m.Role != box.RoleMember || m.User.ID != "" || m.ConfigurablePermissions.IsSpecified() {
		t.Errorf("got more than id, type and role: %+v", m)
	}
	if err := c.Memberships.Delete(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.Memberships.Get(ctx, m.ID, box.GetMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Memberships.Update(ctx, m.ID, box.UpdateMembershipRequest{Role: box.RoleAdmin}, box.UpdateMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Memberships.Delete(ctx, m.ID), memberships.ErrNotFound, 404)
}

func TestUsers(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	first := box.ListUsersParams{FilterTerm: new(guest(s))}
	all := collect(t, c.Users.List(ctx, first))
	if len(all) != 1 || all[0].Login != guest(s) {
		t.Fatalf("got %d users", len(all))
	}
	first.Usemarker = new(false)
	if again := collect(t, c.Users.List(ctx, first)); len(again) != 1 || again[0].ID != all[0].ID {
		t.Errorf("got %d users by offset", len(again))
	}
	got := must[*box.User](t)(c.Users.Get(ctx, all[0].ID, box.GetUserParams{Fields: []string{"login", "role"}}))
	if got.ID != all[0].ID || got.Login != guest(s) || got.Role == "" || got.Name != "" {
		t.Errorf("got more or less than id, type, login and role: %+v", got)
	}
	me := must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{}))
	other := must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser(got.ID)))
	if other.ID != got.ID || me.ID == got.ID {
		t.Errorf("the caller with As-User %s is %s, without it %s", got.ID, other.ID, me.ID)
	}
	_, err := c.Users.FindByEmail(ctx, "nobody@example.com")
	if !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	_, err = c.Users.Get(ctx, nowhere, box.GetUserParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser(nowhere))
	wantError(t, err, memberships.ErrPermissionDenied, 403)
	_, err = c.Users.ListPage(ctx, box.ListUsersParams{}, wrappertest.Token("bogus", "box", "GET /2.0/users", "usemarker=true", ""))
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestUsersCreateDelete(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	login := s.Var("BOX_TEST_NEW_LOGIN", "new@example.com")
	create := box.CreateUserRequest{Name: "memberships-go test", Login: login, CanSeeManagedUsers: new(false)}
	u := must[*box.User](t)(c.Users.Create(ctx, create, box.CreateUserParams{Fields: []string{"login", "can_see_managed_users"}}))
	if u.Login != login || u.CanSeeManagedUsers == nil || *u.CanSeeManagedUsers {
		t.Errorf("got %+v", u)
	}
	_, err := c.Users.Create(ctx, create, box.CreateUserParams{})
	wantError(t, err, memberships.ErrAlreadyExists, 409)
	if err := c.Users.Delete(ctx, u.ID, box.DeleteUserParams{Force: true}); err != nil {
		t.Fatal(err)
	}
	wantError(t, c.Users.Delete(ctx, u.ID, box.DeleteUserParams{}), memberships.ErrNotFound, 404)
}

func TestGroups(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	create := box.CreateGroupRequest{Name: "memberships-go test", Description: "for a test"}
	g := must[*box.Group](t)(c.Groups.Create(ctx, create, box.CreateGroupParams{}))
	_, err := c.Groups.Create(ctx, create, box.CreateGroupParams{})
	wantError(t, err, memberships.ErrAlreadyExists, 409)
	g = must[*box.Group](t)(c.Groups.Get(ctx, g.ID, box.GetGroupParams{Fields: []string{"description"}}))
	if g.Description != create.Description || g.Name != "" {
		t.Errorf("got more or less than id, type and description: %+v", g)
	}
	found := collect(t, c.Groups.List(ctx, box.ListGroupsParams{FilterTerm: new("memberships-go")}))
	if len(found) != 1 || found[0].ID != g.ID || found[0].Name != create.Name {
		t.Errorf("got %d groups, want the new one", len(found))
	}
	if err := c.Groups.Delete(ctx, g.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.Groups.Get(ctx, g.ID, box.GetGroupParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Groups.Delete(ctx, g.ID), memberships.ErrNotFound, 404)
	for _, err := range c.Groups.List(ctx, box.ListGroupsParams{}, box.WithAsUser(user(s))) {
		wantError(t, err, memberships.ErrPermissionDenied, 403)
	}
}

func TestTokens(t *testing.T) {
	s := recorded.Open(t, "box")
	ctx := t.Context()
	id, secret := s.Var("BOX_CLIENT_ID", "app"), s.Var("BOX_CLIENT_SECRET", "hush")
	enterprise := s.Var("BOX_ENTERPRISE_ID", "900001")
	c, err := box.New(option.WithHTTPClient(s.Client), box.WithClientCredentials(id, secret, box.SubjectEnterprise, enterprise))
	if err != nil {
		t.Fatal(err)
	}
	me := must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{})) // gets a token first
	if me.Login == "" {
		t.Errorf("got %+v", me)
	}
	ask := box.CreateTokenRequest{
		GrantType: box.GrantClientCredentials, ClientID: id, ClientSecret: secret,
		BoxSubjectType: box.SubjectEnterprise, BoxSubjectID: enterprise,
	}
	token := must[*box.AccessToken](t)(c.Tokens.Create(ctx, ask))
	if token.AccessToken == "" || token.ExpiresIn <= 0 {
		t.Errorf("the lifetime of the token is %d s", token.ExpiresIn)
	}
	ask.BoxSubjectType, ask.BoxSubjectID = box.SubjectUser, nowhere
	_, err = c.Tokens.Create(ctx, ask)
	wantError(t, err, memberships.ErrUnauthenticated, 400)
}
