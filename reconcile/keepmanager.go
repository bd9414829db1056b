package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/memberships-go/memberships"
)

// losesManager reports whether the group has one manager less after the change.
func (ch PlannedChange) losesManager() bool {
	return ch.lowers() || ch.Op == memberships.OpRemove && power(ch.From.Role) >= power(memberships.RoleManager)
}

// keepsManager reads one of the managers who stay, right before a change that takes another
// one. Without any, it gives the changes that were not begun their results and returns false.
func (r *groupRun) keepsManager(ctx context.Context, ch PlannedChange) bool {
	var moves []Move
	for _, row := range r.stayingManagers(ch) {
		now, err := r.get(ctx, row)
		switch {
		case err != nil:
			r.unread(err)
			return false
		case now != nil && now.State != memberships.StateInvited && power(now.Role) >= min(power(row.Role), power(ch.From.Role)):
			return true
		}
		moves = append(moves, Move{row, now})
	}
	if len(moves) == 0 { // the plan knows of none, and says why
		return true
	}
	r.refuse(moves)
	return false
}

// stayingManagers returns the managers of the last reading whom no change takes, at first
// those with the power that the change takes.
func (r *groupRun) stayingManagers(ch PlannedChange) []*Row {
	var strong, others []*Row
	for i := range r.rows {
		row := &r.rows[i]
		goes := func(res ChangeResult) bool {
			return res.Change.losesManager() && res.Change.Member.same(row.PlanMember)
		}
		switch {
		case row.State == memberships.StateInvited || power(row.Role) < power(memberships.RoleManager) || slices.ContainsFunc(r.results, goes):
		case power(row.Role) >= power(ch.From.Role):
			strong = append(strong, row)
		default:
			others = append(others, row)
		}
	}
	if len(strong) > 0 {
		return strong
	}
	return others
}

// get reads the membership of a row again, nil without one.
func (r *groupRun) get(ctx context.Context, row *Row) (*Row, error) {
	m, err := r.c.Get(ctx, memberships.Ref{Group: r.g.Group.Group(), Member: row.Member()})
	switch {
	case errors.Is(err, memberships.ErrNotMember), err == nil && m.State == memberships.StateAbsent:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("a manager who stays: %w", err)
	}
	now := rowOf(m)
	return &now, nil
}
