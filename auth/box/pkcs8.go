package box

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // keys of older files are encrypted with it
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // the default hash of PBKDF2 in PKCS #8
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"hash"
)

// The structures of an encrypted key: EncryptedPrivateKeyInfo of PKCS #8 with PBES2 of PKCS #5.
type (
	algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	encryptedKey struct {
		Algorithm algorithm
		Data      []byte
	}
	encryption struct{ Derivation, Cipher algorithm }
	derivation struct {
		Salt       []byte
		Iterations int
		KeyLength  int       `asn1:"optional"`
		Hash       algorithm `asn1:"optional"`
	}
)

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// hashes are the pseudo-random functions of PBKDF2 by object identifier. An absent one is
// HMAC with SHA-1.
var hashes = map[string]func() hash.Hash{
	"":                    sha1.New,
	"1.2.840.113549.2.7":  sha1.New,
	"1.2.840.113549.2.8":  sha256.New224,
	"1.2.840.113549.2.9":  sha256.New,
	"1.2.840.113549.2.10": sha512.New384,
	"1.2.840.113549.2.11": sha512.New,
}

// ciphers are the block ciphers in CBC mode by object identifier, with the lengths of their
// keys.
var ciphers = map[string]struct {
	block func(key []byte) (cipher.Block, error)
	key   int
}{
	"1.2.840.113549.3.7":      {des.NewTripleDESCipher, 24},
	"2.16.840.1.101.3.4.1.2":  {aes.NewCipher, 16},
	"2.16.840.1.101.3.4.1.22": {aes.NewCipher, 24},
	"2.16.840.1.101.3.4.1.42": {aes.NewCipher, 32},
}

// maxIterations bounds the time of a derivation to less than a second.
const maxIterations = 1_000_000

var errEncryption = errors.New("a key encrypted by PBES2 with PBKDF2 and AES or Triple-DES in CBC mode")

// decrypt returns the PKCS #8 key of an encrypted one. A wrong passphrase is errPassphrase, as
// far as the padding shows it.
func decrypt(der, passphrase []byte) ([]byte, error) {
	var key encryptedKey
	var method encryption
	var kdf derivation
	var iv []byte
	switch {
	case !whole(der, &key), !key.Algorithm.ID.Equal(oidPBES2), !whole(key.Algorithm.Parameters.FullBytes, &method),
		!method.Derivation.ID.Equal(oidPBKDF2), !whole(method.Derivation.Parameters.FullBytes, &kdf),
		!whole(method.Cipher.Parameters.FullBytes, &iv):
		return nil, errEncryption
	}
	prf, known := hashes[kdf.Hash.ID.String()]
	with, ok := ciphers[method.Cipher.ID.String()]
	switch {
	case !known, !ok, kdf.KeyLength != 0 && kdf.KeyLength != with.key:
		return nil, errEncryption
	case kdf.Iterations < 1 || kdf.Iterations > maxIterations:
		return nil, errors.New("a key whose passphrase is hashed at most 1,000,000 times")
	}
	secret, err := pbkdf2.Key(prf, string(passphrase), kdf.Salt, kdf.Iterations, with.key)
	if err != nil {
		return nil, errEncryption
	}
	block, err := with.block(secret)
	size := len(iv)
	if err != nil || block.BlockSize() != size || len(key.Data) == 0 || len(key.Data)%size != 0 {
		return nil, errEncryption
	}
	plain := make([]byte, len(key.Data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, key.Data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > size {
		return nil, errPassphrase
	}
	want := make([]byte, padding)
	for i := range want {
		want[i] = byte(padding)
	}
	if subtle.ConstantTimeCompare(plain[len(plain)-padding:], want) != 1 {
		return nil, errPassphrase
	}
	return plain[:len(plain)-padding], nil
}

// whole reports whether DER is one value that fits into v.
func whole(der []byte, v any) bool {
	rest, err := asn1.Unmarshal(der, v)
	return err == nil && len(rest) == 0
}
