package memberships

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// A page token is a version, a fingerprint of the listing that it belongs to, and the
// provider's cursor.
const (
	tokenVersion    = "2"
	fingerprintSize = 9
)

// SealToken returns the page token of a cursor, for implementers of Provider. No other
// listing takes it: the texts tell one listing of the provider from every other one, such
// as those of [Query.Listing], and OpenToken is given the same. The token is printable
// ASCII. It hides nothing of the cursor, which is no credential.
func SealToken(cursor string, listing ...string) string {
	return tokenVersion + base64.RawURLEncoding.EncodeToString(append(fingerprint(listing), cursor...))
}

// OpenToken returns the cursor of a page token, for implementers of Provider. The error
// says why the token is not one of this listing's and repeats neither; it becomes the Err
// of an ErrInvalidArgument.
func OpenToken(token string, listing ...string) (cursor string, err error) {
	if len(token) > maxID {
		return "", fmt.Errorf("the page token is longer than %d bytes", maxID)
	}
	if len(token) <= len(tokenVersion) || token[:len(tokenVersion)] != tokenVersion {
		return "", errors.New("the page token is not one of this package's")
	}
	b, err := base64.RawURLEncoding.DecodeString(token[len(tokenVersion):])
	if err != nil || len(b) <= fingerprintSize {
		return "", errors.New("the page token is damaged")
	}
	if string(b[:fingerprintSize]) != string(fingerprint(listing)) {
		return "", errors.New("the page token belongs to another listing")
	}
	cursor = string(b[fingerprintSize:])
	if SealToken(cursor, listing...) != token { // the decoder lets some others through
		return "", errors.New("the page token is damaged")
	}
	return cursor, nil
}

// fingerprint tells one listing from another.
func fingerprint(listing []string) []byte {
	h := sha256.New()
	for _, text := range listing {
		h.Write(binary.AppendUvarint(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)[:fingerprintSize]
}

// Listing returns the texts that tell the listing of q from the others of its provider,
// for SealToken. The role is not among them, because a Client keeps it itself.
func (q Query) Listing() []string {
	return []string{
		string(q.Op()), string(q.Group.Kind), q.Group.ID,
		string(q.Member.Kind), q.Member.ID, q.Member.Email,
	}
}
