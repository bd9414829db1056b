package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// pool is the transport of all clients without one of their own. Pings detect a dead
// HTTP/2 connection, and no attempt after a timeout uses it: the host gets a new
// http.Transport, without connections.
type pool struct {
	original *http.Transport

	mu       sync.Mutex
	replaced map[string]*http.Transport // by scheme and host
}

func newPool(original *http.Transport) *pool {
	return &pool{original: original, replaced: map[string]*http.Transport{}}
}

var shared = newPool(&http.Transport{
	Proxy:                  http.ProxyFromEnvironment,
	DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	ForceAttemptHTTP2:      true,
	MaxIdleConns:           512,
	MaxIdleConnsPerHost:    256, // a fan-out of listings, each with prefetched pages
	IdleConnTimeout:        90 * time.Second,
	TLSHandshakeTimeout:    10 * time.Second,
	ExpectContinueTimeout:  time.Second,
	MaxResponseHeaderBytes: 256 << 10,
	DisableCompression:     true, // RoundTrip does it with fewer reads: see gzipBody
	// The two timeouts together are less than half of DefaultTimeout.
	HTTP2: &http.HTTP2Config{SendPingTimeout: 5 * time.Second, PingTimeout: 5 * time.Second},
})

func hostKey(req *http.Request) string { return req.URL.Scheme + "://" + req.URL.Host }

func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	t := p.of(hostKey(req))
	w := connTraceOf(req.Context())
	if w == nil {
		return t.RoundTrip(req)
	}
	w.pool = p
	w.transport.Store(t)
	asked := acceptGzip(req)
	resp, err := t.RoundTrip(req)
	if err == nil && asked {
		expand(resp)
	}
	return resp, err
}

func (p *pool) of(host string) *http.Transport {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.replaced[host]; t != nil {
		return t
	}
	return p.original
}

// minSuspectWait is the least time that an attempt ended by another limit than its own must
// have waited before its connection is suspect: a short deadline proves little.
const minSuspectWait = time.Second

// suspect replaces the transport of an attempt that a time limit ended, if its connection
// took the request and brought no answer, or no more of the body. The limit may be the
// attempt's, the http.Client's or the caller's. A cancellation proves nothing, and neither
// does the end of the caller's time for a request that the server holds.
func (w *connTrace) suspect(r *Request, err error, took time.Duration) {
	t := w.transport.Load()
	if t == nil {
		return
	}
	own := errors.Is(err, ErrAttemptTimeout) && !(r.Held && errors.Is(err, errShortened)) || errors.Is(err, ErrStalled)
	if !own && (r.Held || !errors.Is(err, context.DeadlineExceeded) || took < minSuspectWait) {
		return
	}
	if w.unanswered() || errors.Is(err, ErrStalled) {
		w.pool.suspect(r.HTTP, t)
	}
}

// suspect replaces the transport that a request used, unless another call has done so.
// Requests in flight on it continue; its idle connections close.
func (p *pool) suspect(req *http.Request, used *http.Transport) {
	host := hostKey(req)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.replaced[host]
	if now == nil {
		now = p.original
	}
	if used != now {
		return
	}
	p.replaced[host] = p.original.Clone()
	if used != p.original { // original serves other hosts too, and closes idle connections in time
		used.CloseIdleConnections()
	}
}

// CloseIdleConnections closes the idle connections of all hosts.
func (p *pool) CloseIdleConnections() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.original.CloseIdleConnections()
	for _, t := range p.replaced {
		t.CloseIdleConnections()
	}
}
