package config

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/oauth2"
)

// Tokens caches the token of a source. Callers share one refresh at a time, and none waits
// past its own context. A failed refresh is not cached. It is safe for concurrent use.
type Tokens struct {
	source oauth2.TokenSource
	fixed  bool // the source has one token only

	mu      sync.Mutex
	token   *oauth2.Token
	refused string   // the last token that the provider refused
	given   []string // the latest tokens; see Given
	running *refresh
}

type refresh struct {
	done  chan struct{}
	token *oauth2.Token
	err   error
}

// NewTokens returns the tokens of source. A source with a method Refuse learns which token the
// provider has refused before it is asked for another one.
func NewTokens(source oauth2.TokenSource) *Tokens { return &Tokens{source: source} }

// FixedToken returns the tokens of a caller with a static token.
func FixedToken(token string) *Tokens {
	return &Tokens{source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), fixed: true, given: []string{token}}
}

// Source returns the source of the tokens, nil if t is nil.
func (t *Tokens) Source() oauth2.TokenSource {
	if t == nil {
		return nil
	}
	return t.source
}

// maxGiven is the number of tokens that Given returns at most.
const maxGiven = 4

// Given returns the latest tokens of the source: the one in use, and earlier ones that
// answers may still quote. It does not call the source.
func (t *Tokens) Given() []string {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.given)
}

// Get returns a token that has neither expired nor been refused. It calls the source if the
// cached one has.
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
	r.err = errors.New("the token source ended its goroutine and gave no token") // runtime.Goexit, as in t.FailNow
	defer func() {
		if v := recover(); v != nil { // the caller's source must not end the process
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
	if s, ok := t.source.(interface{ Refuse(accessToken string) }); ok {
		t.mu.Lock()
		refused := t.refused
		t.mu.Unlock()
		if refused != "" {
			s.Refuse(refused)
		}
	}
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

// Refuse records that the provider refused token; the next Get calls the source. It reports
// whether another token may be had: false for a static token, and after the source has given
// the refused token again.
func (t *Tokens) Refuse(token string) bool {
	if t.fixed {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == nil || t.token.AccessToken != token {
		return true // another call has refused it before
	}
	if t.refused == token {
		return false
	}
	t.refused, t.token = token, nil
	return true
}
