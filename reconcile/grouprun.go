package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/memberships-go/memberships"
)

// groupRun makes the changes of one group.
type groupRun struct {
	a        *applier
	c        *memberships.Client
	g        *GroupPlan
	inFlight int
	results  []ChangeResult // one per change of the plan
	rows     []Row          // of the last reading
	// added are the members of additions as their results told them, by the key of the
	// change.
	added map[string]*PlanMember
}

func newGroupRun(a *applier, c *memberships.Client, i int) *groupRun {
	g := &a.p.Groups[i]
	r := &groupRun{a: a, c: c, g: g, inFlight: 1, results: make([]ChangeResult, len(g.Changes)), added: map[string]*PlanMember{}}
	for i, ch := range g.Changes {
		r.results[i] = ChangeResult{Name: g.Name, Provider: g.Provider, Group: g.Group.Group(), Change: ch, Outcome: OutcomeNotBegun}
		past := a.past[ch.Key]
		if past.outcome.isFinal() {
			r.results[i].Outcome, r.results[i].Earlier, r.results[i].RequestID = past.outcome, true, past.request
		}
		if past.isOpen() {
			r.results[i].Outcome = OutcomeUnknown
			r.results[i].Err = errOpen
		}
	}
	return r
}

var errOpen = errors.New("an earlier run sent the change and recorded no outcome")

// unbegun gives every change that was not begun a reason.
func (r *groupRun) unbegun(err error) []ChangeResult {
	for i := range r.results {
		if r.results[i].Outcome == OutcomeNotBegun {
			r.results[i].Err = err
		}
	}
	return r.results
}

// run makes the changes that no earlier run has made.
func (r *groupRun) run(ctx context.Context) []ChangeResult {
	if !slices.ContainsFunc(r.results, func(res ChangeResult) bool { return !res.Outcome.isFinal() }) {
		return r.results
	}
	if err := r.a.ended(ctx, r.g.Provider); err != nil && !r.hasOpen() {
		return r.unbegun(err)
	}
	if err := r.read(ctx); err != nil {
		return r.unread(err)
	}
	r.settle(ctx)
	if moves := r.moves(); len(moves) > 0 {
		return r.refuse(moves)
	}
	made := r.make(ctx, func(ch PlannedChange) bool { return phase(ch) < phaseLower })
	if !slices.ContainsFunc(r.results, func(res ChangeResult) bool { return !res.Outcome.isFinal() && res.Change.counts() }) {
		return r.finish(ctx)
	}
	if failed := r.failedAddition(); failed != nil {
		if err := r.a.ended(ctx, r.g.Provider); err != nil {
			return r.unbegun(err)
		}
		return r.unbegun(fmt.Errorf("an addition or promotion of the same group was not made: %w", failed))
	}
	if made > 0 && r.a.ended(ctx, r.g.Provider) == nil { // another client may have changed the group meanwhile
		if err := r.read(ctx); err != nil {
			return r.unread(err)
		}
		if moves := r.moves(); len(moves) > 0 {
			return r.refuse(moves)
		}
	}
	r.make(ctx, PlannedChange.counts)
	return r.finish(ctx)
}

// finish gives the changes that were not begun their reason.
func (r *groupRun) finish(ctx context.Context) []ChangeResult {
	if err := r.a.ended(ctx, r.g.Provider); err != nil {
		return r.unbegun(err)
	}
	return r.results
}

func (r *groupRun) hasOpen() bool {
	return slices.ContainsFunc(r.results, func(res ChangeResult) bool { return res.Outcome == OutcomeUnknown })
}

// failedAddition returns the error of an addition or promotion that was not made.
func (r *groupRun) failedAddition() error {
	for _, res := range r.results {
		if !res.Change.counts() && !res.Outcome.isFinal() {
			if res.Err == nil {
				return errStopped
			}
			return res.Err
		}
	}
	return nil
}

