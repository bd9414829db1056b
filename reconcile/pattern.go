package reconcile

import (
	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wildcard"
)

// matches reports whether a pattern of Group.Ignore selects a member.
func matches(pattern string, m memberships.Member) bool {
	for _, text := range []string{m.ID, m.Email, string(m.Kind) + ":" + m.ID} {
		if text != "" && wildcard.Match(pattern, text) {
			return true
		}
	}
	return false
}
