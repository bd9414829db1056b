package core

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

func TestSeen(t *testing.T) {
	var s seen
	const n = 500_000
	members := hashes("member-", n)
	members[0].a, members[n/2].a = 0, 1<<64-1 // the ends of what there is
	for i, h := range members {
		if !s.add(h) {
			t.Fatalf("member %d counts as seen", i)
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
	if count != n || bytes > 9*n {
		t.Errorf("%d members take %d bytes, %.1f each", count, bytes, float64(bytes)/n)
	}
}

func BenchmarkSeen(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			members := hashes("orgmem_", n)
			b.ReportAllocs()
			for b.Loop() {
				var s seen
				for _, h := range members {
					s.add(h)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/member")
		})
	}
}
