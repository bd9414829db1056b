package paging

import (
	"hash/maphash"
	"math/bits"
)

// hash is the fingerprint of a text, or of several texts in order. It differs from one List
// to another.
type hash struct{ a, b uint64 }

// seeds make the fingerprints unpredictable: no server can construct a collision.
type seeds [2]maphash.Seed

func (k seeds) hash(s string) hash {
	return hash{maphash.String(k[0], s), maphash.String(k[1], s)}
}

// add extends h by one text.
func (h *hash) add(next hash) {
	h.a, h.b = mix(h.a^next.a), mix(h.b^next.b)
}

// mix makes a fingerprint depend on the order of texts.
func mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x, 0x9e3779b97f4a7c15) // the golden ratio has no pattern
	return hi ^ lo
}

// pageKeys is a hash table of the keys of one page. A slot holds half a hash and the
// number of an item, counted from 1.
type pageKeys struct{ slots []uint64 }

func newPageKeys(items int) *pageKeys {
	return &pageKeys{make([]uint64, 1<<bits.Len(uint(2*items)))}
}

// has reports whether the table has an item with hash h for which same holds. If not, it
// adds item i.
func (t *pageKeys) has(h hash, i int, same func(j int) bool) bool {
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
