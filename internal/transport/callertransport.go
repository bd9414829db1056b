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

// callerTransport wraps a caller's own transport, which may ignore a request's context. Each
// request, and the reading of each body, has a goroutine of its own. RoundTrip returns when
// the context ends, and a late answer is closed.
type callerTransport struct{ base http.RoundTripper }

// grace is the wait for an answer after the end of the context: the goroutine of a
// transport that obeys the context ends within it.
const grace = 20 * time.Millisecond

// exit records how the caller's code ended: by returning, by a panic or by Goexit.
type exit struct {
	returned bool
	panicked any
}

// propagate repeats a panic or Goexit in the caller's goroutine.
func (e exit) propagate() {
	switch {
	case e.returned:
	case e.panicked != nil:
		panic(e.panicked)
	default:
		runtime.Goexit() // as t.FailNow does
	}
}

type roundTripResult struct {
	exit
	resp *http.Response
	err  error
}

func (f *callerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if w := connTraceOf(ctx); w != nil {
		w.callerOwned.Store(true)
	}
	results := make(chan roundTripResult, 1)
	go func() {
		var a roundTripResult
		defer func() {
			a.panicked = recover()
			results <- a
		}()
		a.resp, a.err = f.base.RoundTrip(req) //nolint:bodyclose // the receiver closes it
		a.returned = true
	}()
	a, ok := receive(ctx, results)
	if !ok {
		go func() {
			if a := <-results; a.resp != nil && a.resp.Body != nil {
				_ = a.resp.Body.Close()
			}
		}()
		return nil, ctx.Err()
	}
	a.propagate()
	if a.err == nil && a.resp != nil && a.resp.Body != nil {
		a.resp.Body = newCallerBody(ctx, a.resp.Body)
	}
	return a.resp, a.err
}

// receive receives from c until ctx is done and the grace is over.
func receive[T any](ctx context.Context, c <-chan T) (v T, ok bool) {
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

// CloseIdleConnections calls that of the caller's transport, if it has one.
func (f *callerTransport) CloseIdleConnections() {
	if c, ok := f.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// callerBody is the body of a caller's own transport. A goroutine reads it on demand into
// memory of its own: a Read that never returns may write there at any later time.
type callerBody struct {
	ctx    context.Context
	body   io.ReadCloser
	asks   chan int // the number of bytes to read; closed by Close
	chunks chan chunk
	close  sync.Once
	err    error // of the last read
}

type chunk struct {
	exit
	b   []byte
	err error
}

const callerChunk = 32 << 10

func newCallerBody(ctx context.Context, body io.ReadCloser) *callerBody {
	f := &callerBody{ctx: ctx, body: body, asks: make(chan int, 1), chunks: make(chan chunk, 1)}
	go f.pump()
	return f
}

func (f *callerBody) pump() {
	var c chunk
	defer func() {
		if !c.returned {
			c.panicked = recover()
			f.chunks <- c
		}
	}()
	buffer := make([]byte, callerChunk)
	for want := range f.asks {
		c = chunk{}
		n, err := readSome(f.body, buffer[:min(want, len(buffer))])
		c = chunk{exit{returned: true}, buffer[:n], err}
		f.chunks <- c
	}
	c.returned = true
}

func (f *callerBody) Read(p []byte) (int, error) {
	if len(p) == 0 || f.err != nil {
		return 0, f.err
	}
	f.asks <- len(p)
	c, ok := receive(f.ctx, f.chunks)
	if !ok {
		f.err = context.Cause(f.ctx)
		return 0, f.err
	}
	c.propagate()
	f.err = c.err
	return copy(p, c.b), c.err
}

// Close waits for the body's own Close as long as the request's context lasts.
func (f *callerBody) Close() error {
	f.close.Do(func() { close(f.asks) })
	closed := make(chan error, 1)
	go func() {
		defer close(closed)
		closed <- f.body.Close()
	}()
	err, _ := receive(f.ctx, closed)
	return err
}

// maxEmptyReads is the largest number of successive reads without bytes and error.
const maxEmptyReads = 100

// readSome reads at least one byte, or returns an error. It refuses a count that the buffer
// cannot hold.
func readSome(r io.Reader, b []byte) (int, error) {
	for range maxEmptyReads {
		n, err := r.Read(b)
		if n < 0 || n > len(b) {
			return 0, errors.New("the body reports an impossible count of bytes")
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
