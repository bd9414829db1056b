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
	// Ref names the membership: by Group and Member for OpAdd, by ID as well otherwise.
	Ref Ref
	// Role is the new role. An empty Role is the provider's default role for OpAdd;
	// OpRemove ignores it.
	Role Role
}

// Result is the outcome of one change.
type Result struct {
	Change Change
	// Membership is the membership after OpAdd and OpUpdate, and the former one after
	// OpRemove as far as the provider returns it. Beside an Err it is the part of the
	// change that succeeded.
	Membership Membership
	// Err is nil if the change succeeded. ErrOutcomeUnknown leaves open whether the change
	// was made; after any other error only the part in Membership was made.
	Err error
	// RequestID is the provider's id of the request that made or refused the change, empty
	// if the provider has none. Changes of one request share it.
	RequestID string
	// Skipped reports that the change was not begun, because of Err: the context had ended,
	// BulkOptions.Stop was closed, or the provider had refused the credential of an earlier
	// change. Only Client.Apply sets it.
	Skipped bool
}

// ApplyEach calls do for one change after the other and yields the results in order, for
// implementers of Provider. A change with another Op than OpAdd, OpUpdate and OpRemove
// gets ErrUnsupported without a call of do. When ctx is done, ApplyEach skips the
// remaining changes and yields an *Error with the error of ctx last.
func ApplyEach(ctx context.Context, changes []Change, do func(context.Context, Change) (Membership, error)) iter.Seq2[Result, error] {
	if err := checkContext(ctx, "", "apply"); err != nil {
		return failedSeq[Result](err)
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
