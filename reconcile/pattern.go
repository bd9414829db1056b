package reconcile

import (
	"strings"

	"github.com/memberships-go/memberships"
)

// matches reports whether a pattern of Group.Ignore selects a member.
func matches(pattern string, m memberships.Member) bool {
	for _, text := range []string{m.ID, m.Email, string(m.Kind) + ":" + m.ID} {
		if text != "" && glob(strings.ToLower(pattern), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

// glob reports whether a pattern selects a text. A * stands for any text.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
