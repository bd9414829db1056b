package memberships

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// A page token consists of a version, the fingerprint of its listing, and the provider's
// cursor.
const (
	tokenVersion    = "2"
	fingerprintSize = 9
)

// SealToken returns the page token of a cursor, for implementers of Provider. The texts
// of listing, such as those of [Query.Listing], identify the listing; OpenToken accepts
// the token only with the same texts. The token is printable ASCII. It does not encrypt
// the cursor.
func SealToken(cursor string, listing ...string) string {
	return tokenVersion + base64.RawURLEncoding.EncodeToString(append(fingerprint(listing), cursor...))
}

// OpenToken returns the cursor of a page token, for implementers of Provider. The error
// explains why the token does not belong to the listing and quotes neither; it becomes
// the Err of an ErrInvalidArgument.
func OpenToken(token string, listing ...string) (cursor string, err error) {
	if len(token) > maxID {
		return "", fmt.Errorf("the page token is longer than %d bytes", maxID)
	}
	if len(token) <= len(tokenVersion) || token[:len(tokenVersion)] != tokenVersion {
		return "", errors.New("the page token has an unknown format")
	}
	b, err := base64.RawURLEncoding.DecodeString(token[len(tokenVersion):])
	if err != nil || len(b) <= fingerprintSize {
		return "", errors.New("the page token is damaged")
	}
	if string(b[:fingerprintSize]) != string(fingerprint(listing)) {
		return "", errors.New("the page token belongs to another listing")
	}
	cursor = string(b[fingerprintSize:])
	if SealToken(cursor, listing...) != token { // the base64 decoder ignores stray bits
		return "", errors.New("the page token is damaged")
	}
	return cursor, nil
}

// fingerprint returns the hash of the texts that identify a listing.
func fingerprint(listing []string) []byte {
	h := sha256.New()
	for _, text := range listing {
		h.Write(binary.AppendUvarint(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)[:fingerprintSize]
}

// Listing returns the texts that identify the listing of q, for SealToken. The role is
// absent, because a Client filters by role itself.
func (q Query) Listing() []string {
	return []string{
		string(q.Op()), string(q.Group.Kind), q.Group.ID,
		string(q.Member.Kind), q.Member.ID, q.Member.Email, string(q.State),
	}
}
