package assertion

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

func TestSign(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ id, header string }{{"k1", `{"alg":"RS256","typ":"JWT","kid":"k1"}`}, {"", `{"alg":"RS256","typ":"JWT"}`}} {
		text, err := Sign(key, tc.id, map[string]string{"iss": "app"})
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(text, ".")
		var decoded [3][]byte
		for i, part := range parts {
			if decoded[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
				t.Fatal(err)
			}
		}
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], decoded[2]); err != nil {
			t.Errorf("the signature: %v", err)
		}
		if string(decoded[0]) != tc.header || string(decoded[1]) != `{"iss":"app"}` {
			t.Errorf("got %s and %s", decoded[0], decoded[1])
		}
	}
}

func TestParseKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: name, Bytes: der}))
	}
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return in("PRIVATE KEY", der, err)
	}
	for name, tc := range map[string]struct{ text, want string }{
		"PKCS #8":            {pkcs8(key), "<nil>"},
		"PKCS #1":            {in("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil), "<nil>"},
		"escaped lines":      {strings.ReplaceAll(pkcs8(key), "\n", `\n`), "<nil>"},
		"escaped lines, too": {strings.ReplaceAll(pkcs8(key), "\n", `\r\n`), "<nil>"},
		"encrypted":          {in("ENCRYPTED PRIVATE KEY", []byte("hush"), nil), "a key in PEM that is not encrypted"},
		"encrypted by OpenSSL": {
			strings.Replace(in("RSA PRIVATE KEY", []byte("hush"), nil), "\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1),
			"a key in PEM that is not encrypted",
		},
		"another key": {pkcs8(other), "an RSA key"},
		"no key":      {in("PRIVATE KEY", []byte("hush"), nil), "a key in PEM"},
		"no PEM":      {"hush", "a key in PEM"},
	} {
		got, err := ParseKey(tc.text)
		if fmt.Sprint(err) != tc.want || err == nil && !got.Equal(key) {
			t.Errorf("%s: got %v, want %s", name, err, tc.want)
		}
	}
}
