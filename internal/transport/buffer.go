package transport

import (
	"sync"
	"sync/atomic"
)

// Bodies are read into buffers that are used again. Short answers and long ones have
// buffers of their own, so that neither makes the other's; one longer than maxKept is
// left to the garbage collector, so that a single huge answer does not stay.
const (
	shortBuffer = 32 << 10
	maxKept     = 4 << 20
	mostAtOnce  = maxKept - maxKept/16 // with what newBuffer adds it is still kept
)

var short, long sync.Pool // of *buffer

type buffer struct{ b []byte }

// newBuffer returns an empty buffer with room for n bytes.
func newBuffer(n int64) *buffer {
	if n <= shortBuffer {
		if f, ok := short.Get().(*buffer); ok {
			return f
		}
		return &buffer{make([]byte, 0, shortBuffer)}
	}
	if f, ok := long.Get().(*buffer); ok && int64(cap(f.b)) >= n {
		return f
	}
	return &buffer{make([]byte, 0, n+n/16)} // the next page may be a little longer
}

// free hands the memory to whoever reads next.
func (f *buffer) free() {
	switch c := cap(f.b); {
	case c <= shortBuffer:
		f.b = f.b[:0]
		short.Put(f)
	case c <= maxKept:
		f.b = f.b[:0]
		long.Put(f)
	}
}

// Shelf is what the bodies of one listing's pages have in common: the memory that they
// are read into one after the other, and how long they get. Without one, each processor
// that a page comes by on would keep a buffer. It is safe for concurrent use: pages that
// come together have other buffers.
type Shelf struct {
	spare   atomic.Pointer[buffer]
	longest atomic.Int64
}

// Clear gives the memory away, as the listing has ended.
func (s *Shelf) Clear() {
	if f := s.spare.Swap(nil); f != nil {
		f.free()
	}
}

// take returns a buffer for a body of n bytes, or of the usual length if n is below zero.
func (s *Shelf) take(n, limit int64) *buffer {
	var f *buffer
	if s != nil {
		if n < 0 {
			n = s.longest.Load()
		}
		f = s.spare.Swap(nil)
	}
	n = min(max(n, 0), limit, mostAtOnce) + 1 // one more to see the end in
	if f == nil {
		return newBuffer(n)
	}
	if int64(cap(f.b)) < n {
		f.free()
		return newBuffer(n)
	}
	return f
}

// put takes a buffer back from a body that has been used.
func (s *Shelf) put(f *buffer) {
	if s == nil {
		f.free()
		return
	}
	if n := int64(len(f.b)); n > s.longest.Load() {
		s.longest.Store(n)
	}
	if f.b = f.b[:0]; cap(f.b) > maxKept || !s.spare.CompareAndSwap(nil, f) {
		f.free()
	}
}
