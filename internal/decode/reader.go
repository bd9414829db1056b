package decode

import (
	"sync"

	"github.com/go-faster/jx"
)

// Reader reads one document from its bytes. Its methods take the position where a value
// begins and return the one behind it, so that it stays in a register. After a mistake
// that is the end of the document, where every method returns the zero value and every
// loop ends: callers need not ask in between. A Reader is not safe for concurrent use.
//
// The everyday forms are read here, a machine word at a time: strings without escapes,
// integers, names. The others go through jx.
type Reader struct {
	buf []byte

	listed  bool // within a list
	escaped bool // a string had an escape: decoded text may differ from the document's
	keepRaw bool
	failure bool // the document is the body of a failed call: see Failure
	strict  bool // the value that is read is for a field that takes no other type
	left    int  // where the value begins that was left out last, -1 if none was
	items   int  // how many there will be in the document's list, 0 if nobody knows

	fault fault
	arena arena
	last  [MaxSlots]repeat
	words []string // a list of strings in the making

	memory [MaxTypes]successors
	used   uint32 // which of memory are not zero

	jx   jx.Decoder
	text []byte // a string whose escapes were resolved
}

// word is how many bytes are looked at together.
const word = 8

var readers = sync.Pool{New: func() any { return new(Reader) }}

func open(body []byte, keepRaw bool, items int) *Reader {
	r := readers.Get().(*Reader)
	r.buf, r.keepRaw, r.items = body, keepRaw, items
	r.strict, r.left = true, -1
	return r
}

// maxKept bounds what a Reader takes with it into the pool.
const maxKept = 4 << 10

func (r *Reader) release() {
	r.forget()
	readers.Put(r)
}

// forget drops all that is of a document.
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
	r.fault, r.arena, r.jx = fault{}, arena{}, jx.Decoder{}
}

// end says what went wrong, if anything did, or stands behind the document.
func (r *Reader) end(p int) error {
	if p = space(r.buf, p); p < len(r.buf) {
		r.bad(p)
	}
	return r.fault.in(r.buf)
}

// space returns the position of the first byte from p on that is not white space.
func space(b []byte, p int) int {
	for p < len(b) && (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t') {
		p++
	}
	return p
}

// peek is the first byte from p on that is not white space, and where; 0 at the end.
func (r *Reader) peek(p int) (byte, int) {
	if p < len(r.buf) && r.buf[p] <= ' ' {
		p = space(r.buf, p)
	}
	if p >= len(r.buf) {
		return 0, p
	}
	return r.buf[p], p
}

// into steps into an object or array. It is not ok for null, and for anything else, which
// does not fit.
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

// Null steps over a null, or reports that the value is something else.
func (r *Reader) Null(p int) (next int, ok bool) { return r.literal(p, "null") }

func (r *Reader) literal(p int, word string) (next int, ok bool) {
	if e := p + len(word); e <= len(r.buf) && string(r.buf[p:e]) == word {
		return e, true
	}
	return p, false
}

// key steps to the value of the next member of an object, the first one if no member
// came before, or behind the object, which is not ok. The name is good until the next
// call of any method.
func (r *Reader) key(p int, first bool) (name []byte, next int, ok bool) {
	if p, ok = r.member(p, first); !ok {
		return nil, p, false
	}
	if name, p, ok = r.unquote(p); !ok {
		return nil, p, false
	}
	return name, r.colon(p), !r.fault.found
}

// skipKey is key where nobody asks for the name.
func (r *Reader) skipKey(p int, first bool) (next int, ok bool) {
	if p, ok = r.member(p, first); !ok {
		return p, false
	}
	p, _ = r.skipString(p)
	return r.colon(p), !r.fault.found
}

// member steps to the quote that a name begins with, or behind the object.
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

// colon steps from behind a name to its value.
func (r *Reader) colon(p int) int {
	c, p := r.peek(p)
	if c != ':' {
		return r.bad(p)
	}
	_, p = r.peek(p + 1)
	return p
}

// elem steps to the next element of an array, the first one if none came before, or
// behind the array, which is not ok.
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
