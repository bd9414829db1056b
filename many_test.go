package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// slow is a provider whose every group has three pages of one member, each of which
// takes a second. Groups in fail break at their second page.
type slow struct {
	fail map[string]error
	size int // members of a page

	mu                 sync.Mutex
	asked, now, atOnce int
}

func (s *slow) client() *memberships.Client {
	return memberships.New(&stub{caps: able(), listPage: s.listPage})
}

func (s *slow) listPage(ctx context.Context, f memberships.Query, r memberships.PageRequest) (*page, error) {
	s.mu.Lock()
	s.asked++
	s.now++
	s.atOnce = max(s.atOnce, s.now)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now--
	}()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	n := len(r.Token)
	if err := s.fail[f.Group.ID]; err != nil && n == 1 {
		return nil, err
	}
	p := &page{}
	for i := range max(s.size, 1) {
		p.Items = append(p.Items, membership{Group: f.Group, Member: member(fmt.Sprintf("%d.%d", n, i))})
	}
	if n < 2 {
		p.Next = r.Token + "x"
	}
	return p, nil
}

// letters are that many groups, a, b and so on.
func letters(n int) []memberships.Group {
	var out []memberships.Group
	for i := range n {
		out = append(out, group(string(rune('a'+i))))
	}
	return out
}

func TestListManyConcurrency(t *testing.T) {
	tests := []struct {
		groups, concurrency, atOnce int
		took                        time.Duration
	}{
		{1, 0, 1, 3 * time.Second},
		{16, 0, 8, 6 * time.Second},
		{16, -1, 8, 6 * time.Second},
		{6, 3, 3, 6 * time.Second},
		{6, 1, 1, 18 * time.Second},
		{3, 100, 3, 3 * time.Second},
		{0, 4, 0, 0},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d groups by %d", tt.groups, tt.concurrency), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, start := &slow{}, time.Now()
				got, err := ids(t, s.client().ListMany(t.Context(), letters(tt.groups), memberships.ManyOptions{Concurrency: tt.concurrency}))
				if len(got) != 3*tt.groups || err != nil || s.atOnce != tt.atOnce || time.Since(start) != tt.took {
					t.Errorf("got %d members and %v, %d groups at once, in %v of virtual time", len(got), err, s.atOnce, time.Since(start))
				}
			})
		})
	}
}

// However the groups mix, each is whole and in its order, also where one hands over
// several batches.
func TestListManyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{size: 200}
		groups := append(letters(5), group("a"))
		got := map[string][]string{}
		for m, err := range s.client().ListMany(t.Context(), groups, memberships.ManyOptions{Concurrency: 3}) {
			if err != nil {
				t.Fatal(err)
			}
			got[m.Group.ID] = append(got[m.Group.ID], m.Member.ID)
		}
		want, err := ids(t, s.client().List(t.Context(), inGroup("b")))
		if err != nil || len(want) != 600 {
			t.Fatal(len(want), err)
		}
		for _, g := range groups[1:5] {
			if diff := cmp.Diff(want, got[g.ID]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", g, diff)
			}
		}
		if len(got["a"]) != 1200 {
			t.Errorf("a group given twice has %d members, want 1200", len(got["a"]))
		}
	})
}

func TestListManyErrors(t *testing.T) {
	lost := &memberships.Error{Provider: "stub", Op: "list", Kind: memberships.ErrRateLimited, RetryAfter: time.Minute}
	synctest.Test(t, func(t *testing.T) {
		s := &slow{fail: map[string]error{"b": lost, "d": lost}}
		members := map[string]int{}
		failed := map[string]error{}
		var pass memberships.Summary
		for m, err := range s.client().ListMany(t.Context(), letters(5), memberships.ManyOptions{KeepGoing: true, Concurrency: 2}, memberships.WithSummary(&pass)) {
			var of *memberships.GroupError
			switch {
			case err == nil:
				members[m.Group.ID]++
			case errors.As(err, &of) && failed[of.Group.ID] == nil:
				failed[of.Group.ID] = err
			default:
				t.Errorf("got %v", err)
			}
		}
		if diff := cmp.Diff(map[string]int{"a": 3, "b": 1, "c": 3, "d": 1, "e": 3}, members); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
		for _, id := range []string{"b", "d"} {
			var e *memberships.Error
			if err := failed[id]; !errors.As(err, &e) || e != lost || err.Error() != id+": "+lost.Error() {
				t.Errorf("%s: got %v", id, err)
			}
		}
		if len(failed) != 2 {
			t.Errorf("got errors of %d groups, want 2", len(failed))
		}
		var unread []string
		for _, g := range pass.Coverage.Hidden() {
			if g.Code != memberships.GapUnreadGroup || !strings.Contains(g.Text, lost.Error()) {
				t.Errorf("got the gap %+v", g)
			}
			unread = append(unread, g.Group.ID)
		}
		slices.Sort(unread)
		if diff := cmp.Diff([]string{"b", "d"}, unread); diff != "" {
			t.Errorf("groups that the coverage tells (-want +got):\n%s", diff)
		}
	})
	// Without KeepGoing the first error is the end, and what else is under way is given up.
	synctest.Test(t, func(t *testing.T) {
		s, start := &slow{fail: map[string]error{"a": lost}}, time.Now()
		_, err := ids(t, s.client().ListMany(t.Context(), letters(20), memberships.ManyOptions{Concurrency: 4}))
		var of *memberships.GroupError
		if !errors.As(err, &of) || of.Group.ID != "a" || time.Since(start) != 2*time.Second {
			t.Errorf("got %v after %v, want the error of a after two seconds", err, time.Since(start))
		}
		if s.now != 0 {
			t.Errorf("%d requests are still under way", s.now)
		}
	})
}

