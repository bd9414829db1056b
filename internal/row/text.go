package row

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships/internal/text"
)

// AppendString appends s as JSON and escapes all characters that are unsafe for
// terminals. JSON itself requires that for C0 alone.
func AppendString(b []byte, s string) []byte {
	from := len(b)
	out, err := jsontext.AppendQuote(b, s)
	if err != nil { // invalid UTF-8, the only possible error
		out, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\ufffd"))
	}
	if text.Safe(s) {
		return out
	}
	quoted := string(out[from:])
	return AppendEscaped(out[:from], quoted, "")
}

// AppendEscaped appends s with JSON escapes for the characters that are unsafe for
// terminals, except for those in keep.
func AppendEscaped(b []byte, s, keep string) []byte {
	const hex = "0123456789abcdef"
	for _, r := range s {
		if text.Unsafe(r) && !strings.ContainsRune(keep, r) { // no unsafe character is above U+FFFF
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
