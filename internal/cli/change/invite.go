package change

import (
	"errors"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// options returns the options of the changes.
func (c *changer) options() []memberships.Option {
	if c.invite {
		return []memberships.Option{memberships.WithInvite()}
	}
	return nil
}

// longestResult returns the longest result of an operation, for the width of its column.
func (f *Flags) longestResult(op memberships.Operation) string {
	if f.invite && op == memberships.OpAdd {
		return output.ResultAlreadyInvited
	}
	return output.ResultWouldUpdate
}

// invites reports whether an addition that fails with err without --invite becomes an
// invitation.
func (c *changer) invites(err error) bool {
	return c.invite && c.op == memberships.OpAdd && c.client.Capabilities().Invites && errors.Is(err, memberships.ErrNoSuchMember)
}

// mayInvite is invites for the look-up of a planned addition.
func (c *changer) mayInvite(o *outcome) bool { return o.ref.Member.Email != "" && c.invites(o.err) }

// planInvitation sets the result of an addition that would be an invitation.
func (c *changer) planInvitation(o *outcome) {
	o.result, o.err = output.ResultWouldInvite, nil
	c.planAddition(o, memberships.Member{})
	c.rights(o)
}

// keepsInvitation reports whether the provider changes the role of an invitation only with
// --invite.
func (c *changer) keepsInvitation(o *outcome) bool {
	return !c.invite && c.client.Capabilities().Invites && o.got.State == memberships.StateInvited
}

// addEnd adds the end of an invitation to the detail of a row that leaves it in place.
func (c *changer) addEnd(o *outcome) {
	pending := o.got.State == memberships.StateInvited && !o.got.Expires.IsZero()
	switch o.result {
	case output.ResultInvited, output.ResultAlreadyInvited, output.ResultUpdated:
		if pending {
			o.addDetail("the invitation ends on " + o.got.Expires.UTC().Format(time.DateOnly))
		}
	}
}

// tellInvitation makes the error of a row name --invite where the error of the Go API names
// WithInvite, and where an invitation is possible.
func (c *changer) tellInvitation(o *outcome) {
	if o.err == nil {
		return
	}
	text := flagNames.Replace(o.err.Error())
	possible := c.op == memberships.OpAdd && !c.invite && c.client.Capabilities().Invites && o.ref.Member.Email != "" &&
		errors.Is(o.err, memberships.ErrNoSuchMember) && !errors.Is(o.err, memberships.ErrOutcomeUnknown)
	if possible && !strings.Contains(text, "--invite") {
		text += "; an invitation is possible, with --invite"
	}
	if text != o.err.Error() {
		o.err = &toldError{o.err, text}
	}
}

// flagNames replaces the option of the Go API by the flag of the command.
var flagNames = strings.NewReplacer(
	"memberships.WithInvite()", "--invite", "memberships.WithInvite", "--invite", "WithInvite()", "--invite", "WithInvite", "--invite",
)

// toldError is an error with another text.
type toldError struct {
	err  error
	text string
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.err }
