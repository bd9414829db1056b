package events_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// With a position and the known memberships, Follow continues without a listing.
func TestFollowContinues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		_, at, err := followed(t, s, time.Minute, "", events.FollowOptions{}, nil)
		if err != nil || at == "" {
			t.Fatalf("the position is %q, %v", at, err)
		}
		known := s.known()
		s.do(memberships.OpRemove, rockets, "alan", "")
		s.do(memberships.OpAdd, garden, "grace", "")
		s.calls = nil
		got, next, err := followed(t, s, 20*time.Second, at, events.FollowOptions{Known: known}, nil)
		if diff := gocmp.Diff([]string{"delete rockets alan member by deleted", "put garden grace member by created"}, got); diff != "" || err != nil {
			t.Errorf("%v, changes (-want +got):\n%s", err, diff)
		}
		if next == at || next == "" {
			t.Error("the position has not moved")
		}
		if diff := gocmp.Diff([]string{"watch", "get", "get"}, s.calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		got, _, err = followed(t, s, 20*time.Second, at, events.FollowOptions{}, nil)
		want := []string{"put rockets ada owner", "put garden ada member", "put garden grace member", "listed", "put garden grace member by created"}
		if diff := gocmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("without the known memberships: %v, changes (-want +got):\n%s", err, diff)
		}
	})
}

// A mirror without a position learns of the deletions since then from the listing.
func TestFollowKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		known := s.known()
		s.do(memberships.OpRemove, rockets, "alan", "")
		got, _, err := followed(t, s, 20*time.Second, "", events.FollowOptions{Known: known}, nil)
		if diff := gocmp.Diff([]string{"delete rockets alan member", "listed"}, got); diff != "" || err != nil {
			t.Errorf("%v, changes (-want +got):\n%s", err, diff)
		}
	})
}

// The position stays before an event whose membership has not been read.
func TestFollowHoldsPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		_, at, err := followed(t, s, time.Minute, "", events.FollowOptions{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		known := s.known()
		s.get = func(memberships.Ref) (memberships.Membership, error) {
			return memberships.Membership{}, &memberships.Error{Provider: "memory", Op: "get", Kind: memberships.ErrUnavailable}
		}
		s.do(memberships.OpAdd, garden, "grace", "")
		_, stuck, err := followed(t, s, time.Minute, at, events.FollowOptions{Known: known}, func() { s.do(memberships.OpRemove, rockets, "alan", "") })
		if err != nil || stuck != at {
			t.Errorf("the position moved from %q to %q, %v", at, stuck, err)
		}
	})
}

func TestFollowEnds(t *testing.T) {
	kind := func(k error) func(memprovider.Call) error {
		return func(memprovider.Call) error { return &memberships.Error{Kind: k} }
	}
	ended := errors.New("the webhook is gone")
	for _, tc := range []struct {
		name string
		from memberships.Position
		set  func(*stage)
		o    events.FollowOptions
		want error
		text string
		d    time.Duration // after which it ends
	}{
		{name: "a position of another stream", from: memberships.SealPosition("1", "other"), want: memberships.ErrInvalidArgument, text: "belongs to another stream"},
		{name: "an invalid credential", set: func(s *stage) { s.before = kind(memberships.ErrUnauthenticated) }, want: memberships.ErrUnauthenticated},
		{name: "an invalid credential for listings", set: func(s *stage) {
			s.before = func(c memprovider.Call) error {
				if c.Operation == "watch" {
					return nil
				}
				return kind(memberships.ErrUnauthenticated)(c)
			}
		}, want: memberships.ErrUnauthenticated},
		{name: "a refused listing of groups", set: func(s *stage) {
			s.before = func(c memprovider.Call) error {
				if c.Operation == memberships.OpGroups {
					return kind(memberships.ErrPermissionDenied)(c)
				}
				return nil
			}
		}, want: memberships.ErrPermissionDenied},
		{name: "an outage", set: func(s *stage) {
			s.before = func(c memprovider.Call) error {
				if c.Operation == memberships.OpGroups {
					return kind(memberships.ErrUnavailable)(c)
				}
				return nil
			}
		}, want: memberships.ErrUnavailable, d: 10 * time.Minute},
		{name: "a failed check", o: events.FollowOptions{Check: func(context.Context) (bool, error) { return false, ended }}, want: ended, d: 5 * time.Minute},
		{name: "a stream that ends by itself", set: func(s *stage) {
			s.stream = func(context.Context, memberships.Position) iter.Seq2[memberships.Event, error] {
				return func(yield func(memberships.Event, error) bool) {
					yield(memberships.Event{Type: memberships.EventPosition, Position: "1"}, nil)
				}
			}
		}, want: memberships.ErrUnavailable, text: "the stream of events ended"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				if tc.set != nil {
					tc.set(s)
				}
				begin := time.Now()
				_, _, err := followed(t, s, time.Hour, tc.from, tc.o, nil)
				if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) {
					t.Errorf("got %v, want %v: %s", err, tc.want, tc.text)
				}
				if took := time.Since(begin); took < tc.d || took > tc.d+time.Minute {
					t.Errorf("it ended after %s, want %s", took, tc.d)
				}
			})
		})
	}
}

func TestFollowOptions(t *testing.T) {
	buffer := events.NewBuffer(1)
	for _, tc := range []struct {
		name string
		caps func(*memberships.Capabilities)
		from memberships.Position
		o    events.FollowOptions
		want string
	}{
		{"no stream", func(c *memberships.Capabilities) { c.Watch = false }, "", events.FollowOptions{}, "the provider has no stream of events; Buffer takes the deliveries of its webhooks"},
		{"a buffer and a position", nil, "x", events.FollowOptions{Buffer: buffer}, "a Buffer has no positions"},
		{"no listing", func(c *memberships.Capabilities) { c.Operations = []memberships.Operation{memberships.OpGet} }, "", events.FollowOptions{}, "the provider lists no groups or reads no single membership"},
		{"no groups", func(c *memberships.Capabilities) {
			c.Operations = []memberships.Operation{memberships.OpGet, memberships.OpList}
		}, "", events.FollowOptions{}, "the provider does not list its groups; Groups names them"},
		{"a hostile group", nil, "", events.FollowOptions{Groups: []memberships.Group{{ID: ".."}}}, "Groups"},
		{"a negative lag", nil, "", events.FollowOptions{Lag: -1}, "CheckInterval or Lag is negative"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				s.capabilities = tc.caps
				_, _, err := followed(t, s, time.Second, tc.from, tc.o, nil)
				if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %q", err, tc.want)
				}
				if len(s.calls) > 0 {
					t.Errorf("%v were called", s.calls)
				}
			})
		})
	}
	for _, err := range events.Follow(context.Background(), nil, "", events.FollowOptions{}) {
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("a nil client: got %v", err)
		}
	}
	for _, err := range events.Follow(nil, memberships.New(newStage(t)), "", events.FollowOptions{}) { //nolint:staticcheck // a nil context is the case
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("a nil context: got %v", err)
		}
	}
}

// A break ends the stream and its goroutine, which synctest would find.
func TestFollowBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		n := 0
		for range events.Follow(t.Context(), memberships.New(s), "", events.FollowOptions{}) {
			if n++; n == 2 {
				break
			}
		}
		synctest.Wait()
		if n != 2 {
			t.Errorf("%d changes", n)
		}
	})
}
