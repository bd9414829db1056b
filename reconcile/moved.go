package reconcile

import (
	"fmt"
	"slices"

	"github.com/memberships-go/memberships"
)

// MovedGroup is a group that is no longer as its plan has observed it.
type MovedGroup struct {
	Name     string
	Provider string
	Group    memberships.Group
	Moves    []Move
}

// Move is the difference of one member between the plan and a later reading. Before is nil
// for a new member, After for one who is gone.
type Move struct{ Before, After *Row }

// String returns the difference as a sentence without capital letter and full stop.
func (m Move) String() string {
	switch {
	case m.Before == nil:
		return fmt.Sprintf("%s joined as %s", m.After.title(), m.After.role())
	case m.After == nil:
		return fmt.Sprintf("%s, %s, is gone", m.Before.title(), m.Before.role())
	case m.Before.role() != m.After.role():
		return fmt.Sprintf("%s was %s and is %s", m.Before.title(), m.Before.role(), m.After.role())
	case m.Before.State != m.After.State:
		return fmt.Sprintf("%s was %s and is %s", m.Before.title(), m.Before.State, m.After.State)
	}
	return fmt.Sprintf("%s left and joined again", m.Before.title())
}

// role returns the role of a row as text.
func (r *Row) role() string { return Role{r.Role, r.RoleName}.String() }

// title returns the name of a member, with the address or id.
func (m PlanMember) title() string {
	who := m.Email
	if who == "" {
		who = m.Member().String()
	}
	if m.Name == "" {
		return who
	}
	return m.Name + " <" + who + ">"
}

// moves returns the differences between the plan and the last reading that neither the
// changes of the plan nor their effects explain.
func (r *groupRun) moves() []Move {
	now := map[string]*Row{}
	for i := range r.rows {
		now[r.rows[i].key()] = &r.rows[i]
	}
	explained := r.explained()
	var out []Move
	for i := range r.g.Observed.Rows {
		before := r.expected(&r.g.Observed.Rows[i])
		after := now[before.key()]
		delete(now, before.key())
		if before.equal(after) || slices.ContainsFunc(explained[before.key()], func(ch PlannedChange) bool { return ch.isMade(after) }) {
			continue
		}
		out = append(out, Move{before, after})
	}
	for i := range r.rows { // in order
		after := &r.rows[i]
		if now[after.key()] == nil || r.isAddition(after) {
			continue
		}
		out = append(out, Move{nil, after})
	}
	return out
}

// expected returns a row of the plan with the role of a change that was made.
func (r *groupRun) expected(row *Row) *Row {
	for _, res := range r.results {
		if res.Change.Op == memberships.OpUpdate && res.Outcome.isFinal() && res.Change.Member.key() == row.key() {
			made := *row
			made.Role, made.RoleName = res.Change.To.Role, res.Change.To.Name
			return &made
		}
	}
	return row
}

// equal reports whether a row is the same membership as before.
func (r *Row) equal(o *Row) bool {
	return o != nil && r.Role == o.Role && r.RoleName == o.RoleName && r.State == o.State &&
		(r.Membership == o.Membership || r.Membership == "" || o.Membership == "")
}

// explained returns the changes that were begun, and the effects that they may have, by the
// member.
func (r *groupRun) explained() map[string][]PlannedChange {
	out := map[string][]PlannedChange{}
	raised := false
	for _, res := range r.results {
		begun := res.Outcome.isFinal() || res.Outcome == OutcomeUnknown || r.a.past[res.Change.Key].begun
		if begun {
			out[res.Change.Member.key()] = append(out[res.Change.Member.key()], res.Change)
			raised = raised || power(res.Change.To.Role) >= power(memberships.RoleManager)
		}
	}
	if raised {
		for _, e := range r.g.Effects {
			out[e.Member.key()] = append(out[e.Member.key()], e)
		}
	}
	return out
}

// isAddition reports whether a new row is that of an addition that was begun.
func (r *groupRun) isAddition(row *Row) bool {
	for _, res := range r.results {
		ch := res.Change
		begun := res.Outcome.isFinal() || res.Outcome == OutcomeUnknown || r.a.past[ch.Key].begun
		if ch.Op != memberships.OpAdd || !begun || !ch.isMade(row) && !ch.isHalfMade(row) {
			continue
		}
		known := r.member(ch)
		if ch.Member.same(row.PlanMember) || known != nil && known.same(row.PlanMember) {
			return true
		}
	}
	return false
}

// member returns the member of an addition as its result told it, nil if none did.
func (r *groupRun) member(ch PlannedChange) *PlanMember {
	if m := r.added[ch.Key]; m != nil {
		return m
	}
	return r.a.past[ch.Key].member
}

// refuse gives the changes of a group that has moved their results.
func (r *groupRun) refuse(moves []Move) []ChangeResult {
	r.a.mu.Lock()
	r.a.moved = append(r.a.moved, MovedGroup{r.g.Name, r.g.Provider, r.g.Group.Group(), moves})
	r.a.mu.Unlock()
	for i := range r.results {
		if res := &r.results[i]; res.Outcome == OutcomeNotBegun {
			res.Outcome, res.Err = OutcomeMoved, fmt.Errorf("the group has changed since the plan: %s", moves[0])
			r.a.tell(*res)
		}
	}
	return r.results
}

// sortMoved sorts groups into the order of the plan.
func sortMoved(moved []MovedGroup, p *Plan) {
	at := func(m MovedGroup) int {
		return slices.IndexFunc(p.Groups, func(g GroupPlan) bool { return g.Name == m.Name && g.Provider == m.Provider })
	}
	slices.SortFunc(moved, func(a, b MovedGroup) int { return at(a) - at(b) })
}