// unread gives the changes of a group that could not be read their results.
func (r *groupRun) unread(err error) []ChangeResult {
	if errors.Is(err, memberships.ErrUnauthenticated) {
		r.a.refuse(r.g.Provider, err)
	}
	for i := range r.results {
		res := &r.results[i]
		switch res.Outcome {
		case OutcomeNotBegun:
			res.Err = fmt.Errorf("the group could not be read again: %w", err)
			res.Outcome = OutcomeFailed
			if ended := r.a.ended(context.Background(), r.g.Provider); ended != nil || errors.Is(err, context.Canceled) {
				res.Outcome = OutcomeNotBegun
			}
			r.a.tell(*res)
		case OutcomeUnknown:
			res.Err = fmt.Errorf("%w, and the group could not be read: %w", errOpen, err)
			r.a.tell(*res)
		}
	}
	return r.results
}

// read reads the members of the group, or those of the plan alone if the plan has no others.
func (r *groupRun) read(ctx context.Context) error {
	if r.g.Observed.Partial {
		return r.readPart(ctx)
	}
	o := Observation{Group: r.g.Group.Group()}
	o.read(ctx, r.c)
	r.rows = nil
	for _, m := range o.Rows {
		r.rows = append(r.rows, rowOf(m))
	}
	if hidden := o.Coverage.Hidden(); o.Err == nil && r.g.Observed.Complete && len(hidden) > 0 {
		return fmt.Errorf("the listing is no longer complete: %s", hidden[0])
	}
	return o.Err
}

// readPart reads the memberships of the people in the plan.
func (r *groupRun) readPart(ctx context.Context) error {
	var refs []memberships.Ref
	seen := map[string]bool{}
	add := func(m PlanMember) {
		if key := m.key(); !seen[key] {
			seen[key] = true
			refs = append(refs, memberships.Ref{Group: r.g.Group.Group(), Member: m.Member()})
		}
	}
	for _, row := range r.g.Observed.Rows {
		add(row.PlanMember)
	}
	for _, ch := range r.g.Changes {
		add(ch.Member)
	}
	found, err := r.c.GetMany(ctx, refs, memberships.BulkOptions{Concurrency: r.inFlight})
	r.rows = nil
	for _, f := range found {
		switch {
		case f.Err == nil && f.Membership.State != memberships.StateAbsent:
			r.rows = append(r.rows, rowOf(f.Membership))
		case f.Err == nil, errors.Is(f.Err, memberships.ErrNotMember):
		default:
			err = f.Err
		}
	}
	return err
}

// make makes the selected changes that are not made yet, a few at a time, and returns the
// number of changes that it has sent. It refuses the rest of the group before a change that
// could take its last manager.
func (r *groupRun) make(ctx context.Context, selects func(PlannedChange) bool) (sent int) {
	size := max(r.c.Capabilities().ChangeBatch, r.inFlight)
	var chunk []int
	flush := func() {
		if len(chunk) > 0 && r.a.ended(ctx, r.g.Provider) == nil {
			sent += r.send(ctx, chunk)
		}
		chunk = chunk[:0]
	}
	for i, res := range r.results {
		if !selects(res.Change) || res.Outcome != OutcomeNotBegun {
			continue
		}
		alone := res.Change.OfCaller || res.Change.losesManager()
		if alone {
			flush()
		}
		if res.Change.losesManager() && !r.keepsManager(ctx, res.Change) {
			return sent
		}
		if chunk = append(chunk, i); len(chunk) == size || alone {
			flush()
		}
	}
	flush()
	return sent
}

