package googlechat

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strconv"
	"time"
)

// Signer signs requests as Google does, with a key of its own, so that users can test their
// function. It serves its public key, as an http.Handler and to the client of Client. All
// methods are safe for concurrent use.
type Signer struct {
	key *rsa.PrivateKey
	id  string
}

// NewSigner returns a signer with a new key.
func NewSigner() (*Signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, minKeyBits)
	if err != nil {
		return nil, fmt.Errorf("googlechat: %w", err)
	}
	sum := sha256.Sum256(key.N.Bytes())
	return &Signer{key: key, id: fmt.Sprintf("%x", sum[:8])}, nil
}

// SignPush returns the headers of a push request of Pub/Sub at a time, for an audience and
// as a service account. With ChatAccount they are those of Google Chat's request to an app
// whose audience is a URL. They are valid for an hour.
func (s *Signer) SignPush(audience, serviceAccount string, at time.Time) map[string][]string {
	return s.headers(map[string]any{
		"iss": googleIssuer, "aud": audience, "azp": "1", "sub": "1", "email": serviceAccount, "email_verified": true,
		"iat": at.Unix(), "exp": at.Add(time.Hour).Unix(),
	})
}

// SignApp returns the headers of Google Chat's request at a time to an app whose audience is
// the number of its project.
func (s *Signer) SignApp(projectNumber string, at time.Time) map[string][]string {
	return s.headers(map[string]any{"iss": ChatAccount, "aud": projectNumber, "iat": at.Unix(), "exp": at.Add(time.Hour).Unix()})
}

func (s *Signer) headers(claims map[string]any) map[string][]string {
	return map[string][]string{"Authorization": {"Bearer " + s.sign(map[string]any{"alg": algorithm, "kid": s.id, "typ": "JWT"}, claims)}}
}

// sign returns a token. Its parts are always encodable, and a key of this size always signs.
func (s *Signer) sign(header, claims map[string]any) string {
	text := encode(header) + "." + encode(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Keys returns the public key as a JSON Web Key Set.
func (s *Signer) Keys() []byte {
	b, err := json.Marshal(map[string][]webKey{"keys": {{
		ID: s.id, Type: "RSA", Use: "sig", Algorithm: algorithm,
		N: base64.RawURLEncoding.EncodeToString(s.key.N.Bytes()),
		E: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
	}}})
	if err != nil {
		panic("googlechat: " + err.Error())
	}
	return b
}

// ServeHTTP serves Keys at any path.
func (s *Signer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(s.Keys())
}

// Client returns a client that gets Keys from any address, without a network. Pass it to
// WithHTTPClient.
func (s *Signer) Client() *http.Client { return &http.Client{Transport: local{s}} }

type local struct{ s *Signer }

// RoundTrip implements http.RoundTripper.
func (l local) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body := l.s.Keys()
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header:        http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"max-age=3600"}, "Content-Length": {strconv.Itoa(len(body))}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}
