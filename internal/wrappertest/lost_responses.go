package wrappertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// Repeat is the rule for sending a write again after its response was lost.
type Repeat int

const (
	// IfMissing reads the state, and sends the write again unless the state shows it.
	IfMissing Repeat = iota
	// Always sends the write again, because the state does not show it or is not read.
	Always
	// Never sends the write once, because a second one would do harm.
	Never
	// Once reads the state, and sends the write once for the same reason.
	Once
)

// looks is the number of readings after the last attempt.
const looks = 2

// Write is a change by one request of a client C whose response gets lost.
type Write[C any] struct {
	// Before creates the object of the change and returns its id. It may be nil.
	Before func(context.Context, C) (id string, err error)
	// Do makes the change and returns its result as text: Want, or Lost where only the
	// state confirms the change and shows less.
	Do         func(ctx context.Context, c C, id string) (string, error)
	Want, Lost string
	// State returns the state as text: After with the change, Without otherwise.
	State          func(context.Context, C) string
	After, Without string

	Repeat Repeat
	// Unread reports that the state is not read. First is the number of reads before the
	// write; Found and Missing are the number of requests that confirm or refute the
	// change, 1 if zero.
	Unread         bool
	First          int
	Found, Missing int
}

// LostResponses is the table of a wrapper's writes and their rules for lost responses.
type LostResponses[C any] struct {
	New     func(...option.Option) (C, error)
	Options []option.Option
	// State is the seed data of the emulator; empty is the built-in data.
	State string
	// Writes are named by method, such as "Memberships.Create", with details after a
	// comma.
	Writes map[string]Write[C]
	// Duplicates has a row for every method that writes. Excused has the reasons for
	// methods without a Write.
	Duplicates map[string]client.Duplicate
	Excused    map[string]string
}

// RunLostResponses loses the responses of all writes, applied and unapplied ones.
func RunLostResponses[C any](t *testing.T, table LostResponses[C]) {
	t.Run("complete", table.complete)
	for name, test := range map[string]func(*testing.T, Write[C]){
		"read-back fails": table.unreadable, "all responses lost": table.never,
	} {
		t.Run(name, func(t *testing.T) { RunSynctest(t, table.Writes, test) })
	}
	for name, symptom := range symptoms {
		for _, applied := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, applied %t", name, applied), func(t *testing.T) {
				RunSynctest(t, table.Writes, func(t *testing.T, w Write[C]) { table.once(t, w, symptom, applied) })
			})
		}
	}
}

// complete checks that every method that writes has a Write or an excuse.
func (table LostResponses[C]) complete(t *testing.T) {
	has := map[string]bool{}
	for name := range table.Writes {
		method, _, _ := strings.Cut(name, ",")
		has[method] = true
	}
	for name := range table.Excused {
		if has[name] {
			t.Errorf("%s has a Write and an excuse", name)
		}
		has[name] = true
	}
	want, got := slices.Sorted(maps.Keys(table.Duplicates)), slices.Sorted(maps.Keys(has))
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("methods that write (-want +got):\n%s", diff)
	}
}

