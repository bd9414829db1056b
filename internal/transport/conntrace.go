package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// connTrace records by httptrace how far one attempt gets on its connection. net/http
// reports from its own goroutines.
type connTrace struct {
	begun     bool        // the request was handed to the transport
	requested atomic.Bool // a connection was requested; false for a transport without httptrace
	connected atomic.Bool
	reused    atomic.Bool // the connection has served another request
	wrote     atomic.Bool // the headers were written
	answered  atomic.Bool // the first byte of an answer arrived
	// replays counts the times that the transport itself sent the request again; stop ends
	// the attempt.
	replays     atomic.Int32
	stop        context.CancelFunc
	trace       httptrace.ClientTrace
	http2       atomic.Bool // the last connection speaks HTTP/2
	callerOwned atomic.Bool // the transport is a caller's own
	hasKey      bool        // net/http replays a request with an idempotency key
	// transport is the transport of pool that the request used, nil for a caller's.
	transport atomic.Pointer[http.Transport]
	pool      *pool
}

type connTraceKey struct{}

// maxReplays is the largest number of times that net/http may send one attempt again. It
// has no limit of its own where an HTTP/2 server resets each stream with PROTOCOL_ERROR.
const maxReplays = 2

// maxCallerReplays is the same for a caller's own transport, which may retry on purpose.
const maxCallerReplays = 20

// errReplays is the error of an attempt that reached maxReplays.
var errReplays = errors.New("the server reset the request again and again")

// errReplay is the error of a replay of a write that may have been carried out.
var errReplay = errors.New("the connection gave the request up after it was sent")

// traced returns a context, derived from ctx, whose request reports to w.
func (w *connTrace) traced(ctx context.Context) context.Context {
	w.trace = httptrace.ClientTrace{
		GetConn:              func(string) { w.connRequested() },
		GotConn:              w.connObtained,
		WroteHeaders:         func() { w.wrote.Store(true) },
		GotFirstResponseByte: func() { w.answered.Store(true) },
	}
	return context.WithValue(httptrace.WithClientTrace(ctx, &w.trace), connTraceKey{}, w)
}

// connRequested records that net/http requests a connection. It requests another one if
// nothing was written to the first, or if it regards the request as repeatable.
func (w *connTrace) connRequested() {
	if w.requested.Swap(true) && !w.mayReplay() {
		w.connected.Store(false)
		w.wrote.Store(false)
	}
}

func (w *connTrace) connObtained(info httptrace.GotConnInfo) {
	w.connected.Store(true)
	w.reused.Store(info.Reused)
	c, secure := info.Conn.(*tls.Conn)
	w.http2.Store(secure && c.ConnectionState().NegotiatedProtocol == "h2")
	if w.wrote.Load() {
		w.replays.Add(1)
	}
	if w.replaysTooOften() {
		w.stop()
	}
}

// stopped reports whether stop ended the attempt with the context ctx, which parent's end and
// the time limit end too.
func (w *connTrace) stopped(ctx, parent context.Context) bool {
	return w.replaysTooOften() && parent.Err() == nil && context.Cause(ctx) == context.Canceled
}

// replaysTooOften reports whether the transport sent the request again beyond reason.
func (w *connTrace) replaysTooOften() bool {
	most := int32(maxReplays)
	if w.callerOwned.Load() {
		most = maxCallerReplays
	}
	return w.replays.Load() > most
}

// mayReplay reports whether the transport may send a request again that a server has read.
func (w *connTrace) mayReplay() bool { return w.callerOwned.Load() || w.hasKey || w.http2.Load() }

// replayed reports whether the request was sent more than once: the answer may belong to
// the second sending.
func (w *connTrace) replayed() bool { return w.replays.Load() > 0 }

// guarded returns a write's GetBody for net/http, which refuses a replay of a request that
// was written: a refused stream looks the same as one that was carried out.
func (w *connTrace) guarded(get func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		if w.wrote.Load() && w.mayReplay() && !w.callerOwned.Load() {
			return nil, errReplay
		}
		return get()
	}
}

func connTraceOf(ctx context.Context) *connTrace {
	w, _ := ctx.Value(connTraceKey{}).(*connTrace)
	return w
}

// neverSent reports whether a failed attempt cannot have reached the server: it had no
// connection, or the connection broke before the headers. net/http may still write after
// a timeout; then only the lack of a connection proves it.
func (w *connTrace) neverSent(timedOut bool) bool {
	if !w.begun {
		return true
	}
	return w.requested.Load() && !w.wrote.Load() && (!w.connected.Load() || !timedOut)
}

// unanswered reports whether the attempt has a connection and no byte of an answer.
func (w *connTrace) unanswered() bool { return w.connected.Load() && !w.answered.Load() }
