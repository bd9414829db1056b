package config

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/oauth2"
)

// Tokens hands out the tokens of a source: one refresh at a time for any number of
// callers, none of whom waits past its own context. A failed refresh is not kept.
type Tokens struct {
	source oauth2.TokenSource
	fixed  bool // there is no other token to be had

	mu      sync.Mutex
	token   *oauth2.Token
	refused string   // a token that the provider does not take any more
	given   []string // the last ones; see Given
	running *refresh
}

type refresh struct {
	done  chan struct{}
	token *oauth2.Token
	err   error
}

// NewTokens returns the tokens of source.
func NewTokens(source oauth2.TokenSource) *Tokens { return &Tokens{source: source} }

// FixedToken returns the tokens of a caller who has just the one.
func FixedToken(token string) *Tokens {
	return &Tokens{source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), fixed: true, given: []string{token}}
}

// Source is where the tokens come from, nil if t is nil.
func (t *Tokens) Source() oauth2.TokenSource {
	if t == nil {
		return nil
	}
	return t.source
}

// maxGiven is how many tokens are remembered.
const maxGiven = 4

// Given returns the last tokens that the source has given: the one in use, and earlier
// ones, which answers may still repeat. None is asked for.
func (t *Tokens) Given() []string {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.given)
}

// Get returns a token that is valid as far as anybody knows.
func (t *Tokens) Get(ctx context.Context) (string, error) {
	t.mu.Lock()
	if t.token.Valid() && t.token.AccessToken != t.refused {
		defer t.mu.Unlock()
		return t.token.AccessToken, nil
	}
	r := t.running
	if r == nil {
		r = &refresh{done: make(chan struct{})}
		t.running = r
		go t.refresh(r)
	}
	t.mu.Unlock()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-r.done:
		if r.err != nil {
			return "", r.err
		}
		return r.token.AccessToken, nil
	}
}

func (t *Tokens) refresh(r *refresh) {
	defer close(r.done)
	r.err = errors.New("the token source ended its goroutine and gave no token") // by runtime.Goexit, as t.FailNow does
	defer func() {
		if v := recover(); v != nil { // a source of the caller's must not end the process
			r.err = errors.New("the token source panicked")
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.running = nil
		if r.err == nil {
			t.token = r.token
			t.remember(r.token.AccessToken)
		}
	}()
	token, err := t.source.Token()
	switch {
	case err != nil:
		r.err = err
	case token == nil || token.AccessToken == "":
		r.err = errors.New("the token source gave an empty token")
	case !ValidHeaderValue(token.AccessToken):
		r.err = errors.New("the token source gave a token with a control character")
	case schemeFault(token.AccessToken) != "":
		r.err = errors.New("the token source gave a token that " + schemeFault(token.AccessToken))
	default:
		r.token, r.err = token, nil
	}
}

func (t *Tokens) remember(token string) {
	if slices.Contains(t.given, token) {
		return
	}
	if len(t.given) == maxGiven {
		t.given = t.given[1:]
	}
	t.given = append(t.given, token)
}

// Refuse says that the provider did not take token: the source is asked again. It
// reports whether that can help, which it cannot when the source has given the same
// token twice.
func (t *Tokens) Refuse(token string) bool {
	if t.fixed {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == nil || t.token.AccessToken != token {
		return true // somebody has said so before and it is being, or has been, refreshed
	}
	if t.refused == token {
		return false
	}
	t.refused, t.token = token, nil
	return true
}
