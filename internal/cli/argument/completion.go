package argument

import (
	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/credentials"
)

// roleWords returns the role names of a provider, or of all providers if provider is "".
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

// stateWords returns the states that a listing can be limited to.
func stateWords(string) []string {
	words := make([]string, len(listedStates))
	for i, s := range listedStates {
		words[i] = string(s)
	}
	return words
}

// kindWords returns the prefixes of group arguments, if there are several kinds of group.
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
