package core

import (
	"fmt"
	"testing"
	"unsafe"
)

func TestSeen(t *testing.T) {
	s := newSeen()
	const n = 200_000
	for i := range n {
		if !s.add(fmt.Sprint("member-", i)) {
			t.Fatalf("member %d counts as seen", i)
		}
	}
	for i := range n {
		if s.add(fmt.Sprint("member-", i)) {
			t.Fatalf("member %d counts as new", i)
		}
	}
	slots := 0
	for i := range s.segments {
		slots += len(s.segments[i].slots)
	}
	if bytes := slots * int(unsafe.Sizeof(fingerprint{})); s.n != n || bytes > 16*n {
		t.Errorf("%d members take %d bytes, %.1f each", s.n, bytes, float64(bytes)/n)
	}
}

func BenchmarkSeen(b *testing.B) {
	keys := make([]string, 1<<16)
	for i := range keys {
		keys[i] = fmt.Sprint("orgmem_", i)
	}
	b.ResetTimer()
	for b.Loop() {
		s := newSeen()
		for _, k := range keys {
			s.add(k)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(keys)), "ns/member")
}
