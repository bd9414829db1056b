package core

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
)

// A page token is a version, a fingerprint of the listing it belongs to, and the cursor.
const tokenVersion = "1"

// fingerprint tells one listing from another: provider, operation, ids and filters, but
// not the page size.
func (r *Run[P, T]) fingerprint() []byte {
	parts := []string{r.p.client.vendor.Name, cmp.Or(r.l.Op, r.l.Call.Endpoint.Op), r.query.with("", "")}
	for _, name := range r.p.client.vendor.Scope {
		parts = append(parts, r.p.req.Header.Get(name))
	}
	for _, id := range r.l.Call.Endpoint.IDs {
		parts = append(parts, id.Value)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return sum[:9]
}

func (r *Run[P, T]) sealToken(cursor string) string {
	return tokenVersion + base64.RawURLEncoding.EncodeToString(append(r.fingerprint(), cursor...))
}

func (r *Run[P, T]) openToken(token string) (string, error) {
	if err := checkToken(token); err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(token, tokenVersion)
	b, err := base64.RawURLEncoding.DecodeString(rest)
	fp := r.fingerprint()
	if !ok || err != nil || len(b) <= len(fp) {
		return "", errors.New("the page token is not one of this package's")
	}
	if string(b[:len(fp)]) != string(fp) {
		return "", errors.New("the page token belongs to another listing")
	}
	return string(b[len(fp):]), nil
}
