package redact

import (
	"encoding/base64"
	"strings"
	"testing"
)

// A short credential is found in base64 that is its own, in each run of a text, and in a part
// of a run with a text of at least 8 bytes. A shorter text occurs by chance.
func TestShortInBase64(t *testing.T) {
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, tt := range map[string]struct {
		text string
		want bool
	}{
		"alone":                    {b64("token"), true},
		"in a line":                {"a: " + b64("my token"), true},
		"in the second run":        {b64("hello world") + " " + b64("token"), true},
		"in a part of 8 bytes":     {b64("\x00my token\x00\x00"), true},
		"in a part of 7 bytes":     {b64("\x00a token\x00\x00"), false},
		"in a word":                {b64("tokens"), false},
		"in a run of line breaks":  {strings.Join(strings.Split(b64("my token is here"), ""), "\n"), true},
		"in a run of fewer chars":  {"dG9", false},
		"beside a long other text": {b64("hello world") + "." + b64("no secret here"), false},
	} {
		if got := New(redacted, "token").Holds(tt.text); got != tt.want {
			t.Errorf("%s: got %t, want %t", name, got, tt.want)
		}
	}
}

// Base64 in another case is found in both of its alphabets.
func TestFoldedBase64(t *testing.T) {
	const secret = "~~~>>>???secret" // its base64 has "+" and "/"
	std := base64.StdEncoding.EncodeToString([]byte(secret))
	if !strings.Contains(std, "+") || !strings.Contains(std, "/") {
		t.Fatalf("%s has one alphabet alone", std)
	}
	for name, text := range map[string]string{
		"standard":   strings.ToLower(std),
		"of URLs":    strings.ToLower(base64.URLEncoding.EncodeToString([]byte(secret))),
		"upper case": strings.ToUpper(base64.RawURLEncoding.EncodeToString([]byte(secret))),
	} {
		if got := New(redacted, secret).Text("x=" + text); strings.Contains(got, text) {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
