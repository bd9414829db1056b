package events

import (
	"time"

	"github.com/memberships-go/memberships"
)

// subject is the part of the mirror that an entry is about.
type subject int

const (
	ofMember subject = iota // one membership
	ofGroup                 // all memberships of a group
	ofAll
)

// entry is one item of the queue: an event, or a difference that a listing has shown.
type entry struct {
	kind  subject
	key   key // of a membership; its group alone for a group
	event *memberships.Event
	// position is that of the event, empty if another entry has it.
	position memberships.Position
	// attempts counts the readings that contradicted the event.
	attempts int
	// failures counts the readings that failed since the last one that did not.
	failures int
	// last marks a reading that is accepted whatever the event says.
	last bool
	due  time.Time
	// again is the time of another reading, zero for none. No listing contradicts an entry
	// without a member, and the first one may lag.
	again   time.Time
	settled bool
}

const (
	// maxAttempts is the number of readings after which a contradiction is accepted.
	maxAttempts = 7
	// firstWait is the wait after the first failed reading. Each further one is twice as
	// long, up to lastWait.
	firstWait = time.Second
	lastWait  = 30 * time.Second
)

// never is the time of an entry that another one settles.
var never = time.Unix(1<<40, 0)

// contradicted schedules another reading. It returns false after the last one. Each wait is
// twice as long as the one before, and together they are the lag of readings.
func (e *entry) contradicted(now time.Time, lag time.Duration) bool {
	e.attempts++
	if e.attempts >= maxAttempts {
		return false
	}
	e.due = now.Add(lag >> (maxAttempts - e.attempts))
	return true
}

// failed schedules another reading after one that may succeed later.
func (e *entry) failed(now time.Time) {
	e.due = now.Add(min(firstWait<<min(e.failures, 10), lastWait))
	e.failures++
}

// repeated schedules the other reading of an entry that was read at a time. It returns false
// if that one comes after the lag already.
func (e *entry) repeated(read time.Time) bool {
	if !e.again.After(read) {
		return false
	}
	e.due, e.again = e.again, time.Time{}
	return true
}

// enqueue queues an event.
func (f *follower) enqueue(ev memberships.Event) {
	if f.o.Buffer != nil {
		ev.Position = ""
	}
	if !ev.Type.Changes() {
		f.queue = append(f.queue, &entry{settled: true, position: ev.Position})
		return
	}
	m := ev.Membership
	if m.Group.ID != "" && m.Group.Kind == "" {
		m.Group.Kind = f.c.Capabilities().GroupKinds[0]
	}
	group, member := m.Group.ID != "", m.Member.ID != "" || m.Member.Email != ""
	e := &entry{event: &ev, key: keyOf(m), position: ev.Position}
	switch {
	case group && member:
		f.queue = append(f.queue, e)
		f.readLast(e)
		return
	case group:
		e.kind = ofGroup
		if ev.Type != memberships.EventDeleted {
			e.again = time.Now().Add(f.o.Lag)
		}
	case member && ev.Type == memberships.EventDeleted:
		// Each of the member's rows is read. The last entry has the position.
		for _, k := range f.keys(e.key.sameMember) {
			f.queue = append(f.queue, &entry{event: &ev, key: k})
		}
		e.settled = true
	default:
		e.kind, e.again = ofAll, time.Now().Add(f.o.Lag)
	}
	f.queue = append(f.queue, e)
}

// seen is an event of a membership.
type seen struct {
	id string
	at time.Time
	// last is the entry of the last reading, nil if there is none.
	last *entry
}

// readLast queues a reading after the lag, if several events of a membership come within it.
// They may come in any order, and each may agree with a reading that is older than another
// one.
func (f *follower) readLast(e *entry) {
	now := time.Now()
	before := f.seen[e.key]
	next := seen{id: e.event.ID, at: now}
	if now.Sub(before.at) <= f.o.Lag && (before.id != next.id || before.last != nil) {
		if next.last = before.last; next.last == nil || next.last.settled {
			next.last = &entry{key: e.key, last: true}
			f.queue = append(f.queue, next.last)
		}
		next.last.event, next.last.due = e.event, now.Add(f.o.Lag)
	}
	f.seen[e.key] = next
}

// agrees reports whether a reading is what the event led to. row is the mirror's, or nil.
func (e *entry) agrees(r reading, now *row) bool {
	if e.event == nil || e.last {
		return true
	}
	other := r.state == present && keyOf(r.membership) != e.key // an invitation that is accepted
	if e.event.Type == memberships.EventDeleted {
		return r.state == absent || other
	}
	m := e.event.Membership
	switch {
	case r.state != present:
		return false
	case other:
		return true
	case m.ID != "" && r.membership.ID != "" && m.ID != r.membership.ID:
		return false
	case !e.event.NameOnly:
		return m.Role == r.membership.Role && m.RoleName == r.membership.RoleName && m.State == r.membership.State
	}
	return e.event.Type != memberships.EventUpdated || now == nil || !same(now.Membership, r.membership)
}
