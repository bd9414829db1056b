package paging

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A page token is a version, a fingerprint of the listing it belongs to, and the cursor.
const tokenVersion = "1"

// MaxCursor is longer than any cursor. A cursor in a page token, and that token in another
// one of package memberships, is still shorter than maxToken: each page that is returned
// can be continued from.
const MaxCursor = 4 << 10

// maxToken is the length that no page token, id or address exceeds.
const maxToken = 8 << 10

// fingerprint tells one listing from another.
func (l *List[T]) fingerprint() []byte {
	sum := sha256.Sum256([]byte(strings.Join(l.source.Identity(), "\n")))
	return sum[:9]
}

func (l *List[T]) sealToken(cursor string) string {
	return tokenVersion + base64.RawURLEncoding.EncodeToString(append(l.fingerprint(), cursor...))
}

func (l *List[T]) openToken(token string) (string, error) {
	if len(token) > maxToken {
		return "", fmt.Errorf("the page token is longer than %d bytes", maxToken)
	}
	rest, ok := strings.CutPrefix(token, tokenVersion)
	b, err := base64.RawURLEncoding.DecodeString(rest)
	fp := l.fingerprint()
	if !ok || err != nil || len(b) <= len(fp) {
		return "", errors.New("the page token is not one of this package's")
	}
	if string(b[:len(fp)]) != string(fp) {
		return "", errors.New("the page token belongs to another listing")
	}
	return string(b[len(fp):]), nil
}
