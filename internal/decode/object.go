package decode

import (
	"encoding/binary"
	"math"
)

const (
	// MaxTypes is the largest number of object types of a package.
	MaxTypes = 32
	// MaxFields is the largest number of names of one type.
	MaxFields = 48

	// places is the number of members with a successor: the start, the known names, and
	// the first unknown ones.
	places = 64
)

// Type is the type of an object. ID is unique among the types of a package. Strict has the
// bit of each name whose value must be of its field's type. Lenient accepts a value of
// another kind in place of the object.
type Type struct {
	ID      int
	Names   []string
	Strict  uint64
	Lenient bool
}

// Object is the state of reading one object.
type Object struct {
	of      *Type
	memory  *successors
	place   int // the index in memory of the member before
	unknown int
	seen    uint64
}

// successors holds, for each member of an object, the next member in the last object of the
// type. Rows of a list usually have their members in the same order, which one comparison
// confirms.
type successors [places]successor

// successor is the position where a name was last read, with the comma, white space and
// colon around it.
type successor struct {
	at    uint32
	size  uint16
	field int16
}

// Object begins an object of a type, and returns its first field as Next does. field is
// negative for null and any other value.
func (r *Reader) Object(p int, of *Type) (o Object, field, next int) {
	o.of, o.memory = of, &r.memory[of.ID]
	if p >= len(r.buf) || r.buf[p] != '{' {
		r.strict = !of.Lenient
		return o, -1, r.unfit(p, anObject)
	}
	field, next = r.Next(p+1, &o)
	return o, field, next
}

// Next moves to the value of the next member with a known name, and returns the index of the
// name. It skips unknown names. After the last member it moves behind the object and returns
// a negative index.
func (r *Reader) Next(p int, o *Object) (field, next int) {
	for {
		b := r.buf
		if p < len(b) && b[p] == '}' {
			return -1, p + 1
		}
		s := &o.memory[o.place%places]
		if e := p + int(s.size); s.size > 0 && e < len(b) && b[e] > ' ' && again(b, p, int(s.at), int(s.size)) {
			p = e
		} else {
			var ok bool
			if p, ok = r.name(p, o, s); !ok {
				return -1, p
			}
		}
		field := int(s.field)
		if field >= 0 {
			bit := uint64(1) << field
			if o.seen&bit != 0 {
				if !r.failure {
					return -1, r.bad(p)
				}
				p = r.Skip(p)
				continue
			}
			o.seen |= bit
			r.strict = o.of.Strict&bit != 0
			o.place = field + 1
			return field, p
		}
		o.place = MaxFields + 1 + min(o.unknown, places-MaxFields-2)
		o.unknown++
		p = r.Skip(p)
	}
}

// again reports whether the n bytes at p equal those at q. Names are short: a comparison of
// two overlapping words is faster than a call of the runtime.
func again(b []byte, p, q, n int) bool {
	if n < word || n > 2*word {
		return string(b[p:p+n]) == string(b[q:q+n])
	}
	return binary.LittleEndian.Uint64(b[p:]) == binary.LittleEndian.Uint64(b[q:]) &&
		binary.LittleEndian.Uint64(b[p+n-word:]) == binary.LittleEndian.Uint64(b[q+n-word:])
}

// name reads a name and records it as the successor s.
func (r *Reader) name(p int, o *Object, s *successor) (next int, ok bool) {
	key, next, ok := r.key(p, o.place == 0)
	if !ok {
		return next, false
	}
	*s = successor{field: -1}
	for i, name := range o.of.Names {
		if string(key) == name {
			s.field = int16(i)
			break
		}
	}
	if size := next - p; size <= math.MaxUint16 && uint64(p) <= math.MaxUint32 {
		s.at, s.size = uint32(p), uint16(size)
	}
	r.used |= 1 << o.of.ID
	return next, true
}
