package webex

import (
	"errors"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// portal is the place where an app gets its scopes. The token of an app that has a new one
// still lacks it.
const portal = "the app's page in the developer portal, https://developer.webex.com; then a new token"

// rights has the middle of the names of a resource's scopes: spark:rooms_read is that of
// reading rooms.
var rights = map[string]string{
	"Memberships": "memberships", "TeamMemberships": "team_memberships", "Rooms": "rooms", "Teams": "teams", "People": "people",
}

// ownRole has the methods that a role in a room or team restricts beside the scope.
var ownRole = map[string]bool{
	"Memberships": true, "TeamMemberships": true, "Rooms.Get": true, "Rooms.Update": true, "Rooms.Delete": true,
	"Teams.Get": true, "Teams.Update": true, "Teams.Delete": true,
}

// requires returns the scope of a method. Webex has one status and no code for a missing scope
// and for a missing role.
func requires(op string, _ client.ErrorDetails) *client.Permission {
	resource, _, _ := strings.Cut(op, ".")
	right, ok := rights[resource]
	if !ok {
		return nil
	}
	scope := "spark:" + right + "_read"
	if _, writes := duplicates[op]; writes {
		scope = "spark:" + right + "_write"
	}
	p := scopes(scope)
	if ownRole[op] || ownRole[resource] {
		p.Grant += " and a role in the room or team that allows it"
	}
	return &p
}

// scopes returns the permission of at least one scope.
func scopes(names ...string) client.Permission {
	grant := "the scope " + names[0]
	if len(names) > 1 {
		grant = "the scopes " + strings.Join(names, " and ")
	}
	return client.Permission{Grant: grant, Scopes: names, Where: portal}
}

// missing returns the permission of those scopes whose trial was refused, and of all scopes if
// none was. The n-th error is that of the n-th scope.
func missing(names []string, errs ...error) client.Permission {
	var refused []string
	for i, err := range errs {
		if errors.Is(err, memberships.ErrPermissionDenied) {
			refused = append(refused, names[i])
		}
	}
	if len(refused) == 0 {
		refused = names
	}
	return scopes(refused...)
}
