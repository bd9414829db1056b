package events_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

var (
	rockets = memberships.Group{Kind: memberships.KindGroup, ID: "rockets"}
	garden  = memberships.Group{Kind: memberships.KindGroup, ID: "garden"}
)

func person(id string) memberships.Member {
	return memberships.Member{Kind: memberships.MemberUser, ID: id, Email: id + "@example.com"}
}

// stage is a provider of two groups, with Ada in both and Alan in the first one.
type stage struct {
	*memprovider.Provider
	t     *testing.T
	began time.Time
	mu    sync.Mutex
	calls []string // of Follow
	// before is called before every operation; an error fails it.
	before func(memprovider.Call) error
	// stream replaces the events of Watch.
	stream func(ctx context.Context, from memberships.Position) iter.Seq2[memberships.Event, error]
	// get replaces Get.
	get func(memberships.Ref) (memberships.Membership, error)
	// unlisted reports which groups the listing of groups lacks.
	unlisted func(memberships.Group) bool
	// capabilities changes the declared capabilities.
	capabilities func(*memberships.Capabilities)
}

func newStage(t *testing.T, opts ...memprovider.Option) *stage {
	s := &stage{t: t, began: time.Now()}
	s.Provider = memprovider.New(append([]memprovider.Option{
		memprovider.WithPeople(person("ada"), person("alan"), person("grace")),
		memprovider.WithGroup(rockets, memberships.Membership{Member: person("ada"), Role: memberships.RoleOwner}, memberships.Membership{Member: person("alan")}),
		memprovider.WithGroup(garden, memberships.Membership{Member: person("ada")}),
		memprovider.WithHook(func(ctx context.Context, c memprovider.Call) error {
			if ctx.Value(otherClient{}) == nil {
				s.mu.Lock()
				s.calls = append(s.calls, string(c.Operation))
				s.mu.Unlock()
			}
			if s.before != nil {
				return s.before(c)
			}
			return nil
		}),
	}, opts...)...)
	return s
}

func (s *stage) Capabilities() memberships.Capabilities {
	c := s.Provider.Capabilities()
	c.Concurrency = 1
	if s.capabilities != nil {
		s.capabilities(&c)
	}
	return c
}

func (s *stage) Watch(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[memberships.Event, error] {
	if s.stream != nil {
		return s.stream(ctx, from)
	}
	return s.Provider.Watch(ctx, from, opts...)
}

func (s *stage) Get(ctx context.Context, ref memberships.Ref, opts ...memberships.Option) (memberships.Membership, error) {
	if s.get != nil {
		return s.get(ref)
	}
	return s.Provider.Get(ctx, ref, opts...)
}

// otherClient marks the calls that are not Follow's.
type otherClient struct{}

func (s *stage) Groups(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
	return func(yield func(memberships.Group, error) bool) {
		for g, err := range s.Provider.Groups(ctx, q, summary) {
			if (s.unlisted == nil || !s.unlisted(g)) && !yield(g, err) {
				return
			}
		}
	}
}

// lose makes a group impossible to find after a second.
func (s *stage) lose(id string) {
	s.before = func(c memprovider.Call) error {
		if c.Group.ID == id && time.Since(s.began) > time.Second {
			return &memberships.Error{Kind: memberships.ErrNotFound}
		}
		return nil
	}
}

// do makes a change as another client.
func (s *stage) do(op memberships.Operation, g memberships.Group, id string, role memberships.Role) {
	s.t.Helper()
	ch := memberships.Change{Op: op, Ref: memberships.Ref{Group: g, Member: memberships.Member{Kind: memberships.MemberUser, ID: id}}, Role: role}
	for r, err := range s.Apply(context.WithValue(context.Background(), otherClient{}, true), []memberships.Change{ch}) {
		if err != nil || r.Err != nil {
			s.t.Fatal(err, r.Err)
		}
	}
}

// line is a change as text.
func line(ch events.Change) string {
	text := string(ch.Type)
	if ch.Membership != (memberships.Membership{}) || ch.Membership.Group.ID != "" {
		text += " " + strings.TrimSpace(ch.Membership.Group.ID+" "+ch.Membership.Member.ID+" "+string(ch.Membership.Role))
	}
	if ch.Event != nil {
		text += " by " + string(ch.Event.Type)
	}
	if len(ch.Coverage.Gaps) > 0 {
		text += fmt.Sprintf(" with %d gaps", len(ch.Coverage.Gaps))
	}
	return text
}

// followed runs Follow for a time, and returns its changes but those of the position alone.
// then runs beside it.
func followed(t *testing.T, s *stage, d time.Duration, from memberships.Position, o events.FollowOptions, then func()) (lines []string, last memberships.Position, err error) {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(time.Second)
		if then != nil {
			then()
		}
	}()
	for ch, e := range events.Follow(ctx, memberships.New(s), from, o) {
		if e != nil {
			err = e
			continue
		}
		if ch.Position != "" {
			last = ch.Position
		}
		if ch.Type != events.ChangePosition {
			lines = append(lines, line(ch))
		}
	}
	<-done
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		err = nil
	}
	return lines, last, err
}

