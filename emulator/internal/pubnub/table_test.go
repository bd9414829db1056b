package pubnub

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A table has the same row at every position as a sorted list.
func TestTable(t *testing.T) {
	const generated = 40
	id := func(i int) string { return fmt.Sprintf("m-%03d", i) }
	var table table[int]
	table.Generate(generated, func(i int) (string, int) { return id(i), i }, func(s string) (int, bool) {
		var i int
		_, err := fmt.Sscanf(s, "m-%03d", &i)
		return i, err == nil && id(i) == s
	})
	want := map[string]int{}
	for i := range generated {
		want[id(i)] = i
	}
	r := rand.New(rand.NewPCG(1, 2))
	for step := range 400 {
		k := []string{id(r.IntN(generated + 5)), fmt.Sprintf("M%03d%c", r.IntN(generated), 'a'+r.IntN(2)), fmt.Sprintf("%c", 'a'+r.IntN(26))}[r.IntN(3)]
		if r.IntN(3) == 0 {
			table.Delete(k)
			delete(want, k)
		} else {
			table.Put(k, step)
			want[k] = step
		}
		var order []string
		for k := range want {
			order = append(order, k)
		}
		slices.SortFunc(order, collate)
		start := r.IntN(len(order) + 3)
		var got []string
		for k, v := range table.From(start) {
			if got = append(got, k); v != want[k] {
				t.Fatalf("step %d: %s is %d, want %d", step, k, v, want[k])
			}
		}
		if d := cmp.Diff(append([]string(nil), order[min(start, len(order)):]...), got); d != "" || table.Len() != len(want) {
			t.Fatalf("step %d, from %d of %d (-want +got):\n%s", step, start, table.Len(), d)
		}
	}
}
