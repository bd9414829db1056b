package memberships

import (
	"context"
	"errors"
	"iter"
)

// Change is one change to the members of a group.
type Change struct {
	// Op is OpAdd, OpUpdate or OpRemove.
	Op Operation
	// Ref names the membership: for OpAdd by Group and Member, else also by ID.
	Ref Ref
	// Role is the role to give. Empty is the provider's ordinary role for OpAdd; OpRemove
	// does not look at it.
	Role Role
}

// Result is the outcome of one change.
type Result struct {
	Change Change
	// Membership is the membership after OpAdd and OpUpdate. Beside an Err it is what was
	// done before the rest failed. After OpRemove it is the membership as it was, as far
	// as the provider tells.
	Membership Membership
	// Err is nil if the change was made.
	Err error
}

// ApplyEach yields the results of do, one change after the other and in their order, for
// implementers of Provider. A change whose Op is none of the three is ErrUnsupported, and
// do is not called for it. When ctx is done, the changes that are left are not tried and
// the last thing yielded is an *Error with the error of ctx.
func ApplyEach(ctx context.Context, changes []Change, do func(context.Context, Change) (Membership, error)) iter.Seq2[Result, error] {
	if err := checkContext(ctx, "", "apply"); err != nil {
		return failed[Result](err)
	}
	return func(yield func(Result, error) bool) {
		for i, ch := range changes {
			if err := ctx.Err(); err != nil && i > 0 {
				yield(Result{}, &Error{Op: string(ch.Op), Kind: err, Err: context.Cause(ctx)})
				return
			}
			m, err := Membership{}, error(nil)
			switch ch.Op {
			case OpAdd, OpUpdate, OpRemove:
				m, err = do(ctx, ch)
			default:
				err = &Error{Op: string(ch.Op), Kind: ErrUnsupported, Err: errors.New("a change adds, updates or removes")}
			}
			if !yield(Result{Change: ch, Membership: m, Err: err}, nil) {
				return
			}
		}
	}
}