// send makes some changes, whose intents last before and whose results after that.
func (r *groupRun) send(ctx context.Context, of []int) (sent int) {
	intents := make([]Entry, len(of))
	for j, i := range of {
		intents[j] = Entry{Kind: EntryIntent, Key: r.results[i].Change.Key}
	}
	if err := r.a.record(intents...); err != nil {
		for _, i := range of {
			r.results[i].Err = err
		}
		return 0
	}
	for i := range of { // until a result says otherwise
		r.results[of[i]].Outcome, r.results[of[i]].Err = OutcomeUnknown, errOpen
	}
	changes := func(yield func(memberships.Change) bool) {
		for _, i := range of {
			if !yield(r.change(ctx, r.results[i].Change)) {
				return
			}
		}
	}
	// Between the intents and the changes nothing stops: an intent that is not sent would be
	// one more to settle.
	j := 0
	var entries []Entry
	for result, err := range r.c.Apply(ctx, changes, memberships.BulkOptions{Concurrency: r.inFlight}, r.options(of)...) {
		if err != nil || j == len(of) {
			break
		}
		i := of[j]
		j++
		entries = append(entries, r.outcome(ctx, i, result))
		if r.results[i].Outcome != OutcomeNotBegun {
			sent++
		}
	}
	_ = r.a.record(entries...) // an intent without a result stays open
	for _, i := range of[:j] {
		r.a.tell(r.results[i])
	}
	return sent
}

// options returns the options of some changes.
func (r *groupRun) options(of []int) []memberships.Option {
	for _, i := range of {
		if r.results[i].Change.Invite {
			return []memberships.Option{memberships.WithInvite()}
		}
	}
	return nil
}

// change returns a planned change in terms of the root package. The rest of an addition that
// is half made is an update.
func (r *groupRun) change(ctx context.Context, ch PlannedChange) memberships.Change {
	if ch.Op == memberships.OpAdd && r.a.past[ch.Key].begun {
		if row := r.rowFor(ctx, ch); ch.isHalfMade(row) {
			ch.Op, ch.Membership, ch.Member = memberships.OpUpdate, row.Membership, row.PlanMember
		}
	}
	role := ch.To.Role
	if role == "" || role == memberships.RoleUnknown {
		role = memberships.Role(ch.To.Name)
	}
	return memberships.Change{
		Op:   ch.Op,
		Ref:  memberships.Ref{ID: ch.Membership, Group: r.g.Group.Group(), Member: ch.Member.Member()},
		Role: role,
	}
}

// outcome sets the result of a change that was sent, and returns its entry.
func (r *groupRun) outcome(ctx context.Context, i int, result memberships.Result) Entry {
	res := &r.results[i]
	res.Outcome, res.Err = OutcomeDone, result.Err
	switch {
	case result.Skipped, isUnsent(result.Err):
		res.Outcome = OutcomeNotBegun
	case result.Err == nil:
	case errors.Is(result.Err, memberships.ErrOutcomeUnknown):
		res.Outcome = OutcomeUnknown
	case errors.Is(result.Err, memberships.ErrAlreadyExists), errors.Is(result.Err, memberships.ErrNotMember):
		var row *Row
		if res.Outcome, row, res.Err = r.confirm(ctx, res.Change, result.Err); row != nil {
			result.Membership.Member, result.Err = row.Member(), nil
		}
	default:
		res.Outcome = OutcomeFailed
	}
	if errors.Is(result.Err, memberships.ErrUnauthenticated) {
		r.a.refuse(r.g.Provider, result.Err)
	}
	e := Entry{Kind: EntryResult, Key: res.Change.Key, Outcome: res.Outcome}
	if res.Outcome == OutcomeNotBegun {
		e.Outcome = OutcomeNotMade
	}
	if m := result.Membership.Member; m != (memberships.Member{}) && result.Err == nil {
		member := planMember(m)
		e.Member, r.added[res.Change.Key] = &member, &member
	}
	if res.Err != nil {
		e.Error = res.Err.Error()
	}
	res.RequestID, e.RequestID = result.RequestID, result.RequestID
	return e
}

// isUnsent reports whether a change was cancelled before it was sent.
func isUnsent(err error) bool {
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	return ended && !errors.Is(err, memberships.ErrOutcomeUnknown)
}
