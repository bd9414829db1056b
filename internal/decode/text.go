package decode

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// String reads a string. prev is the field's value in the row before: String returns prev if
// it is equal, as roles and group ids often are, and allocates nothing. A lenient field
// accepts numbers and booleans as written.
func (r *Reader) String(p int, prev string) (s string, next int) {
	b := r.buf
	if p < len(b) && b[p] == '"' {
		p++
		// prev is text of this document, and plain if no string had escapes.
		if e := p + len(prev); !r.escaped && e < len(b) && b[e] == '"' && (e == p || b[e-1] == prev[len(prev)-1]) && string(b[p:e]) == prev {
			return prev, e + 1
		}
		if e := plain(b, p); e < len(b) && b[e] == '"' {
			if r.escaped && string(b[p:e]) == prev {
				return prev, e + 1
			}
			return r.arena.string(b[p:e], len(b)-e), e + 1
		}
		p--
	}
	return r.otherString(p, prev)
}

func (r *Reader) otherString(p int, prev string) (string, int) {
	if p >= len(r.buf) || r.buf[p] != '"' {
		return r.otherText(p, prev)
	}
	s, next, ok := r.unquote(p)
	if !ok || string(s) == prev {
		return prev, next
	}
	return r.arena.string(s, len(r.buf)-next), next
}

// plain returns the position of the first byte from p on that is a quote, a backslash, a
// control character or not ASCII.
func plain(b []byte, p int) int {
	const (
		each = 0x0101010101010101
		high = each << 7
	)
	for ; len(b)-p >= word; p += word {
		w := binary.LittleEndian.Uint64(b[p:])
		quote, back := w^each*'"', w^each*'\\'
		// A subtraction sets the high bit of bytes smaller than the subtrahend. A borrow may
		// set it in a byte above a found one; only the lowest one counts.
		if found := ((quote - each) | (back - each) | (w - each*' ') | w) & high; found != 0 {
			return p + bits.TrailingZeros64(found)/8
		}
	}
	for p < len(b) && b[p] >= ' ' && b[p] < utf8.RuneSelf && b[p] != '"' && b[p] != '\\' {
		p++
	}
	return p
}

// unquote reads any string. The bytes are the document's own or, after escapes, valid until
// the next call.
func (r *Reader) unquote(p int) (s []byte, next int, ok bool) {
	next, escaped := r.skipString(p)
	if next-p < 2 || r.firstErr.found {
		return nil, next, false
	}
	if !escaped {
		return r.buf[p+1 : next-1], next, true
	}
	s, ok = appendUnescaped(r.text[:0], r.buf[p+1:next-1])
	if !ok {
		return nil, r.bad(p), false
	}
	r.text, r.escaped = s, true
	return s, next, true
}

// skipString skips a string and validates its characters and escapes.
func (r *Reader) skipString(p int) (next int, escaped bool) {
	b, e, wide := r.buf, p+1, false
	for {
		e = plain(b, e)
		if e >= len(b) {
			return r.bad(len(b)), false
		}
		switch c := b[e]; {
		case c == '"':
			s := b[p+1 : e]
			if wide && !utf8.Valid(s) || escaped && !r.failure && !escapes(s) {
				return r.bad(p), false
			}
			return e + 1, escaped
		case c == '\\':
			escaped = true
			e += 2
		case c >= utf8.RuneSelf:
			for wide = true; e < len(b) && b[e] >= utf8.RuneSelf; {
				e++
			}
		default:
			return r.bad(e), false
		}
	}
}
