package core

import (
	"encoding/binary"
	"hash/maphash"
)

// seen is the set of members that an offset listing has yielded, so that none comes
// twice when the listing has to start again. It takes at most 16 bytes a member: 12
// bytes of hash each, in segments that fill up to 94% and grow one at a time by a
// fifth. At a million members two share 12 bytes with a chance below 1 in 10^16.
type seen struct {
	a, b     maphash.Seed
	segments [256]segment
	n        int
}

type fingerprint [12]byte

type segment struct {
	slots []fingerprint
	n     int
}

func newSeen() *seen { return &seen{a: maphash.MakeSeed(), b: maphash.MakeSeed()} }

// add reports whether key is new.
func (s *seen) add(key string) bool {
	var f fingerprint
	high := maphash.String(s.a, key)
	binary.LittleEndian.PutUint64(f[:8], high)
	binary.LittleEndian.PutUint32(f[8:], uint32(maphash.String(s.b, key)))
	if f == (fingerprint{}) {
		f[0] = 1 // zero marks a free slot
	}
	if !s.segments[byte(high>>56)].add(f) {
		return false
	}
	s.n++
	return true
}

func (g *segment) add(f fingerprint) bool {
	if g.n*100 >= len(g.slots)*94 {
		g.grow()
	}
	i := g.find(f)
	if g.slots[i] == f {
		return false
	}
	g.slots[i] = f
	g.n++
	return true
}

// find returns the slot that holds f or would.
func (g *segment) find(f fingerprint) int {
	i := int(binary.LittleEndian.Uint32(f[:4]) % uint32(len(g.slots)))
	for g.slots[i] != f && g.slots[i] != (fingerprint{}) {
		if i++; i == len(g.slots) {
			i = 0
		}
	}
	return i
}

func (g *segment) grow() {
	old := g.slots
	g.slots = make([]fingerprint, len(old)+len(old)/5+4)
	for _, f := range old {
		if f != (fingerprint{}) {
			g.slots[g.find(f)] = f
		}
	}
}
