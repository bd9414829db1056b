package portable

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJoiner(t *testing.T) {
	var j Joiner
	var got, want []string
	for i := range 2000 {
		first, last := fmt.Sprint("first", i), strings.Repeat("l", i%90)
		got = append(got, j.Join(" "+first, last+" "))
		want = append(want, strings.TrimSpace(first+" "+last))
	}
	got = append(got, j.Join("", ""), j.Join(" ", "b"), j.Join("a", "\t"), j.Join(strings.Repeat("x", joinerBlock), "y"))
	want = append(want, "", "b", "a", strings.Repeat("x", joinerBlock)+" y")
	if diff := cmp.Diff(want, got); diff != "" { // also what came first is still what it was
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestJoinerAllocatesSeldom(t *testing.T) {
	const n = 1000
	got := testing.AllocsPerRun(10, func() {
		var j Joiner
		for range n {
			j.Join("Ada", "Lovelace")
		}
	})
	if limit := 2 + float64(n*len("Ada Lovelace"))/joinerBlock; got > limit {
		t.Errorf("%d names took %.0f allocations, want at most %.0f", n, got, limit)
	}
}
