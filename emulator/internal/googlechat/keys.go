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

// pair is the key pair of the push requests of all emulators in the process: a new state
// must not replace a key that receivers have cached. Its first use makes it, because that
// takes long. An error is a fault of the machine.
var pair = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return key
})

// sign returns the token of a push request to an audience.
func sign(audience string, at time.Time) string {
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
	signature, err := rsa.SignPKCS1v15(rand.Reader, pair(), crypto.SHA256, sum[:])
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// ServeKeys serves the public key at KeysPath. It needs no credential.
func ServeKeys(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "memberships emulator: the keys can be read only", http.StatusMethodNotAllowed)
		return
	}
	public := pair().PublicKey
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}}})
}
