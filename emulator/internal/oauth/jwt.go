package oauth

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha256" // RS256
	_ "crypto/sha512" // RS384 and RS512
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// JWTBearer is the grant type of a signed assertion.
const JWTBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// algorithms are those of RSA signatures.
var algorithms = map[string]crypto.Hash{"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512}

// Assertion is a signed JWT with the claims that the providers read.
type Assertion struct {
	Algorithm string
	KeyID     string
	Claims    Claims

	signed    string
	signature []byte
}

// Claims are the claims of an assertion.
type Claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Type     string   `json:"box_sub_type"`
	Audience audience `json:"aud"`
	ID       string   `json:"jti"`
	Scope    string   `json:"scope"`
	Expires  *instant `json:"exp"`
	Issued   *instant `json:"iat"`
	Begins   *instant `json:"nbf"`
}

// audience is one text, or a list with one.
type audience string

func (a *audience) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err == nil && len(list) == 1 {
		*a = audience(list[0])
		return nil
	}
	return json.Unmarshal(b, (*string)(a))
}

// instant is a number of seconds since 1970.
type instant struct{ time.Time }

func (i *instant) UnmarshalJSON(b []byte) error {
	var seconds float64
	if err := json.Unmarshal(b, &seconds); err != nil {
		return err
	}
	i.Time = time.Unix(int64(seconds), 0)
	return nil
}

// ParseAssertion reads a JWT without a check of its signature, and reports whether it has the
// form of one that RSA signs.
func ParseAssertion(text string) (*Assertion, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, false
	}
	var header struct {
		Algorithm string   `json:"alg"`
		KeyID     string   `json:"kid"`
		Critical  []string `json:"crit"`
	}
	a := &Assertion{signed: parts[0] + "." + parts[1]}
	if !decode(parts[0], &header) || !decode(parts[1], &a.Claims) || header.Critical != nil {
		return nil, false
	}
	var err error
	if a.signature, err = base64.RawURLEncoding.DecodeString(parts[2]); err != nil || len(a.signature) == 0 {
		return nil, false
	}
	a.Algorithm, a.KeyID = header.Algorithm, header.KeyID
	return a, true
}

func decode(part string, v any) bool {
	b, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(b, v) == nil
}

// Signed reports whether the assertion has one of the algorithms, and is signed with a key.
// A nil key stands for any.
func (a *Assertion) Signed(key *rsa.PublicKey, allowed ...string) bool {
	hash, ok := algorithms[a.Algorithm]
	if !ok || !slices.Contains(allowed, a.Algorithm) {
		return false
	}
	if key == nil {
		return true
	}
	h := hash.New()
	h.Write([]byte(a.signed))
	return rsa.VerifyPKCS1v15(key, hash, h.Sum(nil), a.signature) == nil
}
