package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
)

// Confirm reads whether the provider's state is as a write was to make it, and returns the
// value that shows it. A value that is not as it was to be is what somebody else has put
// in the way of a creation. An error means that nothing can be found out.
type Confirm[T any] func(context.Context) (value *T, done bool, err error)

// Write makes a call that changes something and answers one T. After an answer that
// leaves open whether it happened, the state is read before anything is sent again.
func Write[T any](ctx context.Context, c *Client, call Call, key func(*T) string, confirm Confirm[T]) (*T, error) {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return nil, err
	}
	v := new(T)
	return settle(ctx, p, readOne(p, v, key), v, confirm)
}

// Remove makes a call that takes something away and whose success has no body. After
// an own attempt whose answer was lost, finding nothing is success.
func Remove(ctx context.Context, c *Client, call Call, gone func(context.Context) (bool, error)) error {
	p, err := c.prepareFor(ctx, call)
	if err == nil && p.cfg.Deleted != nil {
		err = p.invalid(errors.New("WithDeleted: the provider's answer to this deletion holds nothing"))
	}
	if err != nil {
		return err
	}
	_, err = settle(ctx, p, readNone, new(struct{}), func(ctx context.Context) (*struct{}, bool, error) {
		done, err := gone(ctx)
		return new(struct{}), done, err
	})
	return err
}

// RemoveOne is Remove for a call whose success has the T that was taken away in it.
// Where that answer is lost, gone says what is known of it. option.WithDeleted gets it too.
func RemoveOne[T any](ctx context.Context, c *Client, call Call, key func(*T) string, gone Confirm[T]) (*T, error) {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return nil, err
	}
	into, ok := p.cfg.Deleted.(*T)
	if p.cfg.Deleted != nil && !ok {
		return nil, p.invalid(fmt.Errorf("WithDeleted: a %T was given, and the provider answers with a %T", p.cfg.Deleted, into))
	}
	v := new(T)
	deleted, err := settle(ctx, p, readOne(p, v, key), v, gone)
	if err == nil && into != nil {
		*into = *deleted
	}
	return deleted, err
}

// Gone is the confirmation of a removal: reading what was removed finds nothing.
func Gone[T any](_ *T, err error) (bool, error) {
	if errors.Is(err, memberships.ErrNotFound) {
		return true, nil
	}
	return false, err
}
