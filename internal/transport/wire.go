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

// wire records how far one attempt gets on its connection. net/http reports from its own
// goroutines.
type wire struct {
	begun     bool        // the request was handed to the transport
	asked     atomic.Bool // for a connection: a transport that does not report this says nothing
	connected atomic.Bool
	reused    atomic.Bool // the connection has served another request
	wrote     atomic.Bool // the headers, or was about to
	answered  atomic.Bool // with a first byte
	// replays counts how often the transport sent the request again by itself, stop ends
	// the attempt.
	replays atomic.Int32
	stop    context.CancelFunc
	http2   atomic.Bool // the last connection
	foreign atomic.Bool // the transport is a caller's own
	keyed   bool        // net/http repeats whatever has an idempotency key
	// transport is the one of pool that the request went through, nil for a caller's.
	transport atomic.Pointer[http.Transport]
	pool      *pool
}

type wireKey struct{}

// maxReplays is how often one attempt may be sent again by net/http. It does so without
// end where an HTTP/2 server resets each stream with PROTOCOL_ERROR.
const maxReplays = 2

// maxForeignReplays is the same for a caller's own transport, which may retry on purpose.
const maxForeignReplays = 20

// errReplays says that an attempt was ended for that.
var errReplays = errors.New("the server reset the request again and again")

// errReplay refuses to send a write again that may have been carried out.
var errReplay = errors.New("the connection gave the request up after it was sent")

// traced returns a context whose request reports to w. It ends with ctx.
func (w *wire) traced(ctx context.Context) context.Context {
	ctx, w.stop = context.WithCancel(ctx)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { w.again() },
		GotConn:              w.got,
		WroteHeaders:         func() { w.wrote.Store(true) },
		GotFirstResponseByte: func() { w.answered.Store(true) },
	})
	return context.WithValue(ctx, wireKey{}, w)
}

// again is told that a connection is asked for. net/http itself asks for another one where
// nothing was written to the first, or where it calls the request one to be repeated.
func (w *wire) again() {
	if w.asked.Swap(true) && !w.mayReplay() {
		w.connected.Store(false)
		w.wrote.Store(false)
	}
}

func (w *wire) got(info httptrace.GotConnInfo) {
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

// replaysTooOften reports whether the transport sent the request again beyond reason.
func (w *wire) replaysTooOften() bool {
	most := int32(maxReplays)
	if w.foreign.Load() {
		most = maxForeignReplays
	}
	return w.replays.Load() > most
}

// mayReplay reports whether the transport may send again what a server has seen.
func (w *wire) mayReplay() bool { return w.foreign.Load() || w.keyed || w.http2.Load() }

// replayed reports whether the request was sent more than once, so that the answer may be
// to the second one.
func (w *wire) replayed() bool { return w.replays.Load() > 0 }

// guarded is a write's GetBody for net/http, which knows of no write that must not be sent
// twice. A stream that was refused cannot be told from one that was carried out.
func (w *wire) guarded(get func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		if w.wrote.Load() && w.mayReplay() && !w.foreign.Load() {
			return nil, errReplay
		}
		return get()
	}
}

func wireOf(ctx context.Context) *wire {
	w, _ := ctx.Value(wireKey{}).(*wire)
	return w
}

// neverSent reports whether an attempt that failed cannot have reached the server: there
// was no connection, or it broke before the headers. net/http may still be writing when
// an attempt is given up, so that only a connection that never was tells then.
func (w *wire) neverSent(gaveUp bool) bool {
	if !w.begun {
		return true
	}
	return w.asked.Load() && !w.wrote.Load() && (!w.connected.Load() || !gaveUp)
}

// unanswered reports whether a connection took the request and brought nothing back.
func (w *wire) unanswered() bool { return w.connected.Load() && !w.answered.Load() }
