package redact

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// form is an encoding of a credential, in small letters: what is known of it whatever
// stands around it.
type form struct {
	text string
	// before and after say that the characters next to it hold a part of the credential.
	before, after bool
}

// forms are the encodings of a credential that are looked for in texts whose case may have
// changed. Where it has, base64 can no longer be decoded.
func forms(s string) []form {
	out := []form{{text: fold(s)}, {text: hex.EncodeToString([]byte(s))}}
	for shift := range 3 {
		padded := append(make([]byte, shift), s...)
		std := base64.RawStdEncoding.EncodeToString(padded)
		first := (8*shift + 5) / 6  // the first character that is the credential's alone
		last := 8 * len(padded) / 6 // the one behind the last
		f := form{fold(std[first:last]), 8*shift%6 != 0, 8*len(padded)%6 != 0}
		out = append(out, f)
		if url := strings.NewReplacer("+", "-", "/", "_").Replace(f.text); url != f.text {
			out = append(out, form{url, f.before, f.after})
		}
	}
	return slices.Compact(out)
}

// whole is where the form at s[from:to] begins and ends, with the characters that it
// shares with others.
func (f form) whole(s string, from, to int) (int, int) {
	if f.before && from > 0 && sextets[s[from-1]] >= 0 {
		from--
	}
	if f.after && to < len(s) && sextets[s[to]] >= 0 {
		to++
	}
	return from, to
}

// sextets are what the characters of base64 stand for, in either alphabet; -1 is any other.
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
