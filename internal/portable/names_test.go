package portable

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNameBuilder(t *testing.T) {
	var j NameBuilder
	var got, want []string
	for i := range 2000 {
		first, last := fmt.Sprint("first", i), strings.Repeat("l", i%90)
		got = append(got, j.Join(" "+first, last+" "))
		want = append(want, strings.TrimSpace(first+" "+last))
	}
	got = append(got, j.Join("", ""), j.Join(" ", "b"), j.Join("a", "\t"), j.Join(strings.Repeat("x", nameBlock), "y"))
	want = append(want, "", "b", "a", strings.Repeat("x", nameBlock)+" y")
	if diff := cmp.Diff(want, got); diff != "" { // later names do not change earlier ones
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNameBuilderAllocations(t *testing.T) {
	const n = 1000
	got := testing.AllocsPerRun(10, func() {
		var j NameBuilder
		for range n {
			j.Join("Ada", "Lovelace")
		}
	})
	if limit := 2 + float64(n*len("Ada Lovelace"))/nameBlock; got > limit {
		t.Errorf("%d names took %.0f allocations, want at most %.0f", n, got, limit)
	}
}
