package portable

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// step is one response of a part: after a time, a batch or an error.
type step struct {
	after time.Duration
	batch Batch
	err   error
}

// lane is a part that answers step by step, and then never again.
type lane struct {
	steps []step

	mu      sync.Mutex
	cursors []string
}

func (l *lane) read(ctx context.Context, cursor string) (Batch, error) {
	l.mu.Lock()
	n := len(l.cursors)
	l.cursors = append(l.cursors, cursor)
	l.mu.Unlock()
	if n >= len(l.steps) {
		<-ctx.Done()
		return Batch{}, memberships.CheckContext(ctx, "test", opWatch)
	}
	s := l.steps[n]
	if !pause(ctx, s.after) {
		return Batch{}, memberships.CheckContext(ctx, "test", opWatch)
	}
	return s.batch, s.err
}

func streamOf(keep time.Duration, lanes ...*lane) *Stream {
	s := &Stream{API: &client.API{Name: "test"}, Names: []string{"parts"}, Keep: keep}
	for _, l := range lanes {
		s.Parts = append(s.Parts, l.read)
	}
	return s
}

// busy is a batch with More.
func busy(next string, ids ...string) Batch {
	b := batch(next, ids...)
	b.More = true
	return b
}

// The stream stands when every part does, and every position has the cursors of all parts.
func TestParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &lane{steps: []step{{time.Second, busy("a1"), nil}, {time.Second, busy("a2", "x"), nil}, {10 * time.Second, busy("a3", "y", "z"), nil}}}
		b := &lane{steps: []step{{5 * time.Second, busy("b1"), nil}, {2 * time.Second, busy("b2", "x", "w"), nil}}}
		got, at, err := drain(t, streamOf(0, a, b), "", 5)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"-@a1 b1", "x@a2 b1", "w@a2 b2", "y@a2 b2", "z@a3 b2"}, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		again := []*lane{{}, {}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for e, err := range streamOf(0, again...).Events(ctx, at) {
			if err == nil && e.Position != at {
				t.Errorf("the stream stands at another position: %+v", e)
			}
		}
		if diff := cmp.Diff([]string{"a3", "b2"}, slices.Concat(again[0].cursors, again[1].cursors)); diff != "" {
			t.Errorf("cursors of the continued stream (-want +got):\n%s", diff)
		}
	})
}

// A part that is interrupted keeps its cursor, and the others go on meanwhile.
func TestPartsAreInterruptedAlone(t *testing.T) {
	cut := &memberships.Error{Provider: "test", Kind: memberships.ErrUnavailable}
	synctest.Test(t, func(t *testing.T) {
		a := &lane{steps: []step{{0, busy("a1"), nil}, {0, Batch{}, cut}, {0, Batch{}, cut}, {time.Minute, busy("a2", "late"), nil}}}
		b := &lane{steps: []step{{0, busy("b1"), nil}, {time.Second, busy("b2", "x"), nil}, {time.Second, busy("b3", "y"), nil}}}
		got, _, err := drain(t, streamOf(0, a, b), "", 4)
		if diff := cmp.Diff([]string{"-@a1 b1", "x@a1 b2", "y@a1 b3", "late@a2 b3"}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{"", "a1", "a1", "a1"}, a.cursors[:4]); diff != "" {
			t.Errorf("cursors of the interrupted part (-want +got):\n%s", diff)
		}
	})
}

// A part that fails for good ends the stream, with its own error and after the time of one
// part, also while the others have events.
func TestPartsFail(t *testing.T) {
	denied := &memberships.Error{Provider: "test", Kind: memberships.ErrPermissionDenied}
	cut := &memberships.Error{Provider: "test", Kind: memberships.ErrUnavailable}
	for _, tc := range []struct {
		name        string
		fails       error
		least, most time.Duration
	}{
		{"a refusal", denied, 0, 0},
		{"an outage that lasts", cut, maxOutage, maxOutage + maxPause},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := &lane{steps: []step{{0, busy("a1"), nil}}}, &lane{steps: []step{{0, busy("b1"), nil}}}
				for range 1000 {
					a.steps = append(a.steps, step{err: tc.fails})
					b.steps = append(b.steps, step{after: 10 * time.Second, batch: busy("b2")})
				}
				begin := time.Now()
				_, _, err := drain(t, streamOf(0, a, b), "", 1000)
				if took := time.Since(begin); !errors.Is(err, tc.fails) || took < tc.least || took > tc.most {
					t.Errorf("got %v after %s, want %v after %s to %s", err, took, tc.fails, tc.least, tc.most)
				}
			})
		})
	}
}

// No part goes on after the end of a range, and none has read more than one batch ahead.
func TestPartsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &lane{}, &lane{}
		for range 100 {
			a.steps, b.steps = append(a.steps, step{0, busy("a"), nil}), append(b.steps, step{0, busy("b"), nil})
		}
		for range streamOf(0, a, b).Events(t.Context(), "") {
			time.Sleep(time.Hour)
			break
		}
		synctest.Wait()
		for name, l := range map[string]*lane{"a": a, "b": b} {
			if n := len(l.cursors); n > 3 {
				t.Errorf("part %s made %d requests for one event", name, n)
			}
		}
	})
}

// A position for another number of parts is refused, with nothing sent.
func TestPartsPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &lane{steps: []step{{0, busy("a1"), nil}}}, &lane{steps: []step{{0, busy("b1"), nil}}}
		_, at, err := drain(t, streamOf(0, one, two), "", 1)
		if err != nil {
			t.Fatal(err)
		}
		other := &lane{}
		_, _, err = drain(t, streamOf(0, other), at, 1)
		if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "another division") || len(other.cursors) > 0 {
			t.Errorf("got %v and %d requests", err, len(other.cursors))
		}
	})
}

// A stream that could not read for longer than the provider has events ends with
// ErrEventsMissed: while its reader is busy, and in a part that is behind.
func TestPartsTooLate(t *testing.T) {
	for _, parts := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			var lanes []*lane
			for range parts {
				lanes = append(lanes, &lane{steps: []step{{0, busy("5"), nil}, {time.Second, busy("6"), nil}, {time.Second, busy("7"), nil}, {time.Second, busy("8"), nil}}})
			}
			var last error
			for _, err := range streamOf(15*time.Minute, lanes...).Events(t.Context(), "") {
				if last = err; err == nil {
					time.Sleep(16 * time.Minute)
				}
			}
			if !errors.Is(last, memberships.ErrEventsMissed) || !strings.Contains(last.Error(), "the provider has the events of 15 minutes") {
				t.Errorf("%d parts: got %v, want ErrEventsMissed", parts, last)
			}
		})
	}
}

// The time of a position is that of the part that was read least recently.
func TestPartsStateTheEarliestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &lane{steps: []step{{0, busy("a1"), nil}}}, &lane{steps: []step{{0, busy("b1"), nil}, {14 * time.Minute, busy("b2", "x"), nil}}}
		_, at, err := drain(t, streamOf(15*time.Minute, a, b), "", 2)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute) // part a was read 16 minutes ago
		if _, _, err := drain(t, streamOf(15*time.Minute, &lane{}, &lane{}), at, 1); !errors.Is(err, memberships.ErrEventsMissed) {
			t.Errorf("got %v, want ErrEventsMissed", err)
		}
	})
}
