package redact

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// form is an encoding of a credential in small letters: its characters that do not depend
// on the text around it.
type form struct {
	text string
	// before and after report whether the adjacent characters hold a part of the credential.
	before, after bool
}

// forms returns the encodings of a credential that are searched for without case. Base64
// cannot be decoded after a change of case.
func forms(s string) []form {
	out := []form{{text: fold(s)}, {text: hex.EncodeToString([]byte(s))}}
	for shift := range 3 {
		padded := append(make([]byte, shift), s...)
		std := base64.RawStdEncoding.EncodeToString(padded)
		first := (8*shift + 5) / 6  // the first character of the credential alone
		last := 8 * len(padded) / 6 // the character after the last one
		f := form{fold(std[first:last]), 8*shift%6 != 0, 8*len(padded)%6 != 0}
		out = append(out, f)
		if url := strings.NewReplacer("+", "-", "/", "_").Replace(f.text); url != f.text {
			out = append(out, form{url, f.before, f.after})
		}
	}
	return slices.Compact(out)
}

// whole returns the beginning and end of the form at s[from:to], with the characters that
// it shares with adjacent text.
func (f form) whole(s string, from, to int) (int, int) {
	if f.before && from > 0 && sextets[s[from-1]] >= 0 {
		from--
	}
	if f.after && to < len(s) && sextets[s[to]] >= 0 {
		to++
	}
	return from, to
}

// sextets are the values of the characters of base64, in either alphabet; -1 for any other.
var sextets = func() (of [256]int8) {
	for i := range of {
		of[i] = -1
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		of[c] = int8(i)
	}
	of['-'], of['_'] = 62, 63
	return of
}()
