package decode

import "strconv"

// Bool reads true or false, in a lenient field also in quotes.
func (r *Reader) Bool(p int) (v bool, next int) {
	if next, ok := r.literal(p, "true"); ok {
		return true, next
	}
	if next, ok := r.literal(p, "false"); ok {
		return false, next
	}
	return r.otherBool(p)
}

// BoolPointer returns a pointer to a copy of v in the arena of the document.
func (r *Reader) BoolPointer(v bool) *bool { return r.arena.booleans.point(v) }

// Int64Pointer returns a pointer to a copy of n in the arena of the document.
func (r *Reader) Int64Pointer(n int64) *int64 { return r.arena.integers.point(n) }

// Int64 reads an integer. Fractions, exponents and values out of range are unfit. A lenient
// field accepts any number with an integer value, also in quotes.
func (r *Reader) Int64(p int) (n int64, next int) {
	b, first := r.buf, p
	negative := p < len(b) && b[p] == '-'
	if negative {
		first++
	}
	const safe = 18 // this number of digits always fits
	e := first
	for ; e < len(b) && e-first < safe && b[e]-'0' <= 9; e++ {
		n = n*10 + int64(b[e]-'0')
	}
	if e == first || e == len(b) || numeric[b[e]] || b[first] == '0' && e > first+1 {
		return r.otherInt64(p)
	}
	if negative {
		return -n, e
	}
	return n, e
}

// numeric are the bytes that may continue a number.
var numeric = [256]bool{
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'.': true, 'e': true, 'E': true, '+': true, '-': true,
}

// otherInt64 reads a long integer, one at the end of the document, or another value.
func (r *Reader) otherInt64(p int) (int64, int) {
	if next, ok := r.Null(p); ok {
		return 0, next
	}
	if !r.strict {
		return r.otherWhole(p)
	}
	next := r.Skip(p)
	if r.firstErr.found {
		return 0, next
	}
	n, err := strconv.ParseInt(string(r.buf[p:next]), 10, 64)
	if err != nil {
		return 0, r.Misfit(p, anInteger)
	}
	return n, next
}
