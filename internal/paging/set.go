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
	few   segment            // the first members
	early []hash             // the first members of a large set, to move them to many
	many  *[segments]segment // the others, once few is full
	// expected is the announced number of members, 0 if unknown. Room for them is allocated
	// at once: growing costs as much as all other work.
	expected int
	share    int // the expected members of one segment of many

	warmed byte
}

const (
	// fewMembers is the largest size of few. A set that is expected to be larger moves its
	// firstMembers to many: a search reads one of the two then, and a caller that breaks
	// soon needs no room for all.
	fewMembers   = 16 << 10
	firstMembers = 2 << 10
	segments     = 1 << 10
	// mostExpected bounds the room for announced members.
	mostExpected = 1 << 20
	// ahead is the number of members whose memory is loaded at once.
	ahead = 32
)

// expect sets the number of members that the provider announces.
func (s *set) expect(n int64) { s.expected = int(min(max(n, 0), mostExpected)) }

// addPage adds the members of a page. It marks members that the set had before, and returns
// nil if all are new.
func (s *set) addPage(page []hash) (known []bool) {
	for i, h := range page {
		if i%ahead == 0 {
			s.warm(page[i:min(i+ahead, len(page))])
		}
		if s.add(h) {
			continue
		}
		if known == nil {
			known = make([]bool, len(page))
		}
		known[i] = true
	}
	return known
}

// warm loads the cache lines of members before add needs them one by one: the processor
// waits for all of them together.
func (s *set) warm(page []hash) {
	if s.many == nil {
		return
	}
	for _, h := range page {
		if g := &s.many[h.b%segments]; g.lines != nil {
			s.warmed ^= g.lines[g.home(h.value())][0]
		}
	}
}

// value is the part of a hash that a segment holds. Zero marks a free slot.
func (h hash) value() uint64 { return max(h.a>>8, 1) }

// add reports whether h is new.
func (s *set) add(h hash) bool {
	if s.many == nil {
		if large := s.expected > fewMembers; large && s.few.n < firstMembers {
			if !s.few.add(h.value(), 4, firstMembers) {
				return false
			}
			s.early = append(s.early, h)
			return true
		} else if !large && s.few.n < fewMembers {
			return s.few.add(h.value(), 4, s.expected)
		}
		s.enlarge()
	}
	v := h.value()
	if s.few.n > 0 && s.few.place(v) == nil {
		return false
	}
	return s.many[h.b%segments].add(v, 8, s.share)
}

// has reports whether a small set has h.
func (s *set) has(h hash) bool { return s.few.n > 0 && s.few.place(h.value()) == nil }

// enlarge begins many. The members of few stay there if a small set was expected.
func (s *set) enlarge() {
	s.many = new([segments]segment)
	mean := max(s.expected-s.few.n, 0) / segments
	s.share = mean + int(math.Sqrt(float64(mean))/2) // enough for two of three segments
	if len(s.early) < s.few.n {
		return
	}
	for _, h := range s.early {
		s.many[h.b%segments].add(h.value(), 8, s.share)
	}
	s.few, s.early = segment{}, nil
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

// place returns the free slot for v, nil if the segment has v. The search begins in the
// middle of a line, at a slot that depends on v, and seldom passes more than two.
func (g *segment) place(v uint64) []byte {
	first := int(v%places) * width
	for i := g.home(v); ; i++ {
		if i == len(g.lines) {
			i = 0
		}
		l := &g.lines[i]
		for j := first; ; {
			switch binary.LittleEndian.Uint64(l[j:j+8]) << 8 >> 8 {
			case v:
				return nil
			case 0:
				return l[j : j+8]
			}
			if j += width; j == places*width {
				j = 0
			}
			if j == first {
				break
			}
		}
	}
}

// put writes v into the slot, and keeps the byte after it: the slot there may be used.
func put(slot []byte, v uint64) {
	binary.LittleEndian.PutUint64(slot, v|uint64(slot[width])<<(8*width))
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
	put(to, v)
	g.n++
	return true
}

// clear removes all values and keeps the room.
func (g *segment) clear() {
	clear(g.lines)
	g.n = 0
}

func (g *segment) grow(lines int) {
	old := g.lines
	g.lines = slices.Grow([]line(nil), len(old)+lines)
	g.lines = g.lines[:cap(g.lines)] // slices.Grow rounds up
	clear(g.lines)
	for i := range old {
		for j := 0; j < places*width; j += width {
			if v := binary.LittleEndian.Uint64(old[i][j:j+8]) << 8 >> 8; v != 0 {
				put(g.place(v), v)
			}
		}
	}
}
