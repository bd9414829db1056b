package memberships

import (
	"context"
	"errors"
)

// checkContext returns an error for a nil context. Every method calls it first.
func checkContext(ctx context.Context, provider string, op Operation) error {
	if ctx != nil {
		return nil
	}
	return &Error{
		Provider: provider, Op: string(op), Kind: ErrInvalidArgument,
		Err: errors.New("the context is nil; pass context.Background() instead"),
	}
}

// CheckContext returns an *Error for a context that is nil or done, else nil. It is for
// implementers of Provider: every operation starts with CheckContext, or with a request
// that checks the context.
func CheckContext(ctx context.Context, provider string, op Operation) error {
	if err := checkContext(ctx, provider, op); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return &Error{Provider: provider, Op: string(op), Kind: err, Err: context.Cause(ctx)}
	}
	return nil
}
