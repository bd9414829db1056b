package evidence

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// ParseKey returns the private key of a PEM file, as openssl genpkey -algorithm ed25519 makes
// it. Its errors show no content.
func ParseKey(file []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(file)
	if block == nil {
		return nil, errors.New("the file is not PEM")
	}
	if block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("the file has a %s; want a PRIVATE KEY of the algorithm ed25519, without a passphrase", block.Type)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the private key cannot be read")
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the private key is a %T; want one of the algorithm ed25519", key)
	}
	return private, nil
}

// Sign returns the signature of the bytes of a file of evidence, for openssl pkeyutl
// -verify -rawin.
func Sign(key ed25519.PrivateKey, file []byte) []byte { return ed25519.Sign(key, file) }
