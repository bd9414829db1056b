package events

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/memberships-go/memberships"
)

// list reads all groups and yields the differences to the mirror. A listing that fails is
// repeated after a wait.
func (f *follower) list(ctx context.Context) {
	for n := 0; !f.over; n++ {
		var summary memberships.Summary
		err := f.listOnce(ctx, &summary)
		if err == nil {
			f.listed = true
			f.verify(summary.Coverage, func(key) bool { return true })
		}
		f.release()
		if err == nil {
			f.settle(ctx)
			f.emit(Change{Type: ChangeListed, Coverage: summary.Coverage})
			return
		}
		if f.interrupted(ctx, err) {
			return
		}
		if !passing(err) {
			f.fail(err)
			return
		}
		f.pause(ctx, time.Second<<min(n, 5))
	}
}

// listOnce reads all groups once. Groups that cannot be read are gaps of summary, and are
// read again by themselves if that may help.
func (f *follower) listOnce(ctx context.Context, summary *memberships.Summary) error {
	f.listings++
	opts := append(append([]memberships.Option{}, f.opts...), memberships.WithSummary(summary))
	many := memberships.ManyOptions{KeepGoing: true}
	listed := f.c.ListAll
	if len(f.o.Groups) > 0 {
		listed = func(ctx context.Context, m memberships.ManyOptions, opts ...memberships.Option) iter.Seq2[memberships.Membership, error] {
			return f.c.ListMany(ctx, f.o.Groups, m, opts...)
		}
	}
	for m, err := range listed(ctx, many, opts...) {
		var ofOne *memberships.GroupError
		switch {
		case errors.As(err, &ofOne) && ctx.Err() == nil && !errors.Is(err, memberships.ErrUnauthenticated):
			k := key{groupKind: ofOne.Group.Kind, group: ofOne.Group.ID, memberKind: memberships.MemberUser}
			if passing(err) {
				f.hold(&entry{kind: ofGroup, key: k, due: time.Now().Add(time.Second)})
			} else {
				f.unknown(ctx, k, nil, err)
			}
		case err != nil:
			return err
		default:
			f.show(m)
		}
		if f.over {
			return memberships.CheckContext(ctx, f.c.Name(), opFollow)
		}
	}
	return nil
}

// hold queues an entry that keeps the position back until it is settled.
func (f *follower) hold(e *entry) { f.held = append(f.held, e) }

// release puts the held entries in front of the queue.
func (f *follower) release() {
	f.queue = append(f.held, f.queue...)
	f.held = nil
}

// show compares a membership of a listing with the mirror. A row that an event has just
// changed or ended is read again later, because the listing may lag.
func (f *follower) show(m memberships.Membership) {
	if m.Group.ID == "" || m.Member.ID == "" && m.Member.Email == "" {
		return // a gap of the listing
	}
	k := keyOf(m)
	was := f.rows[k]
	switch {
	case was == nil && time.Since(f.ended[k]) < f.o.Lag:
		f.hold(&entry{key: k, due: f.ended[k].Add(f.o.Lag)})
		return
	case was == nil:
	case same(was.Membership, m):
		was.listed = f.listings
		return
	case time.Since(was.read) < f.o.Lag:
		was.listed = f.listings
		f.hold(&entry{key: k, due: was.read.Add(f.o.Lag)})
		return
	}
	f.put(k, m, nil)
	f.emit(Change{Type: ChangePut, Membership: m})
}

// verify queues a reading of each row that the last listing did not show, if it covers the
// row's group. in selects the rows that the listing is about.
func (f *follower) verify(coverage memberships.Coverage, in func(key) bool) {
	hidden := map[memberships.Group]bool{}
	for _, gap := range coverage.Hidden() {
		if gap.Group.ID == "" {
			return // it may be any group's
		}
		hidden[memberships.Group{Kind: gap.Group.Kind, ID: gap.Group.ID}] = true
	}
	for _, k := range f.keys(in) {
		if r := f.rows[k]; r.listed != f.listings && !hidden[k.ref().Group] {
			f.hold(&entry{key: k, due: r.read.Add(f.o.Lag)})
		}
	}
}

// settleGroup reads one group.
func (f *follower) settleGroup(ctx context.Context, e *entry) {
	if f.over {
		return
	}
	defer f.release()
	g, began := e.key.ref().Group, time.Now()
	deletion := e.event != nil && e.event.Type == memberships.EventDeleted
	var summary memberships.Summary
	f.listings++
	var err error
	for m, failed := range f.c.List(ctx, memberships.Filter{Group: g}, append(append([]memberships.Option{}, f.opts...), memberships.WithSummary(&summary))...) {
		if err = failed; err == nil {
			f.show(m)
		}
		if f.over {
			return
		}
	}
	now := time.Now()
	switch {
	case f.interrupted(ctx, err):
	case passing(err):
		e.failed(now)
	case err == nil:
		e.failures = 0
		f.verify(summary.Coverage, func(k key) bool { return k.inGroup(g) })
		if deletion {
			e.settled = !e.contradicted(now, f.o.Lag)
		} else {
			e.settled = !e.repeated(began)
		}
	case errors.Is(err, memberships.ErrNotFound) && (deletion || f.lost(ctx, g)):
		e.settled = true
		f.removeGroup(g, e.event)
	case f.over:
	default:
		if !e.contradicted(now, f.o.Lag) {
			e.settled = true
			f.unknown(ctx, e.key, e.event, err)
		}
	}
}

// removeGroup ends all rows of a group.
func (f *follower) removeGroup(g memberships.Group, event *memberships.Event) {
	for _, k := range f.keys(func(k key) bool { return k.inGroup(g) }) {
		f.remove(k, event)
	}
}

// lost reports whether a complete listing of the groups lacks a group.
func (f *follower) lost(ctx context.Context, g memberships.Group) bool {
	if !f.c.Capabilities().Can(memberships.OpGroups) {
		return false
	}
	var summary memberships.Summary
	for found, err := range f.c.Groups(ctx, append(append([]memberships.Option{}, f.opts...), memberships.WithSummary(&summary))...) {
		if err != nil {
			f.interrupted(ctx, err)
			return false
		}
		if found.ID == g.ID && found.Kind == g.Kind {
			return false
		}
	}
	return summary.Coverage.Complete()
}
