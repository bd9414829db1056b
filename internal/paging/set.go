package paging

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// set is a set of hashes: of the members that a listing by positions has yielded, which a
// restart must not yield again, and of the pages and cursors of any listing. A large set
// takes 8 to 9 bytes a member: 7 for the value, in segments that are at most 94% full and
// grow one at a time by an eighth. It is small because long-lived memory counts twice until
// the garbage collector has run. The value and the choice of the segment make a collision
// among a million members less likely than 1 in 10^8.
type set struct {
	few  segment            // the first members
	many *[segments]segment // the others, once few is full
	// expected is the announced number of members, 0 if unknown. Room for them is allocated
	// at once: growing costs as much as all other work.
	expected int
	share    int // the expected members of one segment of many

	warmed byte
}

const (
	fewMembers = 16 << 10
	segments   = 1 << 10
	// mostExpected bounds the room for announced members.
	mostExpected = 1 << 20
)

// expect sets the number of members that the provider announces.
func (s *set) expect(n int64) { s.expected = int(min(max(n, 0), mostExpected)) }

// warm loads the cache lines of a page's members before add needs them one by one: the
// processor waits for all of them together.
func (s *set) warm(page []hash) {
	if s.many == nil {
		return
	}
	for _, h := range page {
		if g := &s.many[h.b%segments]; g.lines != nil {
			s.warmed ^= g.lines[g.home(h.a>>8)][0]
		}
	}
}

// add reports whether h is new.
func (s *set) add(h hash) bool {
	v := max(h.a>>8, 1) // zero marks a free slot
	switch {
	case s.many == nil && s.few.n < fewMembers:
		return s.few.add(v, 4, min(s.expected, fewMembers))
	case s.few.place(v) == nil:
		return false
	case s.many == nil:
		s.many = new([segments]segment)
		mean := max(s.expected-fewMembers, 0) / segments
		s.share = mean + int(math.Sqrt(float64(mean))/2) // enough for two of three segments
	}
	return s.many[h.b%segments].add(v, 8, s.share)
}

// segment is a hash table of values with linear probing over lines.
type segment struct {
	lines []line
	n     int
}

// line is a cache line: slots for nine values.
type line [64]byte

const (
	width  = 7 // bytes of a value
	places = 9
)

func (g *segment) home(v uint64) int {
	hi, _ := bits.Mul64(v<<8, uint64(len(g.lines)))
	return int(hi)
}

// place returns the free slot for v, nil if the segment has v.
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

// add adds v and reports whether it is new. A full segment grows by one part of its size and
// a few lines; an empty one gets room for the expected members.
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
	binary.LittleEndian.PutUint64(to, v) // the eighth byte is zero: the next slot is free too
	g.n++
	return true
}

func (g *segment) grow(lines int) {
	old := g.lines
	g.lines = slices.Grow([]line(nil), len(old)+lines)
	g.lines = g.lines[:cap(g.lines)] // slices.Grow rounds up
	clear(g.lines)
	for i := range old {
		for j := 0; j < places*width; j += width {
			if v := binary.LittleEndian.Uint64(old[i][j:j+8]) << 8 >> 8; v != 0 {
				binary.LittleEndian.PutUint64(g.place(v), v)
			}
		}
	}
}
