package transport

import (
	"context"
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
	wrote     atomic.Bool // the headers, or was about to
	answered  atomic.Bool // with a first byte
	// transport is the one of pool that the request went through, nil for a caller's.
	transport atomic.Pointer[http.Transport]
	pool      *pool
}

type wireKey struct{}

// traced returns a context whose request reports to w.
func (w *wire) traced(ctx context.Context) context.Context {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { w.asked.Store(true) },
		GotConn:              func(httptrace.GotConnInfo) { w.connected.Store(true) },
		WroteHeaders:         func() { w.wrote.Store(true) },
		GotFirstResponseByte: func() { w.answered.Store(true) },
	})
	return context.WithValue(ctx, wireKey{}, w)
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
