package config

import (
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

func TestSecretFault(t *testing.T) {
	const bearer, outer = `begins with "Bearer", which is no part of it`, "holds a line break, a control character or outer white space"
	for secret, want := range map[string]string{
		"sk_test_canary":               "",
		"canary/+ 7":                   "",
		"token":                        "",
		"bearer-canary":                "",
		"Bearercanary":                 "",
		"basics canary":                "",
		"":                             "is empty",
		"Bearer canary":                bearer,
		"bearer canary":                bearer,
		"BEARER\tcanary":               bearer,
		"Bearer: canary":               bearer,
		"  Bearer canary\n":            bearer,
		"Bearer\u00a0canary":           bearer,
		"Bearer":                       bearer,
		"Bearer ":                      bearer,
		"Basic canary":                 `begins with "Basic"`,
		"basic Y2FuYXJ5":               `begins with "Basic"`,
		"token canary":                 `begins with "Token"`,
		"OAuth canary":                 `begins with "OAuth"`,
		"Authorization: Bearer canary": `is a whole header "Authorization"`,
		"authorization:canary":         `is a whole header "Authorization"`,
		" canary":                      outer,
		"canary ":                      outer,
		"canary\n":                     outer,
		"canary\r\n":                   outer,
		"\tcanary":                     outer,
		"\u00a0canary":                 outer,
		"can\nary":                     outer,
		"\ufeffcanary":                 "holds a byte order mark",
		"can\x00ary":                   outer,
		"canary\x7f":                   outer,
		`"canary"`:                     "stands in quotes",
		"'canary'":                     "stands in quotes",
		"`canary`":                     "stands in quotes",
		"\"canary":                     "",
	} {
		got := SecretFault(secret)
		if !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: got %q, want %q", secret, got, want)
		}
		if strings.Contains(got, "canary") {
			t.Errorf("%q: %q shows it", secret, got)
		}
	}
}

// A token source that returns a whole header fails with the same reason.
func TestTokenSourceWithAScheme(t *testing.T) {
	tokens := NewTokens(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "Bearer canary"}))
	got, err := tokens.Get(t.Context())
	if want := `the token source gave a token that begins with "Bearer"`; got != "" || err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %q, %v, want %s", got, err, want)
	}
}
