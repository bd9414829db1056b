package memberships

import (
	"context"
	"errors"
)

// Presence is the result of Check. Its zero value is PresenceUndetermined.
type Presence int

// The results of Check.
const (
	// PresenceUndetermined always comes with an error.
	PresenceUndetermined Presence = iota
	PresenceMember
	// PresenceInvited is a member with a pending invitation.
	PresenceInvited
	PresenceNotMember
)

// String returns "undetermined", "member", "invited" or "not a member".
func (p Presence) String() string {
	switch p {
	case PresenceMember:
		return "member"
	case PresenceInvited:
		return "invited"
	case PresenceNotMember:
		return "not a member"
	}
	return "undetermined"
}

// Check reports whether m is in g. It returns PresenceNotMember only if the provider has
// shown the whole group without m. If a hidden part of the group could hold m, Check
// returns PresenceUndetermined with ErrUndetermined, which wraps a *HiddenError with the
// gaps. A failed request, an unknown group and an unknown member are PresenceUndetermined
// with that error.
func (c *Client) Check(ctx context.Context, g Group, m Member, opts ...Option) (Presence, error) {
	got, err := c.Get(ctx, Ref{Group: g, Member: m}, append(opts[:len(opts):len(opts)], WithListedFields())...)
	switch {
	case errors.Is(err, ErrNotMember):
		return PresenceNotMember, nil
	case err != nil:
		return PresenceUndetermined, err
	case got.State == StateInvited:
		return PresenceInvited, nil
	case got.State == StateActive:
		return PresenceMember, nil
	case got.State == StateAbsent:
		return PresenceNotMember, nil
	}
	return PresenceUndetermined, &Error{
		Provider: c.Name(), Op: "check", Kind: ErrMalformed,
		Err: errors.New("the state of the membership is unknown to this release"),
	}
}
