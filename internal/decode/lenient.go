package decode

import (
	"bytes"
	"slices"
	"strconv"
)

// unfit skips a value that is not of its field's type. In a strict field it is an error
// unless it is null. Otherwise the value is left out, and Since keeps it.
func (r *Reader) unfit(p int, wanted string) (next int) {
	if next, ok := r.Null(p); ok {
		return next
	}
	if r.strict {
		return r.Misfit(p, wanted)
	}
	r.left = p
	return r.Skip(p)
}

// converts reports whether a field accepts a scalar of another type.
func (r *Reader) converts() bool { return !r.strict && !r.failure }

// Fits reports whether the value read at a position is in its field, and was not left out.
func (r *Reader) Fits(p int) bool { return r.left != p }

// otherText reads a value that is not a string. The literal of a number or boolean is its
// text.
func (r *Reader) otherText(p int, prev string) (s string, next int) {
	if !r.converts() || p >= len(r.buf) || !scalar(r.buf[p]) {
		return "", r.unfit(p, aString)
	}
	next = r.Skip(p)
	if r.firstErr.found {
		return "", next
	}
	if literal := r.buf[p:next]; string(literal) != prev {
		return r.arena.string(literal, len(r.buf)-next), next
	}
	return prev, next
}

// scalar reports whether a value that begins with c is a number or boolean.
func scalar(c byte) bool { return c == '-' || c-'0' <= 9 || c == 't' || c == 'f' }

// otherBool reads a value that is not a boolean. It accepts true and false in quotes.
func (r *Reader) otherBool(p int) (v bool, next int) {
	if s, next := r.quotedScalar(p); next > p {
		if r.firstErr.found {
			return false, next
		}
		if string(s) == "true" || string(s) == "false" {
			return len(s) == len("true"), next
		}
	}
	return false, r.unfit(p, aBoolean)
}

// otherWhole reads a value that is not a plain integer. It accepts any number with an
// integer value, also in quotes.
func (r *Reader) otherWhole(p int) (n int64, next int) {
	s, next := r.quotedScalar(p)
	if next == p && p < len(r.buf) && (r.buf[p] == '-' || r.buf[p]-'0' <= 9) && r.converts() {
		next = r.Skip(p)
		s = r.buf[p:next]
	}
	if r.firstErr.found {
		return 0, next
	}
	if n, ok := whole(s); ok {
		return n, next
	}
	return 0, r.unfit(p, anInteger)
}

// quotedScalar returns the content of a string in a lenient field of another scalar type.
// The position does not move if there is no string or the field is strict.
func (r *Reader) quotedScalar(p int) (s []byte, next int) {
	if !r.converts() || p >= len(r.buf) || r.buf[p] != '"' {
		return nil, p
	}
	s, next, _ = r.unquote(p)
	return s, next
}

// whole returns the value of a JSON number that is an integer of 64 bits. It counts digits
// without arithmetic: nothing is rounded, and a long exponent is cheap.
func whole(s []byte) (n int64, ok bool) {
	rest, negative := bytes.CutPrefix(s, []byte("-"))
	first, rest := digits(rest)
	if len(first) == 0 || first[0] == '0' && len(first) > 1 {
		return 0, false
	}
	var fraction []byte
	if len(rest) > 0 && rest[0] == '.' {
		if fraction, rest = digits(rest[1:]); len(fraction) == 0 {
			return 0, false
		}
	}
	exponent := int64(0)
	if len(rest) > 0 && (rest[0] == 'e' || rest[0] == 'E') {
		if exponent, ok = exponentOf(rest[1:]); !ok {
			return 0, false
		}
	} else if len(rest) > 0 {
		return 0, false
	}
	exponent -= int64(len(fraction))
	all := bytes.TrimLeft(append(bytes.Clone(first), fraction...), "0")
	if len(all) == 0 {
		return 0, true
	}
	kept := bytes.TrimRight(all, "0")
	exponent += int64(len(all) - len(kept))
	const most = int64(len("9223372036854775807"))
	if exponent < 0 || exponent > most || int64(len(kept))+exponent > most {
		return 0, false
	}
	text := slices.Concat(kept, bytes.Repeat([]byte("0"), int(exponent)))
	if negative {
		text = append([]byte("-"), text...)
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return n, true
	}
	return 0, false
}

// digits cuts s after its leading digits.
func digits(s []byte) (head, rest []byte) {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	return s[:n], s[n:]
}

// exponentOf returns the value of an exponent. A value above any document's length is
// clamped.
func exponentOf(s []byte) (n int64, ok bool) {
	sign := int64(1)
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	head, rest := digits(s)
	if len(head) == 0 || len(rest) > 0 {
		return 0, false
	}
	const longest = 1 << 40
	for _, c := range head {
		n = min(n*10+int64(c-'0'), longest)
	}
	return sign * n, true
}
