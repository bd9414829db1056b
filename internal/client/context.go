package client

import (
	"context"
	"errors"
)

// errNoContext is the error of a call with a nil context.
var errNoContext = errors.New("the context is nil; give context.Background() if there is none")

// prepareFor checks ctx and prepares a call.
func (c *Client) prepareFor(ctx context.Context, call Call) (*prepared, error) {
	if err := c.api.CheckContext(ctx, call.Name); err != nil {
		return nil, err
	}
	return c.prepare(call)
}

// Check returns the error of a call that could not be sent with these arguments. It sends
// nothing.
func Check(ctx context.Context, c *Client, call Call) error {
	_, err := c.prepareFor(ctx, call)
	return err
}

// CheckContext refuses a nil context. Methods with work before their call need it.
func (v *API) CheckContext(ctx context.Context, call string) error {
	if ctx != nil {
		return nil
	}
	return invalid(v.Name, call, errNoContext)
}
