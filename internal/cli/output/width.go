package output

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// CellWidth returns the number of terminal columns of a text: two for a wide letter, none
// for a combining mark.
func CellWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	switch kind := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11ff: // Hangul vowels and finals
		return 0
	case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

const (
	ellipsis = "…"
	joiner   = "\u200d" // joins the signs before and after it
)

// truncate cuts a text to at most n columns, the last of which is an ellipsis. It does
// not separate a mark from its letter.
func truncate(s string, n int) string {
	if CellWidth(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return strings.TrimRight(s[:prefix(s, n-1)], joiner+" ") + ellipsis
}

// prefix returns the number of bytes of s that take at most n columns.
func prefix(s string, n int) int {
	for i, r := range s {
		if n -= runeWidth(r); n < 0 {
			return i
		}
	}
	return len(s)
}

// Wrap breaks a text into lines of at most n columns, between words and inside words that
// are longer than a line. A wide letter has its own line if n is 1.
func Wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && CellWidth(line)+1+CellWidth(word) <= n {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for CellWidth(word) > n {
			end := prefix(word, n)
			if end == 0 {
				_, end = utf8.DecodeRuneInString(word)
			}
			if end == len(word) {
				break
			}
			lines, word = append(lines, word[:end]), word[end:]
		}
		line = word
	}
	return append(lines, line)
}
