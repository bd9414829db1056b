package reconcile

import (
	"cmp"
	"strings"

	"github.com/memberships-go/memberships"
)

// same reports whether two members are the same, by id or by address.
func (m PlanMember) same(o PlanMember) bool {
	if m.ID != "" && o.ID != "" {
		return m.ID == o.ID && (m.Kind == o.Kind || m.Kind == "" || o.Kind == "")
	}
	return m.Email != "" && strings.EqualFold(m.Email, o.Email)
}

// key returns a text that only the same member has.
func (m PlanMember) key() string {
	kind := string(cmp.Or(m.Kind, memberships.MemberUser))
	if m.ID != "" {
		return kind + " id " + m.ID
	}
	return kind + " address " + strings.ToLower(m.Email)
}
