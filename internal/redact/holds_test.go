package redact

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// TestHolds finds a credential at every position around the end of a piece.
func TestHolds(t *testing.T) {
	const secret = "secret-token/0123"
	r := New(redacted, secret)
	for name, form := range map[string]string{
		"plain":          secret,
		"percent":        url.QueryEscape(secret),
		"base64":         "=" + base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 of more": "=" + base64.StdEncoding.EncodeToString([]byte("user:"+url.QueryEscape(secret))),
	} {
		for before := piece - 2*len(form); before <= piece+1; before++ {
			if !r.Holds(strings.Repeat("x ", before/2) + form + strings.Repeat(" x", piece)) {
				t.Fatalf("%s is not found behind %d bytes", name, before)
			}
		}
	}
	for name, holds := range map[string]bool{
		"another":   r.Holds(strings.Repeat("secret-token/0124 ", piece/8)),
		"no text":   r.Holds(""),
		"no secret": New(redacted).Holds(secret),
		"nil":       (*Redactor)(nil).Holds(secret),
	} {
		if holds {
			t.Errorf("%s: found", name)
		}
	}
}

// TestSecretHeader checks names of headers.
func TestSecretHeader(t *testing.T) {
	for name, want := range map[string]bool{
		"Authorization": true, "proxy-authorization": true, "Cookie": true, "Set-Cookie": true, "X-Api-Key": true, "X-Goog-Api-Key": true,
		"X-Auth-Token": true, "X-Spark-Signature": true, "Accept": false, "As-User": false, "Link": false,
	} {
		if got := SecretHeader(name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
