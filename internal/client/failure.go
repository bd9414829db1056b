package client

import (
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
)

// Fail returns an error of the given kind that has no answer of the provider's.
func (v *API) Fail(op memberships.Operation, kind error, why string) *memberships.Error {
	return &memberships.Error{Provider: v.Name, Op: string(op), Kind: kind, Err: errors.New(why)}
}

// Check refuses arguments that cannot be ids, addresses or roles. Methods with several
// requests call it before the first one.
func (v *API) Check(op memberships.Operation, args ...ID) error {
	for _, arg := range args {
		if err := transport.CheckID(arg.Name, arg.Value); err != nil {
			return &memberships.Error{Provider: v.Name, Op: string(op), Kind: memberships.ErrInvalidArgument, Err: err}
		}
	}
	return nil
}

// NotMember returns the error of a member that is certainly not in a group.
func (v *API) NotMember(op memberships.Operation) *memberships.Error {
	return &memberships.Error{Provider: v.Name, Op: string(op), Kind: memberships.ErrNotMember}
}

// Hidden returns the error of a look-up without a result while gaps hide a part.
func (v *API) Hidden(op memberships.Operation, gaps ...memberships.Gap) *memberships.Error {
	return &memberships.Error{
		Provider: v.Name, Op: string(op), Kind: memberships.ErrUndetermined,
		Err: &memberships.HiddenError{Coverage: memberships.Coverage{Gaps: gaps}},
	}
}

// NoSuchMember returns the error of a successful look-up without a result.
func (v *API) NoSuchMember(op memberships.Operation, why string) *memberships.Error {
	return v.Fail(op, memberships.ErrNoSuchMember, why)
}

func invalid(provider, op string, err error) *memberships.Error {
	return &memberships.Error{Provider: provider, Op: op, Kind: memberships.ErrInvalidArgument, Err: err}
}
