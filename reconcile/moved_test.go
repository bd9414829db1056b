package reconcile_test

import (
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// The sentence about a member has the difference: of the role before that of the state.
func TestMoveString(t *testing.T) {
	row := func(role memberships.Role, state memberships.State) *reconcile.Row {
		return &reconcile.Row{PlanMember: reconcile.PlanMember{ID: "1", Email: "ada@example.com", Name: "Ada"}, Role: role, State: state}
	}
	member, invited := row(memberships.RoleMember, memberships.StateActive), row(memberships.RoleMember, memberships.StateInvited)
	manager := row(memberships.RoleManager, memberships.StateInvited)
	for want, m := range map[string]reconcile.Move{
		"Ada <ada@example.com> joined as member":          {After: member},
		"Ada <ada@example.com>, member, is gone":          {Before: member},
		"Ada <ada@example.com> was member and is manager": {Before: member, After: manager},
		"Ada <ada@example.com> was active and is invited": {Before: member, After: invited},
		"Ada <ada@example.com> left and joined again":     {Before: member, After: row(memberships.RoleMember, memberships.StateActive)},
		"bob@example.com left and joined again":           {Before: &reconcile.Row{PlanMember: reconcile.PlanMember{Email: "bob@example.com"}}, After: &reconcile.Row{}},
	} {
		if got := m.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
