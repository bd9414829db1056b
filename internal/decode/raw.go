package decode

import "encoding/json"

// Raw reads the bytes of any value, null included. prev is the field's value in the row
// before.
func (r *Reader) Raw(p int, prev json.RawMessage) (raw json.RawMessage, next int) {
	b := r.buf
	if e := p + len(prev); e > p && e <= len(b) && closes(prev[len(prev)-1]) && string(b[p:e]) == string(prev) {
		return r.copied(p, e), e
	}
	next = r.Skip(p)
	if r.firstErr.found {
		return nil, next
	}
	return r.copied(p, next), next
}

// RawElem is Raw for an element of a list; see List.
func RawElem(v *json.RawMessage, r *Reader, p int, prev *json.RawMessage) int {
	*v, p = r.Raw(p, *prev)
	return p
}

// closes reports whether c ends a value for certain. A number may continue.
func closes(c byte) bool { return c == '}' || c == ']' || c == '"' }

// Since returns the bytes of the object between two positions. It returns nil unless raw
// values are kept or a value in the object was left out.
func (r *Reader) Since(mark, p int) json.RawMessage {
	if !r.keepRaw && r.left < mark || r.firstErr.found || r.buf[mark] != '{' {
		return nil
	}
	return r.copied(mark, p)
}

// Clone returns a copy of raw in the arena of the document.
func (r *Reader) Clone(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return nil
	}
	return r.arena.bytes(raw, rawBlock) // more of them may follow
}

func (r *Reader) copied(p, e int) json.RawMessage {
	return r.arena.bytes(r.buf[p:e], len(r.buf)-e)
}

// Skip skips a value of any kind, and validates it.
func (r *Reader) Skip(p int) int {
	var few [32]byte
	open := few[:0] // the brackets of the values around p
	for {
		within := r.bracket(p)
		switch {
		case within == 0:
			p = r.skipScalar(p)
		case len(open) == maxDepth:
			return r.bad(p)
		default:
			open = append(open, within)
			p++
		}
		first, found := within != 0, false
		for !found {
			if len(open) == 0 {
				return p
			}
			if open[len(open)-1] == '{' {
				p, found = r.skipKey(p, first)
			} else {
				p, found = r.elem(p, first)
			}
			if !found {
				open, first = open[:len(open)-1], false
			}
		}
	}
}

// maxDepth bounds the depth of a skipped value, as encoding/json does.
const maxDepth = 10_000

// bracket returns the byte at p if it opens an object or array, 0 otherwise.
func (r *Reader) bracket(p int) byte {
	if p < len(r.buf) && (r.buf[p] == '{' || r.buf[p] == '[') {
		return r.buf[p]
	}
	return 0
}

func (r *Reader) skipScalar(p int) int {
	if p >= len(r.buf) {
		return r.bad(p)
	}
	word := ""
	switch r.buf[p] {
	case '"':
		next, _ := r.skipString(p)
		return next
	case 'n':
		word = "null"
	case 't':
		word = "true"
	case 'f':
		word = "false"
	default:
		return r.skipNumber(p)
	}
	if next, ok := r.literal(p, word); ok {
		return next
	}
	return r.bad(p)
}

func (r *Reader) skipNumber(p int) int {
	b, e := r.buf, p
	if b[e] == '-' {
		e++
	}
	if e < len(b) && b[e] == '0' {
		e++
	} else if e = r.digits(e); e < 0 {
		return r.bad(p)
	}
	if e < len(b) && b[e] == '.' {
		if e = r.digits(e + 1); e < 0 {
			return r.bad(p)
		}
	}
	if e < len(b) && (b[e] == 'e' || b[e] == 'E') {
		if e++; e < len(b) && (b[e] == '+' || b[e] == '-') {
			e++
		}
		if e = r.digits(e); e < 0 {
			return r.bad(p)
		}
	}
	return e
}

// digits returns the position after the digits at p, or -1 if there are none.
func (r *Reader) digits(p int) int {
	e := p
	for e < len(r.buf) && r.buf[e]-'0' <= 9 {
		e++
	}
	if e == p {
		return -1
	}
	return e
}
