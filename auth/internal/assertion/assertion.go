// Package assertion signs the JWTs that apps send for access tokens, and reads their keys.
package assertion

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
)

// GrantType is the grant of an assertion.
const GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// ParseKey returns the RSA key of a text in PEM, in PKCS #8 or PKCS #1. The error is the
// expectation that the text does not meet, and quotes nothing of it.
func ParseKey(text string) (*rsa.PrivateKey, error) {
	block := Block(text)
	switch {
	case block == nil:
		return nil, errors.New("a key in PEM")
	case Encrypted(block):
		return nil, errors.New("a key in PEM that is not encrypted")
	}
	return ParseDER(block.Bytes)
}

// Block returns the first block of a text in PEM, nil if there is none. Its lines may end in the
// characters \n of a text that was escaped twice.
func Block(text string) *pem.Block {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		block, _ = pem.Decode([]byte(strings.NewReplacer(`\r\n`, "\n", `\n`, "\n").Replace(text)))
	}
	return block
}

// Encrypted reports whether a block needs a passphrase: a key in PKCS #8, or one in the older
// form of OpenSSL.
func Encrypted(block *pem.Block) bool {
	return block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != ""
}

// minBits is the length of the weakest key that signs.
const minBits = 1024

// ParseDER returns the RSA key of a block of PEM. The error is the expectation that the block
// does not meet.
func ParseDER(der []byte) (*rsa.PrivateKey, error) {
	any, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		any, err = x509.ParsePKCS1PrivateKey(der)
	}
	if err != nil {
		return nil, errors.New("a key in PEM") // the cause may quote the key
	}
	key, ok := any.(*rsa.PrivateKey)
	switch {
	case !ok:
		return nil, errors.New("an RSA key")
	case key.N.BitLen() < minBits:
		return nil, errors.New("an RSA key of 1024 bits or more")
	}
	return key, nil
}

// Sign returns a JWT by RS256. keyID is the id of the public key, and may be empty.
func Sign(key *rsa.PrivateKey, keyID string, claims any) (string, error) {
	header, err := json.Marshal(struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
		KeyID     string `json:"kid,omitempty"`
	}{"RS256", "JWT", keyID})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode(header) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", errors.New("the key cannot sign")
	}
	return text + "." + encode(signature), nil
}
