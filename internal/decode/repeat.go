package decode

// MaxSlots is the largest number of fields of a package with a repeat.
const MaxSlots = 32

// repeat is the last value of a field, and the position of its bytes. Equal bytes are not
// decoded again: every membership of a group repeats the group.
type repeat struct {
	start, end int
	left       bool // a value in it was left out
	value      any  // a pointer, always of the same type
}

// Same skips a value whose bytes equal the last one kept for the slot, and returns the
// pointer that was kept with it, otherwise nil. Callers copy its target and do not share it.
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

// Keep keeps a pointer to the value between two positions for Same.
func (r *Reader) Keep(mark, p, slot int, value any) {
	r.last[slot] = repeat{start: mark, end: p, left: r.left >= mark, value: value}
}
