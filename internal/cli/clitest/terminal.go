// Package clitest holds helpers for the tests of the command's packages.
package clitest

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Unsafe are the characters that must not reach a terminal.
var Unsafe = func() (all []rune) {
	for _, within := range [][2]rune{{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}} {
		for r := within[0]; r <= within[1]; r++ {
			all = append(all, r)
		}
	}
	return all
}()

// Hostile returns texts with each Unsafe character and with sequences of them.
func Hostile() []string {
	all := []string{"\x1b]0;title\x07\x1b[31m", "\u009b31m", "moc.elpmaxe\u202e@ada", "\x9b31m", "a\xffb"}
	for _, r := range Unsafe {
		all = append(all, "a"+string(r)+"b", string(r))
	}
	return all
}

// CheckTerminal fails the test if text contains an Unsafe character.
func CheckTerminal(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: %q is no UTF-8", what, text)
	}
	for _, r := range text {
		if r != '\n' && slices.Contains(Unsafe, r) {
			t.Errorf("%s: %U in %.200q", what, r, text)
			return
		}
	}
}

// Line returns the last line that a terminal shows after the writes, with carriage
// returns applied.
func Line(written []string) string {
	line := []rune{}
	at := 0
	for _, r := range strings.Join(written, "") {
		switch r {
		case '\r':
			at = 0
		case '\n':
			line, at = nil, 0
		default:
			if at == len(line) {
				line = append(line, r)
			} else {
				line[at] = r
			}
			at++
		}
	}
	return strings.TrimRight(string(line), " ")
}
