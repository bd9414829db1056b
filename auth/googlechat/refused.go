package googlechat

import (
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/grant"
)

// named adds to the error of a refused token the permission to grant. delegated are the scopes
// of a service account that acts for a person, else nil.
func named(err error, delegated []string) error {
	switch code := auth.RefusedCode(err); {
	case code == "access_denied", code == "admin_policy_enforced":
		return grant.Named(err, grant.GoogleAccess)
	case code == "unauthorized_client" && delegated != nil:
		return grant.Named(err, grant.GoogleDelegation(delegated))
	}
	return err
}
