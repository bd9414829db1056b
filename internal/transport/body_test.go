package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scribbler is a body that keeps the memory it was read into, and overwrites it later.
type scribbler struct {
	r    io.Reader
	most int // bytes at a time
	had  [][]byte
}

func (s *scribbler) Read(p []byte) (int, error) {
	n, err := s.r.Read(p[:min(len(p), s.most)])
	s.had = append(s.had, p[:n])
	return n, err
}

func (s *scribbler) Close() error { return nil }

func (s *scribbler) scribble() {
	for _, p := range s.had {
		copy(p, bytes.Repeat([]byte("#"), len(p)))
	}
}

// answerWith returns a client that answers with body and the announced length.
func answerWith(body io.ReadCloser, length int64) *http.Client {
	return &http.Client{Transport: &guard{roundTrip(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, ContentLength: length, Request: req}, nil
	})}}
}

// Bodies of any length arrive whole, for any announced length and any size of reads.
func TestAttemptReadsBodiesWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, size := range []int{0, 1, 4095, shortBuffer - 1, shortBuffer, shortBuffer + 1, 100_000, lastChunk, 3 * lastChunk, mostAtOnce, maxKept + 1} {
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(rng.Uint32())
		}
		for _, length := range []int64{-1, int64(size)} {
			for _, cache := range []*BufferCache{nil, new(BufferCache), cacheFor(10), cacheFor(int64(size)), cacheFor(2 * int64(size))} {
				for _, most := range []int{16 << 10, 1 << 30} {
					s := &scribbler{r: bytes.NewReader(want), most: most}
					r := request(t, "https://h.example/")
					r.BufferCache, r.MaxBody = cache, max(int64(size), 1)
					res, err := once(t.Context(), answerWith(s, length), r)
					if err != nil || !bytes.Equal(res.Body, want) {
						t.Fatalf("%d bytes, length %d, cache %+v, %d at a time: %v, %d bytes", size, length, cache, most, err, len(res.Body))
					}
					res.Release()
					s.scribble() // the next body must not change
				}
			}
		}
	}
}

// cacheFor returns a cache that has read a page of n bytes.
func cacheFor(n int64) *BufferCache {
	s := new(BufferCache)
	s.longest.Store(n)
	return s
}

// BufferCache returns its buffer once if that is long enough, and none after Clear.
func TestBufferCache(t *testing.T) {
	const limit = 10 << 20
	s := new(BufferCache)
	f, g := &buffer{make([]byte, 100, 100<<10)}, &buffer{make([]byte, 100, 100<<10)}
	s.put(f)
	s.put(g) // one too many
	if got := s.get(-1, limit); got != f || len(got.b) != 0 {
		t.Errorf("got another buffer, or %d bytes in it", len(got.b))
	}
	s.put(f)
	if got := s.get(200<<10, limit); got == f || cap(got.b) <= 200<<10 {
		t.Errorf("a buffer of %d bytes was taken for %d", cap(got.b), 200<<10)
	}
	s.put(newBuffer(maxKept + 1))
	if s.spare.Load() != nil {
		t.Error("a huge buffer was kept")
	}
	s.put(f)
	s.Clear()
	s.Clear()
	if s.spare.Load() != nil {
		t.Error("a buffer is there that was cleared")
	}
}

// Release gives the memory of a body to the next one.
func TestReleaseReusesMemory(t *testing.T) {
	s := &scribbler{r: strings.NewReader(`{"id":"x"}`), most: 100}
	res, err := once(t.Context(), answerWith(s, -1), request(t, "https://h.example/"))
	if err != nil {
		t.Fatal(err)
	}
	body := res.Body
	res.Release()
	res.Release() // once is enough
	if res.Body != nil || string(body) != `{"id":"x"}` {
		t.Errorf("the body is %q, and was %q", res.Body, body)
	}
	s.scribble()
	if string(body) != "##########" {
		t.Errorf("the body was copied: %q", body)
	}
	(*Response)(nil).Release() // the response of an attempt without an answer
}

// Long bodies reuse buffers; huge buffers are not kept.
func TestBuffersAreReused(t *testing.T) {
	for size, want := range map[int64]bool{100: true, 600 << 10: true, mostAtOnce: true, maxKept + 1: false} {
		again := false
		for range 100 { // a garbage collection may free a buffer in between
			f := newBuffer(size)
			f.free()
			next := newBuffer(size)
			again = again || f == next
		}
		if again != want {
			t.Errorf("%d bytes: used again %v, want %v", size, again, want)
		}
	}
}

// A large announced length allocates little by itself.
func TestAttemptAllocatesLittleOnAServersWord(t *testing.T) {
	r := request(t, "https://h.example/")
	r.MaxBody = 1 << 30
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	body := &scribbler{r: io.MultiReader(strings.NewReader("{"), cut{}), most: 100}
	if res, err := once(t.Context(), answerWith(body, 1<<30), r); !errors.Is(err, io.ErrUnexpectedEOF) || string(res.Body) != "{" {
		t.Errorf("got %v", err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > maxKept+1<<20 {
		t.Errorf("%d bytes were allocated", took)
	}
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// drip is a body that brings some bytes at intervals, and stops.
type drip struct {
	ctx   context.Context
	bytes int
	every time.Duration
	stops int // after so many bytes; 0 is never
	left  int
}

func (d *drip) Read(p []byte) (int, error) {
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(d.every):
	}
	if d.stops -= d.bytes; d.stops == 0 {
		d.every = time.Hour
	}
	n := min(d.bytes, d.left, len(p))
	if d.left -= n; d.left == 0 {
		return n, io.EOF
	}
	return n, nil
}

func (d *drip) Close() error { return nil }

// A slow body has the time of its attempt; a stalled one ends early.
func TestStalledBodies(t *testing.T) {
	tests := []struct {
		name  string
		bytes int
		every time.Duration
		stops int
		// took is how long it goes on, of 10 KiB.
		took time.Duration
		err  error
	}{
		{"a slow line", 1 << 10, 2 * time.Second, 0, 20 * time.Second, nil},
		{"a trickle", 100, time.Second, 0, 5 * time.Second, ErrStalled},
		{"silence", 1, time.Hour, 0, 5 * time.Second, ErrStalled},
		{"a beginning, and silence", 3 << 10, time.Second, 6 << 10, 10 * time.Second, ErrStalled},
		{"waits that are too long", 3 << 10, 15 * time.Second, 0, 5 * time.Second, ErrStalled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hc := Guard(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
					body := &drip{ctx: req.Context(), bytes: tt.bytes, every: tt.every, stops: tt.stops, left: 10 << 10}
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, ContentLength: -1, Request: req}, nil
				})})
				r := request(t, "https://h.example/")
				r.Timeout = time.Hour
				start := time.Now()
				_, err := once(t.Context(), hc, r)
				if took := time.Since(start); !errors.Is(err, tt.err) || took != tt.took {
					t.Errorf("ended with %v after %v, want %v after %v", err, took, tt.err, tt.took)
				}
			})
		})
	}
}
