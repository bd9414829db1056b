package events

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/memberships-go/memberships"
)

// readingState is the result of reading a membership.
type readingState int

const (
	present readingState = iota
	absent
	gone       // the group may no longer exist
	unreadable // the provider refuses the reading, or hides the answer
	failed     // the reading may succeed later
)

// reading is a membership as the provider returns it.
type reading struct {
	state      readingState
	membership memberships.Membership
	err        error
}

func readingOf(m memberships.Membership, err error) reading {
	r := reading{membership: m, err: err}
	switch {
	case err == nil:
	case errors.Is(err, memberships.ErrNotMember), errors.Is(err, memberships.ErrNoSuchMember):
		r.state = absent
	case errors.Is(err, memberships.ErrNotFound):
		r.state = gone
	case passing(err):
		r.state = failed
	default:
		r.state = unreadable
	}
	return r
}

// passing reports whether an error may pass by itself.
func passing(err error) bool {
	return errors.Is(err, memberships.ErrUnavailable) || errors.Is(err, memberships.ErrRateLimited)
}

// settle reads the memberships and groups of the entries that are due, and yields the
// changes.
func (f *follower) settle(ctx context.Context) {
	maps.DeleteFunc(f.ended, func(_ key, at time.Time) bool { return time.Since(at) > f.o.Lag })
	maps.DeleteFunc(f.seen, func(_ key, s seen) bool { return time.Since(s.at) > f.o.Lag })
	for !f.over {
		now := time.Now()
		var members, groups []*entry
		all := false
		for _, e := range f.queue {
			switch {
			case e.settled || e.due.After(now):
			case e.kind == ofAll:
				all = true
			case e.kind == ofGroup:
				groups = append(groups, e)
			case len(members) < maxBatch:
				members = append(members, e)
			}
		}
		if all {
			f.listFor(ctx, now)
			continue
		}
		for _, e := range groups {
			f.settleGroup(ctx, e)
		}
		if len(members) > 0 {
			f.settleMembers(ctx, members)
		}
		f.advance()
		if len(members) < maxBatch {
			return
		}
	}
}

// listFor lists all groups for the entries that are due. They keep back the position until
// the listing has ended.
func (f *follower) listFor(ctx context.Context, now time.Time) {
	var waiting []*entry
	for _, e := range f.queue {
		if !e.settled && e.kind == ofAll && !e.due.After(now) {
			waiting = append(waiting, e)
			e.due = never
		}
	}
	f.list(ctx)
	for _, e := range waiting {
		e.settled = !e.repeated(now)
	}
}

// settleMembers reads memberships at once.
func (f *follower) settleMembers(ctx context.Context, entries []*entry) {
	byKey := map[key][]*entry{}
	var keys []key
	var refs []memberships.Ref
	for _, e := range entries {
		if byKey[e.key] == nil {
			keys, refs = append(keys, e.key), append(refs, e.key.ref())
		}
		byKey[e.key] = append(byKey[e.key], e)
	}
	found, err := f.c.GetMany(ctx, refs, memberships.BulkOptions{}, f.opts...)
	if err != nil {
		f.fail(err)
		return
	}
	lost := map[memberships.Group]bool{} // whether the group has ended
	for i, k := range keys {
		if f.over {
			return
		}
		r := readingOf(found[i].Membership, found[i].Err)
		if r.state == present && r.membership.State == memberships.StateAbsent {
			r.state = absent
		}
		if f.interrupted(ctx, r.err) {
			return
		}
		if r.state == gone {
			g := k.ref().Group
			is, known := lost[g]
			if !known {
				is = f.lost(ctx, g)
				lost[g] = is
			}
			if is {
				r.state = absent
			}
			if f.over {
				return
			}
		}
		f.resolve(ctx, k, r, byKey[k])
	}
}

// resolve settles the entries of one membership that a reading agrees with. The others are
// read again, earlier ones too: events come in any order, and the reading may lag.
func (f *follower) resolve(ctx context.Context, k key, r reading, entries []*entry) {
	now := time.Now()
	if r.state == failed {
		for _, e := range entries {
			e.failed(now)
		}
		return
	}
	var last *entry
	for _, e := range entries {
		e.failures = 0
		if e.agrees(r, f.rows[k]) || !e.contradicted(now, f.o.Lag) {
			last, e.settled = e, true
		}
	}
	if last != nil {
		f.apply(ctx, k, r, last)
	}
}

// apply changes the mirror to a reading, and yields the change. e is the entry that led to
// it.
func (f *follower) apply(ctx context.Context, k key, r reading, e *entry) {
	was, event := f.rows[k], e.event
	switch r.state {
	case absent:
		f.remove(k, event)
	case present:
		to := keyOf(r.membership)
		if to != k {
			f.remove(k, event)
			was = f.rows[to]
		}
		f.put(to, r.membership, event)
		if (event == nil || e.last) && was != nil && same(was.Membership, r.membership) {
			return
		}
		f.emit(Change{Type: ChangePut, Membership: r.membership, Event: event})
	default:
		if errors.Is(r.err, memberships.ErrUndetermined) && was == nil {
			return
		}
		f.unknown(ctx, k, event, r.err)
	}
}

// put sets a row of the mirror.
func (f *follower) put(k key, m memberships.Membership, event *memberships.Event) {
	next := &row{Membership: m.WithNative(nil), listed: f.listings}
	if event != nil {
		next.read = time.Now()
	} else if was := f.rows[k]; was != nil {
		next.read = was.read
	}
	f.rows[k] = next
}

// remove ends a row of the mirror, if there is one.
func (f *follower) remove(k key, event *memberships.Event) {
	was := f.rows[k]
	if was == nil {
		return
	}
	delete(f.rows, k)
	if event != nil {
		f.ended[k] = time.Now()
	}
	m := was.Membership
	m.State = memberships.StateAbsent
	f.emit(Change{Type: ChangeDelete, Membership: m, Event: event})
}

// unknown yields a membership or a group that could not be read.
func (f *follower) unknown(ctx context.Context, k key, event *memberships.Event, err error) {
	ref := k.ref()
	f.o.Logger.WarnContext(ctx, "a membership could not be read", "provider", f.c.Name(), "group", ref.Group.String(), "member", ref.Member.String(), "error", err)
	m := memberships.Membership{Provider: f.c.Name(), Group: ref.Group, Member: ref.Member}
	if k.id == "" && k.email == "" {
		m.Member = memberships.Member{}
	} else if was := f.rows[k]; was != nil {
		m = was.Membership
	}
	f.emit(Change{Type: ChangeUnknown, Membership: m, Event: event, Err: err})
}

// interrupted reports whether an error ends the range: the end of ctx, an invalid credential,
// or readings that have failed for maxOutage.
func (f *follower) interrupted(ctx context.Context, err error) bool {
	switch {
	case ctx.Err() != nil:
		f.fail(memberships.CheckContext(ctx, f.c.Name(), opFollow))
	case errors.Is(err, memberships.ErrUnauthenticated):
		f.fail(err)
	case !passing(err):
		f.failing = time.Time{}
	case f.failing.IsZero():
		f.failing = time.Now()
		f.o.Logger.WarnContext(ctx, "memberships cannot be read for now", "provider", f.c.Name(), "error", err)
	case time.Since(f.failing) > maxOutage:
		f.fail(fmt.Errorf("for %s: %w", maxOutage, err))
	}
	return f.over
}