var firstListing = []string{"put rockets ada owner", "put rockets alan member", "put garden ada member", "listed"}

func (s *stage) known() iter.Seq[memberships.Membership] {
	var rows []memberships.Membership
	for m, err := range memberships.New(s.Provider).ListMany(context.Background(), []memberships.Group{rockets, garden}, memberships.ManyOptions{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		rows = append(rows, m)
	}
	s.calls = nil
	return slices.Values(rows)
}

// The event of a stream, as memprovider has it.
func event(kind memberships.EventType, g memberships.Group, id string, role memberships.Role) memberships.Event {
	state := memberships.StateActive
	if kind == memberships.EventDeleted {
		state = memberships.StateAbsent
	}
	e := memberships.Event{Provider: "memory", ID: string(kind) + g.ID + id, Type: kind, Membership: memberships.Membership{
		Provider: "memory", Group: g, Role: role, RoleName: string(role), State: state,
	}}
	if id != "" {
		e.Membership.Member = memberships.Member{Kind: memberships.MemberUser, ID: id}
	}
	return e
}

// streaming returns a stream of events that begins with a position. The events come a second
// apart.
func streaming(evs ...memberships.Event) func(context.Context, memberships.Position) iter.Seq2[memberships.Event, error] {
	return func(ctx context.Context, _ memberships.Position) iter.Seq2[memberships.Event, error] {
		return func(yield func(memberships.Event, error) bool) {
			if !yield(memberships.Event{Provider: "memory", Type: memberships.EventPosition, Position: "0"}, nil) {
				return
			}
			for i, e := range evs {
				time.Sleep(1500 * time.Millisecond)
				e.Position = memberships.Position(fmt.Sprint(i + 1))
				if ctx.Err() != nil || !yield(e, nil) {
					return
				}
			}
			<-ctx.Done()
			yield(memberships.Event{}, memberships.CheckContext(ctx, "memory", "watch"))
		}
	}
}

// after waits before it yields the events of a stream that follow its position.
func after(d time.Duration, stream func(context.Context, memberships.Position) iter.Seq2[memberships.Event, error]) func(context.Context, memberships.Position) iter.Seq2[memberships.Event, error] {
	return func(ctx context.Context, from memberships.Position) iter.Seq2[memberships.Event, error] {
		return func(yield func(memberships.Event, error) bool) {
			for e, err := range stream(ctx, from) {
				if e.Type != memberships.EventPosition && err == nil {
					time.Sleep(d)
				}
				if !yield(e, err) {
					return
				}
			}
		}
	}
}

func TestFollow(t *testing.T) {
	const never = -1
	quick := events.FollowOptions{Lag: 5 * time.Second}
	missed := &memberships.Error{Provider: "memory", Op: "watch", Kind: memberships.ErrEventsMissed}
	for _, tc := range []struct {
		name string
		opts []memprovider.Option
		set  func(*stage)
		o    events.FollowOptions
		// buffer is the size of a Buffer in place of the stream, 0 for none.
		buffer int
		d      time.Duration // 20 seconds if it is 0
		then   func(*stage, *events.Buffer)
		after  []string // the first listing
	}{
		{name: "an addition", then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpAdd, garden, "grace", memberships.RoleManager) },
			after: []string{"put garden grace manager by created"}},
		{name: "a new role", then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpUpdate, rockets, "alan", memberships.RoleManager) },
			after: []string{"put rockets alan manager by updated"}},
		{name: "a removal", then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpRemove, rockets, "alan", "") },
			after: []string{"delete rockets alan member by deleted"}},
		{name: "a change that is undone at once", then: func(s *stage, _ *events.Buffer) {
			s.do(memberships.OpAdd, garden, "grace", "")
			s.do(memberships.OpRemove, garden, "grace", "")
		}},
		{name: "a lagging reading is repeated", set: func(s *stage) {
			late := time.Now().Add(5 * time.Second)
			s.get = func(ref memberships.Ref) (memberships.Membership, error) {
				if time.Now().Before(late) {
					return memberships.Membership{}, &memberships.Error{Provider: "memory", Op: "get", Kind: memberships.ErrNotMember}
				}
				return s.Provider.Get(context.Background(), ref)
			}
		}, then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpAdd, garden, "grace", "") },
			after: []string{"put garden grace member by created"}},
		{name: "a reading that fails for a while is repeated", set: func(s *stage) {
			late := time.Now().Add(2 * time.Minute)
			s.get = func(ref memberships.Ref) (memberships.Membership, error) {
				if time.Now().Before(late) {
					return memberships.Membership{}, &memberships.Error{Provider: "memory", Op: "get", Kind: memberships.ErrUnavailable}
				}
				return s.Provider.Get(context.Background(), ref)
			}
		}, d: 5 * time.Minute, then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpAdd, garden, "grace", "") },
			after: []string{"put garden grace member", "listed", "put garden grace member by created"}},
		{name: "a membership that cannot be read", set: func(s *stage) {
			s.get = func(memberships.Ref) (memberships.Membership, error) {
				return memberships.Membership{}, &memberships.Error{Provider: "memory", Op: "get", Kind: memberships.ErrPermissionDenied}
			}
		}, then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpUpdate, rockets, "alan", memberships.RoleManager) },
			o: quick, after: []string{"put rockets alan manager", "listed", "unknown rockets alan manager by updated"}},
		{name: "an event that has become wrong", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventDeleted, rockets, "alan", memberships.RoleMember))
		}, o: quick, after: []string{"listed", "put rockets alan member by deleted"}},
		{name: "an event with an earlier role", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventUpdated, rockets, "ada", memberships.RoleManager))
		}, o: quick, after: []string{"listed", "put rockets ada owner by updated"}},
		{name: "the end of a group", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventDeleted, rockets, "", ""))
			s.lose("rockets")
		}, after: []string{"delete rockets ada owner by deleted", "delete rockets alan member by deleted"}},
		{name: "a group that has ended without an event of it", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventDeleted, rockets, "alan", memberships.RoleMember))
			s.lose("rockets")
			s.unlisted = func(g memberships.Group) bool { return g.ID == "rockets" && time.Since(s.began) > time.Second }
		}, after: []string{"delete rockets alan member by deleted"}},
		{name: "a group that is listed and not found", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventDeleted, rockets, "alan", memberships.RoleMember))
			s.lose("rockets")
		}, o: quick, after: []string{"unknown rockets", "listed with 1 gaps", "unknown rockets alan member by deleted"}},
		{name: "a kind of group that is not the default", set: func(s *stage) {
			s.capabilities = func(c *memberships.Capabilities) {
				c.GroupKinds = []memberships.GroupKind{memberships.KindRoom, memberships.KindGroup}
			}
		}, then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpAdd, garden, "grace", "") },
			after: []string{"put garden grace member by created"}},
		{name: "the end of a group that is there", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventDeleted, rockets, "", ""))
		}, o: quick, after: []string{"listed"}},
		{name: "the end of a user", set: func(s *stage) {
			e := event(memberships.EventDeleted, memberships.Group{}, "ada", "")
			s.stream = streaming(e)
		}, then: func(s *stage, _ *events.Buffer) {
			s.do(memberships.OpRemove, rockets, "ada", "")
			s.do(memberships.OpRemove, garden, "ada", "")
		}, o: quick, after: []string{"delete garden ada member by deleted", "delete rockets ada owner by deleted", "listed"}},
		{name: "any change of a group", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventUpdated, rockets, "", ""))
		}, then: func(s *stage, _ *events.Buffer) {
			s.do(memberships.OpUpdate, rockets, "alan", memberships.RoleOwner)
			s.do(memberships.OpRemove, rockets, "ada", "")
		}, after: []string{"put rockets alan owner", "delete rockets ada owner"}},
		{name: "any change", set: func(s *stage) {
			s.stream = streaming(event(memberships.EventUpdated, memberships.Group{}, "", ""))
		}, then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpAdd, garden, "grace", "") },
			after: []string{"put garden grace member", "listed"}},
		{name: "any change, and a listing that lags", d: 100 * time.Second, o: events.FollowOptions{Relist: never}, set: func(s *stage) {
			s.stream = after(40*time.Second, streaming(event(memberships.EventUpdated, memberships.Group{}, "", "")))
		}, then: func(s *stage, _ *events.Buffer) {
			time.Sleep(50 * time.Second) // the event comes before its change shows
			s.do(memberships.OpAdd, garden, "grace", "")
		}, after: []string{"listed", "listed", "put garden grace member", "listed"}},
		{name: "any change of a group, and a listing that lags", d: 100 * time.Second, o: events.FollowOptions{Relist: never}, set: func(s *stage) {
			s.stream = after(40*time.Second, streaming(event(memberships.EventUpdated, rockets, "", "")))
		}, then: func(s *stage, _ *events.Buffer) {
			time.Sleep(50 * time.Second)
			s.do(memberships.OpRemove, rockets, "alan", "")
		}, after: []string{"listed", "delete rockets alan member"}},
		{name: "another event", set: func(s *stage) {
			s.stream = streaming(memberships.Event{Provider: "memory", Type: "renamed"})
		}},
		{name: "missed events are found by a listing", set: func(s *stage) {
			n := 0
			s.stream = func(ctx context.Context, from memberships.Position) iter.Seq2[memberships.Event, error] {
				n++
				if n > 1 {
					return streaming()(ctx, from)
				}
				return func(yield func(memberships.Event, error) bool) {
					if yield(memberships.Event{Provider: "memory", Type: memberships.EventPosition, Position: "0"}, nil) {
						time.Sleep(3 * time.Second)
						yield(memberships.Event{}, missed)
					}
				}
			}
		}, then: func(s *stage, _ *events.Buffer) {
			s.do(memberships.OpAdd, garden, "grace", "")
			s.do(memberships.OpRemove, rockets, "alan", "")
		}, after: []string{"put garden grace member", "delete rockets alan member", "listed"}},
		{name: "a full buffer is found by a listing", buffer: 1, then: func(s *stage, b *events.Buffer) {
			s.do(memberships.OpAdd, garden, "grace", "")
			s.do(memberships.OpRemove, rockets, "alan", "")
			for _, e := range []memberships.Event{event(memberships.EventCreated, garden, "grace", memberships.RoleMember), event(memberships.EventDeleted, rockets, "alan", ""), event(memberships.EventDeleted, rockets, "alan", "")} {
				e.Position = "of a stream"
				_ = b.Handle(context.Background(), e)
			}
		}, after: []string{"put garden grace member", "delete rockets alan member", "put garden grace member by created", "listed"}},
		{name: "a full buffer, and a listing that lags", buffer: 1, d: 100 * time.Second, o: events.FollowOptions{Relist: never},
			then: func(s *stage, b *events.Buffer) {
				time.Sleep(40 * time.Second)
				for range 100 {
					_ = b.Handle(context.Background(), memberships.Event{Provider: "memory", Type: "renamed"})
				}
				time.Sleep(10 * time.Second)
				s.do(memberships.OpAdd, garden, "grace", "")
			}, after: []string{"listed", "listed", "put garden grace member", "listed"}},
		{name: "a check, and a listing that lags", buffer: 1, d: 8 * time.Minute, o: events.FollowOptions{Relist: never, Check: func(context.Context) (bool, error) { return true, nil }},
			then: func(s *stage, _ *events.Buffer) {
				time.Sleep(5*time.Minute + 10*time.Second)
				s.do(memberships.OpAdd, garden, "grace", "")
			}, after: []string{"listed", "listed", "put garden grace member", "listed"}},
		{name: "the second listing", d: 40 * time.Second, set: func(s *stage) { s.stream = streaming() },
			then:  func(s *stage, _ *events.Buffer) { s.do(memberships.OpRemove, rockets, "alan", "") },
			after: []string{"delete rockets alan member", "listed"}},
		{name: "a listing now and then", d: 70 * time.Minute, buffer: 1,
			then: func(s *stage, _ *events.Buffer) {
				time.Sleep(time.Minute)
				s.do(memberships.OpRemove, rockets, "alan", "")
			},
			after: []string{"listed", "delete rockets alan member", "listed"}},
		{name: "never a listing again", d: 24 * time.Hour, buffer: 1, o: events.FollowOptions{Relist: never},
			then: func(s *stage, _ *events.Buffer) {
				time.Sleep(time.Minute)
				s.do(memberships.OpRemove, rockets, "alan", "")
			}, after: []string{"listed"}},
		{name: "the check reports missed events", d: 12 * time.Minute, buffer: 1, o: events.FollowOptions{Check: func(context.Context) (bool, error) { return true, nil }},
			then: func(s *stage, _ *events.Buffer) {
				time.Sleep(time.Minute)
				s.do(memberships.OpRemove, rockets, "alan", "")
			}, after: []string{"listed", "delete rockets alan member", "listed", "listed", "listed", "listed"}},
		{name: "a hidden part proves no deletion", opts: []memprovider.Option{memprovider.WithGap(rockets, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1})},
			set: func(s *stage) { s.stream = streaming() }, d: 40 * time.Second,
			then: func(s *stage, _ *events.Buffer) {
				s.do(memberships.OpRemove, garden, "ada", "")
				s.do(memberships.OpRemove, rockets, "alan", "")
			},
			after: []string{"delete garden ada member", "listed with 1 gaps"}},
		{name: "some groups", o: events.FollowOptions{Groups: []memberships.Group{garden}}, then: func(s *stage, _ *events.Buffer) { s.do(memberships.OpAdd, garden, "grace", "") },
			after: []string{"put garden grace member by created"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, tc.opts...)
				if tc.set != nil {
					tc.set(s)
				}
				o := tc.o
				if tc.buffer > 0 {
					o.Buffer = events.NewBuffer(tc.buffer)
				}
				got, _, err := followed(t, s, cmp.Or(tc.d, 20*time.Second), "", o, func() {
					if tc.then != nil {
						tc.then(s, o.Buffer)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				want := append(slices.Clone(firstListing), tc.after...)
				if tc.o.Groups != nil {
					want = append([]string{"put garden ada member", "listed"}, tc.after...)
				}
				if len(tc.opts) > 0 {
					want[3] = "listed with 1 gaps"
				}
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Errorf("changes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A provider that refuses each of its own positions gets a listing now and then.
func TestFollowOfRefusedPositions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.stream = func(context.Context, memberships.Position) iter.Seq2[memberships.Event, error] {
			return func(yield func(memberships.Event, error) bool) {
				if yield(memberships.Event{Provider: "memory", Type: memberships.EventPosition, Position: "0"}, nil) {
					yield(memberships.Event{}, &memberships.Error{Provider: "memory", Op: "watch", Kind: memberships.ErrEventsMissed})
				}
			}
		}
		lines, _, err := followed(t, s, time.Hour, "", events.FollowOptions{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		listings := 0
		for _, l := range lines {
			if l == "listed" {
				listings++
			}
		}
		if listings < 10 || listings > 40 {
			t.Errorf("%d listings within an hour, want 10 to 40", listings)
		}
	})
}
