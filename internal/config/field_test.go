package config

import "testing"

// A name is a token of RFC 9110: visible ASCII without separators.
func TestValidHeaderName(t *testing.T) {
	for name, want := range map[string]bool{
		"X-Trace":  true,
		"!#$%&'*+": true,
		"x~":       true,
		"":         false,
		"X Trace":  false,
		"X\tTrace": false,
		"X:Trace":  false,
		"X\"Trace": false,
		"X\x7f":    false,
		"Xé":       false,
	} {
		if got := ValidHeaderName(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

// A value has no control character except tab.
func TestValidHeaderValue(t *testing.T) {
	for value, want := range map[string]bool{
		"":         true,
		"a b":      true,
		"a\tb":     true,
		"é":        true,
		"a\nb":     false,
		"a\rb":     false,
		"a\x00b":   false,
		"a\x1fb":   false,
		"a\x7fb":   false,
		"a\x7f\tb": false,
	} {
		if got := ValidHeaderValue(value); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}
