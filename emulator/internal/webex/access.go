package webex

import (
	"context"
	"net/http"
	"slices"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// Scopes of a person are "spark:" and a right; allScope grants all of these rights. The
// scopes of compliance officers, and the scope with which administrators read people,
// have other prefixes.
const (
	userScopes    = "spark:"
	adminScope    = "spark-admin:people_read"
	officerScopes = "spark-compliance:"
	allScope      = userScopes + "all"
)

// rights maps a method to the required right. Webhook methods have no right of their own:
// CreateWebhook checks the rights of its resource.
var rights = map[string]string{
	"ListMemberships":      "memberships_read",
	"GetMembership":        "memberships_read",
	"CreateMembership":     "memberships_write",
	"UpdateMembership":     "memberships_write",
	"DeleteMembership":     "memberships_write",
	"ListTeamMemberships":  "team_memberships_read",
	"GetTeamMembership":    "team_memberships_read",
	"CreateTeamMembership": "team_memberships_write",
	"UpdateTeamMembership": "team_memberships_write",
	"DeleteTeamMembership": "team_memberships_write",
	"ListRooms":            "rooms_read",
	"GetRoom":              "rooms_read",
	"CreateRoom":           "rooms_write",
	"UpdateRoom":           "rooms_write",
	"DeleteRoom":           "rooms_write",
	"ListTeams":            "teams_read",
	"GetTeam":              "teams_read",
	"CreateTeam":           "teams_write",
	"UpdateTeam":           "teams_write",
	"DeleteTeam":           "teams_write",
	"ListPeople":           "people_read",
	"GetPerson":            "people_read",
	"GetMe":                "people_read",
}

// officerRights are the rights that compliance officers have for all rooms.
var officerRights = []string{
	"memberships_read", "memberships_write", "team_memberships_read", "team_memberships_write",
	"rooms_read", "rooms_write", "teams_read",
}

type officerKey struct{}

// enter runs before every method and returns an error for a caller without a suitable
// scope, also if the resource does not exist.
func (s *server) enter(next httpapi.Method, op string) httpapi.Method {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		right, asked := rights[op]
		if !asked {
			return next(ctx, w, r, request)
		}
		officer := slices.Contains(officerRights, right) && slices.Contains(httpapi.CallerOf(ctx).Scopes, officerScopes+right)
		if !officer && !may(ctx, right) && !(right == "people_read" && administrator(ctx)) {
			return nil, scopeMissing()
		}
		return next(context.WithValue(ctx, officerKey{}, officer), w, r, request)
	}
}

// may reports whether the caller has a person's right. A credential without scopes has
// all rights.
func may(ctx context.Context, right string) bool {
	scopes := httpapi.CallerOf(ctx).Scopes
	return len(scopes) == 0 || slices.Contains(scopes, userScopes+right) || slices.Contains(scopes, allScope)
}

// administrator reports whether the caller reads people as an administrator.
func administrator(ctx context.Context) bool {
	scopes := httpapi.CallerOf(ctx).Scopes
	return len(scopes) == 0 || slices.Contains(scopes, adminScope)
}

// officer reports whether the caller is a compliance officer in this method, who sees all
// rooms.
func officer(ctx context.Context) bool {
	is, _ := ctx.Value(officerKey{}).(bool)
	return is
}

func scopeMissing() *httpapi.Problem {
	return problem(http.StatusForbidden, "The access token lacks a scope that this request takes.")
}
