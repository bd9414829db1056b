package googlechat

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/assertion"
	"github.com/memberships-go/memberships/auth/internal/keyfile"
)

// ServiceAccount signs for access tokens with the key of a file. No formatting verb prints
// the key.
type ServiceAccount struct {
	// Email is the address of the account.
	Email string
	// Subject is the e-mail address of the person for whom the account acts, by domain-wide
	// delegation. Without it the account acts as the app.
	Subject string
	// Scopes has whole names, as Scopes returns them.
	Scopes []string
	// Origin is the base URL of another server than Google, such as the emulator.
	Origin string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client

	keyID string
	key   *secretKey
}

// secretKey hides a key from formatting verbs, which print the address of a nested pointer.
type secretKey struct{ rsa *rsa.PrivateKey }

func (secretKey) String() string   { return "[redacted]" }
func (secretKey) GoString() string { return "[redacted]" }

// assertionLife is the time that an assertion is valid for; Google accepts an hour.
const assertionLife = 10 * time.Minute

// clockSkew is the time by which the clock of this machine may be fast.
const clockSkew = 10 * time.Second

// TokenSource returns the tokens of the account, for option.WithTokenSource. A token is valid
// for about an hour. It copies s. Google: POST /token.
func (s ServiceAccount) TokenSource() (auth.TokenFunc, error) {
	switch {
	case s.key == nil:
		return nil, errors.New("googlechat: the service account has no key: ReadCredentials returns one")
	case len(s.Scopes) == 0:
		return nil, errors.New("googlechat: a service account has scopes")
	}
	s.Scopes = slices.Clone(s.Scopes)
	return auth.TokenFunc(s.token), nil
}

// accountClaims are the claims of an assertion.
type accountClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub,omitempty"`
	Audience string `json:"aud"`
	Scope    string `json:"scope"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

func (s ServiceAccount) token(ctx context.Context) (*oauth2.Token, error) {
	tokenURL, begin := tokenOrigin(s.Origin)+"/token", time.Now().Add(-clockSkew)
	signed, err := assertion.Sign(s.key.rsa, s.keyID, accountClaims{
		s.Email, s.Subject, tokenURL, strings.Join(s.Scopes, " "), begin.Unix(), begin.Add(assertionLife).Unix(),
	})
	if err != nil {
		return nil, err
	}
	config := clientcredentials.Config{
		TokenURL: tokenURL, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{"grant_type": {assertion.GrantType}, "assertion": {signed}},
	}
	t, err := config.Token(auth.HTTPContext(ctx, s.HTTPClient))
	if err != nil {
		var delegated []string
		if s.Subject != "" {
			delegated = s.Scopes
		}
		return nil, named(auth.GrantError(provider, err, signed), delegated)
	}
	return auth.Early(t), nil
}

func serviceAccount(f *keyfile.File) (*ServiceAccount, error) {
	var s ServiceAccount
	var err error
	if s.Email, err = f.Need("client_email"); err != nil {
		return nil, err
	}
	if s.keyID, err = f.Text("private_key_id"); err != nil {
		return nil, err
	}
	text, err := f.Need("private_key")
	if err != nil {
		return nil, err
	}
	key, err := assertion.ParseKey(text)
	if err != nil {
		return nil, f.Wrong("private_key", err.Error())
	}
	s.key = &secretKey{key}
	if s.Origin, err = fileOrigin(f, "token_uri"); err != nil {
		return nil, err
	}
	return &s, nil
}
