package memberships

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxID is the longest accepted id or address in bytes; no provider has longer ones.
const maxID = 8 << 10

// CheckID returns an error for an id that could name another endpoint or break a log
// line: an empty one, one above 8 KiB, one with control characters or invalid UTF-8, and
// one with "." or ".." that a server might resolve as a path segment, percent-encoded or
// not. The error calls the id name and does not quote it. A Client checks every id,
// e-mail address and role before it calls its Provider.
func CheckID(name, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%s is empty", name)
	case len(id) > maxID:
		return fmt.Errorf("%s is longer than %d bytes", name, maxID)
	case id == "." || id == "..":
		return fmt.Errorf("%s is a path segment and not an id", name)
	case !utf8.ValidString(id):
		return fmt.Errorf("%s is not valid UTF-8", name)
	case traverses(id):
		return fmt.Errorf("%s holds a path segment . or ..", name)
	}
	for _, r := range id {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return fmt.Errorf("%s holds a control character", name)
		}
	}
	return nil
}

// traverses reports whether a server or proxy could resolve a part of id as "." or "..":
// after any number of decodings, with either slash, and with a suffix after a semicolon.
// Two dots before an encoded slash count too, whatever precedes them.
func traverses(id string) bool {
	if strings.IndexByte(id, '.') < 0 && strings.IndexByte(id, '%') < 0 {
		return false
	}
	plain := percentDecode(id)
	for _, up := range []string{"../", `..\`} {
		if bytes.Count(plain, []byte(up)) > strings.Count(id, up) {
			return true
		}
	}
	for segment := range bytes.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
		segment, _, _ = bytes.Cut(segment, []byte(";"))
		if s := string(segment); s == "." || s == ".." {
			return true
		}
	}
	return false
}

// percentDecode removes every layer of percent-encoding from s and replaces overlong
// UTF-8 forms of dots and slashes.
func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		out = append(out, s[i])
		for n := len(out); n >= 3 && out[n-3] == '%'; n = len(out) {
			high, low := hexDigit(out[n-2]), hexDigit(out[n-1])
			if high < 0 || low < 0 {
				break
			}
			out = append(out[:n-3], byte(high<<4|low))
		}
	}
	for long, short := range overlong {
		out = bytes.ReplaceAll(out, []byte(long), []byte(short))
	}
	return out
}

// overlong maps the forbidden UTF-8 forms of dots and slashes to the characters.
var overlong = map[string]string{
	"\xc0\xae": ".", "\xe0\x80\xae": ".", "\xf0\x80\x80\xae": ".",
	"\xc0\xaf": "/", "\xe0\x80\xaf": "/", "\xf0\x80\x80\xaf": "/",
	"\xc1\x9c": `\`, "\xe0\x81\x9c": `\`, "\xf0\x80\x81\x9c": `\`,
}

// hexDigit returns the value of a hexadecimal digit, -1 for any other byte.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
