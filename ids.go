package memberships

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxID is longer than any id or address, and what servers take of a URL.
const maxID = 8 << 10

// CheckID refuses an id that cannot be one and could name another endpoint or break a
// log line: empty, longer than 8 KiB, with control characters or invalid UTF-8, and with a
// "." or ".." that a server might resolve as a step in a path, percent-encoded or not. The
// error calls it name and does not repeat it. A Client checks every id, e-mail address and
// role before it asks its Provider.
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
	case climbs(id):
		return fmt.Errorf("%s holds a path segment that leads elsewhere", name)
	}
	for _, r := range id {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return fmt.Errorf("%s holds a control character", name)
		}
	}
	return nil
}

// climbs reports whether any of those who handle a URL could take a part of id for a step
// in a path: however often it is decoded, with either slash, and with what some servers
// cut off behind a semicolon. Two dots in front of an encoded slash count as well,
// whatever is in front of them.
func climbs(id string) bool {
	if strings.IndexByte(id, '.') < 0 && strings.IndexByte(id, '%') < 0 {
		return false
	}
	plain := decoded(id)
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

// decoded is s without percent-encoding, however many layers there are, and with dots and
// slashes for the longer forms of them that UTF-8 forbids.
func decoded(s string) []byte {
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

var overlong = map[string]string{
	"\xc0\xae": ".", "\xe0\x80\xae": ".", "\xf0\x80\x80\xae": ".",
	"\xc0\xaf": "/", "\xe0\x80\xaf": "/", "\xf0\x80\x80\xaf": "/",
	"\xc1\x9c": `\`, "\xe0\x81\x9c": `\`, "\xf0\x80\x81\x9c": `\`,
}

// hexDigit is the value of a digit, -1 of anything else.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
