package providertest

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
)

type event = memberships.Event

// watches changes the events of Watch. A false drops the event.
func watches(change func(n int, e *event) bool) func(*mutant) {
	return func(m *mutant) {
		m.watch = func(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[event, error] {
			return func(yield func(event, error) bool) {
				n := 0
				for e, err := range m.Provider.Watch(ctx, from, opts...) {
					n++
					if (err != nil || change(n, &e)) && !yield(e, err) {
						return
					}
				}
			}
		}
	}
}

// watchesFrom changes the position from which Watch begins.
func watchesFrom(change func(memberships.Position) (memberships.Position, error)) func(*mutant) {
	return func(m *mutant) {
		m.watch = func(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[event, error] {
			at, err := change(from)
			if err != nil {
				return func(yield func(event, error) bool) {
					yield(event{}, &memberships.Error{Provider: m.Name(), Op: "watch", Kind: memberships.ErrInvalidArgument, Err: err})
				}
			}
			return m.Provider.Watch(ctx, at, opts...)
		}
	}
}

// withoutType drops the events of a type.
func withoutType(t memberships.EventType) func(*mutant) {
	return watches(func(_ int, e *event) bool { return e.Type != t })
}

// watching are mistakes of Watch.
var watching = map[string]mistake{
	"a stream without its position":      {make: watches(func(n int, _ *event) bool { return n > 1 }), noticed: []string{"watch/position"}},
	"a stream without additions":         {make: withoutType(memberships.EventCreated), noticed: []string{"watch/changes", "watch/resume"}},
	"a stream without updates":           {make: withoutType(memberships.EventUpdated), noticed: []string{"watch/changes"}},
	"a stream without deletions":         {make: withoutType(memberships.EventDeleted), noticed: []string{"watch/changes", "watch/resume"}},
	"a deletion of a present membership": {make: watches(func(_ int, e *event) bool { e.Membership.State = memberships.StateActive; return true }), noticed: []string{"watch/changes"}},
	"an update with the former role":     {make: watches(func(_ int, e *event) bool { e.Membership.Role = memberships.RoleMember; return true }), noticed: []string{"watch/changes"}},
	"events without a group":             {make: watches(func(_ int, e *event) bool { e.Membership.Group = memberships.Group{}; return true }), noticed: []string{"watch/changes"}},
	"events without a position":          {make: watches(func(_ int, e *event) bool { e.Position = ""; return true }), noticed: []string{"watch/changes", "watch/position"}},
	"events without an id":               {make: watches(func(_ int, e *event) bool { e.ID = ""; return true }), noticed: []string{"watch/changes"}},
	"a stream that always begins now":    {make: watchesFrom(func(memberships.Position) (memberships.Position, error) { return "", nil }), noticed: []string{"watch/resume", "watch/foreign-position"}},
	"a stream that only begins now":      {make: watchesFrom(func(p memberships.Position) (memberships.Position, error) { return "", onlyNow(p) }), noticed: []string{"watch/position", "watch/resume"}},
	"a stream that ends without an error": {make: func(m *mutant) {
		m.watch = func(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[event, error] {
			return func(yield func(event, error) bool) {
				for e, err := range m.Provider.Watch(ctx, from, opts...) {
					if err != nil || !yield(e, nil) {
						return
					}
				}
			}
		}
	}, noticed: []string{"watch/end"}},
	"a stream that is read ahead": {make: func(m *mutant) {
		m.watch = func(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[event, error] {
			for range m.Provider.Watch(ctx, from, opts...) {
				break
			}
			return m.Provider.Watch(ctx, from, opts...)
		}
	}, noticed: []string{"watch/position"}},
}

func onlyNow(p memberships.Position) error {
	if p != "" {
		return errors.New("the position is not now")
	}
	return nil
}
