// Package delivery holds the common parts of the wrappers' deliveries: the headers, the
// comparison of signatures, and the errors.
package delivery

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
)

const (
	// MaxBody is the largest body of a delivery. A larger one is refused before any
	// hashing.
	MaxBody = 1 << 20
	// MaxSignatures is the largest number of signatures of a delivery, and of secrets.
	MaxSignatures = 16
	// MaxHeader is the largest value of a header that verification reads. It has room for
	// MaxSignatures signatures.
	MaxHeader = 4 << 10
)

// GoogleChat returns the deliveries of Google Chat for the values of its settings, any of
// which may be empty. Package events/googlechat sets it, so that only its importers compile
// the verifier of tokens.
var GoogleChat func(audience, serviceAccount, app, keysURL string) memberships.Deliveries

// Request is one delivery before its verification.
type Request struct {
	Headers map[string][]string
	Body    []byte
	Now     time.Time
}

// Header returns the one value of a header. ok is false if the request lacks it. A header
// that comes twice, also under names of different case, is an error.
func (r Request) Header(name string) (value string, ok bool, err error) {
	n := 0
	for key, values := range r.Headers {
		if strings.EqualFold(key, name) {
			if n += len(values); n == 1 && len(values) == 1 {
				value = values[0]
			}
		}
	}
	switch {
	case n > 1:
		return "", false, fmt.Errorf("the header %s comes %d times", name, n)
	case len(value) > MaxHeader:
		return "", false, fmt.Errorf("the header %s is too long", name)
	}
	return value, n == 1, nil
}

// Need is Header for a header that every delivery has.
func (r Request) Need(name string) (string, error) {
	value, ok, err := r.Header(name)
	if err == nil && (!ok || value == "") {
		err = fmt.Errorf("the header %s is missing", name)
	}
	return value, err
}

// Reader is a memberships.Deliveries.
type Reader struct {
	Name string
	// Fault is the error of an unusable secret.
	Fault error
	// Verify returns an error for a request without a valid signature.
	Verify func(Request) error
	// Read returns the delivery of a verified request, or the error of a body that makes no
	// sense. An error quotes nothing of it.
	Read func(Request) (memberships.Delivery, error)
}

// Provider implements memberships.Deliveries.
func (d *Reader) Provider() string { return d.Name }

// Check implements memberships.Deliveries.
func (d *Reader) Check() error {
	if d.Fault != nil {
		return d.fail(memberships.ErrInvalidArgument, d.Fault)
	}
	return nil
}

// Open implements memberships.Deliveries.
func (d *Reader) Open(_ context.Context, headers map[string][]string, body []byte, now time.Time) (memberships.Delivery, error) {
	if err := d.Check(); err != nil {
		return memberships.Delivery{}, err
	}
	if len(body) > MaxBody {
		return memberships.Delivery{}, d.fail(memberships.ErrTooLarge, fmt.Errorf("the body has more than %d bytes", MaxBody))
	}
	r := Request{headers, body, now}
	if err := d.Verify(r); err != nil {
		return memberships.Delivery{}, d.fail(memberships.ErrUnauthenticated, err)
	}
	out, err := d.Read(r)
	if err != nil {
		return memberships.Delivery{}, d.fail(memberships.ErrMalformed, err)
	}
	return out, nil
}

func (d *Reader) fail(kind, err error) error {
	return &memberships.Error{Provider: d.Name, Op: "Deliveries", Kind: kind, Err: err}
}

// Secrets returns the error of a list of secrets: none, too many, or one that fault returns
// an error for. The error has the place of the secret and not its text.
func Secrets(secrets []string, fault func(string) error) error {
	switch {
	case len(secrets) == 0:
		return errors.New("there is no secret")
	case len(secrets) > MaxSignatures:
		return fmt.Errorf("there are more than %d secrets", MaxSignatures)
	}
	for i, s := range secrets {
		if err := fault(s); err != nil {
			if len(secrets) > 1 {
				return fmt.Errorf("secret %d %w", i+1, err)
			}
			return fmt.Errorf("the secret %w", err)
		}
	}
	return nil
}

// Sum returns the HMAC of the parts.
func Sum(h func() hash.Hash, key []byte, parts ...string) []byte {
	mac := hmac.New(h, key)
	for _, p := range parts {
		mac.Write([]byte(p))
	}
	return mac.Sum(nil)
}

// Same compares the text of two signatures in constant time. A text that decodes to the same
// bytes in another spelling is another text.
func Same(got, want string) bool { return hmac.Equal([]byte(got), []byte(want)) }

// ID returns a short hash of parts, for a delivery without an id of its own.
func ID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// OtherType returns the type of an event that is no change to a membership: the provider's
// own name, unless that is the name of a change.
func OtherType(name string) memberships.EventType {
	if t := memberships.EventType(name); !t.Changes() {
		return t
	}
	return memberships.EventType("other." + name)
}
