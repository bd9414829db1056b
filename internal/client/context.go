package client

import (
	"context"
	"errors"
)

// errNoContext is what is wrong with a call without one.
var errNoContext = errors.New("the context is nil; give context.Background() if there is none")

// prepareFor is prepare of a call that has a context.
func (c *Client) prepareFor(ctx context.Context, call Call) (*prepared, error) {
	if err := c.api.CheckContext(ctx, call.Name); err != nil {
		return nil, err
	}
	return c.prepare(call)
}

// CheckContext refuses a nil context, for methods that do something before their call.
func (v *API) CheckContext(ctx context.Context, call string) error {
	if ctx != nil {
		return nil
	}
	return invalid(v.Name, call, errNoContext)
}
