package auth

import (
	"context"
	"time"

	"golang.org/x/oauth2"
)

// TokenFunc is an oauth2.TokenSource that gets a new token with each call, such as one for a
// key. A client caches the token of its source until it ends; elsewhere
// oauth2.ReuseTokenSource does.
type TokenFunc func(ctx context.Context) (*oauth2.Token, error)

// Token implements oauth2.TokenSource. It takes at most a minute.
func (f TokenFunc) Token() (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tokenTimeout)
	defer cancel()
	return f(ctx)
}

// TokenContext returns a new token.
func (f TokenFunc) TokenContext(ctx context.Context) (*oauth2.Token, error) { return f(ctx) }

// Early returns a token whose expiry is a minute earlier, so that a token in use does not end
// during a call. A token without a lifetime counts as ended after one use.
func Early(t *oauth2.Token) *oauth2.Token {
	early := *t
	if early.Expiry.IsZero() {
		early.Expiry = time.Now()
	}
	early.Expiry = early.Expiry.Add(-expiryMargin)
	return &early
}
