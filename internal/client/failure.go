package client

import (
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
)

// Fail is an error of the given kind that no answer of the provider's is the reason of.
func (v *API) Fail(op memberships.Operation, kind error, why string) *memberships.Error {
	return &memberships.Error{Provider: v.Name, Op: string(op), Kind: kind, Err: errors.New(why)}
}

// Check refuses arguments that cannot be ids, addresses or roles before anything is sent
// to find out more about the others.
func (v *API) Check(op memberships.Operation, args ...ID) error {
	for _, arg := range args {
		if err := transport.CheckID(arg.Name, arg.Value); err != nil {
			return &memberships.Error{Provider: v.Name, Op: string(op), Kind: memberships.ErrInvalidArgument, Err: err}
		}
	}
	return nil
}

// NotMember says that a group was seen and that a member is not in it.
func (v *API) NotMember(op memberships.Operation) *memberships.Error {
	return &memberships.Error{Provider: v.Name, Op: string(op), Kind: memberships.ErrNotMember}
}

// Hidden is the error of a look-up that found nothing where gaps hide a part.
func (v *API) Hidden(op memberships.Operation, gaps ...memberships.Gap) *memberships.Error {
	return &memberships.Error{
		Provider: v.Name, Op: string(op), Kind: memberships.ErrUndetermined,
		Err: &memberships.HiddenError{Coverage: memberships.Coverage{Gaps: gaps}},
	}
}

// NoSuchMember is the error of a look-up that was answered well and found nobody.
func (v *API) NoSuchMember(op memberships.Operation, why string) *memberships.Error {
	return v.Fail(op, memberships.ErrNoSuchMember, why)
}

func invalid(provider, op string, err error) *memberships.Error {
	return &memberships.Error{Provider: provider, Op: op, Kind: memberships.ErrInvalidArgument, Err: err}
}
