package memberships

import (
	"context"
	"errors"
)

// checkContext refuses a nil context, the first thing that every method looks at.
func checkContext(ctx context.Context, provider string, op Operation) error {
	if ctx != nil {
		return nil
	}
	return &Error{
		Provider: provider, Op: string(op), Kind: ErrInvalidArgument,
		Err: errors.New("the context is nil; give context.Background() if there is none"),
	}
}

// CheckContext returns the error of an operation whose context is nil or done, and nil for
// any other one. It is for implementers of Provider, whose every operation begins with it
// or with a request that looks at the context.
func CheckContext(ctx context.Context, provider string, op Operation) error {
	if err := checkContext(ctx, provider, op); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return &Error{Provider: provider, Op: string(op), Kind: err, Err: context.Cause(ctx)}
	}
	return nil
}
