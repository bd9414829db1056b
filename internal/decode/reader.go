package decode

import "sync"

// Reader reads one document from its bytes. Its methods take the position of a value and
// return the position after it, which stays in a register. After an error the position is
// the end of the document, where every method returns the zero value and every loop ends:
// callers need no check in between. A Reader is not safe for concurrent use.
//
// The common forms are read a machine word at a time: strings without escapes, integers and
// names.
type Reader struct {
	buf []byte

	listed  bool // within a list
	escaped bool // a string had an escape: decoded text may differ from the document's
	keepRaw bool
	failure bool // the document is the body of a failed call: see Failure
	strict  bool // the present value's field is strict
	left    int  // the position of the last value left out, -1 for none
	items   int  // the number of items requested, 0 if unknown

	firstErr decodeError
	arena    arena
	last     [MaxSlots]repeat
	words    []string // the present list of strings

	memory [MaxTypes]successors
	used   uint32 // a bit for each element of memory that is not zero

	text []byte // the last string with escapes, decoded
}

// word is the number of bytes that are read together.
const word = 8

var readers = sync.Pool{New: func() any { return new(Reader) }}

func open(body []byte, keepRaw bool, items int) *Reader {
	r := readers.Get().(*Reader)
	r.buf, r.keepRaw, r.items = body, keepRaw, items
	r.strict, r.left = true, -1
	return r
}

// maxKept bounds the memory that a Reader keeps in the pool.
const maxKept = 4 << 10

func (r *Reader) release() {
	r.forget()
	readers.Put(r)
}

// forget clears all state of a document.
func (r *Reader) forget() {
	if cap(r.text) > maxKept {
		r.text = nil
	}
	if cap(r.words) > maxKept/16 {
		r.words = nil
	}
	clear(r.words[:cap(r.words)])
	clear(r.last[:])
	for i := range r.memory {
		if r.used&(1<<i) != 0 {
			clear(r.memory[i][:])
		}
	}
	r.buf, r.used, r.listed, r.escaped, r.failure = nil, 0, false, false, false
	r.firstErr, r.arena = decodeError{}, arena{}
}

// end returns the error of the document, also for text after it.
func (r *Reader) end(p int) error {
	if p = space(r.buf, p); p < len(r.buf) {
		r.bad(p)
	}
	return r.firstErr.err(r.buf)
}

// space returns the position of the first byte from p on that is not white space.
func space(b []byte, p int) int {
	for p < len(b) && (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t') {
		p++
	}
	return p
}

// peek returns the first byte from p on that is not white space, and its position; 0 at the
// end.
func (r *Reader) peek(p int) (byte, int) {
	if p < len(r.buf) && r.buf[p] <= ' ' {
		p = space(r.buf, p)
	}
	if p >= len(r.buf) {
		return 0, p
	}
	return r.buf[p], p
}

// into moves into an object or array. ok is false for null, and for any other value, which
// it treats as unfit.
func (r *Reader) into(p int, bracket byte) (next int, ok bool) {
	if p < len(r.buf) && r.buf[p] == bracket {
		return p + 1, true
	}
	wanted := anObject
	if bracket == '[' {
		wanted = anArray
	}
	return r.unfit(p, wanted), false
}

// Null skips a null, and reports whether there was one.
func (r *Reader) Null(p int) (next int, ok bool) { return r.literal(p, "null") }

func (r *Reader) literal(p int, word string) (next int, ok bool) {
	if e := p + len(word); e <= len(r.buf) && string(r.buf[p:e]) == word {
		return e, true
	}
	return p, false
}

// key moves to the value of the next member of an object. first marks the first member. ok
// is false at the end, and the position is then behind the object. The name is valid until
// the next call of any method.
func (r *Reader) key(p int, first bool) (name []byte, next int, ok bool) {
	if p, ok = r.member(p, first); !ok {
		return nil, p, false
	}
	if name, p, ok = r.unquote(p); !ok {
		return nil, p, false
	}
	return name, r.colon(p), !r.firstErr.found
}

// skipKey is key without the name.
func (r *Reader) skipKey(p int, first bool) (next int, ok bool) {
	if p, ok = r.member(p, first); !ok {
		return p, false
	}
	p, _ = r.skipString(p)
	return r.colon(p), !r.firstErr.found
}

// member moves to the opening quote of a name, or behind the object.
func (r *Reader) member(p int, first bool) (next int, ok bool) {
	c, p := r.peek(p)
	if c == '}' {
		return p + 1, false
	}
	if !first {
		if c != ',' {
			return r.bad(p), false
		}
		c, p = r.peek(p + 1)
	}
	if c != '"' {
		return r.bad(p), false
	}
	return p, true
}

// colon moves from the end of a name to its value.
func (r *Reader) colon(p int) int {
	c, p := r.peek(p)
	if c != ':' {
		return r.bad(p)
	}
	_, p = r.peek(p + 1)
	return p
}

// elem moves to the next element of an array. first marks the first element. ok is false at
// the end, and the position is then behind the array.
func (r *Reader) elem(p int, first bool) (next int, ok bool) {
	c, p := r.peek(p)
	switch {
	case c == ']':
		return p + 1, false
	case first && c != 0:
		return p, true
	case c != ',':
		return r.bad(p), false
	}
	_, p = r.peek(p + 1)
	return p, true
}
