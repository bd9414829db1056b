package paging

import "testing"

// Items whose hashes are equal are told apart by their keys.
func TestRepeatsAreComparedByKey(t *testing.T) {
	known, h := newKeyTable(4), hash{7, 7 << 32}
	for i, same := range []bool{false, false, true, false} {
		if got := known.has(h, i, func(int) bool { return same }); got != same {
			t.Errorf("item %d: got %v, want %v", i, got, same)
		}
	}
}
