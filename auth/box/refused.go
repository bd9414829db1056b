package box

import (
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/grant"
)

// required has the permissions that Box's OAuth errors require.
var required = map[string]*client.Permission{
	"unauthorized_client": grant.BoxAuthorization,
	"access_denied":       grant.BoxAccess,
}

// named adds to the error of a refused token the permission to grant.
func named(err error) error { return grant.Named(err, required[auth.RefusedCode(err)]) }
