package memberships

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
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
	return seal(tokenVersion, cursor, listing)
}

// OpenToken returns the cursor of a page token, for implementers of Provider. The error
// explains why the token does not belong to the listing and quotes neither; it becomes
// the Err of an ErrInvalidArgument.
func OpenToken(token string, listing ...string) (cursor string, err error) {
	return open(tokenVersion, "page token", "listing", token, listing)
}

// seal returns a version, the fingerprint of the texts and the cursor as printable ASCII.
func seal(version, cursor string, texts []string) string {
	return version + base64.RawURLEncoding.EncodeToString(append(fingerprint(texts), cursor...))
}

// open returns the cursor of a sealed text. Errors call the text by name, and its origin by
// owner.
func open(version, name, owner, text string, texts []string) (cursor string, err error) {
	if len(text) > maxID {
		return "", fmt.Errorf("the %s is longer than %d bytes", name, maxID)
	}
	if len(text) <= len(version) || text[:len(version)] != version {
		return "", fmt.Errorf("the %s has an unknown format", name)
	}
	b, err := base64.RawURLEncoding.DecodeString(text[len(version):])
	if err != nil || len(b) <= fingerprintSize {
		return "", fmt.Errorf("the %s is damaged", name)
	}
	if string(b[:fingerprintSize]) != string(fingerprint(texts)) {
		return "", fmt.Errorf("the %s belongs to another %s", name, owner)
	}
	cursor = string(b[fingerprintSize:])
	if seal(version, cursor, texts) != text { // the base64 decoder ignores stray bits
		return "", fmt.Errorf("the %s is damaged", name)
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
