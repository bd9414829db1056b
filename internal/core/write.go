package core

import (
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
)

// Confirm reads whether the provider's state is as a write was to make it, and what
// it is. An error means that this cannot be found out.
type Confirm[T any] func(context.Context) (value *T, done bool, err error)

// Write makes a call that changes something and answers one T. It happens at most
// once: after an answer that leaves open whether it happened, the state is read before
// anything is sent again.
func Write[T any](ctx context.Context, c *Client, call Call, key func(*T) string, confirm Confirm[T]) (*T, error) {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return nil, err
	}
	v := new(T)
	return settle(ctx, p, readOne(p, v, key), v, confirm, memberships.ErrAlreadyExists)
}

// Remove makes a call that takes something away and whose success has no body. After
// an own attempt whose answer was lost, finding nothing is success.
func Remove(ctx context.Context, c *Client, call Call, gone func(context.Context) (bool, error)) error {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return err
	}
	_, err = settle(ctx, p, readNone, new(struct{}), func(ctx context.Context) (*struct{}, bool, error) {
		done, err := gone(ctx)
		return new(struct{}), done, err
	}, memberships.ErrNotFound)
	return err
}

// RemoveOne is Remove for a call whose success has the T that was taken away in it.
// Where that answer is lost, gone says what is known of it.
func RemoveOne[T any](ctx context.Context, c *Client, call Call, key func(*T) string, gone Confirm[T]) (*T, error) {
	p, err := c.prepareFor(ctx, call)
	if err != nil {
		return nil, err
	}
	v := new(T)
	return settle(ctx, p, readOne(p, v, key), v, gone, memberships.ErrNotFound)
}

// settle sends a write, and reads the state back as long as its outcome is unclear.
// met is the failure that a repeated write meets if the first one had happened.
func settle[T any](ctx context.Context, p *prepared, accept func(*transport.Response) error, v *T, confirm Confirm[T], met error) (*T, error) {
	attempts, retried := 0, false
	for {
		res, e := p.do(ctx, accept)
		attempts += res.Attempts
		if e == nil {
			return v, nil
		}
		e.Attempts = attempts
		ownDoing := retried && errors.Is(e.Kind, met)
		if !res.Unclear && !ownDoing || ctx.Err() != nil {
			return nil, p.lost(res, e)
		}
		value, done, err := confirm(ctx)
		switch {
		case ctx.Err() != nil:
			e.Kind, e.Err = ctx.Err(), join(e.Err, memberships.ErrOutcomeUnknown)
			return nil, e
		case err != nil:
			e.Err = join(e.Kind, e.Err, fmt.Errorf("reading the state back: %w", err))
			e.Kind = memberships.ErrOutcomeUnknown
			return nil, e
		case done:
			return value, nil
		case ownDoing:
			return nil, e // it is there, but not as this call was to make it
		}
		// It did not happen, as far as the provider shows.
		if !transport.Again(ctx, p.cfg.Retry, p.client.budget, attempts, e.RetryAfter) {
			if ctx.Err() != nil {
				e.Kind, e.Err = ctx.Err(), join(e.Kind, e.Err)
			}
			return nil, e
		}
		retried = true
	}
}

// Gone is the confirmation of a removal: reading what was removed finds nothing.
func Gone[T any](_ *T, err error) (bool, error) {
	if errors.Is(err, memberships.ErrNotFound) {
		return true, nil
	}
	return false, err
}
