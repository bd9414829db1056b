package memberships_test

import (
	"context"
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
)

// Only what the provider has shown is an answer. Everything else is undetermined, with
// the error that kept it from being one.
func TestCheck(t *testing.T) {
	fail := func(kind error) error { return &memberships.Error{Provider: "stub", Op: "get", Kind: kind} }
	tests := []struct {
		name string
		m    membership
		err  error
		want memberships.Presence
		kind error
	}{
		{name: "active", m: membership{State: memberships.StateActive}, want: memberships.PresenceMember},
		{name: "active in an unknown role", m: membership{State: memberships.StateActive, Role: memberships.RoleUnknown}, want: memberships.PresenceMember},
		{name: "invited", m: membership{State: memberships.StateInvited}, want: memberships.PresenceInvited},
		{name: "absent", m: membership{State: memberships.StateAbsent}, want: memberships.PresenceNotMember},
		{name: "unknown state", m: membership{State: memberships.StateUnknown}, kind: memberships.ErrMalformed},
		{name: "no state", kind: memberships.ErrMalformed},
		{name: "not a member", err: fail(memberships.ErrNotMember), want: memberships.PresenceNotMember},
		{name: "group or member not found", err: fail(memberships.ErrNotFound), kind: memberships.ErrNotFound},
		{name: "unauthenticated", err: fail(memberships.ErrUnauthenticated), kind: memberships.ErrUnauthenticated},
		{name: "permission denied", err: fail(memberships.ErrPermissionDenied), kind: memberships.ErrPermissionDenied},
		{name: "rate limited", err: fail(memberships.ErrRateLimited), kind: memberships.ErrRateLimited},
		{name: "unavailable", err: fail(memberships.ErrUnavailable), kind: memberships.ErrUnavailable},
		{name: "malformed", err: fail(memberships.ErrMalformed), kind: memberships.ErrMalformed},
		{name: "unstable", err: fail(memberships.ErrUnstable), kind: memberships.ErrUnstable},
		{name: "ambiguous", err: fail(memberships.ErrAmbiguous), kind: memberships.ErrAmbiguous},
		{name: "anything else", err: errors.New("lost"), kind: memberships.ErrUnavailable},
		{name: "a membership beside an error", m: membership{State: memberships.StateActive}, err: fail(memberships.ErrUnavailable), kind: memberships.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := memberships.New(&stub{caps: able(), get: func(context.Context, memberships.Ref) (membership, error) { return tt.m, tt.err }})
			got, err := c.Check(t.Context(), group("r"), member("ada"))
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if tt.kind != nil {
				wantKind(t, "Check", err, tt.kind)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("undeclared", func(t *testing.T) {
		got, err := memberships.New(&stub{}).Check(t.Context(), group("r"), member("ada"))
		if wantKind(t, "Check", err, memberships.ErrUnsupported); got != memberships.PresenceUndetermined {
			t.Errorf("got %v", got)
		}
	})
}

func TestPresenceText(t *testing.T) {
	for p, want := range map[memberships.Presence]string{
		memberships.PresenceUndetermined: "undetermined", memberships.PresenceMember: "member", memberships.PresenceInvited: "invited",
		memberships.PresenceNotMember: "not a member", 99: "undetermined",
	} {
		if p.String() != want {
			t.Errorf("got %q, want %q", p, want)
		}
	}
	var zero memberships.Presence
	if zero != memberships.PresenceUndetermined {
		t.Error("the zero value is an answer")
	}
}
