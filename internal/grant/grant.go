// Package grant has the permissions that a sign-in requires before there is a token. A wrapper
// and the packages below auth name the same ones.
package grant

import (
	"fmt"

	"github.com/memberships-go/memberships/internal/client"
)

// BoxAuthorization is what an app that signs for itself requires at Box.
var BoxAuthorization = &client.Permission{
	Certain: true, Grant: "the authorization of the app by an administrator of the enterprise", Where: "the Admin Console",
}

// BoxAccess is what an app requires at Box whose use the enterprise has blocked.
var BoxAccess = &client.Permission{
	Certain: true, Grant: "the permission of an administrator of the enterprise to use the app", Where: "the Admin Console",
}

// GoogleAccess is what an app requires at Google whose use a policy of the organization bars.
var GoogleAccess = &client.Permission{
	Certain: true, Grant: "an administrator's permission to use the app with its scopes",
	Where: "the Google Admin console: Security, Access and data control, API controls, Manage Third-Party App Access",
}

// GoogleDelegation returns what a service account requires at Google to act for a person.
func GoogleDelegation(scopes []string) *client.Permission {
	return &client.Permission{
		Certain: true, Grant: "domain-wide delegation of the service account for its scopes", Scopes: scopes,
		Where: "the Google Admin console: Security, Access and data control, API controls, Manage Domain Wide Delegation",
	}
}

// Named adds to the error of a refused grant the permission that its OAuth error requires, if
// there is one.
func Named(err error, required *client.Permission) error {
	if err == nil || required == nil {
		return err
	}
	return fmt.Errorf("%w; %w", err, required)
}
