package transport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// pool is the transport of all clients that bring none of their own. A connection that
// swallows requests is found out by pings, and no attempt after a timeout goes to it:
// the host gets another http.Transport, without connections.
type pool struct {
	first *http.Transport

	mu       sync.Mutex
	replaced map[string]*http.Transport // by scheme and host
}

func newPool(first *http.Transport) *pool {
	return &pool{first: first, replaced: map[string]*http.Transport{}}
}

var shared = newPool(&http.Transport{
	Proxy:                  http.ProxyFromEnvironment,
	DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	ForceAttemptHTTP2:      true,
	MaxIdleConns:           512,
	MaxIdleConnsPerHost:    256, // as many listings as a fan-out runs, each with prefetched pages
	IdleConnTimeout:        90 * time.Second,
	TLSHandshakeTimeout:    10 * time.Second,
	ExpectContinueTimeout:  time.Second,
	MaxResponseHeaderBytes: 256 << 10,
	// Both together are less than half of DefaultTimeout.
	HTTP2: &http.HTTP2Config{SendPingTimeout: 5 * time.Second, PingTimeout: 5 * time.Second},
})

func hostKey(req *http.Request) string { return req.URL.Scheme + "://" + req.URL.Host }

func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	t := p.of(hostKey(req))
	if w := wireOf(req.Context()); w != nil {
		w.pool = p
		w.transport.Store(t)
	}
	return t.RoundTrip(req)
}

func (p *pool) of(host string) *http.Transport {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.replaced[host]; t != nil {
		return t
	}
	return p.first
}

// patience is how long an attempt with a shorter limit than its own must have waited
// before its connection is suspect: a caller who has little time says little about it.
const patience = time.Second

// suspect replaces the transport of an attempt that ended for lack of time, where its
// connection took the request and brought nothing back, or no more of the body. It does
// not matter whose limit ended the attempt: its own, the http.Client's or the caller's. A
// caller who cancels says nothing about the connection.
func (w *wire) suspect(req *http.Request, err error, took time.Duration) {
	t := w.transport.Load()
	if t == nil {
		return
	}
	own := errors.Is(err, ErrAttemptTimeout) || errors.Is(err, ErrStalled)
	if !own && !(errors.Is(err, context.DeadlineExceeded) && took >= patience) {
		return
	}
	if w.unanswered() || errors.Is(err, ErrStalled) {
		w.pool.suspect(req, t)
	}
}

// suspect replaces the transport that a request went through, unless that has happened
// already. Requests in flight on it go on; its idle connections close.
func (p *pool) suspect(req *http.Request, used *http.Transport) {
	host := hostKey(req)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.replaced[host]
	if now == nil {
		now = p.first
	}
	if used != now {
		return
	}
	p.replaced[host] = p.first.Clone()
	if used != p.first { // which serves other hosts too, and closes what is idle by itself
		used.CloseIdleConnections()
	}
}

// CloseIdleConnections closes those of all hosts.
func (p *pool) CloseIdleConnections() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first.CloseIdleConnections()
	for _, t := range p.replaced {
		t.CloseIdleConnections()
	}
}
