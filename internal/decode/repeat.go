package decode

// MaxSlots is how many fields of a package can be looked up by their bytes.
const MaxSlots = 32

// repeat is the value that a field had in the row before, and the bytes that it was
// read from. Where they come again, as a group does in every membership of it, the
// value need not be read again.
type repeat struct {
	start, end int
	left       bool // a value in it was left out
	value      any  // a pointer, always of the same type
}

// Same steps over a value whose bytes are those of the last one that was kept for the
// slot, and returns the pointer that was kept with it; nil if they are not. What it
// points to is not to be shared, but copied.
func (r *Reader) Same(p, slot int) (value any, next int) {
	l := &r.last[slot]
	e := p + l.end - l.start
	if e == p || e > len(r.buf) || string(r.buf[p:e]) != string(r.buf[l.start:l.end]) {
		return nil, p
	}
	if l.left {
		r.left = p
	}
	return l.value, e
}

// Keep keeps value, which was read from the bytes between two positions, for Same.
func (r *Reader) Keep(mark, p, slot int, value any) {
	r.last[slot] = repeat{start: mark, end: p, left: r.left >= mark, value: value}
}
