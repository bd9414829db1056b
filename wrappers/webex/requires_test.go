package webex_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
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
