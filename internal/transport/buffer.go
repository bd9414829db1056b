package transport

import "sync"

// Bodies are read into buffers that are used again. Short answers and long ones have
// buffers of their own, so that neither makes the other's; one longer than maxKept is
// left to the garbage collector, so that a single huge answer does not stay.
const (
	shortBuffer = 32 << 10
	maxKept     = 4 << 20
	mostAtOnce  = maxKept - maxKept/8 // with what newBuffer adds it is still kept
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
	return &buffer{make([]byte, 0, n+n/8)} // the next page may be a little longer
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
