package events_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// shaky is a provider whose readings lag, and whose stream repeats and reorders events and is
// cut. Its changes and its stream are those of the embedded provider, its readings those of
// a replica.
type shaky struct {
	*memprovider.Provider
	replica *memprovider.Provider

	mu  sync.Mutex
	rng *rand.Rand
	// calm ends all faults.
	calm bool
	lag  sync.WaitGroup
	late chan func()
}

func newShaky(seed uint64, people int, groups []memberships.Group) *shaky {
	opts := []memprovider.Option{memprovider.WithPageSize(3)}
	for _, g := range groups {
		opts = append(opts, memprovider.WithGroup(g))
	}
	for i := range people {
		id := fmt.Sprintf("p%d", i)
		opts = append(opts, memprovider.WithPeople(memberships.Member{ID: id, Email: id + "@example.com"}))
	}
	s := &shaky{
		Provider: memprovider.New(opts...), replica: memprovider.New(opts...),
		rng: rand.New(rand.NewPCG(seed, 1)), late: make(chan func(), 10_000),
	}
	s.lag.Go(func() { // in the order of the changes
		for do := range s.late {
			do()
		}
	})
	return s
}

// chance reports true once in n times, unless the provider is calm.
func (s *shaky) chance(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.calm && s.rng.IntN(n) == 0
}

func (s *shaky) within(d time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm {
		return 0
	}
	return time.Duration(s.rng.Int64N(int64(d)))
}

// change makes a change, and after a while in the replica too.
func (s *shaky) change(ch memberships.Change) {
	for range s.Apply(context.Background(), []memberships.Change{ch}) {
	}
	at := time.Now().Add(s.within(4 * time.Second))
	s.late <- func() {
		time.Sleep(time.Until(at))
		for range s.replica.Apply(context.Background(), []memberships.Change{ch}) {
		}
	}
}

func (s *shaky) unavailable(op memberships.Operation) error {
	if s.chance(12) {
		return &memberships.Error{Provider: s.Name(), Op: string(op), Kind: memberships.ErrUnavailable}
	}
	return nil
}

func (s *shaky) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	if err := s.unavailable(memberships.OpList); err != nil {
		return func(yield func(memberships.Membership, error) bool) { yield(memberships.Membership{}, err) }
	}
	return s.replica.List(ctx, q, summary)
}

func (s *shaky) Get(ctx context.Context, ref memberships.Ref, opts ...memberships.Option) (memberships.Membership, error) {
	if err := s.unavailable(memberships.OpGet); err != nil {
		return memberships.Membership{}, err
	}
	return s.replica.Get(ctx, ref, opts...)
}

