// Package text removes characters from foreign texts that are unsafe in terminals and logs.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unsafe reports whether r moves a terminal's cursor, begins a control sequence, ends a line
// or changes the direction of text: C0, DEL, C1, the separators of lines and paragraphs, and
// the marks, embeddings, overrides and isolates of bidirectional text. The last ones make an
// address read as another one.
func Unsafe(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case unicode.IsControl(r), r == 0x061c, r == 0x200e, r == 0x200f:
		return true
	}
	return r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// Safe reports whether s is valid UTF-8 without unsafe characters.
func Safe(s string) bool {
	return !strings.ContainsFunc(s, Unsafe) && utf8.ValidString(s)
}

// Line returns s for one line of a terminal: line breaks and tabs become spaces, other
// unsafe characters and invalid UTF-8 become U+FFFD.
func Line(s string) string { return replace(s, "") }

// Lines is Line for a text of several lines: line breaks and tabs stay. A carriage return
// stays too, as progress overwrites its line.
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
