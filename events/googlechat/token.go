package googlechat

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	googleIssuer = "https://accounts.google.com"
	algorithm    = "RS256"
	// tolerance is the largest difference between the clocks.
	tolerance = 30 * time.Second
)

// token is a JSON Web Token whose signature is not verified yet.
type token struct {
	text    string
	keyID   string
	payload payload
}

// payload are the claims that an expectation reads.
type payload struct {
	Issuer   string   `json:"iss"`
	Audience audience `json:"aud"`
	Email    string   `json:"email"`
	Verified bool     `json:"email_verified"`
	Expires  *int64   `json:"exp"`
	Issued   *int64   `json:"iat"`
	From     *int64   `json:"nbf"`
}

// audience is one text, or a list of one.
type audience string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err == nil && len(list) == 1 {
		*a = audience(list[0])
		return nil
	}
	return json.Unmarshal(b, (*string)(a))
}

// parseToken parses the compact form of a token. It refuses another spelling of the same
// bytes, which the decoder of a library accepts.
func parseToken(text string) (*token, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, errors.New("the token does not have three parts")
	}
	var decoded [3][]byte
	for i, part := range parts {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || len(b) == 0 || strings.ContainsAny(part, "\r\n") { // which the decoder ignores
			return nil, errors.New("the token is not base64")
		}
		decoded[i] = b
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	t := &token{text: text}
	if json.Unmarshal(decoded[0], &header) != nil || json.Unmarshal(decoded[1], &t.payload) != nil {
		return nil, errors.New("the token is not JSON")
	}
	switch {
	case header.Algorithm != algorithm:
		return nil, errors.New("the token is not signed with " + algorithm)
	case header.KeyID == "":
		return nil, errors.New("the token names no key")
	}
	t.keyID = header.KeyID
	return t, nil
}

// expected is what a token must have.
type expected struct {
	keys             *keySet
	issuer, audience string
	account          string // "" if the issuer is the account
}

// check returns the error of texts that no token can have.
func (e *expected) check() error {
	switch {
	case e.audience == "":
		return errors.New("the audience is empty")
	case e.account == "":
		return errors.New("the service account is empty")
	case !strings.Contains(e.account, "@"):
		return errors.New("the service account is not an address")
	}
	return nil
}

// claims reports whether a token says that it is of this kind.
func (e *expected) claims(t *token) bool {
	return string(t.payload.Audience) == e.audience && (e.account == "" && t.payload.Issuer == e.issuer || e.account != "" && t.payload.Email == e.account)
}

// verify returns an error unless the token has all that is expected, and a valid signature.
// Claims are checked first, so that only a token that fits makes a request for keys.
func (e *expected) verify(ctx context.Context, t *token, now time.Time) error {
	if err := e.checkClaims(&t.payload, now); err != nil {
		return err
	}
	key, err := e.keys.get(ctx, t.keyID)
	if err != nil {
		return err
	}
	verifier := oidc.NewVerifier(e.issuer, &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key}}, &oidc.Config{
		ClientID: e.audience, SupportedSigningAlgs: []string{algorithm}, Now: func() time.Time { return now.Add(-tolerance) },
	})
	verified, err := verifier.Verify(ctx, t.text)
	if err != nil {
		return errors.New("the token is not signed by this key, or not valid") // the cause quotes claims
	}
	// The claims of the library's parser are the verified ones.
	var p payload
	if err := verified.Claims(&p); err != nil {
		return errors.New("the token is not JSON")
	}
	return e.checkClaims(&p, now)
}

// checkClaims returns an error unless the claims are the expected ones at a time.
func (e *expected) checkClaims(p *payload, now time.Time) error {
	issued := p.Issuer == e.issuer || e.issuer == googleIssuer && "https://"+p.Issuer == googleIssuer
	switch {
	case !issued:
		return errors.New("the token is of another issuer")
	case string(p.Audience) != e.audience:
		return errors.New("the token is for another audience")
	case e.account != "" && p.Email != e.account:
		return errors.New("the token is of another account")
	case e.account != "" && !p.Verified:
		return errors.New("the address in the token is not verified")
	case p.Expires == nil || p.Issued == nil:
		return errors.New("the token lacks its times")
	case !now.Before(time.Unix(*p.Expires, 0).Add(tolerance)):
		return errors.New("the token has expired")
	case now.Add(tolerance).Before(time.Unix(*p.Issued, 0)), p.From != nil && now.Add(tolerance).Before(time.Unix(*p.From, 0)):
		return fmt.Errorf("the token is not valid until more than %s from now", tolerance)
	}
	return nil
}
