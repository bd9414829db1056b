package change

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
)

// tally sums up the results of all changes.
type tally struct {
	single  bool // one change, named on the command line
	all     int
	seen    int
	failed  int
	counts  map[string]int
	refused error // the reason that the rest was not tried
	last    error
}

func (t *tally) count(o outcome) {
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	t.seen++
	t.counts[o.result]++
	if o.failed() {
		t.failed++
		t.last = o.err
		if errors.Is(o.err, memberships.ErrUnauthenticated) {
			t.refused = o.err
		}
	}
}

// String returns the counts: "added 98, already 1, failed 1".
func (t *tally) String() string {
	var parts []string
	for _, r := range output.Results {
		if n := t.counts[r]; n > 0 {
			parts = append(parts, r+" "+phrase.Number(int64(n)))
		}
	}
	if n := t.all - t.seen; n > 0 {
		parts = append(parts, "not tried "+phrase.Number(int64(n)))
	}
	return strings.Join(parts, ", ")
}

// end reports the summary and returns the resulting error.
func (t *tally) end(ctx context.Context, console *output.Console) error {
	code := exit.Partly
	if t.failed == t.seen {
		code = exit.Failed
	}
	switch {
	case ctx.Err() != nil && t.seen < t.all:
		return exit.With(exit.Interrupted, fmt.Errorf("interrupted: %s", t))
	case t.single && t.counts[output.ResultPartly] > 0:
		return exit.With(exit.Partly, nil) // the row says what was done and what was not
	case t.single && t.failed > 0:
		return exit.With(exit.Failed, t.last)
	case t.refused != nil && t.seen < t.all:
		return exit.With(code, fmt.Errorf("%s: %w", t, t.refused))
	case t.failed > 0:
		return exit.With(code, errors.New(t.String()))
	case !t.single && t.all > 0:
		console.Note("%s", t)
	}
	return nil
}
