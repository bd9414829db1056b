package box

import (
	"crypto/rsa"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Bounds of an assertion: its life, and the length of its id in characters.
const (
	assertionLife = 60 * time.Second
	leastID       = 16
	mostID        = 128
)

// boxAudience is the audience of assertions besides the URL of the emulator's own token
// endpoint.
const boxAudience = "https://api.box.com/oauth2/token"

const tokenPath = "/oauth2/token"

// claim returns the error for a claim of an assertion.
func claim(name string) error { return invalidGrant("Please check the '" + name + "' claim.") }

// assert makes the caller the subject of an assertion.
func (s *server) assert(r *http.Request, client *seed.Client, app *httpapi.Caller, text string) error {
	if text == "" {
		return oauthError("invalid_request", "assertion is missing")
	}
	a, ok := oauth.ParseAssertion(text)
	if !ok {
		return invalidGrant("The assertion is not a signed JWT")
	}
	if err := signed(client, a); err != nil {
		return err
	}
	c, now := a.Claims, s.seed.Now()
	id := utf8.RuneCountInString(c.ID)
	switch {
	case c.Issuer != client.ID:
		return claim("iss")
	case string(c.Audience) != boxAudience && string(c.Audience) != oauth.Own(r, tokenPath):
		return claim("aud")
	case c.Expires == nil:
		return claim("exp")
	case !now.Before(c.Expires.Time):
		return invalidGrant("Current date time must be before the expiration date time listed in the 'exp' claim.")
	case c.Expires.Sub(now) > assertionLife:
		return claim("exp")
	case c.Begins != nil && now.Before(c.Begins.Time):
		return claim("nbf")
	case id < leastID || id > mostID:
		return claim("jti")
	}
	if err := s.subject(client, app, c.Type, c.Subject); err != nil {
		return err
	}
	if !s.auth.First(client.ID+" "+c.ID, c.Expires.Time) {
		return claim("jti")
	}
	return nil
}

// signed checks the algorithm and the key of an assertion. If the state names no keys of the
// client, the signature is not verified. Box documents the header kid as required, and the
// Node SDK 10.12.0 does not send it: without it, any key of the app will do.
func signed(client *seed.Client, a *oauth.Assertion) error {
	keys := []*rsa.PublicKey{nil}
	if len(client.Keys) > 0 {
		keys = nil
		for _, k := range client.Keys {
			if a.KeyID == "" || a.KeyID == k.ID {
				keys = append(keys, k.RSA)
			}
		}
		if keys == nil {
			return invalidGrant("The app has no public key with the 'kid' of the assertion")
		}
	}
	if !slices.ContainsFunc(keys, func(k *rsa.PublicKey) bool { return a.Signed(k, "RS256", "RS384", "RS512") }) {
		return invalidGrant("The signature of the assertion is not valid")
	}
	return nil
}
