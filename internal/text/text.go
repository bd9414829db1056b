// Package text says which characters of other people's texts are not for terminals and
// logs.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unsafe reports whether r moves a terminal's cursor, begins a sequence of its own, ends a
// line or turns the text around it: C0, DEL, C1, the separators of lines and paragraphs,
// and the marks, embeddings, overrides and isolates of bidirectional text. The last ones
// make an address read as another one.
func Unsafe(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case unicode.IsControl(r), r == 0x061c, r == 0x200e, r == 0x200f:
		return true
	}
	return r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// Safe reports whether s has no character that is unsafe and no byte that is none.
func Safe(s string) bool {
	return !strings.ContainsFunc(s, Unsafe) && utf8.ValidString(s)
}

// Line makes s safe for one line of a terminal: line breaks and tabs become blanks, other
// unsafe characters and bytes that are no UTF-8 become U+FFFD.
func Line(s string) string { return replace(s, "") }

// Lines is Line for a text with lines of its own, which it keeps. A carriage return
// stays, too: progress is written over itself.
func Lines(s string) string { return replace(s, "\n\r\t") }

func replace(s, keep string) string {
	if Safe(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(keep, r):
			return r
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case Unsafe(r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
