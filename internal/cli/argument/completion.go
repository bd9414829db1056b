package argument

import (
	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/credentials"
)

// roleWords are the roles of a provider, and of all of them where none is named.
func roleWords(provider string) []string {
	roles := portableRoles
	if c, err := credentials.Capabilities(provider); err == nil {
		roles = c.Roles
	}
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return words
}

// kindWords begin the name of a group, where there is more than one kind.
func kindWords(provider string) []string {
	c, err := credentials.Capabilities(provider)
	if err != nil || len(c.GroupKinds) < 2 {
		return nil
	}
	words := make([]string, len(c.GroupKinds))
	for i, k := range c.GroupKinds {
		words[i] = string(k) + ":"
	}
	return words
}

var portableRoles = []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}
