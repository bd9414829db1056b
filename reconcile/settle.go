package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/memberships-go/memberships"
)

// isMade reports whether a row is the result of the change; nil is no row.
func (ch PlannedChange) isMade(row *Row) bool {
	switch {
	case row == nil:
		return ch.Op == memberships.OpRemove
	case ch.Op == memberships.OpRemove:
		return false
	case row.State == memberships.StateInvited:
		return ch.Op == memberships.OpAdd
	}
	return ch.To.is(*row)
}

// isHalfMade reports whether a row is the result of the first request of an addition, if the
// provider raises a new member to the role by a second one.
func (ch PlannedChange) isHalfMade(row *Row) bool {
	return ch.Op == memberships.OpAdd && row != nil && row.State == memberships.StateActive &&
		row.Role == memberships.RoleMember && power(ch.To.Role) > power(row.Role)
}

// isBefore reports whether a row is the state before the change.
func (ch PlannedChange) isBefore(row *Row) bool {
	if row == nil {
		return ch.Op == memberships.OpAdd
	}
	return ch.Op != memberships.OpAdd && ch.From.is(*row)
}

// confirm reads a membership after the provider has refused a change as if it was made
// before. Only the state of the plan counts as that; the row is the membership then.
func (r *groupRun) confirm(ctx context.Context, ch PlannedChange, refusal error) (Outcome, *Row, error) {
	m, err := r.c.Get(ctx, memberships.Ref{Group: r.g.Group.Group(), Member: ch.Member.Member()})
	var row *Row
	switch {
	case err == nil && m.State != memberships.StateAbsent:
		got := rowOf(m)
		row = &got
	case err == nil, errors.Is(err, memberships.ErrNotMember):
	default:
		return OutcomeFailed, nil, fmt.Errorf("%w; and the membership could not be read: %w", refusal, err)
	}
	if ch.isMade(row) {
		return OutcomeAlready, row, nil
	}
	return OutcomeFailed, nil, fmt.Errorf("another client has changed the membership meanwhile: %w", refusal)
}

// settle finds out by reading which of the changes without a result were made. One reading
// that does not show a change proves nothing, so it reads twice.
func (r *groupRun) settle(ctx context.Context) {
	if !r.settleMade(ctx) || !sleep(ctx, r.a.o.Pause) || r.read(ctx) != nil || !r.settleMade(ctx) {
		return
	}
	for i := range r.results {
		if res := &r.results[i]; res.Outcome == OutcomeUnknown {
			if row := r.rowFor(ctx, res.Change); res.Change.isBefore(row) || res.Change.isHalfMade(row) {
				r.settled(i, OutcomeNotMade, row)
			}
		}
	}
}

// settleMade settles the changes that the last reading shows, and reports whether others are
// left.
func (r *groupRun) settleMade(ctx context.Context) (left bool) {
	for i := range r.results {
		if res := &r.results[i]; res.Outcome == OutcomeUnknown {
			if row := r.rowFor(ctx, res.Change); res.Change.isMade(row) {
				r.settled(i, OutcomeDone, row)
			} else {
				left = true
			}
		}
	}
	return left
}

// settled records what a reading has shown about a change.
func (r *groupRun) settled(i int, o Outcome, row *Row) {
	res := &r.results[i]
	e := Entry{Kind: EntrySettled, Key: res.Change.Key, Outcome: o}
	if row != nil {
		e.Member, r.added[res.Change.Key] = &row.PlanMember, &row.PlanMember
	}
	if err := r.a.record(e); err != nil {
		return
	}
	res.Outcome, res.Err = o, nil
	if o == OutcomeNotMade {
		res.Outcome = OutcomeNotBegun
		return
	}
	res.Earlier = true
	r.a.tell(*res)
}

// rowFor returns the row of a change's member in the last reading, nil without one. A
// member who was added by address may have an id that the plan does not know.
func (r *groupRun) rowFor(ctx context.Context, ch PlannedChange) *Row {
	members := []PlanMember{ch.Member}
	if known := r.member(ch); known != nil {
		members = append(members, *known)
	}
	for _, m := range members {
		for i := range r.rows {
			if r.rows[i].same(m) {
				return &r.rows[i]
			}
		}
	}
	if ch.Member.ID != "" || ch.Op != memberships.OpAdd {
		return nil
	}
	m, err := r.c.Get(ctx, memberships.Ref{Group: r.g.Group.Group(), Member: ch.Member.Member()})
	if err != nil || m.State == memberships.StateAbsent {
		return nil
	}
	row := rowOf(m)
	return &row
}

// sleep waits, and reports false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
