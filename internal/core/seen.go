package core

import (
	"math/bits"
	"slices"
)

// seen is a set of hashes: of the members that an offset listing has yielded, so that
// none comes twice when it has to start again, and of the pages and cursors that any
// listing has had. It takes about 10 bytes a member once there are many: 8 each, in
// segments that are at most 94% full and grow one at a time by a sixteenth. Together
// with the bits that choose the segment two of a million members are taken for one with
// a chance below 1 in 10^10.
type seen struct {
	few  segment            // the first ones, so that a short list takes little
	many *[segments]segment // all others, once few is full
}

const (
	fewMembers = 2048
	segments   = 512
)

// add reports whether h is new.
func (s *seen) add(h hash) bool {
	v := max(h.a, 1) // zero marks a free slot
	switch {
	case s.many == nil && s.few.n < fewMembers:
		return s.few.add(v)
	case s.few.has(v):
		return false
	case s.many == nil:
		s.many = new([segments]segment)
	}
	return s.many[h.b%segments].add(v)
}

// segment is a table in which what is there stands in order, each value at the slot that
// its size suggests or behind it, with no free slot in between. So a search ends soon
// even if few slots are free.
type segment struct {
	slots []uint64
	homes uint64 // the slots that values suggest; the others are behind them
	n     int
}

// find returns where v is or would be.
func (g *segment) find(v uint64) (at int, found bool) {
	at = g.home(v)
	for at < len(g.slots) && g.slots[at] != 0 && g.slots[at] < v {
		at++
	}
	return at, at < len(g.slots) && g.slots[at] == v
}

func (g *segment) home(v uint64) int {
	hi, _ := bits.Mul64(v, g.homes)
	return int(hi)
}

func (g *segment) has(v uint64) bool {
	_, found := g.find(v)
	return found
}

func (g *segment) add(v uint64) bool {
	at, found := g.find(v)
	if found {
		return false
	}
	free := at
	for free < len(g.slots) && g.slots[free] != 0 {
		free++
	}
	if free == len(g.slots) || uint64(g.n)*16 >= g.homes*15 {
		g.grow()
		return g.add(v)
	}
	copy(g.slots[at+1:free+1], g.slots[at:free])
	g.slots[at] = v
	g.n++
	return true
}

func (g *segment) grow() {
	by := g.homes / 16
	if g.homes < 512 {
		by = g.homes / 4
	}
	homes := g.homes + max(16, by)
	behind := min(64, homes/8)
	old := g.slots
	g.slots = slices.Grow([]uint64(nil), int(homes+behind))
	g.slots = g.slots[:cap(g.slots)] // what is allocated is used
	clear(g.slots)
	g.homes = uint64(len(g.slots)) - behind
	at := 0
	for _, v := range old {
		if v != 0 {
			at = max(at, g.home(v))
			g.slots[at] = v
			at++
		}
	}
}
