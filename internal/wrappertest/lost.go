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

// Repeat says when a write whose answer is lost is sent again.
type Repeat int

const (
	// IfMissing reads the state, and sends the write again if it does not show there.
	IfMissing Repeat = iota
	// Always sends it again, since the state does not tell or is not read.
	Always
	// Never leaves it at one: a second one would do harm.
	Never
)

// Write is a change, made by one request of a client C, whose answer is lost.
type Write[C any] struct {
	// Before makes what is to be changed, and returns its id. It may be nil.
	Before func(context.Context, C) (id string, err error)
	// Do makes the change and tells what the call returned, which is Want, or Lost where
	// only the state shows that it happened and that is less.
	Do         func(ctx context.Context, c C, id string) (string, error)
	Want, Lost string
	// State tells what there is: After or, if the change did not happen, Without.
	State          func(context.Context, C) string
	After, Without string

	Repeat Repeat
	// Unread says that the state is not read, First how many reads come before the write,
	// Found and Missing how many requests it takes to see that it happened or did not; 0
	// is 1.
	Unread         bool
	First          int
	Found, Missing int
}

// Lost is the table of a wrapper's writes, with what there is to know about answers that
// do not arrive.
type Lost[C any] struct {
	New     func(...option.Option) (C, error)
	Options []option.Option
	// State is the state file of the emulator; "" is the built-in state.
	State string
	// Writes are named by the method, such as "Memberships.Create", with what is special
	// behind a comma.
	Writes map[string]Write[C]
	// Duplicates has a row for every method that writes; Excused names those that have no
	// Write, each with the reason.
	Duplicates map[string]client.Duplicate
	Excused    map[string]string
}

// RunLost loses the answers of all writes, of those that were carried out and of those
// that were not.
func RunLost[C any](t *testing.T, table Lost[C]) {
	t.Run("complete", table.complete)
	for name, test := range map[string]func(*testing.T, Write[C]){
		"unreadable": table.unreadable, "never answered": table.never,
	} {
		t.Run(name, func(t *testing.T) { InBubbles(t, table.Writes, test) })
	}
	for name, symptom := range symptoms {
		for _, applied := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, applied %t", name, applied), func(t *testing.T) {
				InBubbles(t, table.Writes, func(t *testing.T, w Write[C]) { table.once(t, w, symptom, applied) })
			})
		}
	}
}

// complete checks that there is a Write or an excuse for every method that writes.
func (table Lost[C]) complete(t *testing.T) {
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

// start returns a client of an emulator where w can be made, its line, and the id that w
// is about.
func (table Lost[C]) start(t *testing.T, w Write[C]) (c C, l *line, id string) {
	t.Helper()
	var state []emulator.Option
	if table.State != "" {
		state = append(state, emulator.WithState("state", []byte(table.State)))
	}
	e, err := emulator.New(state...)
	if err != nil {
		t.Fatal(err)
	}
	l = &line{to: e.Client().Transport}
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

// once loses one answer. A write that is not sent again for fear of harm has an outcome
// that nobody knows; any other one succeeds, and was sent no more often than it had to be.
func (table Lost[C]) once(t *testing.T, w Write[C], symptom func(*http.Request) (*http.Response, error), applied bool) {
	c, l, id := table.start(t, w)
	l.lost, l.applied, l.symptom = 1, applied, symptom
	got, err := w.Do(t.Context(), c, id)
	want := w.Want
	if applied && w.Repeat == IfMissing {
		want = cmp.Or(w.Lost, w.Want)
	}
	if w.Repeat == Never {
		w.unknown(t, err)
	} else if err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	w.same(t, l)
	asked := "w" + w.reads(applied) + "w"
	switch {
	case w.Repeat == Never:
		asked = "w"
	case w.Repeat == IfMissing && applied:
		asked = "w" + w.reads(true)
	}
	w.sent(t, l, asked)
	w.left(t, c, applied || w.Repeat != Never)
}

// unreadable loses one answer and refuses the read behind it: nobody knows the outcome, and
// the error says of what kind the failure was.
func (table Lost[C]) unreadable(t *testing.T, w Write[C]) {
	if w.Unread || w.Repeat == Never {
		return // once is about it
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

// never loses all answers of a write that is not carried out: it may still be later.
func (table Lost[C]) never(t *testing.T, w Write[C]) {
	c, l, id := table.start(t, w)
	l.lost, l.symptom = math.MaxInt, symptoms["503"]
	_, err := w.Do(t.Context(), c, id)
	w.unknown(t, err)
	w.same(t, l)
	const attempts, looks = 4, 2 // of the last attempt
	read, asked := w.reads(false), "w"
	if w.Repeat != Never {
		asked = strings.Repeat("w"+read, attempts-1) + "w" + strings.Repeat(read, looks)
	}
	w.sent(t, l, asked)
	var e *memberships.Error
	if errors.As(err, &e) && e.Attempts != len(l.writes) {
		t.Errorf("the error tells %d attempts, %d were made", e.Attempts, len(l.writes))
	}
	l.lost = 0
	w.left(t, c, false)
}

// reads are the requests of one look for the effect, as line.asked has them.
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

// unknown checks that an error says that nobody knows, and that an answer was missing.
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

func (w Write[C]) sent(t *testing.T, l *line, want string) {
	t.Helper()
	if want = strings.Repeat("r", w.First) + want; l.asked != want {
		t.Errorf("asked with %s, want %s (reads and writes)", l.asked, want)
	}
}

// same checks that all attempts are the same request.
func (w Write[C]) same(t *testing.T, l *line) {
	t.Helper()
	for _, again := range l.writes {
		if diff := gocmp.Diff(l.writes[0], again); diff != "" {
			t.Errorf("a repeat differs (-first +later):\n%s", diff)
		}
	}
}

// left checks what there is in the end.
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
