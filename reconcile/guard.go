package reconcile

import (
	"errors"
	"slices"

	"github.com/memberships-go/memberships"
)

// guard adds the reasons that block the changes of a group.
func (c *comparison) guard(changes []PlannedChange) {
	removed, added, lowered := 0, 0, 0
	for _, ch := range changes {
		switch {
		case ch.Op == memberships.OpRemove:
			removed++
		case ch.Op == memberships.OpAdd:
			added++
		case ch.lowers():
			lowered++
		}
	}
	n := removed + lowered
	c.out.Removals = n
	if len(changes) > 0 && slices.ContainsFunc(c.obs.Rows, func(m memberships.Membership) bool { return m.Direct }) {
		c.block(Note{Reason: ReasonDirect})
	}
	if n > 0 {
		c.guardCoverage()
	}
	c.guardManagers(changes)
	if n > 0 {
		c.guardCount(n, removed > 0 && (c.out.Managed+added-removed <= 0 || c.losesAllActive()))
	}
}

// losesAllActive reports whether the changes leave the group with pending invitations alone,
// without the members who are ignored.
func (c *comparison) losesAllActive() bool {
	before, after := 0, 0
	for i, r := range c.rows {
		if !c.manages(i) || r.State == memberships.StateInvited {
			continue
		}
		if before++; c.wanted[i].present {
			after++
		}
	}
	for _, add := range c.adds {
		if !add.Invite {
			after++
		}
	}
	return before > 0 && after == 0
}

// guardCoverage blocks removals after a listing with a hidden part, and while a protected
// person cannot be identified.
func (c *comparison) guardCoverage() {
	for _, gap := range c.obs.Coverage.Hidden() {
		c.block(Note{Reason: ReasonIncomplete, Detail: gap.String()})
	}
	for _, key := range c.d.Protected {
		err := c.obs.Matches[key].Err
		if err != nil && !errors.Is(err, memberships.ErrNoSuchMember) {
			n := unresolved(key, err)
			if !slices.Contains(c.out.Blocked, n) {
				c.block(n)
			}
		}
	}
}

// guardManagers blocks changes that leave fewer managers than the file wants.
func (c *comparison) guardManagers(changes []PlannedChange) {
	least, after := power(memberships.RoleManager), 0
	for i, r := range c.rows {
		if r.State != memberships.StateInvited && c.wanted[i].present && power(c.wanted[i].role.Role) >= least {
			after++
		}
	}
	for _, add := range c.adds {
		if !add.Invite && power(add.To.Role) >= least {
			after++
		}
	}
	if len(changes) > 0 && after < c.g.MinManagers {
		c.block(Note{Reason: ReasonManagers, Of: after, Count: c.g.MinManagers})
	}
}

// guardCount blocks n removals that exceed a limit.
func (c *comparison) guardCount(n int, empties bool) {
	limit, of := c.g.MaxRemovals.Or(DefaultMaxRemovals()), c.out.Managed
	ceiling := c.g.Ceiling
	if ceiling == 0 {
		ceiling = DefaultCeiling
	}
	note := Note{Removals: n, Of: of}
	if empties && !c.g.AllowEmpty {
		note.Reason = ReasonEmpty
		c.block(note)
	}
	if c.lifted {
		return
	}
	if n*2 > of && !empties {
		note.Reason = ReasonHalf
		c.block(note)
	}
	if limit.exceeded(n, of) {
		c.block(Note{Reason: ReasonLimit, Removals: n, Of: of, Count: limit.Count, Percent: limit.Percent})
	}
	if n > ceiling {
		c.block(Note{Reason: ReasonCeiling, Removals: n, Of: of, Count: ceiling})
	}
}
