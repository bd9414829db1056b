package googlechat

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/internal/transport"
)

// Bounds of the key set.
const (
	fetchTimeout = 10 * time.Second
	maxKeysBody  = 256 << 10
	maxKeys      = 64
	minKeyBits   = 2048
	maxKeyBits   = 8192
	// The keys are kept for the time that the answer states, within these bounds.
	shortestLife = time.Minute
	defaultLife  = time.Hour
	longestLife  = 24 * time.Hour
	// refreshEvery is the shortest time between a success and the next request for an unknown
	// key, and retryEvery the time after a failure.
	refreshEvery = time.Minute
	retryEvery   = time.Second
)

// missingKeysError is the error of keys that cannot be had now.
type missingKeysError struct{ err error }

func (e *missingKeysError) Error() string { return "the keys cannot be had: " + e.err.Error() }

func (e *missingKeysError) Unwrap() error { return e.err }

var errUnknownKey = errors.New("the token is signed with an unknown key")

// keySet is the public keys at one address. It is safe for concurrent use.
type keySet struct {
	url    string
	client *http.Client

	mu       sync.Mutex
	keys     map[string]*rsa.PublicKey
	until    time.Time     // when keys must be fetched again
	fetched  time.Time     // time of the last success
	failed   time.Time     // time of the last failure
	err      error         // of the last failure
	fetching chan struct{} // closed at the end of the fetch in flight
}

func newKeySet(address string, hc *http.Client) *keySet {
	if hc == nil {
		hc = &http.Client{}
	}
	client := transport.Guard(hc)
	if client.Timeout <= 0 {
		client.Timeout = fetchTimeout
	}
	client.Jar = nil
	return &keySet{url: address, client: client}
}

// get returns a key. It fetches the keys if they are too old or lack the key. All callers
// share one fetch.
func (s *keySet) get(ctx context.Context, id string) (*rsa.PublicKey, error) {
	for first := true; ; first = false {
		s.mu.Lock()
		now := time.Now()
		key, fresh := s.keys[id], now.Before(s.until)
		switch {
		case fresh && key != nil:
			s.mu.Unlock()
			return key, nil
		case s.fetching == nil && s.err != nil && (!first || now.Sub(s.failed) < retryEvery):
			err := s.err
			s.mu.Unlock()
			return nil, &missingKeysError{err}
		case fresh && (!first || now.Sub(s.fetched) < refreshEvery):
			s.mu.Unlock()
			return nil, errUnknownKey
		case s.fetching == nil:
			s.fetching = make(chan struct{})
			go s.fetch(context.WithoutCancel(ctx))
		}
		done := s.fetching
		s.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
			return nil, &missingKeysError{ctx.Err()}
		}
	}
}

// fetch replaces the keys. A failure keeps the old ones for their time.
func (s *keySet) fetch(ctx context.Context) {
	keys, life, err := s.read(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if err != nil {
		s.failed, s.err = now, err
	} else {
		s.keys, s.until, s.fetched, s.err = keys, now.Add(life), now, nil
	}
	close(s.fetching)
	s.fetching = nil
}

// read requests the keys. Its errors have no address and no body.
func (s *keySet) read(ctx context.Context) (map[string]*rsa.PublicKey, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, 0, errors.New("the address of the keys is not valid")
	}
	resp, err := s.client.Do(req)
	if redirect := (*transport.RedirectError)(nil); errors.As(err, &redirect) {
		return nil, 0, errors.New("the server of the keys answers with a redirect")
	}
	if err != nil {
		return nil, 0, errors.New("the server of the keys does not answer")
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("the server of the keys answers with status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxKeysBody+1))
	switch {
	case err != nil:
		return nil, 0, errors.New("the answer with the keys is cut off")
	case len(body) > maxKeysBody:
		return nil, 0, errors.New("the answer with the keys is too large")
	}
	keys, err := parseKeys(body)
	return keys, lifeOf(resp.Header), err
}

// lifeOf returns the time to keep an answer.
func lifeOf(h http.Header) time.Duration {
	life := defaultLife
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return shortestLife
		case "max-age":
			if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil {
				life = time.Duration(seconds) * time.Second
			}
		}
	}
	if age, err := strconv.ParseUint(h.Get("Age"), 10, 31); err == nil {
		life -= time.Duration(age) * time.Second
	}
	return min(max(life, shortestLife), longestLife)
}

// parseKeys parses a JSON Web Key Set, or an object of certificates in PEM by key id. Keys
// for other purposes are left out.
func parseKeys(body []byte) (map[string]*rsa.PublicKey, error) {
	var set struct {
		Keys []webKey `json:"keys"`
	}
	keys := map[string]*rsa.PublicKey{}
	add := func(id string, key *rsa.PublicKey) error {
		switch {
		case keys[id] != nil:
			return errors.New("two keys have one id")
		case len(keys) >= maxKeys:
			return errors.New("there are too many keys")
		case key.N.BitLen() < minKeyBits || key.N.BitLen() > maxKeyBits || key.E < 3 || key.E&1 == 0 || key.N.Bit(0) == 0:
			return errors.New("a key is too weak or too large")
		}
		keys[id] = key
		return nil
	}
	if err := json.Unmarshal(body, &set); err == nil && set.Keys != nil {
		for _, k := range set.Keys {
			if !k.signs() {
				continue
			}
			key, err := k.public()
			if err == nil {
				err = add(k.ID, key)
			}
			if err != nil {
				return nil, err
			}
		}
	} else {
		certificates := map[string]string{}
		if err := json.Unmarshal(body, &certificates); err != nil {
			return nil, errors.New("the answer has no keys")
		}
		for id, text := range certificates {
			key, err := parseCertificate(text)
			if err == nil {
				err = add(id, key)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the answer has no keys")
	}
	return keys, nil
}

// webKey is one key of a JSON Web Key Set.
type webKey struct {
	ID        string `json:"kid"`
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	N         string `json:"n"`
	E         string `json:"e"`
}

// signs reports whether the key is for signatures with RS256.
func (k *webKey) signs() bool {
	return k.ID != "" && k.Type == "RSA" && (k.Use == "" || k.Use == "sig") && (k.Algorithm == "" || k.Algorithm == algorithm)
}

func (k *webKey) public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil {
		return nil, errors.New("the modulus of a key is not base64")
	}
	e, err := base64.RawURLEncoding.DecodeString(k.E)
	if err != nil || len(bytes.TrimLeft(e, "\x00")) > 4 {
		return nil, errors.New("the exponent of a key is not valid")
	}
	exponent := new(big.Int).SetBytes(e).Int64()
	if exponent > 1<<31-1 {
		return nil, errors.New("the exponent of a key is not valid")
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent)}, nil
}

func parseCertificate(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("a certificate is not PEM")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, errors.New("a certificate cannot be read")
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("a certificate has no RSA key")
	}
	return key, nil
}
