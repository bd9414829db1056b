package paging

import "testing"

// pageKeys compares items with equal hashes by their keys.
func TestRepeatsAreComparedByKey(t *testing.T) {
	known, h := newPageKeys(4), hash{7, 7 << 32}
	for i, same := range []bool{false, false, true, false} {
		if got := known.has(h, i, func(int) bool { return same }); got != same {
			t.Errorf("item %d: got %v, want %v", i, got, same)
		}
	}
}
