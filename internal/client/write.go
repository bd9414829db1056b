package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
)

// Confirm reads the provider's state after a write. done reports whether the state is the
// intended one, and value shows it. A value without done is another object that prevents a
// creation. An error leaves the outcome open.
type Confirm[T any] func(context.Context) (value *T, done bool, err error)

// Write makes a call that changes something and answers with one T. After an ambiguous
// result it reads the state before it sends the write again.
func Write[T any](ctx context.Context, c *Client, call Call, key func(*T) string, confirm Confirm[T]) (*T, error) {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return nil, err
	}
	v := new(T)
	return settle(ctx, p, readOne(p, v, key), v, confirm)
}

// Remove makes a call that deletes something and whose success has no body. After an
// ambiguous attempt of its own, an absent object is a success.
func Remove(ctx context.Context, c *Client, call Call, gone func(context.Context) (bool, error)) error {
	p, err := c.prepareFor(ctx, call)
	if err == nil && p.cfg.Deleted != nil {
		err = p.invalid(errors.New("WithDeleted: the provider's answer to this deletion has no body"))
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

// RemoveOne is Remove for a call that answers with the deleted T. If that answer is lost, gone
// returns the known fields of the T. option.WithDeleted gets a copy.
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

// Gone reports whether a reading of the removed object returned memberships.ErrNotFound. It
// returns any other error.
func Gone[T any](_ *T, err error) (bool, error) {
	if errors.Is(err, memberships.ErrNotFound) {
		return true, nil
	}
	return false, err
}
