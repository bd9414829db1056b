package decode

import (
	"encoding/json"
	"unicode/utf8"
)

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
	if p >= len(r.buf) {
		return r.bad(p)
	}
	switch r.buf[p] {
	case '{':
		p, ok := r.skipKey(p+1, true)
		for ok {
			p, ok = r.skipKey(r.skipInner(p), false)
		}
		return p
	case '[':
		p, ok := r.elem(p+1, true)
		for ok {
			p, ok = r.elem(r.skipInner(p), false)
		}
		return p
	}
	return r.skipInner(p)
}

// skipInner is Skip without recursion: jx reads nested values and bounds their depth.
func (r *Reader) skipInner(p int) int {
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
		return r.skipAny(p)
	}
	if next, ok := r.literal(p, word); ok {
		return next
	}
	return r.bad(p)
}

func (r *Reader) skipAny(p int) int {
	r.jx.ResetBytes(r.buf[p:])
	raw, err := r.jx.Raw()
	if err != nil || !utf8.Valid(raw) || !r.failure && !escapes(raw) {
		return r.bad(p)
	}
	return p + len(raw)
}
