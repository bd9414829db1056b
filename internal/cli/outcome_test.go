package cli

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// Ctrl-C preserves the outcome of a change.
func TestInterruptedOutcome(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	unknown := &memberships.Error{Provider: "box", Op: "Memberships.Create", Kind: context.Canceled, Err: memberships.ErrOutcomeUnknown}
	for want, err := range map[string]error{
		"memberships: interrupted\n": &memberships.Error{Kind: context.Canceled},
		"memberships: box: Memberships.Create: context canceled: outcome unknown; to find out: memberships check\n": fmt.Errorf("%w; to find out: memberships check", unknown),
	} {
		var errs strings.Builder
		a := newApp(Process{Stderr: &errs, Getenv: func(string) string { return "" }})
		if code := a.exit(ctx, exit.With(exit.Failed, err)); code != exit.Interrupted || errs.String() != want {
			t.Errorf("got %d, %q, want %q", code, errs.String(), want)
		}
	}
}

// An error of permission has the hint about the credential; an unknown outcome has none.
func TestHint(t *testing.T) {
	denied := &memberships.Error{Provider: "box", Kind: memberships.ErrPermissionDenied}
	for want, err := range map[string]error{
		" (" + "'memberships doctor --provider box' tells what the credential may do)": denied,
		"": &memberships.Error{Provider: "box", Kind: memberships.ErrOutcomeUnknown, Err: denied},
	} {
		if got := (&app{Getenv: func(string) string { return "" }}).hint(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}
