package paging

import (
	"hash/maphash"
	"math/bits"
)

// hash is the fingerprint of a text, or of several in their order. Two lists have different
// ones for the same text.
type hash struct{ a, b uint64 }

func (l *List[T]) hash(s string) hash {
	return hash{maphash.String(l.seeds[0], s), maphash.String(l.seeds[1], s)}
}

// add extends h by one text.
func (h *hash) add(next hash) {
	h.a, h.b = mix(h.a^next.a), mix(h.b^next.b)
}

// mix makes the order count.
func mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x, 0x9e3779b97f4a7c15) // the golden ratio has no pattern
	return hi ^ lo
}

// keyTable finds items of one page that have the same key. A slot holds half a hash and an
// item's number from 1.
type keyTable struct{ slots []uint64 }

func newKeyTable(items int) *keyTable {
	return &keyTable{make([]uint64, 1<<bits.Len(uint(2*items)))}
}

// has reports whether an item with this hash is there for which same holds, and puts
// item i in if not.
func (t *keyTable) has(h hash, i int, same func(j int) bool) bool {
	const number = 1<<32 - 1
	mask := uint64(len(t.slots) - 1)
	at := h.a & mask
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		if (t.slots[at]^h.b)&^number == 0 && same(int(t.slots[at]&number)-1) {
			return true
		}
	}
	t.slots[at] = h.b&^number | uint64(i+1)
	return false
}
