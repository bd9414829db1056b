package paging

import (
	"fmt"
	"hash/maphash"
	"slices"
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
	count, bytes := s.few.n, 64*cap(s.few.lines)+16*cap(s.early)
	for i := range s.many {
		count += s.many[i].n
		bytes += 64 * cap(s.many[i].lines)
	}
	if limit := max(9*n, 9*s.expected*11/10); count != n || bytes > limit {
		t.Errorf("%d members take %d bytes, %.1f each", count, bytes, float64(bytes)/float64(n))
	}
}

// The announced number of members may change at any page, also from a small set's to a large
// one's and back.
func TestSetExpectations(t *testing.T) {
	const page, pages = 1000, 40
	members := hashes("member-", page*pages)
	for _, announced := range [][]int64{{10, 1 << 20}, {1 << 20, 10}, {-1, 1 << 20, -1}, {10, 10, 10, 10, 1 << 20}, {1 << 20, 1 << 20, 1 << 20, 0}} {
		var s set
		for i := range pages {
			s.expect(announced[min(i, len(announced)-1)])
			now := members[i*page : (i+1)*page]
			if known := s.addPage(now); known != nil {
				t.Fatalf("%d: a page of new members has known ones", announced)
			}
			again := slices.Concat(members[:page/2], now[page/2:]) // from the first page and this one
			if known := s.addPage(again); len(known) != page || slices.Contains(known, false) {
				t.Fatalf("%d: page %d has new members after it was added", announced, i)
			}
		}
		if known := s.addPage(members); len(known) != len(members) || slices.Contains(known, false) {
			t.Errorf("%d: a member counts as new at the end", announced)
		}
	}
}

// addPage marks the known members of a page, and none else.
func TestSetPageWithKnownMembers(t *testing.T) {
	var s set
	members := hashes("member-", 6)
	s.addPage(members[:3])
	if got, want := s.addPage([]hash{members[2], members[3], members[4], members[4], members[5]}), []bool{true, false, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("known members are %v, want %v", got, want)
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
					for page := range slices.Chunk(members, 500) {
						s.addPage(page)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/member")
			})
		}
	}
}
