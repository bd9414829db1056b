package wildcard

import "testing"

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern string
		yes, no []string
	}{
		{"", []string{""}, []string{"a"}},
		{"*", []string{"", "a", "*"}, nil},
		{"ada", []string{"ada", "ADA"}, []string{"adam", "bada", ""}},
		{"app:*", []string{"app:", "app:1", "App:1"}, []string{"user:1", "ap"}},
		{"*@partner.example", []string{"a@partner.example", "A@Partner.Example"}, []string{"a@partner.example.org", "partner.example"}},
		{"ab*ba", []string{"abba", "ab..ba"}, []string{"aba", "ab", "abbab"}},
		{"a*b*c", []string{"abc", "a1b2c", "abbcbc"}, []string{"acb", "ac", "abcd"}},
		{"**a**", []string{"a", "bab"}, []string{"", "b"}},
		{"a?c", []string{"a?c"}, []string{"abc"}},
	}
	for _, tt := range tests {
		for _, text := range tt.yes {
			if !Match(tt.pattern, text) {
				t.Errorf("%q does not select %q", tt.pattern, text)
			}
		}
		for _, text := range tt.no {
			if Match(tt.pattern, text) {
				t.Errorf("%q selects %q", tt.pattern, text)
			}
		}
	}
}
