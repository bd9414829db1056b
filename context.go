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
