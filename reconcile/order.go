package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// The phases of the changes to one group.
const (
	phaseAdd = iota
	phaseRaise
	phaseLower
	phaseRemove
)

// order sorts changes into the order in which they are made: additions and promotions
// before demotions and removals, and the caller's own last. Managers are removed after
// members: one of them can be the caller, whom some providers do not name.
func order(changes []PlannedChange) {
	last := func(ch PlannedChange) int {
		if ch.OfCaller {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(changes, func(a, b PlannedChange) int {
		return cmp.Or(cmp.Compare(phase(a)/phaseLower, phase(b)/phaseLower), cmp.Compare(last(a), last(b)), cmp.Compare(phase(a), phase(b)), cmp.Compare(removedPower(a), removedPower(b)), strings.Compare(a.Key, b.Key))
	})
}

// removedPower returns the power of the role that a removal ends, and 0 for other changes.
func removedPower(ch PlannedChange) int {
	if ch.Op != memberships.OpRemove {
		return 0
	}
	return power(ch.From.Role)
}

func phase(ch PlannedChange) int {
	switch {
	case ch.Op == memberships.OpAdd:
		return phaseAdd
	case ch.Op == memberships.OpRemove:
		return phaseRemove
	case ch.lowers():
		return phaseLower
	}
	return phaseRaise
}

// lowers reports whether a change makes a manager less than that.
func (ch PlannedChange) lowers() bool {
	_, lowers := direction(Row{Role: ch.From.Role}, ch.To)
	return ch.Op == memberships.OpUpdate && lowers
}

// counts reports whether a change counts as a removal.
func (ch PlannedChange) counts() bool { return ch.Op == memberships.OpRemove || ch.lowers() }

// effects returns the changes that the provider makes by itself.
func (c *comparison) effects(changes []PlannedChange) []PlannedChange {
	if !slices.Contains(c.caps.PromotesCaller, c.obs.Group.Kind) {
		return nil
	}
	makes := slices.ContainsFunc(changes, func(ch PlannedChange) bool { return power(ch.To.Role) >= power(memberships.RoleManager) })
	has := slices.ContainsFunc(c.rows, func(r Row) bool { return power(r.Role) >= power(memberships.RoleManager) })
	if !makes || has {
		return nil
	}
	for i, r := range c.rows {
		ofCaller := slices.ContainsFunc(changes, func(ch PlannedChange) bool { return ch.Member.ID == r.ID })
		if c.isCaller(i) && !ofCaller {
			e := PlannedChange{
				Op: memberships.OpUpdate, Member: r.PlanMember, Membership: r.Membership, From: Role{r.Role, r.RoleName},
				To: c.role(memberships.RoleManager), Why: Note{Reason: ReasonEffect},
			}
			e.Key = c.key(e)
			return []PlannedChange{e}
		}
	}
	return nil
}

// power returns the rank of a role, 0 if it is unknown.
func power(r memberships.Role) int {
	return 1 + slices.Index([]memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}, r)
}

// direction reports whether a change of role raises or lowers a member. A change from
// manager or owner to a role of unknown power lowers.
func direction(r Row, to Role) (raises, lowers bool) {
	from, after := power(r.Role), power(to.Role)
	return after > from && from > 0 || after > power(memberships.RoleMember) && from == 0, after < from && from > power(memberships.RoleMember)
}

// is reports whether a row has the role.
func (r Role) is(row Row) bool {
	if r.Role != "" && r.Role != memberships.RoleUnknown {
		return row.Role == r.Role
	}
	return row.RoleName == r.Name
}
