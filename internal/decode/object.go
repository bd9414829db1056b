package decode

import (
	"encoding/binary"
	"math"
)

const (
	// MaxTypes is how many types of a package can be objects.
	MaxTypes = 32
	// MaxFields is how many names an object of one type can have.
	MaxFields = 48

	// places is how many members are told apart in looking up what comes next: the
	// start, the known ones, and as many unknown ones as are worth it.
	places = 64
)

// Type is what an object's names are. ID tells the types of a package apart. Strict has
// the bit of each name whose value must be of its field's type, and Lenient is for
// objects that may be something else altogether: nobody needs them.
type Type struct {
	ID      int
	Names   []string
	Strict  uint64
	Lenient bool
}

// Object is an object that is being read.
type Object struct {
	of      *Type
	memory  *successors
	place   int // of the member before, in memory
	unknown int
	seen    uint64
}

// successors holds, for each member of an object, what came after it in the object of
// the type before: rows of a list have their members in the same order, and it takes
// one comparison to see that they do.
type successors [places]successor

// successor is where a name was read last, with all that is around it: the comma, white
// space and the colon.
type successor struct {
	at    uint32
	size  uint16
	field int16
}

// Object steps into an object of a type, as Next does from there. Where there is null
// or something else, the field is below zero.
func (r *Reader) Object(p int, of *Type) (o Object, field, next int) {
	o.of, o.memory = of, &r.memory[of.ID]
	if p >= len(r.buf) || r.buf[p] != '{' {
		r.strict = !of.Lenient
		return o, -1, r.unfit(p, anObject)
	}
	field, next = r.Next(p+1, &o)
	return o, field, next
}

// Next steps to the value of the next member that the type has a name for, and returns
// the number of the name. It skips all others. After the last it steps behind the object
// and returns a number below zero.
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

// again reports whether the n bytes at p are those at q. Names are short, and two words
// that overlap are compared faster than a call of the runtime's takes.
func again(b []byte, p, q, n int) bool {
	if n < word || n > 2*word {
		return string(b[p:p+n]) == string(b[q:q+n])
	}
	return binary.LittleEndian.Uint64(b[p:]) == binary.LittleEndian.Uint64(b[q:]) &&
		binary.LittleEndian.Uint64(b[p+n-word:]) == binary.LittleEndian.Uint64(b[q+n-word:])
}

// name reads a name and notes it as what comes next here.
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
