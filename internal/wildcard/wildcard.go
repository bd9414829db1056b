// Package wildcard matches texts with patterns in which a * stands for any text.
package wildcard

import "strings"

// Match reports whether a pattern selects the whole text, without regard to letter case.
func Match(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	first, rest, some := strings.Cut(pattern, "*")
	if !some {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	for ok {
		var part string
		if part, rest, some = strings.Cut(rest, "*"); !some {
			return strings.HasSuffix(text, part)
		}
		_, text, ok = strings.Cut(text, part)
	}
	return false
}
