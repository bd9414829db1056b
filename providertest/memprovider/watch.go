package memprovider

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"github.com/memberships-go/memberships"
)

const opWatch memberships.Operation = "watch"

// keptEvents is the default size of the log.
const keptEvents = 10_000

// change is one entry of the log.
type change struct {
	kind   memberships.EventType
	record Record
}

// eventLog has the last changes of all groups. Its methods require the mutex of the store.
type eventLog struct {
	kept    int
	entries []change
	dropped int
	// grown is closed with the next entry. It is nil if no range waits.
	grown chan struct{}
}

func (l *eventLog) add(kind memberships.EventType, r *Record) {
	l.entries = append(l.entries, change{kind, *r})
	if extra := len(l.entries) - l.kept; extra > 0 {
		l.entries = append(l.entries[:0:0], l.entries[extra:]...)
		l.dropped += extra
	}
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
}

// end returns the number of the next entry.
func (l *eventLog) end() int { return l.dropped + len(l.entries) }

// Watch yields the changes of all groups from a position on, also those of Put. The log keeps
// the last 10,000, or as many as WithEventLog says.
func (p *Provider) Watch(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[memberships.Event, error] {
	return func(yield func(memberships.Event, error) bool) {
		fail := func(err error) { yield(memberships.Event{}, err) }
		if err := p.refuse(opWatch, opts); err != nil {
			fail(err)
			return
		}
		next, err := p.openPosition(from)
		if err != nil {
			fail(p.fail(opWatch, memberships.ErrInvalidArgument, err))
			return
		}
		if err := p.begin(ctx, Call{Operation: opWatch}); err != nil {
			fail(err)
			return
		}
		if !yield(memberships.Event{Provider: p.name, Type: memberships.EventPosition, Position: p.position(next)}, nil) {
			return
		}
		for {
			events, grown, err := p.after(next)
			if err != nil {
				fail(err)
				return
			}
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
				next++
			}
			if grown == nil {
				continue
			}
			select {
			case <-grown:
			case <-ctx.Done():
				fail(memberships.CheckContext(ctx, p.name, opWatch))
				return
			}
		}
	}
}

// after returns the events from entry n on. Without any, it returns the channel that is closed
// with the next one.
func (p *Provider) after(n int) ([]memberships.Event, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	l := &p.log
	switch {
	case n < l.dropped:
		return nil, nil, p.fail(opWatch, memberships.ErrEventsMissed, errors.New("the log no longer has the events after the position"))
	case n > l.end():
		return nil, nil, p.fail(opWatch, memberships.ErrEventsMissed, errors.New("the log has not come to the position"))
	case n == l.end():
		if l.grown == nil {
			l.grown = make(chan struct{})
		}
		return nil, l.grown, nil
	}
	var events []memberships.Event
	for i, c := range l.entries[n-l.dropped:] {
		m := p.membership(&c.record)
		if c.kind == memberships.EventDeleted {
			m.State = memberships.StateAbsent
		}
		events = append(events, memberships.Event{
			Provider: p.name, ID: "e" + strconv.Itoa(n+i+1), Type: c.kind, NativeType: string(c.kind),
			Membership: m, Time: c.record.Updated, Position: p.position(n + i + 1),
		})
	}
	return events, nil, nil
}

func (p *Provider) position(n int) memberships.Position {
	return memberships.SealPosition(strconv.Itoa(n), p.name)
}

// openPosition returns the number of the entry after a position.
func (p *Provider) openPosition(from memberships.Position) (int, error) {
	if from == "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.expire()
		return p.log.end(), nil
	}
	cursor, err := memberships.OpenPosition(from, p.name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 {
		return 0, errors.New("the position is damaged")
	}
	return n, nil
}
