package webex_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// The error of a refused call has Webex's message, the scope of the method, and the place to
// add it.
func TestRefusedCallNamesScope(t *testing.T) {
	c, _ := answering(t, map[string]step{
		"GET /memberships": denied, "GET /rooms": denied, "GET /teams": denied, "POST /memberships": denied,
	})
	room, ada := memberships.Group{ID: "r", Kind: "room"}, memberships.Member{Email: "ada@example.com"}
	for scope, err := range map[string]error{
		"spark:memberships_read":  wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: room})),
		"spark:rooms_read":        wrappertest.Last(c.Groups(t.Context())),
		"spark:memberships_write": wrappertest.Err(c.Add(t.Context(), room, ada, memberships.RoleMember)),
	} {
		if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), "required: the scope "+scope) || !strings.Contains(err.Error(), "developer portal") {
			t.Errorf("got %v, want the scope %s and its place", err, scope)
		}
	}
}

// A refused call names the scope of its resource, for reading or for changes. A role in the room
// or team may be missing in its place. The scopes of a webhook depend on its resource.
func TestEachMethodNamesScope(t *testing.T) {
	const role = " and a role in the room or team that allows it"
	type call func(context.Context, *webex.Client) error
	for name, tc := range map[string]struct {
		call call
		want string
	}{
		"Memberships.Get":    {func(ctx context.Context, c *webex.Client) error { return wrappertest.Err(c.Memberships.Get(ctx, "m")) }, "the scope spark:memberships_read" + role},
		"Memberships.Delete": {func(ctx context.Context, c *webex.Client) error { return c.Memberships.Delete(ctx, "m") }, "the scope spark:memberships_write" + role},
		"TeamMemberships.ListByTeam": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Last(c.TeamMemberships.ListByTeam(ctx, "t", webex.ListTeamMembershipsParams{}))
		}, "the scope spark:team_memberships_read" + role},
		"TeamMemberships.Delete": {func(ctx context.Context, c *webex.Client) error { return c.TeamMemberships.Delete(ctx, "m") }, "the scope spark:team_memberships_write" + role},
		"Rooms.List": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Last(c.Rooms.List(ctx, webex.ListRoomsParams{}))
		}, "the scope spark:rooms_read"},
		"Rooms.Get": {func(ctx context.Context, c *webex.Client) error { return wrappertest.Err(c.Rooms.Get(ctx, "r")) }, "the scope spark:rooms_read" + role},
		"Rooms.Create": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "x"}))
		}, "the scope spark:rooms_write"},
		"Teams.List": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Last(c.Teams.List(ctx, webex.ListTeamsParams{}))
		}, "the scope spark:teams_read"},
		"Teams.Create": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Teams.Create(ctx, webex.CreateTeamRequest{Name: "x"}))
		}, "the scope spark:teams_write"},
		"Teams.Delete": {func(ctx context.Context, c *webex.Client) error { return c.Teams.Delete(ctx, "t") }, "the scope spark:teams_write" + role},
		"People.GetMe": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.People.GetMe(ctx, webex.GetMeParams{}))
		}, "the scope spark:people_read"},
		"Webhooks.Get": {func(ctx context.Context, c *webex.Client) error { return wrappertest.Err(c.Webhooks.Get(ctx, "w")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := wrappertest.Scripted(t, webex.New, denied)
			err := tc.call(t.Context(), c)
			if !errors.Is(err, memberships.ErrPermissionDenied) {
				t.Fatalf("got %v", err)
			}
			if text := err.Error(); strings.Contains(text, "required: ") != (tc.want != "") || !strings.Contains(text, "required: "+tc.want+" (") && tc.want != "" {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// A diagnosis names the scopes that were refused, and no others where the trials show them.
func TestDiagnoseNamesScopes(t *testing.T) {
	const (
		me, rooms, teams, list = "GET /people/me", "GET /rooms", "GET /teams", "GET /memberships"
		change                 = "PUT /memberships/Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"
	)
	ada := step{200, `{"id":"p","displayName":"Ada","type":"person","emails":["ada@example.com"]}`}
	for name, tc := range map[string]struct {
		answers map[string]step
		want    map[memberships.Operation][]string
	}{
		"rooms": {map[string]step{rooms: denied}, map[memberships.Operation][]string{memberships.OpGroups: {"spark:rooms_read"}}},
		"teams": {map[string]step{teams: denied}, map[memberships.Operation][]string{memberships.OpGroups: {"spark:teams_read"}}},
		"both":  {map[string]step{rooms: denied, teams: denied}, map[memberships.Operation][]string{memberships.OpGroups: {"spark:rooms_read", "spark:teams_read"}}},
		"people": {map[string]step{me: denied}, map[memberships.Operation][]string{
			memberships.OpListByMember: {"spark:people_read"},
		}},
		"memberships": {map[string]step{list: denied}, map[memberships.Operation][]string{
			memberships.OpList: {"spark:memberships_read", "spark:team_memberships_read"}, memberships.OpListByMember: {"spark:memberships_read"},
			memberships.OpGet: {"spark:memberships_read", "spark:team_memberships_read"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[string]step{me: ada, rooms: emptyOne, teams: emptyOne, list: emptyOne, change: missing}
			for request, answer := range tc.answers {
				answers[request] = answer
			}
			c, _ := answering(t, answers)
			d, err := c.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := map[memberships.Operation][]string{}
			for _, f := range d.Findings {
				if f.Scopes != nil {
					got[f.Operation] = f.Scopes
				}
				if (f.Scopes != nil) != (f.Where != "") {
					t.Errorf("got %+v", f)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
