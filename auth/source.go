package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/internal/config"
)

// ErrSignedOut is the error of a credential that gets no token any more: the provider has
// refused its refresh token, or it has none and its access token has ended. The user signs in
// again.
var ErrSignedOut = errors.New("signed out")

// Refresh returns new tokens for a credential. It returns an error that matches ErrSignedOut
// if the provider refuses the refresh token, and any other error if another try may succeed.
// It is called for one caller at a time.
type Refresh func(ctx context.Context, c *Credential) (*Credential, error)

// Source is an oauth2.TokenSource of a stored credential. Of all processes that share the
// store, one refreshes at a time, and only if the stored token still needs it. It is safe for
// concurrent use.
type Source struct {
	store   Store
	name    string
	refresh Refresh
	log     *slog.Logger
	// turn has a value while one caller reads or refreshes.
	turn chan struct{}

	// current and refused belong to the caller in turn. refused is the access token that the
	// provider refused last.
	current *Credential
	refused string
	// unsaved reports that the store lacks current.
	unsaved bool
}

// NewSource returns the source of the credential under a name of the store. refresh may be nil
// for a credential without a refresh token.
func NewSource(store Store, name string, refresh Refresh) *Source {
	return &Source{store: store, name: name, refresh: refresh, log: slog.Default(), turn: make(chan struct{}, 1)}
}

// WithLogger returns s, which reports a token that cannot be stored to l. The default is
// slog.Default.
func (s *Source) WithLogger(l *slog.Logger) *Source {
	s.log = l
	return s
}

// tokenTimeout bounds Token, which has no context.
const tokenTimeout = time.Minute

// Token implements oauth2.TokenSource.
func (s *Source) Token() (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
	defer cancel()
	return s.TokenContext(ctx)
}

// TokenContext returns an access token that has neither expired nor been refused. It waits for
// other callers, the store and the provider at most until ctx is done. A refresh goes on after
// that, for up to a minute: the provider may have ended the former refresh token already, and
// the store gets the new one. A program that ends calls Settle first.
func (s *Source) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	if s.current != nil && s.usable(s.current) {
		defer s.release()
		return s.current.token(), nil
	}
	type result struct {
		token *oauth2.Token
		err   error
	}
	c := make(chan result, 1)
	go func() {
		defer s.release()
		ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
		defer cancel()
		token, err := s.next(ctx)
		c <- result{token, err}
	}()
	select {
	case r := <-c:
		return r.token, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for %s in %s: %w", s.name, s.store.Name(), context.Cause(ctx))
	}
}

// Settle waits for a refresh in flight, whose caller may have gone, and for the store that gets
// its token. It returns an error if ctx ends before, and nil at once if there is none.
func (s *Source) Settle(ctx context.Context) error {
	select { // also after the end of ctx
	case s.turn <- struct{}{}:
		s.release()
		return nil
	default:
	}
	if err := s.take(ctx); err != nil {
		return fmt.Errorf("the refresh of %s in %s goes on: %w", s.name, s.store.Name(), err)
	}
	s.release()
	return nil
}

// next returns a token from the store, or a new one. The caller is in turn.
func (s *Source) next(ctx context.Context) (*oauth2.Token, error) {
	if s.current == nil {
		c, err := s.load(ctx)
		if err != nil {
			return nil, err
		}
		s.current = c
	}
	if !s.usable(s.current) {
		if err := s.renew(ctx); err != nil {
			return nil, err
		}
	}
	return s.current.token(), nil
}

// Refuse records that the provider refused an access token. The next TokenContext refreshes
// it, unless another process already has.
func (s *Source) Refuse(accessToken string) {
	s.turn <- struct{}{}
	defer s.release()
	s.refused = accessToken
}

func (s *Source) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Source) release() { <-s.turn }

func (s *Source) usable(c *Credential) bool {
	return c.fresh() && c.AccessToken != s.refused && config.ValidHeaderValue(c.AccessToken)
}

// load reads the credential.
func (s *Source) load(ctx context.Context) (*Credential, error) {
	c, err := s.store.Load(ctx, s.name)
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w", s.name, s.store.Name(), err)
	}
	return c, nil
}

// renew sets the current credential to one with a usable token: the stored one if another
// process has refreshed it, else a new one, which it stores.
func (s *Source) renew(ctx context.Context) error {
	unlock, err := s.store.Lock(ctx, s.name)
	if err != nil {
		return fmt.Errorf("the lock of %s in %s: %w", s.name, s.store.Name(), err)
	}
	defer unlock()
	if ctx.Err() != nil { // no caller waits for a token
		return context.Cause(ctx)
	}
	stored, err := s.load(ctx)
	switch {
	case errors.Is(err, ErrAbsent), err != nil && !s.unsaved: // an absent one has been signed out
		s.current, s.unsaved = nil, false
		return err
	case !s.unsaved:
		if s.current = stored; s.usable(stored) {
			return nil
		}
	}
	// From here on, the answer of the provider is stored even if the caller has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenTimeout)
	defer cancel()
	next, err := s.refreshed(ctx, s.current)
	if errors.Is(err, ErrSignedOut) {
		// A process without the lock, such as one of another release, may have refreshed it.
		stored, failed := s.load(ctx)
		if failed != nil || stored.RefreshToken == s.current.RefreshToken {
			return err
		}
		if s.current = stored; s.usable(stored) {
			return nil
		}
		next, err = s.refreshed(ctx, stored)
	}
	if err != nil {
		return err
	}
	s.current = next
	// The provider may have ended the former token with this answer: the store gets the new
	// one even if the time for the refresh is over.
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = s.store.Save(saving, s.name, next)
	if s.unsaved = err != nil; s.unsaved {
		s.log.ErrorContext(ctx, "a new token could not be stored; it is valid in this process alone", "name", s.name, "store", s.store.Name(), "error", err)
	}
	// An access token without a use is stored as well: the refresh token beside it may be the
	// only valid one.
	switch {
	case !config.ValidHeaderValue(next.AccessToken):
		return errors.New("the provider returned a token with a control character")
	case !s.usable(next):
		return errors.New("the provider returned a token that has ended or that it refused before")
	}
	return nil
}

// refreshed returns the credential with new tokens.
func (s *Source) refreshed(ctx context.Context, c *Credential) (*Credential, error) {
	switch {
	case c.RefreshToken == "" || s.refresh == nil:
		return nil, fmt.Errorf("%w: the access token has ended or was refused, and there is no refresh token", ErrSignedOut)
	case !c.RefreshExpiry.IsZero() && time.Now().After(c.RefreshExpiry):
		return nil, fmt.Errorf("%w: the refresh token ended on %s", ErrSignedOut, c.RefreshExpiry.UTC().Format(time.RFC3339))
	}
	return s.refresh(ctx, c.Clone())
}
