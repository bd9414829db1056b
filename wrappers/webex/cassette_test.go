package webex_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// replayed returns a client over the cassette of t.
func replayed(t *testing.T, opts ...option.Option) (*webex.Client, *recorded.Session) {
	t.Helper()
	s := recorded.Open(t, "webex")
	opts = append([]option.Option{
		option.WithHTTPClient(s.Client),
		option.WithToken(s.Var("WEBEX_ACCESS_TOKEN", "token")),
	}, opts...)
	c, err := webex.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// room, team and guest return the subjects of the recordings.
func room(s *recorded.Session) string {
	return s.Var("WEBEX_TEST_ROOM_ID", "Y2lzY29zcGFyazovL3VzL1JPT00vOTAwMTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAx")
}

func team(s *recorded.Session) string {
	return s.Var("WEBEX_TEST_TEAM_ID", "Y2lzY29zcGFyazovL3VzL1RFQU0vOTAwMTAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDA0")
}

func guest(s *recorded.Session) string { return s.Var("WEBEX_TEST_EMAIL", "niklaus@example.com") }

// nowhere is a well-formed id without a resource.
const nowhere = "Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvbm8tb25lOm5vd2hlcmU"

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
	if !errors.Is(err, kind) || e.StatusCode != status || e.Message == "" || e.RequestID == "" || e.Provider != "webex" {
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

func TestMembershipsList(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	id := room(s)
	all := collect(t, c.Memberships.List(t.Context(), webex.ListMembershipsParams{RoomID: &id}))
	if !s.Live && len(all) != 25 {
		t.Errorf("got %d members, want 25", len(all))
	}
	for _, m := range all {
		if m.RoomID != id || m.PersonID == "" || m.PersonEmail == "" || m.Created.IsZero() {
			t.Errorf("incomplete: %+v", m)
		}
	}
	for _, err := range c.Memberships.List(t.Context(), webex.ListMembershipsParams{RoomID: new(nowhere)}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

func TestMembershipsCreateGetUpdateDelete(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	add := webex.CreateMembershipRequest{RoomID: room(s), PersonEmail: guest(s)}
	m := must[*webex.Membership](t)(c.Memberships.Create(ctx, add))
	if m.PersonEmail != add.PersonEmail || m.IsModerator {
		t.Errorf("got %+v", m)
	}
	_, err := c.Memberships.Create(ctx, add)
	wantError(t, err, memberships.ErrAlreadyExists, 409)

	m = must[*webex.Membership](t)(c.Memberships.Update(ctx, m.ID, webex.UpdateMembershipRequest{IsModerator: new(true)}))
	if !m.IsModerator {
		t.Errorf("not a moderator: %+v", m)
	}
	m = must[*webex.Membership](t)(c.Memberships.Update(ctx, m.ID, webex.UpdateMembershipRequest{IsModerator: new(false)}))
	if m.IsModerator {
		t.Errorf("still a moderator: %+v", m)
	}
	m = must[*webex.Membership](t)(c.Memberships.Get(ctx, m.ID))
	if err := c.Memberships.Delete(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.Memberships.Get(ctx, m.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Memberships.Update(ctx, m.ID, webex.UpdateMembershipRequest{IsModerator: new(true)})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Memberships.Delete(ctx, m.ID), memberships.ErrNotFound, 404)
}

func TestTeamMembershipsList(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	id := team(s)
	all := collect(t, c.TeamMemberships.ListByTeam(t.Context(), id, webex.ListTeamMembershipsParams{}))
	if !s.Live && len(all) != 25 {
		t.Errorf("got %d members, want 25", len(all))
	}
	for _, err := range c.TeamMemberships.ListByTeam(t.Context(), nowhere, webex.ListTeamMembershipsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

func TestTeamMembershipsCreateGetUpdateDelete(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	add := webex.CreateTeamMembershipRequest{TeamID: team(s), PersonEmail: guest(s), IsModerator: true}
	m := must[*webex.TeamMembership](t)(c.TeamMemberships.Create(ctx, add))
	if m.PersonEmail != add.PersonEmail || !m.IsModerator {
		t.Errorf("got %+v", m)
	}
	_, err := c.TeamMemberships.Create(ctx, add)
	wantError(t, err, memberships.ErrAlreadyExists, 409)

	general, err := webex.GeneralRoomID(add.TeamID)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Live { // who joins the team joins its General room
		in := collect(t, c.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &general, PersonEmail: &add.PersonEmail}))
		if len(in) != 1 {
			t.Errorf("got %d memberships of the General room, want 1", len(in))
		}
	}
	m = must[*webex.TeamMembership](t)(c.TeamMemberships.Update(ctx, m.ID, webex.UpdateTeamMembershipRequest{IsModerator: new(false)}))
	m = must[*webex.TeamMembership](t)(c.TeamMemberships.Get(ctx, m.ID))
	if m.IsModerator {
		t.Errorf("still a moderator: %+v", m)
	}
	if err := c.TeamMemberships.Delete(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.TeamMemberships.Get(ctx, m.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.TeamMemberships.Update(ctx, m.ID, webex.UpdateTeamMembershipRequest{IsModerator: new(false)})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.TeamMemberships.Delete(ctx, m.ID), memberships.ErrNotFound, 404)
}

func TestPeople(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	p := must[*webex.Person](t)(c.People.FindByEmail(ctx, guest(s)))
	got := must[*webex.Person](t)(c.People.Get(ctx, p.ID, webex.GetPersonParams{}))
	if got.ID != p.ID {
		t.Errorf("got %s, want %s", got.ID, p.ID)
	}
	must[*webex.Person](t)(c.People.GetMe(ctx, webex.GetMeParams{}))
	_, err := c.People.FindByEmail(ctx, "nobody@example.com")
	if !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	_, err = c.People.Get(ctx, nowhere, webex.GetPersonParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	for _, err := range c.People.List(ctx, webex.ListPeopleParams{}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestRooms(t *testing.T) {
	c, _ := replayed(t)
	ctx := t.Context()
	r := must[*webex.Room](t)(c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "memberships-go test"}))
	r = must[*webex.Room](t)(c.Rooms.Get(ctx, r.ID))
	found := false
	for _, other := range collect(t, c.Rooms.List(ctx, webex.ListRoomsParams{})) {
		found = found || other.ID == r.ID
	}
	if !found {
		t.Error("the new room is not listed")
	}
	if err := c.Rooms.Delete(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	_, err := c.Rooms.Get(ctx, r.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Rooms.Delete(ctx, r.ID), memberships.ErrNotFound, 404)
	_, err = c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "x", TeamID: nowhere})
	wantError(t, err, memberships.ErrNotFound, 404)
	for _, err := range c.Rooms.List(ctx, webex.ListRoomsParams{OrgPublicSpaces: true, TeamID: new(nowhere)}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestUpdateRoomsAndTeams(t *testing.T) {
	c, _ := replayed(t)
	ctx := t.Context()
	r := must[*webex.Room](t)(c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "memberships-go test"}))
	r = must[*webex.Room](t)(c.Rooms.Update(ctx, r.ID, webex.UpdateRoomRequest{Title: "memberships-go test 2", IsLocked: new(true)}))
	if r.Title != "memberships-go test 2" || !r.IsLocked {
		t.Errorf("got %+v", r)
	}
	r = must[*webex.Room](t)(c.Rooms.Update(ctx, r.ID, webex.UpdateRoomRequest{Title: r.Title, IsLocked: new(false)}))
	if r.IsLocked {
		t.Errorf("got %+v", r)
	}
	if err := c.Rooms.Delete(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	_, err := c.Rooms.Update(ctx, r.ID, webex.UpdateRoomRequest{Title: "x"})
	wantError(t, err, memberships.ErrNotFound, 404)

	team := must[*webex.Team](t)(c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "memberships-go test"}))
	team = must[*webex.Team](t)(c.Teams.Update(ctx, team.ID, webex.UpdateTeamRequest{Name: "memberships-go test 2", Description: "for tests"}))
	if team.Name != "memberships-go test 2" || team.Description != "for tests" {
		t.Errorf("got %+v", team)
	}
	if err := c.Teams.Delete(ctx, team.ID); err != nil {
		t.Fatal(err)
	}
	_, err = c.Teams.Update(ctx, team.ID, webex.UpdateTeamRequest{Name: "x"})
	wantError(t, err, memberships.ErrNotFound, 404)
}

func TestTeams(t *testing.T) {
	c, _ := replayed(t)
	ctx := t.Context()
	team := must[*webex.Team](t)(c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "memberships-go test"}))
	team = must[*webex.Team](t)(c.Teams.Get(ctx, team.ID, webex.GetTeamParams{}))
	found := false
	for _, other := range collect(t, c.Teams.List(ctx, webex.ListTeamsParams{})) {
		found = found || other.ID == team.ID
	}
	if !found {
		t.Error("the new team is not listed")
	}
	if err := c.Teams.Delete(ctx, team.ID); err != nil {
		t.Fatal(err)
	}
	_, err := c.Teams.Get(ctx, team.ID, webex.GetTeamParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Teams.Delete(ctx, team.ID), memberships.ErrNotFound, 404)
	_, err = c.Teams.ListPage(ctx, webex.ListTeamsParams{}, wrappertest.Token("bogus", "webex", "GET /v1/teams", ""))
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestWebhooks(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	create := webex.CreateWebhookRequest{
		Name: "memberships-go test", TargetURL: "https://hooks.example.com/webex",
		Resource: webex.ResourceMemberships, Event: webex.EventAll, Filter: "roomId=" + room(s), Secret: "hush",
	}
	h := must[*webex.Webhook](t)(c.Webhooks.Create(ctx, create))
	h = must[*webex.Webhook](t)(c.Webhooks.Update(ctx, h.ID, webex.UpdateWebhookRequest{Name: "renamed", TargetURL: h.TargetURL}))
	h = must[*webex.Webhook](t)(c.Webhooks.Get(ctx, h.ID))
	if h.Name != "renamed" || h.Resource != webex.ResourceMemberships {
		t.Errorf("got %+v", h)
	}
	if all := collect(t, c.Webhooks.List(ctx, webex.ListWebhooksParams{})); len(all) == 0 {
		t.Error("the new webhook is not listed")
	}
	if err := c.Webhooks.Delete(ctx, h.ID); err != nil {
		t.Fatal(err)
	}
	_, err := c.Webhooks.Get(ctx, h.ID)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Webhooks.Update(ctx, h.ID, webex.UpdateWebhookRequest{Name: "x", TargetURL: h.TargetURL})
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Webhooks.Delete(ctx, h.ID), memberships.ErrNotFound, 404)
	create.Filter = "colour=blue"
	_, err = c.Webhooks.Create(ctx, create)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}
