package portable

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// script is a stream of numbered events, whose cursor is the number of the last one.
type script struct {
	batches []Batch
	errs    map[int]error // by request, from 0
	cursors []string      // of the requests
}

func (s *script) read(ctx context.Context, cursor string) (Batch, error) {
	n := len(s.cursors)
	s.cursors = append(s.cursors, cursor)
	if err := s.errs[n]; err != nil {
		return Batch{}, err
	}
	if len(s.batches) == 0 {
		<-ctx.Done()
		return Batch{}, memberships.CheckContext(ctx, "test", opWatch)
	}
	b := s.batches[0]
	s.batches = s.batches[1:]
	return b, nil
}

func (s *script) stream(keep time.Duration) *Stream {
	return &Stream{API: &client.API{Name: "test"}, Names: []string{"log"}, Keep: keep, Read: s.read, Wait: time.Second}
}

func batch(next string, ids ...string) Batch {
	b := Batch{Next: next, More: len(ids) > 0}
	for _, id := range ids {
		b.Events = append(b.Events, memberships.Event{Provider: "test", ID: id, Type: memberships.EventCreated})
	}
	return b
}

// drain reads n events, and returns them as "id@cursor".
func drain(t *testing.T, s *Stream, from memberships.Position, n int) (got []string, last memberships.Position, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for e, err := range s.Events(ctx, from) {
		if err != nil {
			return got, last, err
		}
		text, err := memberships.OpenPosition(e.Position, s.names()...)
		if err != nil && e.Position != "" {
			t.Fatal(err)
		}
		_, cursor, _ := strings.Cut(text, " ")
		id := e.ID
		if e.Type == memberships.EventPosition {
			id = "-"
		}
		got, last = append(got, id+"@"+cursor), e.Position
		if len(got) == n {
			return got, last, nil
		}
	}
	return got, last, nil
}

func TestStream(t *testing.T) {
	for _, tc := range []struct {
		name    string
		script  script
		want    []string
		cursors []string
	}{
		{"the position comes first", script{batches: []Batch{batch("5")}}, []string{"-@5"}, []string{""}},
		{"an event ends its batch", script{batches: []Batch{batch("5"), batch("7", "a", "b"), batch("8", "c")}},
			[]string{"-@5", "a@5", "b@7", "c@8"}, []string{"", "5", "7"}},
		{"the position moves without events", script{batches: []Batch{batch("5"), batch("5"), batch("9")}}, []string{"-@5", "-@9"}, []string{"", "5", "5"}},
		{"a repeated event is left out", script{batches: []Batch{batch("5"), batch("7", "a", "b"), batch("9", "b", "c"), batch("11", "a")}},
			[]string{"-@5", "a@5", "b@7", "c@9", "-@11"}, []string{"", "5", "7", "9"}},
		{"an event without an id is never left out", script{batches: []Batch{batch("5"), batch("6", "", "")}}, []string{"-@5", "@5", "@6"}, []string{"", "5"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, _, err := drain(t, tc.script.stream(0), "", len(tc.want))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tc.cursors, tc.script.cursors); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestStreamContinues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := script{batches: []Batch{batch("5"), batch("7", "a", "b")}}
		_, at, err := drain(t, first.stream(0), "", 2) // a, whose batch has b as well
		if err != nil {
			t.Fatal(err)
		}
		second := script{batches: []Batch{batch("7", "a", "b")}}
		got, _, err := drain(t, second.stream(0), at, 3)
		if diff := cmp.Diff([]string{"-@5", "a@5", "b@7"}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{"5"}, second.cursors); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestStreamPositions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := (&script{batches: []Batch{batch("5")}}).stream(24 * time.Hour)
		_, at, err := drain(t, s, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		endless := *s
		endless.Keep, endless.Read = 0, (&script{batches: []Batch{batch("6")}}).read
		other := *s
		other.Names = []string{"other"}
		for _, tc := range []struct {
			name string
			s    *Stream
			from memberships.Position
			wait time.Duration
			kind error
			text string
		}{
			{"kept", s, at, 23 * time.Hour, nil, ""},
			{"too old", s, at, 2 * time.Hour, memberships.ErrEventsMissed, "the provider has the events of 1 days"},
			{"old, of a provider that keeps all", &endless, at, 0, nil, ""},
			{"of another stream", &other, at, 0, memberships.ErrInvalidArgument, "the position belongs to another stream"},
			{"damaged", s, at[:len(at)-3], 0, memberships.ErrInvalidArgument, ""},
			{"without a time", s, memberships.SealPosition("x 5", s.names()...), 0, memberships.ErrInvalidArgument, "the position is damaged"},
			{"without a cursor", s, memberships.SealPosition(strconv.Itoa(int(time.Now().Unix()))+" ", s.names()...), 0, memberships.ErrInvalidArgument, "the position is damaged"},
		} {
			time.Sleep(tc.wait)
			_, _, err := drain(t, tc.s, tc.from, 1)
			if !errors.Is(err, tc.kind) || tc.kind != nil && !strings.Contains(err.Error(), tc.text) {
				t.Errorf("%s: got %v, want %v: %s", tc.name, err, tc.kind, tc.text)
			}
		}
	})
}

// A stream that stands still for long states its position anew, which is then not too old.
func TestStreamRenewsPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := script{}
		for range 10_000 {
			s.batches = append(s.batches, batch("5"))
		}
		stream := s.stream(16 * time.Hour)
		got, _, err := drain(t, stream, "", 3)
		if diff := cmp.Diff([]string{"-@5", "-@5", "-@5"}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if n := len(s.cursors); n < 7200 {
			t.Errorf("the position was stated anew after %d requests", n)
		}
	})
}