// start returns a client of a new emulator, its transport, and the id of the object.
func (table LostResponses[C]) start(t *testing.T, w Write[C]) (c C, l *lossyTransport, id string) {
	t.Helper()
	var state []emulator.Option
	if table.State != "" {
		state = append(state, emulator.WithState("state", []byte(table.State)))
	}
	e, err := emulator.New(state...)
	if err != nil {
		t.Fatal(err)
	}
	l = &lossyTransport{to: e.Client().Transport}
	opts := []option.Option{option.WithHTTPClient(&http.Client{Transport: l})}
	if len(table.Options) == 0 {
		opts = append(opts, option.WithToken("any"))
	}
	if c, err = table.New(append(opts, table.Options...)...); err != nil {
		t.Fatal(err)
	}
	if w.Before != nil {
		if id, err = w.Before(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	l.forget()
	return c, l, id
}

// once loses one response. A write with the rule Never is ErrOutcomeUnknown, as is one with
// the rule Once that is not applied; any other succeeds with the fewest requests.
func (table LostResponses[C]) once(t *testing.T, w Write[C], symptom func(*http.Request) (*http.Response, error), applied bool) {
	c, l, id := table.start(t, w)
	l.lost, l.applied, l.symptom = 1, applied, symptom
	got, err := w.Do(t.Context(), c, id)
	want := w.Want
	if applied && w.Repeat != Always {
		want = cmp.Or(w.Lost, w.Want)
	}
	unknown := w.Repeat == Never || w.Repeat == Once && !applied
	if unknown {
		w.unknown(t, err)
	} else if err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	w.same(t, l)
	sequence := "w" + w.reads(applied) + "w"
	switch {
	case w.Repeat == Never:
		sequence = "w"
	case w.Repeat != Always && applied:
		sequence = "w" + w.reads(true)
	case w.Repeat == Once:
		sequence = "w" + strings.Repeat(w.reads(false), looks)
	}
	w.sent(t, l, sequence)
	w.left(t, c, applied || !unknown)
}

// unreadable loses one response and fails the read-back. The error is ErrOutcomeUnknown
// with the kind of the failure.
func (table LostResponses[C]) unreadable(t *testing.T, w Write[C]) {
	if w.Unread || w.Repeat == Never {
		return // tested by once
	}
	for _, applied := range []bool{true, false} {
		c, l, id := table.start(t, w)
		l.lost, l.applied, l.symptom, l.blind = 1, applied, symptoms["503"], true
		_, err := w.Do(t.Context(), c, id)
		w.unknown(t, err)
		w.sent(t, l, "wr")
		w.left(t, c, applied)
	}
}

// never loses all responses of a write that is not applied and may still be.
func (table LostResponses[C]) never(t *testing.T, w Write[C]) {
	c, l, id := table.start(t, w)
	l.lost, l.symptom = math.MaxInt, symptoms["503"]
	_, err := w.Do(t.Context(), c, id)
	w.unknown(t, err)
	w.same(t, l)
	const attempts = 4
	read, sequence := w.reads(false), "w"
	switch w.Repeat {
	case Never:
	case Once:
		sequence += strings.Repeat(read, looks)
	default:
		sequence = strings.Repeat("w"+read, attempts-1) + "w" + strings.Repeat(read, looks)
	}
	w.sent(t, l, sequence)
	var e *memberships.Error
	if errors.As(err, &e) && e.Attempts != len(l.writes) {
		t.Errorf("the error tells %d attempts, %d were made", e.Attempts, len(l.writes))
	}
	l.lost = 0
	w.left(t, c, false)
}

// reads returns the requests of one read-back, in the notation of
// lossyTransport.sequence.
func (w Write[C]) reads(applied bool) string {
	n := w.Missing
	if applied || w.Repeat == Always {
		n = w.Found
	}
	if w.Unread || w.Repeat == Never {
		return ""
	}
	return strings.Repeat("r", max(n, 1))
}

// unknown checks that an error is ErrOutcomeUnknown with the kind of the failure.
func (w Write[C]) unknown(t *testing.T, err error) {
	t.Helper()
	var e *memberships.Error
	if !errors.As(err, &e) || e.Kind != memberships.ErrOutcomeUnknown {
		t.Errorf("got %v, want outcome unknown", err)
	}
	if !errors.Is(err, memberships.ErrUnavailable) && !errors.Is(err, memberships.ErrMalformed) {
		t.Errorf("got %v, want the failure below it", err)
	}
}

func (w Write[C]) sent(t *testing.T, l *lossyTransport, want string) {
	t.Helper()
	if want = strings.Repeat("r", w.First) + want; l.sequence != want {
		t.Errorf("sequence with %s, want %s (reads and writes)", l.sequence, want)
	}
}

// same checks that all attempts send the same request.
func (w Write[C]) same(t *testing.T, l *lossyTransport) {
	t.Helper()
	for _, again := range l.writes {
		if diff := gocmp.Diff(l.writes[0], again); diff != "" {
			t.Errorf("a repeat differs (-first +later):\n%s", diff)
		}
	}
}

// left checks the final state.
func (w Write[C]) left(t *testing.T, c C, done bool) {
	t.Helper()
	want := w.Without
	if done {
		want = w.After
	}
	if got := w.State(t.Context(), c); got != want {
		t.Errorf("there is %q, want %q", got, want)
	}
}