// A group that cannot be listed at all is an error of that group.
func TestListManyBadGroup(t *testing.T) {
	c, _ := memory(t, map[string]string{"demo": "ada"})
	for _, g := range []memberships.Group{{}, {Kind: "galaxy", ID: "x"}, {ID: "a\nb"}, {ID: "nowhere"}} {
		var of *memberships.GroupError
		if _, err := ids(t, c.ListMany(t.Context(), []memberships.Group{g}, memberships.ManyOptions{})); !errors.As(err, &of) || of.Group != g {
			t.Errorf("%q: got %v", g, err)
		}
	}
}

func TestListManyBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		c := s.client()
		for range c.ListMany(t.Context(), letters(20), memberships.ManyOptions{Concurrency: 4}) {
			break
		}
		asked := s.asked
		if s.now != 0 {
			t.Errorf("%d requests are under way after the loop", s.now)
		}
		time.Sleep(time.Minute)
		if s.asked != asked {
			t.Errorf("%d requests came after the loop", s.asked-asked)
		}
	})
}

// A loop body that panics leaves nothing behind, and its panic is the caller's.
func TestListManyPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		func() {
			defer func() {
				if v := recover(); v != "mine" {
					t.Errorf("recovered %v", v)
				}
			}()
			for range s.client().ListMany(t.Context(), letters(20), memberships.ManyOptions{Concurrency: 4}) {
				panic("mine")
			}
		}()
		if s.now != 0 {
			t.Errorf("%d requests are under way after the panic", s.now)
		}
	})
}

// A listing that the caller's context cut short says so, whatever the cause is called.
func TestListManyContext(t *testing.T) {
	closing := errors.New("closing down")
	tests := map[string]struct {
		end  func(context.Context) (context.Context, context.CancelFunc)
		kind error
	}{
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2500*time.Millisecond)
		}, context.DeadlineExceeded},
		"cancelled with a cause": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(2500*time.Millisecond, func() { cancel(closing) })
			return ctx, func() { cancel(nil) }
		}, context.Canceled},
		"done before": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			cancel(closing)
			return ctx, func() {}
		}, context.Canceled},
	}
	for name, tt := range tests {
		for _, keepGoing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, KeepGoing %v", name, keepGoing), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := tt.end(t.Context())
					defer cancel()
					var errs []error
					for _, err := range (&slow{}).client().ListMany(ctx, letters(20), memberships.ManyOptions{Concurrency: 4, KeepGoing: keepGoing}) {
						if err != nil {
							errs = append(errs, err)
						}
					}
					if len(errs) == 0 || !keepGoing && len(errs) != 1 {
						t.Fatalf("got the errors %v", errs)
					}
					for _, err := range errs {
						var e *memberships.Error
						if !errors.As(err, &e) || e.Kind != tt.kind {
							t.Errorf("got %v, want the kind %v", err, tt.kind)
						}
					}
					var of *memberships.GroupError
					if last := errs[len(errs)-1]; keepGoing && errors.As(last, &of) {
						t.Errorf("got %v last, want an error that says that groups are missing", last)
					}
				})
			})
		}
	}
}

// Nothing is sent before the first range, every range starts afresh, and the caller's
// slice may change meanwhile.
func TestListManyIsLazy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, groups := &slow{}, letters(2)
		seq := s.client().ListMany(t.Context(), groups, memberships.ManyOptions{})
		synctest.Wait()
		if s.asked != 0 {
			t.Errorf("%d requests before the first range", s.asked)
		}
		groups[0] = group("changed")
		for range 2 {
			var names []string
			for m, err := range seq {
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, m.Group.ID)
			}
			slices.Sort(names)
			if diff := cmp.Diff([]string{"a", "a", "a", "b", "b", "b"}, names); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		}
	})
}
