package box

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/memberships-go/memberships/auth/internal/assertion"
)

// encrypted returns the DER of a key in testdata.
func encrypted(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return block.Bytes
}

// Fuzzing can often try a key whose passphrase is hashed once.
var once = []string{"once-aes256-sha224.pem", "once-des3-sha384.pem"}

func TestDecrypt(t *testing.T) {
	for _, name := range once {
		plain, err := decrypt(encrypted(t, name), []byte("passphrase"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := assertion.ParseDER(plain); err != nil {
			t.Errorf("%s: not %v", name, err)
		}
	}
	aes := encrypted(t, once[0])
	// The identifiers of the scheme and of the cipher, in DER.
	scheme, cipher := []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"), []byte("\x60\x86\x48\x01\x65\x03\x04\x01\x2a")
	des := []byte("\x60\x86\x48\x01\x65\x03\x04\x01\x01")
	iv := bytes.Index(aes, cipher) + len(cipher)
	for name, der := range map[string][]byte{
		"another scheme":             bytes.Replace(aes, scheme, append(scheme[:8:8], 0x0c), 1),
		"another cipher":             bytes.Replace(aes, cipher, des, 1),
		"no initialization vector":   append(append(aes[:iv:iv], 0x05, 16), aes[iv+2:]...),
		"a short vector":             append(append(aes[:iv:iv], 0x04, 8), aes[iv+2:]...),
		"data behind it":             append(aes[:len(aes):len(aes)], 0),
		"a block that is cut":        shorter(aes),
		"nothing":                    nil,
		"a vector of another cipher": bytes.Replace(encrypted(t, once[1]), []byte("\x2a\x86\x48\x86\xf7\x0d\x03\x07"), []byte("\x60\x86\x48\x01\x65\x03\x04\x01"), 1),
	} {
		if plain, err := decrypt(der, []byte("passphrase")); plain != nil || !errors.Is(err, errEncryption) {
			t.Errorf("%s: got %d bytes, %v", name, len(plain), err)
		}
	}
	for n := range 50 { // some wrong passphrases leave a correct padding
		if plain, err := decrypt(aes, fmt.Append(nil, n)); err != nil && (!errors.Is(err, errPassphrase) || plain != nil) {
			t.Errorf("the passphrase %d: got %d bytes, %v", n, len(plain), err)
		}
	}
}

// shorter returns an encrypted key without the last byte of its data, with correct lengths.
func shorter(der []byte) []byte {
	out := bytes.Clone(der[:len(der)-1])
	out[3]-- // the length of the whole, whose low byte is not 0
	data := bytes.LastIndex(out[:200], []byte{0x04, 0x82})
	out[data+3]--
	return out
}

// FuzzDecrypt changes encrypted keys: whatever they say, decrypt neither panics nor hangs.
func FuzzDecrypt(f *testing.F) {
	for _, name := range once {
		f.Add(encrypted(f, name), "passphrase")
	}
	f.Fuzz(func(t *testing.T, der []byte, passphrase string) {
		plain, err := decrypt(der, []byte(passphrase))
		if err == nil && len(plain) >= len(der) || err != nil && plain != nil {
			t.Errorf("got %d bytes of %d, %v", len(plain), len(der), err)
		}
	})
}
