package memberships

import (
	"context"
	"errors"
)

// Presence is the answer of Check. Its zero value is undetermined.
type Presence int

// The answers of Check.
const (
	// PresenceUndetermined comes with the error that kept Check from knowing.
	PresenceUndetermined Presence = iota
	PresenceMember
	// PresenceInvited is somebody who has been asked in and has not come yet.
	PresenceInvited
	PresenceNotMember
)

// String is "undetermined", "member", "invited" or "not a member".
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

// Check tells whether m is in g. PresenceNotMember comes only if the provider has shown
// the whole group without m. When a part was hidden that could hold m, the answer is
// PresenceUndetermined with ErrUndetermined, below which a *HiddenError tells the gaps.
// When the look-up fails, or the group or the member cannot be found, it is
// PresenceUndetermined with that error.
func (c *Client) Check(ctx context.Context, g Group, m Member, opts ...Option) (Presence, error) {
	got, err := c.Get(ctx, Ref{Group: g, Member: m}, opts...)
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
		Err: errors.New("the membership is in a state that this release does not know"),
	}
}