// Watch shuffles the events that are there at once, and repeats some. Only the last of them
// has their position.
func (s *shaky) Watch(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[memberships.Event, error] {
	return func(yield func(memberships.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		in := make(chan memberships.Event, 1000)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer cancel()
		reading.Go(func() {
			defer close(in)
			for e, err := range s.Provider.Watch(ctx, from, opts...) {
				if err != nil {
					return
				}
				select {
				case in <- e:
				case <-ctx.Done():
				}
			}
		})
		at, first := from, true
		for {
			e, ok := <-in
			if !ok {
				yield(memberships.Event{}, memberships.CheckContext(ctx, s.Name(), "watch"))
				return
			}
			if first {
				first, at = false, e.Position
				if !yield(e, nil) {
					return
				}
				continue
			}
			if s.chance(40) {
				yield(memberships.Event{}, &memberships.Error{Provider: s.Name(), Op: "watch", Kind: memberships.ErrEventsMissed})
				return
			}
			time.Sleep(s.within(3 * time.Second))
			batch := []memberships.Event{e}
			for len(in) > 0 {
				if e := <-in; e.Type != "" {
					batch = append(batch, e)
				}
			}
			end := batch[len(batch)-1].Position
			for _, e := range slices.Clone(batch) {
				if s.chance(5) {
					batch = append(batch, e)
				}
			}
			s.mu.Lock()
			if !s.calm {
				s.rng.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			}
			s.mu.Unlock()
			for i, e := range batch {
				e.Position = at
				if i == len(batch)-1 {
					e.Position, at = end, end
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// mirror is what a caller keeps.
type mirror struct {
	mu       sync.Mutex
	rows     map[string]memberships.Membership
	position memberships.Position
	listings int
}

func (m *mirror) apply(ch events.Change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := ch.Membership.Group.String() + " " + ch.Membership.Member.String()
	switch ch.Type {
	case events.ChangePut:
		m.rows[key] = ch.Membership
	case events.ChangeDelete:
		delete(m.rows, key)
	case events.ChangeListed:
		m.listings++
	}
	if ch.Position != "" {
		m.position = ch.Position
	}
}

func (m *mirror) known() iter.Seq[memberships.Membership] {
	return maps.Values(maps.Clone(m.rows))
}

// shown returns the rows as text.
func shown(rows iter.Seq[memberships.Membership]) []string {
	var out []string
	for m := range rows {
		out = append(out, fmt.Sprintf("%s %s %s %s %s", m.Group, m.Member, m.ID, m.Role, m.State))
	}
	slices.Sort(out)
	return out
}

// A mirror equals the provider once it is quiet, through cuts, restarts, repetitions,
// reordering and lagging readings.
func TestFollowRandomDays(t *testing.T) {
	for seed := range uint64(deeptest.Count(20, 400)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomDay(t, seed, false) })
			synctest.Test(t, func(t *testing.T) { randomDay(t, seed, true) })
		})
	}
}

func randomDay(t *testing.T, seed uint64, buffered bool) {
	const people = 12
	groups := []memberships.Group{{Kind: memberships.KindGroup, ID: "g0"}, {Kind: memberships.KindGroup, ID: "g1"}, {Kind: memberships.KindGroup, ID: "g2"}}
	s := newShaky(seed, people, groups)
	rng := rand.New(rand.NewPCG(seed, 2))
	m := &mirror{rows: map[string]memberships.Membership{}}
	client := memberships.New(s)
	follow := func(ctx context.Context, remembers bool) error {
		o := events.FollowOptions{Logger: slog.New(slog.DiscardHandler)}
		from := m.position
		if buffered {
			from = ""
			o.Buffer, o.Relist = events.NewBuffer(8), 10*time.Minute
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			var delivering sync.WaitGroup
			defer delivering.Wait()
			defer cancel()
			delivering.Go(func() {
				for {
					for e, err := range s.Watch(ctx, "") {
						if err == nil {
							_ = o.Buffer.Handle(ctx, e)
						}
					}
					if ctx.Err() != nil {
						return
					}
				}
			})
		}
		if from != "" || remembers {
			o.Known = m.known()
		} else {
			clear(m.rows) // a restart without a mirror
		}
		for ch, err := range events.Follow(ctx, client, from, o) {
			if err != nil {
				return err
			}
			m.apply(ch)
		}
		return nil
	}
	run := func() (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		remembers := rng.IntN(2) == 0
		go func() { done <- follow(ctx, remembers) }()
		return func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("Follow ended with %v", err)
			}
		}
	}
	stop := run()
	roles := []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}
	for range 150 {
		ref := memberships.Ref{Group: groups[rng.IntN(len(groups))], Member: memberships.Member{Kind: memberships.MemberUser, ID: fmt.Sprintf("p%d", rng.IntN(people))}}
		op := []memberships.Operation{memberships.OpAdd, memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove}[rng.IntN(4)]
		ch := memberships.Change{Op: op, Ref: ref, Role: roles[rng.IntN(len(roles))]}
		if op == memberships.OpRemove {
			ch.Role = ""
		}
		s.change(ch)
		if rng.IntN(3) > 0 {
			time.Sleep(time.Duration(rng.IntN(3000)) * time.Millisecond)
		}
		if rng.IntN(15) == 0 {
			stop()
			time.Sleep(time.Duration(rng.IntN(60)) * time.Second)
			stop = run()
		}
	}
	time.Sleep(10 * time.Second)
	s.mu.Lock()
	s.calm = true
	s.mu.Unlock()
	time.Sleep(15 * time.Minute)
	stop()
	close(s.late)
	s.lag.Wait()
	want := all(t, s.Provider, groups)
	if diff := cmp.Diff(want, all(t, s.replica, groups)); diff != "" {
		t.Fatalf("the replica (-provider +replica):\n%s", diff)
	}
	if diff := cmp.Diff(want, shown(maps.Values(m.rows))); diff != "" {
		t.Errorf("the mirror (-provider +mirror):\n%s", diff)
	}
}

// all returns the memberships of groups as text.
func all(t *testing.T, p memberships.Provider, groups []memberships.Group) []string {
	t.Helper()
	var rows []memberships.Membership
	for m, err := range memberships.New(p).ListMany(t.Context(), groups, memberships.ManyOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, m)
	}
	return shown(slices.Values(rows))
}