func TestStreamFailures(t *testing.T) {
	unavailable := &memberships.Error{Provider: "test", Op: "Events.Read", Kind: memberships.ErrUnavailable}
	limited := &memberships.Error{Provider: "test", Op: "Events.Read", Kind: memberships.ErrRateLimited, RetryAfter: time.Minute}
	denied := &memberships.Error{Provider: "test", Op: "Events.Read", Kind: memberships.ErrPermissionDenied}
	always := map[int]error{}
	for n := range 1000 {
		always[n] = unavailable
	}
	for _, tc := range []struct {
		name        string
		errs        map[int]error
		requests    int
		least, most time.Duration
		want        error
		logged      bool
	}{
		{"a failure passes", map[int]error{0: unavailable, 1: unavailable}, 3, time.Second, 3 * time.Second, nil, true},
		{"the provider asks for a wait", map[int]error{0: limited}, 2, time.Minute, time.Minute + time.Second, nil, true},
		{"a refusal does not pass", map[int]error{0: denied}, 1, 0, 0, memberships.ErrPermissionDenied, false},
		{"a failure that lasts", always, 0, maxOutage, maxOutage + maxPause, memberships.ErrUnavailable, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				s := script{errs: tc.errs, batches: []Batch{batch("5")}}
				stream := s.stream(0)
				stream.Logger = slog.New(slog.NewTextHandler(&log, nil))
				begin := time.Now()
				_, _, err := drain(t, stream, "", 1)
				if !errors.Is(err, tc.want) {
					t.Errorf("got %v, want %v", err, tc.want)
				}
				if took := time.Since(begin); took < tc.least || took > tc.most {
					t.Errorf("it took %s, want %s to %s", took, tc.least, tc.most)
				}
				if tc.requests > 0 && len(s.cursors) != tc.requests {
					t.Errorf("%d requests, want %d", len(s.cursors), tc.requests)
				}
				if logged := strings.Contains(log.String(), "the stream of events is interrupted"); logged != tc.logged {
					t.Errorf("logged %q", log.String())
				}
			})
		})
	}
}

func TestStreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, s := range map[string]*script{
			"while it waits between requests": {batches: []Batch{batch("5")}},
			"while it waits after a failure":  {errs: map[int]error{0: &memberships.Error{Kind: memberships.ErrUnavailable}}},
			"in a request":                    {},
		} {
			stream := s.stream(0)
			stream.Wait = time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			var last error
			n := 0
			for _, err := range stream.Events(ctx, "") {
				last = err
				n++
			}
			cancel()
			if !errors.Is(last, context.DeadlineExceeded) || n > 2 {
				t.Errorf("%s: %d events, the last with %v", name, n, last)
			}
		}
	})
}

func TestRecent(t *testing.T) {
	r := newRecent(3)
	var got []string
	for _, id := range []string{"a", "b", "a", "c", "d", "b", "a", "d", "", ""} {
		got = append(got, fmt.Sprint(id, r.add(id)))
	}
	want := []string{"atrue", "btrue", "afalse", "ctrue", "dtrue", "bfalse", "atrue", "dfalse", "true", "true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if len(r.ids) > 4 {
		t.Errorf("%d ids are kept", len(r.ids))
	}
}
