package argument

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
)

// listedStates are the states of listed memberships.
var listedStates = []memberships.State{memberships.StateActive, memberships.StateInvited, memberships.StateUnknown}

// AddStateFlag adds --state to a command that lists.
func AddStateFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "state", "", "list only memberships in this `state`: active or invited; unknown for states that this release does not know")
	complete.With(cmd, "state", stateWords)
}

// ParseState parses the value of --state, ignoring case.
func ParseState(text string) (memberships.State, error) {
	if text == "" {
		return "", nil
	}
	for _, s := range listedStates {
		if strings.EqualFold(text, string(s)) {
			return s, nil
		}
	}
	return "", exit.Usagef("--state: there is no state %s; there are %s", phrase.Quote(text), phrase.And(listedStates))
}

// StateNoun returns a noun with a state before it, as in "invited members".
func StateNoun(s memberships.State, noun string) string {
	switch s {
	case "":
		return noun
	case memberships.StateUnknown:
		return noun + " in an unknown state"
	}
	return string(s) + " " + noun
}
