package box

import (
	"strings"

	"github.com/memberships-go/memberships/internal/client"
)

// The places where Box grants something. An app with a new scope needs the approval of an
// administrator again.
const (
	console      = "the app's configuration in the Developer Console; then an administrator authorizes the app again in the Admin Console"
	adminConsole = "the Admin Console for the user's role, and the app's configuration in the Developer Console for its access"
)

// The scopes of apps.
const (
	scopeGroups = "manage_groups"
	scopeUsers  = "manage_managed_users"
	scopeEvents = "manage_enterprise_properties"
)

// Roles of a user, and the access of an app that signs for itself.
const (
	roleInGroups = "the role of an admin or co-admin of the enterprise, or of an admin of the group, for the user; of an app with a key or a client secret, App + Enterprise access"
	roleInEvents = "the role of an admin, or of a co-admin who may run new reports, for the user"
)

// Permissions of the group methods.
var (
	groupScope = scoped(scopeGroups)
	// groupAdmin is what the enterprise's groups require.
	groupAdmin = client.Permission{
		Grant:  "the scope " + scopeGroups + ", and " + roleInGroups,
		Scopes: []string{scopeGroups},
		Where:  console,
	}
)

// scoped returns the permission of a scope.
func scoped(name string) client.Permission {
	return client.Permission{Grant: "the scope " + name, Scopes: []string{name}, Where: console}
}

// scopeOf has the scope of a resource's methods. A token without scopes may ask for its own user.
var scopeOf = map[string]string{"Groups": scopeGroups, "Memberships": scopeGroups, "Users": scopeUsers, "Events": scopeEvents}

// requires returns the permission of a method after a 403. Of its codes, one is for scopes and
// two for the user's role; others are about networks and policies.
func requires(op string, f client.ErrorDetails) *client.Permission {
	resource, _, _ := strings.Cut(op, ".")
	scope := scopeOf[resource]
	if scope == "" || op == "Users.GetMe" {
		return nil
	}
	switch f.Code {
	case "insufficient_scope":
		p := scoped(scope)
		p.Certain = true
		return &p
	case "access_denied_insufficient_permissions", "forbidden":
		switch scope {
		case scopeGroups:
			return &client.Permission{Certain: true, Grant: roleInGroups, Where: adminConsole}
		case scopeEvents:
			return &client.Permission{Certain: true, Grant: roleInEvents, Where: adminConsole}
		}
	}
	return nil
}
