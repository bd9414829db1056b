package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// foreign is a caller's own transport, which may not obey a request's context. Each
// request, and the reading of each body, has a goroutine of its own that is left behind
// when the context ends; what it still brings is closed.
type foreign struct{ base http.RoundTripper }

// grace is how long an answer is waited for after the end of the context, so that a
// transport that obeys it leaves nothing behind.
const grace = 20 * time.Millisecond

// ending is how a caller's code ended, if it did not return: what it did to a goroutine of
// this package, it does to the caller.
type ending struct {
	returned bool
	panicked any
}

func (e ending) repeat() {
	switch {
	case e.returned:
	case e.panicked != nil:
		panic(e.panicked)
	default:
		runtime.Goexit() // as t.FailNow does
	}
}

type answer struct {
	ending
	resp *http.Response
	err  error
}

func (f *foreign) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if w := wireOf(ctx); w != nil {
		w.foreign.Store(true)
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			a.panicked = recover()
			answers <- a
		}()
		a.resp, a.err = f.base.RoundTrip(req) //nolint:bodyclose // the one who takes the answer closes it
		a.returned = true
	}()
	a, ok := within(ctx, answers)
	if !ok {
		go func() {
			if a := <-answers; a.resp != nil && a.resp.Body != nil {
				_ = a.resp.Body.Close()
			}
		}()
		return nil, ctx.Err()
	}
	a.repeat()
	if a.err == nil && a.resp != nil && a.resp.Body != nil {
		a.resp.Body = newForeignBody(ctx, a.resp.Body)
	}
	return a.resp, a.err
}

// within receives from c until ctx is done and the grace is over.
func within[T any](ctx context.Context, c <-chan T) (v T, ok bool) {
	select {
	case v = <-c:
		return v, true
	case <-ctx.Done():
	}
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case v = <-c:
		return v, true
	case <-t.C:
		return v, false
	}
}

// CloseIdleConnections passes the call down, as http.Client expects.
func (f *foreign) CloseIdleConnections() {
	if c, ok := f.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// foreignBody is the body of a caller's own transport. A goroutine reads it, when asked
// to, into memory of its own: a Read that never returns may write there at any later time.
type foreignBody struct {
	ctx    context.Context
	body   io.ReadCloser
	asks   chan int // how many bytes are wanted; closed by Close
	chunks chan chunk
	close  sync.Once
	err    error // that the reading ended with
}

type chunk struct {
	ending
	b   []byte
	err error
}

const foreignChunk = 32 << 10

func newForeignBody(ctx context.Context, body io.ReadCloser) *foreignBody {
	f := &foreignBody{ctx: ctx, body: body, asks: make(chan int, 1), chunks: make(chan chunk, 1)}
	go f.pump()
	return f
}

func (f *foreignBody) pump() {
	var c chunk
	defer func() {
		if !c.returned {
			c.panicked = recover()
			f.chunks <- c
		}
	}()
	buffer := make([]byte, foreignChunk)
	for want := range f.asks {
		c = chunk{}
		n, err := readSome(f.body, buffer[:min(want, len(buffer))])
		c = chunk{ending{returned: true}, buffer[:n], err}
		f.chunks <- c
	}
	c.returned = true
}

func (f *foreignBody) Read(p []byte) (int, error) {
	if len(p) == 0 || f.err != nil {
		return 0, f.err
	}
	f.asks <- len(p)
	c, ok := within(f.ctx, f.chunks)
	if !ok {
		f.err = context.Cause(f.ctx)
		return 0, f.err
	}
	c.repeat()
	f.err = c.err
	return copy(p, c.b), c.err
}

// Close waits for the body's own Close as long as the request's context lasts.
func (f *foreignBody) Close() error {
	f.close.Do(func() { close(f.asks) })
	closed := make(chan error, 1)
	go func() {
		defer close(closed)
		closed <- f.body.Close()
	}()
	err, _ := within(f.ctx, closed)
	return err
}

// maxEmptyReads is how often in a row a body may bring neither bytes nor an error.
const maxEmptyReads = 100

// readSome reads at least one byte, or says why there is none. It believes no count that
// a buffer cannot hold.
func readSome(r io.Reader, b []byte) (int, error) {
	for range maxEmptyReads {
		n, err := r.Read(b)
		if n < 0 || n > len(b) {
			return 0, errors.New("the body tells an impossible count of bytes")
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
