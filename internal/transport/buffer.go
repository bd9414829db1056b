package transport

import (
	"sync"
	"sync/atomic"
)

// Bodies are read into buffers that are used again. Short and long answers have separate
// pools. The garbage collector gets a buffer longer than maxKept: a single huge answer does
// not keep its memory.
const (
	shortBuffer = 32 << 10
	maxKept     = 4 << 20
	mostAtOnce  = maxKept - maxKept/16 // newBuffer adds a sixteenth
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

// free returns the buffer to its pool.
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

// BufferCache keeps one buffer for the pages of one listing, and the length of the longest
// page. Without it, sync.Pool keeps a buffer for each processor that read a page. It is safe
// for concurrent use; pages that are read at the same time get other buffers.
type BufferCache struct {
	spare   atomic.Pointer[buffer]
	longest atomic.Int64
}

// Clear frees the buffer when the listing has ended.
func (s *BufferCache) Clear() {
	if f := s.spare.Swap(nil); f != nil {
		f.free()
	}
}

// get returns a buffer for a body of n bytes, or of the longest length so far if n is
// negative.
func (s *BufferCache) get(n, limit int64) *buffer {
	var f *buffer
	if s != nil {
		if n < 0 {
			n = s.longest.Load()
		}
		f = s.spare.Swap(nil)
	}
	n = min(max(n, 0), limit, mostAtOnce) + 1 // one byte more, to read the end
	if f == nil {
		return newBuffer(n)
	}
	if int64(cap(f.b)) < n {
		f.free()
		return newBuffer(n)
	}
	return f
}

// put takes the buffer of a released body back.
func (s *BufferCache) put(f *buffer) {
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
