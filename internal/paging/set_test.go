package paging

import (
	"fmt"
	"hash/maphash"
	"testing"
)

func hashes(prefix string, n int) []hash {
	a, b := maphash.MakeSeed(), maphash.MakeSeed()
	all := make([]hash, n)
	for i := range all {
		key := fmt.Sprint(prefix, i)
		all[i] = hash{maphash.String(a, key), maphash.String(b, key)}
	}
	return all
}

func TestSet(t *testing.T) {
	const n = 500_000
	for _, expected := range []int64{-1, 10, n, 1 << 60} {
		t.Run(fmt.Sprint(expected), func(t *testing.T) { testSet(t, n, expected) })
	}
}

func testSet(t *testing.T, n int, expected int64) {
	var s set
	s.expect(expected)
	members := hashes("member-", n)
	members[0].a, members[n/2].a = 0, 1<<64-1 // the smallest and the largest value
	for i, h := range members {
		if !s.add(h) {
			t.Fatalf("member %d counts as known", i)
		}
		if s.add(members[i/2]) {
			t.Fatalf("member %d counts as new after %d", i/2, i)
		}
	}
	for i, h := range members {
		if s.add(h) {
			t.Fatalf("member %d counts as new", i)
		}
	}
	count, bytes := s.few.n, 64*cap(s.few.lines)
	for i := range s.many {
		count += s.many[i].n
		bytes += 64 * cap(s.many[i].lines)
	}
	if limit := max(9*n, 9*s.expected*11/10); count != n || bytes > limit {
		t.Errorf("%d members take %d bytes, %.1f each", count, bytes, float64(bytes)/float64(n))
	}
}

func BenchmarkSet(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		for _, expected := range []int{0, n} {
			b.Run(fmt.Sprintf("%d, %d expected", n, expected), func(b *testing.B) {
				members := hashes("orgmem_", n)
				b.ReportAllocs()
				for b.Loop() {
					var s set
					s.expect(int64(expected))
					for _, h := range members {
						s.add(h)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/member")
			})
		}
	}
}
