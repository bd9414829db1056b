package googlechat

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"sync"
	"time"
)

// KeysPath has the public keys of the push requests as a JSON Web Key Set. Google's own path
// for them, /oauth2/v3/certs, is below a prefix of Box.
const KeysPath = "/service_accounts/v1/jwk/" + ServiceAccount

const (
	issuer  = "https://accounts.google.com"
	keyBits = 2048
	keyID   = "emulator-1"
	// tokenLife is the life of a token.
	tokenLife = time.Hour
)

// keys is the key pair of the push requests. Its first use makes it, because that takes long.
type keys struct {
	once sync.Once
	key  *rsa.PrivateKey
}

// pair returns the key pair. There is no entropy to run out of, so that an error is a fault
// of the machine.
func (k *keys) pair() *rsa.PrivateKey {
	k.once.Do(func() {
		var err error
		if k.key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
			panic("googlechat: " + err.Error())
		}
	})
	return k.key
}

// sign returns the token of a push request to an audience.
func (k *keys) sign(audience string, at time.Time) string {
	encode := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic("googlechat: " + err.Error())
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := encode(map[string]string{"alg": "RS256", "kid": keyID, "typ": "JWT"}) + "." + encode(map[string]any{
		"iss": issuer, "aud": audience, "azp": "100000000000000000001", "sub": "100000000000000000001",
		"email": ServiceAccount, "email_verified": true, "iat": at.Unix(), "exp": at.Add(tokenLife).Unix(),
	})
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.pair(), crypto.SHA256, sum[:])
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// ServeHTTP serves the public key.
func (k *keys) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "memberships emulator: the keys can be read only", http.StatusMethodNotAllowed)
		return
	}
	public := k.pair().PublicKey
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}}})
}
