package paging

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// set is a set of hashes: of the members that an offset listing has yielded, so that
// none comes twice when it has to start again, and of the pages and cursors that any
// listing has had. It takes 8 to 9 bytes a member once there are many, as whatever lives
// long counts twice until the garbage collector has run: 7 each, in segments that are at
// most 94% full and grow one at a time by an eighth. Together with the bits that choose
// the segment two of a million members are taken for one with a chance below 1 in 10^8.
type set struct {
	few  segment            // the first ones, so that a short list takes little
	many *[segments]segment // all others, once few is full
	// expected is how many there will be, 0 if nobody knows: as many have room from the
	// beginning, since growing costs as much again as everything else.
	expected int
	share    int // what a segment of many gets of them

	touched byte
}

const (
	fewMembers = 16 << 10
	segments   = 1 << 10
	// mostExpected bounds the room for members who have only been announced.
	mostExpected = 1 << 20
)

// expect tells how many members there will be, as far as the provider knows.
func (s *set) expect(n int64) { s.expected = int(min(max(n, 0), mostExpected)) }

// touch looks at the places of a page's members before they are added one by one: the
// processor then waits for all of that memory once and not for each in turn.
func (s *set) touch(page []hash) {
	if s.many == nil {
		return
	}
	for _, h := range page {
		if g := &s.many[h.b%segments]; g.lines != nil {
			s.touched ^= g.lines[g.home(h.a>>8)][0]
		}
	}
}

// add reports whether h is new.
func (s *set) add(h hash) bool {
	v := max(h.a>>8, 1) // zero marks a free place
	switch {
	case s.many == nil && s.few.n < fewMembers:
		return s.few.add(v, 4, min(s.expected, fewMembers))
	case s.few.place(v) == nil:
		return false
	case s.many == nil:
		s.many = new([segments]segment)
		mean := max(s.expected-fewMembers, 0) / segments
		s.share = mean + int(math.Sqrt(float64(mean))/2) // two of three segments get no more
	}
	return s.many[h.b%segments].add(v, 8, s.share)
}

// segment is a table of values. Each stands in the line that its size suggests, or in the
// first one behind that had a place free.
type segment struct {
	lines []line
	n     int
}

// line is what a processor fetches at a time: places for nine values.
type line [64]byte

const (
	width  = 7 // bytes of a value
	places = 9
)

func (g *segment) home(v uint64) int {
	hi, _ := bits.Mul64(v<<8, uint64(len(g.lines)))
	return int(hi)
}

// place returns the free place where v belongs, nil if v is there.
func (g *segment) place(v uint64) []byte {
	for i := g.home(v); ; i++ {
		if i == len(g.lines) {
			i = 0
		}
		l := &g.lines[i]
		for j := 0; j < places*width; j += width {
			switch binary.LittleEndian.Uint64(l[j:j+8]) << 8 >> 8 {
			case v:
				return nil
			case 0:
				return l[j : j+8]
			}
		}
	}
}

// add puts v in unless it is there. A full segment grows by a part of its size, such as
// an eighth, and a few lines; an empty one has room for as many as are expected.
func (g *segment) add(v uint64, part, expected int) bool {
	switch {
	case g.lines == nil:
		g.grow(expected*16/(15*places) + 1)
	case g.n >= len(g.lines)*places*15/16:
		g.grow(len(g.lines)/part + 4)
	}
	to := g.place(v)
	if to == nil {
		return false
	}
	binary.LittleEndian.PutUint64(to, v) // the eighth byte stays zero: what is behind is free too
	g.n++
	return true
}

func (g *segment) grow(lines int) {
	old := g.lines
	g.lines = slices.Grow([]line(nil), len(old)+lines)
	g.lines = g.lines[:cap(g.lines)] // what is allocated is used
	clear(g.lines)
	for i := range old {
		for j := 0; j < places*width; j += width {
			if v := binary.LittleEndian.Uint64(old[i][j:j+8]) << 8 >> 8; v != 0 {
				binary.LittleEndian.PutUint64(g.place(v), v)
			}
		}
	}
}
