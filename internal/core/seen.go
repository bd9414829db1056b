package core

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// seen is a set of hashes: of the members that an offset listing has yielded, so that
// none comes twice when it has to start again, and of the pages and cursors that any
// listing has had. It takes 8 to 9 bytes a member once there are many, as whatever lives
// long counts twice until the garbage collector has run: 7 each, in segments that are at
// most 94% full and grow one at a time by a sixteenth. Together with the bits that choose
// the segment two of a million members are taken for one with a chance below 1 in 10^8.
type seen struct {
	few  segment            // the first ones, so that a short list takes little
	many *[segments]segment // all others, once few is full

	touched byte
}

const (
	fewMembers = 16 << 10
	segments   = 1 << 10
)

// touch looks at the places of a page's members before they are added one by one: the
// processor then waits for all of that memory once and not for each in turn.
func (s *seen) touch(page []hash) {
	if s.many == nil {
		return
	}
	for _, h := range page {
		if g := &s.many[h.b%segments]; g.homes > 0 {
			s.touched ^= g.slots[g.home(h.a>>8)*width]
		}
	}
}

// add reports whether h is new.
func (s *seen) add(h hash) bool {
	v := max(h.a>>8, 1) // zero marks a free slot
	switch {
	case s.many == nil && s.few.n < fewMembers:
		return s.few.add(v, 2)
	case s.few.has(v):
		return false
	case s.many == nil:
		s.many = new([segments]segment)
	}
	return s.many[h.b%segments].add(v, 16)
}

// segment is a table in which what is there stands in order, each value at the slot that
// its size suggests or behind it, with no free slot in between. So a search ends soon
// even if few slots are free.
type segment struct {
	slots []byte // 7 for each slot, and one behind them all
	homes uint32 // the slots that values suggest; the others are behind them
	n     uint32
}

// width is how many bytes a value takes; its eighth is zero.
const width = 7

func (g *segment) len() int { return (len(g.slots) - 1) / width }

func (g *segment) at(i int) uint64 {
	return binary.LittleEndian.Uint64(g.slots[i*width:]) << 8 >> 8
}

func (g *segment) set(i int, v uint64) {
	b := g.slots[i*width:]
	binary.LittleEndian.PutUint64(b, v|uint64(b[width])<<56)
}

func (g *segment) home(v uint64) int {
	hi, _ := bits.Mul64(v<<8, uint64(g.homes))
	return int(hi)
}

// find returns where v is or would be.
func (g *segment) find(v uint64) (i int, found bool) {
	i = g.home(v)
	for n := g.len(); i < n; i++ {
		if there := g.at(i); there == 0 || there >= v {
			return i, there == v
		}
	}
	return i, false
}

func (g *segment) has(v uint64) bool {
	_, found := g.find(v)
	return found
}

// add puts v in unless it is there. A full segment grows by a part of its size, such as a
// sixteenth.
func (g *segment) add(v uint64, part uint32) bool {
	i, found := g.find(v)
	if found {
		return false
	}
	free := i
	for n := g.len(); free < n && g.at(free) != 0; {
		free++
	}
	if free == g.len() || g.n >= g.homes-g.homes/16 {
		g.grow(part)
		return g.add(v, part)
	}
	copy(g.slots[(i+1)*width:(free+1)*width], g.slots[i*width:free*width])
	g.set(i, v)
	g.n++
	return true
}

func (g *segment) grow(part uint32) {
	homes := g.homes + max(16, g.homes/part)
	behind := min(32, homes/8)
	old := *g
	g.slots = slices.Grow([]byte(nil), int(homes+behind)*width+1)
	g.slots = g.slots[:cap(g.slots)] // what is allocated is used
	clear(g.slots)
	g.homes = uint32(g.len()) - behind
	i := 0
	for j := range old.len() {
		if v := old.at(j); v != 0 {
			i = max(i, g.home(v))
			g.set(i, v)
			i++
		}
	}
}
