package keyring

import (
	"context"
	"errors"
	"time"

	"github.com/memberships-go/memberships/auth"
)

// callTimeout is the time of a method for the keyring, which may show a dialog for ever.
const callTimeout = 3 * time.Second

// call returns the result of f, which cannot be stopped. One f of the store runs at a time.
// The error has none of secrets.
func (s *Store) call(ctx context.Context, secrets []string, f func(context.Context) (string, error)) (string, error) {
	limited, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	if limited.Err() != nil {
		return "", s.ended(limited)
	}
	select {
	case s.turn <- struct{}{}:
	case <-limited.Done():
		return "", s.ended(limited)
	}
	type result struct {
		value string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-s.turn }()
		value, err := f(limited)
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		if r.err == nil || errors.Is(r.err, auth.ErrAbsent) {
			return r.value, r.err
		}
		return "", s.classified(r.err, secrets)
	case <-limited.Done():
		return "", s.ended(limited)
	}
}

// ended returns the error of a call whose context has ended.
func (s *Store) ended(ctx context.Context) error {
	err := context.Cause(ctx)
	if errors.Is(err, errCallTimeout) {
		return s.failed(ErrTimeout, "unlock it, or answer its dialog, and try again")
	}
	return err
}
