// Package hide removes credentials from what the emulator shows.
package hide

import (
	"net/url"
	"strings"
)

// Redacted stands in place of a credential.
const Redacted = "redacted"

// Param reports whether the value of a query parameter or a header authenticates.
func Param(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "pagetoken", "page_token":
		return false
	case "state": // of a sign-in
		return true
	}
	for _, part := range []string{"auth", "signature", "token", "secret", "key", "password", "assertion", "code", "verifier", "nonce", "credential"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// Query returns a query without the values of credentials.
func Query(raw string) string {
	pairs := strings.FieldsFunc(raw, func(r rune) bool { return r == '&' || r == ';' })
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil || Param(plain) {
			pairs[i] = name + "=" + Redacted
		}
	}
	return strings.Join(pairs, "&")
}

// URL returns a URL without its user, its password and the credentials in its query.
func URL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery = nil, Query(u.RawQuery)
	return u.String()
}
