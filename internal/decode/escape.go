package decode

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The escapes of one letter, and the bytes that they stand for.
const (
	letters   = `"\/bfnrt`
	unescaped = "\"\\/\b\f\n\r\t"
)

// escapes reports whether every escape in s is valid and every surrogate has its other half.
func escapes(s []byte) bool {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return true
		}
		c, n := escape(s[i:])
		if n == 0 || c < 0 {
			return false
		}
		s = s[i+n:]
	}
}

// appendUnescaped appends s with its escapes resolved. A lone surrogate becomes U+FFFD. ok is
// false after an invalid escape.
func appendUnescaped(to, s []byte) (text []byte, ok bool) {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return append(to, s...), true
		}
		c, n := escape(s[i:])
		if n == 0 {
			return to, false
		}
		to = utf8.AppendRune(append(to, s[:i]...), c)
		s = s[i+n:]
	}
}

// escape returns the character of the escape at the start of s and the length of the escape,
// which is 0 if it is invalid. A lone surrogate gives -1, of which utf8.AppendRune makes U+FFFD.
func escape(s []byte) (c rune, length int) {
	if len(s) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(letters, s[1]); i >= 0 {
		return rune(unescaped[i]), 2
	}
	c, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(c) {
		return c, 6
	}
	if low, ok := unit(s[6:]); ok {
		if pair := utf16.DecodeRune(c, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return -1, 6
}

// unit reads an escape of four hexadecimal digits.
func unit(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}
