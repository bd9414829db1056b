package googlechat_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// replayed returns a client over the cassette of t.
func replayed(t *testing.T, opts ...option.Option) (*googlechat.Client, *recorded.Session) {
	t.Helper()
	s := recorded.Open(t, "googlechat")
	opts = append([]option.Option{
		option.WithHTTPClient(s.Client),
		option.WithToken(s.Var("GOOGLECHAT_ACCESS_TOKEN", "token")),
	}, opts...)
	c, err := googlechat.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// space, guest and others return the subjects of the recordings.
func space(s *recorded.Session) string { return s.Var("GOOGLECHAT_TEST_SPACE_ID", "AAAA0000001") }

func guest(s *recorded.Session) string { return s.Var("GOOGLECHAT_TEST_EMAIL", "niklaus@example.com") }

// nowhere is a well-formed id without a resource.
const nowhere = "AAAAnowhere"

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

// wantError fails unless err is a *memberships.Error of the kind, with the status, a
// message and a code.
func wantError(t *testing.T, err error, kind error, status int) {
	t.Helper()
	var e *memberships.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *memberships.Error", err)
	}
	if !errors.Is(err, kind) || e.StatusCode != status || e.Message == "" || e.Code == "" || e.Provider != "googlechat" {
		t.Errorf("got %v, want %v with status %d, a message and a code", err, kind, status)
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

func TestMembershipsList(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	id := space(s)
	all := collect(t, c.Memberships.ListBySpace(t.Context(), id, googlechat.ListMembershipsParams{}))
	if !s.Live && len(all) != 25 {
		t.Errorf("got %d members, want 25", len(all))
	}
	for _, m := range all {
		if m.Member.Name == "" || m.State != googlechat.StateJoined || m.Role == "" || m.CreateTime.IsZero() {
			t.Errorf("incomplete: %+v", m)
		}
	}
	for _, err := range c.Memberships.ListBySpace(t.Context(), nowhere, googlechat.ListMembershipsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

// Filtered pages before the last one may be short or empty.
func TestMembershipsListFiltered(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	filter := must[string](t)(googlechat.MemberType(googlechat.UserHuman).And(googlechat.Role(googlechat.RoleManager)).Build())
	all := collect(t, c.Memberships.ListBySpace(t.Context(), space(s), googlechat.ListMembershipsParams{Filter: &filter}))
	if !s.Live && len(all) != 1 {
		t.Errorf("got %d managers, want 1", len(all))
	}
	for _, m := range all {
		if m.Role != googlechat.RoleManager {
			t.Errorf("got %+v", m)
		}
	}
	for _, err := range c.Memberships.ListBySpace(t.Context(), space(s), googlechat.ListMembershipsParams{Filter: new(`colour = "BLUE"`)}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestMembershipsCreateGetUpdateDelete(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	add := googlechat.UserMember(guest(s))
	m := must[*googlechat.Membership](t)(c.Memberships.Create(ctx, space(s), add, googlechat.CreateMembershipParams{}))
	if m.Member.Type != googlechat.UserHuman || m.Role != googlechat.RoleMember {
		t.Errorf("got %+v", m)
	}
	again, err := c.Memberships.Create(ctx, space(s), add, googlechat.CreateMembershipParams{})
	if err == nil && again.Name != m.Name || err != nil && !errors.Is(err, memberships.ErrAlreadyExists) {
		t.Errorf("got %+v, %v, want the same membership or already exists", again, err)
	}

	alias := googlechat.MembershipName(space(s), guest(s))
	got := must[*googlechat.Membership](t)(c.Memberships.Get(ctx, alias, googlechat.GetMembershipParams{}))
	if got.Name != m.Name {
		t.Errorf("got %s by address, want %s", got.Name, m.Name)
	}
	got = must[*googlechat.Membership](t)(c.Memberships.Update(ctx, m.Name,
		googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{}))
	if got.Role != googlechat.RoleManager {
		t.Errorf("not a manager: %+v", got)
	}
	gone := must[*googlechat.Membership](t)(wrappertest.Deleted[googlechat.Membership](func(opts ...option.Option) error {
		return c.Memberships.Delete(ctx, m.Name, googlechat.DeleteMembershipParams{}, opts...)
	}))
	if gone.Name != m.Name || !s.Live && (gone.State != googlechat.StateNotAMember || gone.DeleteTime.IsZero()) {
		t.Errorf("got %+v", gone)
	}

	_, err = c.Memberships.Get(ctx, alias, googlechat.GetMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Memberships.Update(ctx, m.Name, googlechat.UpdateMembershipRequest{Role: googlechat.RoleMember}, googlechat.UpdateMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	err = c.Memberships.Delete(ctx, m.Name, googlechat.DeleteMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Memberships.Create(ctx, nowhere, add, googlechat.CreateMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
}

// The members are an app, a Google group and an invited person.
func TestMembershipsOfEveryKind(t *testing.T) {
	c, s := replayed(t)
	ctx, id := t.Context(), space(s)
	create := func(r googlechat.CreateMembershipRequest) *googlechat.Membership {
		t.Helper()
		return must[*googlechat.Membership](t)(c.Memberships.Create(ctx, id, r, googlechat.CreateMembershipParams{}))
	}
	app := create(googlechat.AppMember())
	if app.Member.Type != googlechat.UserBot {
		t.Errorf("got %+v, want an app", app)
	}
	group := create(googlechat.GroupMember(s.Var("GOOGLECHAT_TEST_GROUP_ID", "03abcdefghijklm")))
	if group.GroupMember.Name == "" || group.Role != "" || !s.Live && group.Member != (googlechat.User{}) {
		t.Errorf("got %+v, want a group", group)
	}
	invited := create(googlechat.UserMember(s.Var("GOOGLECHAT_TEST_OUTSIDE_EMAIL", "outside@example.com")))
	if invited.State != googlechat.StateInvited {
		t.Errorf("got %+v, want an invitation", invited)
	}

	names := func(p googlechat.ListMembershipsParams) map[string]bool {
		t.Helper()
		in := map[string]bool{}
		for _, m := range collect(t, c.Memberships.ListBySpace(ctx, id, p)) {
			in[m.Name] = true
		}
		return in
	}
	plain := names(googlechat.ListMembershipsParams{})
	if !plain[app.Name] || plain[group.Name] || plain[invited.Name] {
		t.Errorf("listed app, group, invited: %t %t %t, want the app alone", plain[app.Name], plain[group.Name], plain[invited.Name])
	}
	all := names(googlechat.ListMembershipsParams{ShowGroups: true, ShowInvited: true})
	if !all[app.Name] || !all[group.Name] || !all[invited.Name] {
		t.Errorf("listed app, group, invited: %t %t %t, want all", all[app.Name], all[group.Name], all[invited.Name])
	}

	self := must[*googlechat.Membership](t)(c.Memberships.Get(ctx, googlechat.MembershipName(id, "app"), googlechat.GetMembershipParams{}))
	if self.Name != app.Name {
		t.Errorf("got %s, want %s", self.Name, app.Name)
	}
	for _, m := range []*googlechat.Membership{app, group, invited} {
		if err := c.Memberships.Delete(ctx, m.Name, googlechat.DeleteMembershipParams{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Memberships.Get(ctx, googlechat.MembershipName(id, "app"), googlechat.GetMembershipParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
}

func TestSpaces(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	create := googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "memberships-go test"}
	sp := must[*googlechat.Space](t)(c.Spaces.Create(ctx, create, googlechat.CreateSpaceParams{}))
	sp = must[*googlechat.Space](t)(c.Spaces.Get(ctx, sp.Name, googlechat.GetSpaceParams{}))
	if sp.DisplayName != create.DisplayName || sp.SpaceType != googlechat.SpaceTypeSpace || sp.CreateTime.IsZero() {
		t.Errorf("got %+v", sp)
	}
	filter := must[string](t)(googlechat.SpaceTypeFilter(googlechat.SpaceTypeSpace, googlechat.SpaceTypeGroupChat))
	found := false
	for _, other := range collect(t, c.Spaces.List(ctx, googlechat.ListSpacesParams{Filter: &filter})) {
		found = found || other.Name == sp.Name
	}
	if !found {
		t.Error("the new space is not listed")
	}
	if !s.Live { // Google Chat may accept a name twice
		_, err := c.Spaces.Create(ctx, create, googlechat.CreateSpaceParams{})
		wantError(t, err, memberships.ErrAlreadyExists, 409)
	}
	if err := c.Spaces.Delete(ctx, sp.Name, googlechat.DeleteSpaceParams{}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Spaces.Get(ctx, sp.Name, googlechat.GetSpaceParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Spaces.Delete(ctx, sp.Name, googlechat.DeleteSpaceParams{}), memberships.ErrNotFound, 404)
	for _, err := range c.Spaces.List(ctx, googlechat.ListSpacesParams{Filter: new(`spaceType = "CASTLE"`)}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestSetUpSpace(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	grace := googlechat.UserMember(s.Var("GOOGLECHAT_TEST_DM_EMAIL", "grace@example.com"))
	direct := googlechat.SetUpSpaceRequest{
		Space:       googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeDirectMessage},
		Memberships: []googlechat.CreateMembershipRequest{grace},
	}
	dm := must[*googlechat.Space](t)(c.Spaces.SetUp(ctx, direct))
	if again := must[*googlechat.Space](t)(c.Spaces.SetUp(ctx, direct)); again.Name != dm.Name || dm.SpaceType != googlechat.SpaceTypeDirectMessage {
		t.Errorf("got %+v and %+v", dm, again)
	}
	sp := must[*googlechat.Space](t)(c.Spaces.SetUp(ctx, googlechat.SetUpSpaceRequest{
		Space:       googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "memberships-go test of set-up"},
		Memberships: []googlechat.CreateMembershipRequest{grace},
	}))
	if n := len(collect(t, c.Memberships.ListBySpace(ctx, sp.Name, googlechat.ListMembershipsParams{}))); n != 2 {
		t.Errorf("%d members, want 2", n)
	}
	if err := c.Spaces.Delete(ctx, sp.Name, googlechat.DeleteSpaceParams{}); err != nil {
		t.Fatal(err)
	}
	direct.Memberships = nil
	_, err := c.Spaces.SetUp(ctx, direct)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestFindDirectMessage(t *testing.T) {
	c, s := replayed(t)
	dm := must[*googlechat.Space](t)(c.Spaces.FindDirectMessage(t.Context(), s.Var("GOOGLECHAT_TEST_DM_EMAIL", "grace@example.com")))
	if dm.SpaceType != googlechat.SpaceTypeDirectMessage {
		t.Errorf("got %+v", dm)
	}
	_, err := c.Spaces.FindDirectMessage(t.Context(), guest(s))
	wantError(t, err, memberships.ErrNotFound, 404)
}
