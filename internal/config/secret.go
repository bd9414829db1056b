package config

import (
	"strings"
	"unicode"
)

// SecretFault returns the reason that a text cannot be a credential, "" if it can. The reason
// continues a sentence after the credential's name, such as `begins with "Bearer", ...`, and
// does not quote the text.
func SecretFault(s string) string {
	if s == "" {
		return "is empty"
	}
	if fault := schemeFault(s); fault != "" {
		return fault
	}
	if strings.Contains(s, "\ufeff") {
		return "holds a byte order mark, which some editors write before a text: leave it out"
	}
	if !ValidHeaderValue(s) || strings.TrimSpace(s) != s {
		return "holds a line break, a control character or outer white space: give it alone, on one line"
	}
	if first := s[0]; len(s) > 1 && first == s[len(s)-1] && strings.IndexByte("\"'`", first) >= 0 {
		return "stands in quotes, which would be sent with it: leave them out"
	}
	return ""
}

// schemes are the words before a credential in a header. A word with alone may also be a
// whole credential, such as one for a test.
var schemes = []struct {
	name  string
	alone bool
}{{"Bearer", false}, {"Basic", false}, {"Digest", false}, {"OAuth", true}, {"Token", true}, {"ApiKey", true}}

// schemeFault returns the SecretFault of a text that holds a part of the header.
func schemeFault(s string) string {
	s = strings.TrimSpace(s)
	if name, rest, ok := strings.Cut(s, ":"); ok && rest != "" && strings.EqualFold(strings.TrimSpace(name), "Authorization") {
		return `is a whole header "Authorization", which is made by itself: give the credential alone`
	}
	for _, scheme := range schemes {
		n := len(scheme.name)
		if len(s) < n || !strings.EqualFold(s[:n], scheme.name) {
			continue
		}
		separated := len(s) > n && strings.IndexFunc(s[n:], func(r rune) bool { return unicode.IsSpace(r) || r == ':' }) == 0
		if separated || len(s) == n && !scheme.alone {
			return `begins with "` + scheme.name + `", which is no part of it: give what comes after that alone`
		}
	}
	return ""
}
