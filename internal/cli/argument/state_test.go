package argument

import (
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// ParseState accepts the states of listed memberships in upper or lower case.
func TestParseState(t *testing.T) {
	for text, want := range map[string]memberships.State{
		"": "", "active": memberships.StateActive, "Invited": memberships.StateInvited, "UNKNOWN": memberships.StateUnknown,
	} {
		if got, err := ParseState(text); got != want || err != nil {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"absent", "pending", "activ", " active", "\x1b[31m"} {
		got, err := ParseState(text)
		var wrong *exit.Error
		if got != "" || !errors.As(err, &wrong) || wrong.Code != exit.Usage {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

// StateNoun names the rows of a listing that keeps one state.
func TestStateNoun(t *testing.T) {
	for want, s := range map[string]memberships.State{
		"members": "", "active members": memberships.StateActive, "invited members": memberships.StateInvited, "members in an unknown state": memberships.StateUnknown,
	} {
		if got := StateNoun(s, "members"); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}
