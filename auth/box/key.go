package box

import (
	"crypto/rsa"
	"errors"

	"github.com/memberships-go/memberships/auth/internal/assertion"
)

// errPassphrase is the expectation of a passphrase that opens its key.
var errPassphrase = errors.New("the passphrase of the key")

// parseKey returns the RSA key of a text in PEM, which may be encrypted. Its error is the
// expectation that the text does not meet, and quotes nothing of it.
func parseKey(text, passphrase string) (*rsa.PrivateKey, error) {
	block := assertion.Block(text)
	switch {
	case block == nil || !assertion.Encrypted(block):
		return assertion.ParseKey(text)
	case len(block.Headers) > 0:
		return nil, errEncryption
	case passphrase == "":
		return nil, errPassphrase
	}
	der, err := decrypt(block.Bytes, []byte(passphrase))
	if err != nil {
		return nil, err
	}
	key, err := assertion.ParseDER(der)
	if err != nil && err.Error() == "a key in PEM" {
		return nil, errPassphrase // another passphrase can leave correct padding
	}
	return key, err
}
