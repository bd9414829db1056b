package seed

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRosterAgainstSlice applies the same random operations to a roster and to a plain
// slice. After each operation, both must have the same members in the same order.
func TestRosterAgainstSlice(t *testing.T) {
	type entry struct{ K, V int }
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var r Roster[int, int]
		var model []entry
		for k := range rng.IntN(4) {
			r.Put(k, k)
			model = append(model, entry{k, k})
		}
		count := rng.IntN(12)
		r.Generate(count, func(i int) (int, int) { return 100 + i, i }, func(k int) (int, bool) { return k - 100, k >= 100 })
		for i := range count {
			model = append(model, entry{100 + i, i})
		}
		find := func(k int) int {
			for i := range model {
				if model[i].K == k {
					return i
				}
			}
			return -1
		}
		for range 60 {
			k := rng.IntN(6)
			if rng.IntN(2) == 0 {
				k = 100 + rng.IntN(14)
			}
			at := find(k)
			if rng.IntN(2) == 0 {
				if got := r.Delete(k); got != (at >= 0) {
					t.Fatalf("seed %d: Delete(%d) = %v", seed, k, got)
				}
				if at >= 0 {
					model = append(model[:at:at], model[at+1:]...)
				}
			} else {
				v := rng.Int()
				if got := r.Put(k, v); got != (at < 0) {
					t.Fatalf("seed %d: Put(%d) = %v", seed, k, got)
				}
				if at >= 0 {
					model[at].V = v
				} else {
					model = append(model, entry{k, v})
				}
			}
			if r.Len() != len(model) {
				t.Fatalf("seed %d: Len = %d, want %d", seed, r.Len(), len(model))
			}
			from := rng.IntN(len(model) + 2)
			got := []entry{}
			for k, v := range r.From(from) {
				got = append(got, entry{k, v})
			}
			want := append([]entry{}, model[min(from, len(model)):]...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d from %d (-want +got):\n%s", seed, from, diff)
			}
			for _, e := range model {
				if v, ok := r.Get(e.K); !ok || v != e.V {
					t.Fatalf("seed %d: Get(%d) = %d, %v, want %d", seed, e.K, v, ok, e.V)
				}
			}
		}
	}
}
