package transport

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a network in memory: a listener, and connections to it.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	// drains makes the server's end take what the client still sends after it is closed, as
	// the buffers of a network do. The client then has to close its own end.
	drains bool

	mu    sync.Mutex
	conns []*swallower // by the client, in order
}

func newPipes() *pipes { return &pipes{accept: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	c := &swallower{Conn: client}
	p.mu.Lock()
	p.conns = append(p.conns, c)
	p.mu.Unlock()
	if p.drains {
		server = draining{server}
	}
	select {
	case p.accept <- server:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// draining is a connection that reads on after it is closed.
type draining struct{ net.Conn }

func (d draining) Close() error {
	go func() {
		_, _ = io.Copy(io.Discard, d.Conn)
		_ = d.Conn.Close()
	}()
	return nil
}

func (p *pipes) dials() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// swallower is a connection that can go dead: writes to it succeed and are lost.
type swallower struct {
	net.Conn
	dead atomic.Bool
}

func (s *swallower) Write(b []byte) (int, error) {
	if s.dead.Load() {
		return len(b), nil
	}
	return s.Conn.Write(b)
}

// certificate returns a certificate for h.example and a pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"h.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// A dead pooled connection is replaced after its health check, or after the first attempt
// that times out on it. The next attempt uses a new one and succeeds.
func TestDeadConnectionsAreReplaced(t *testing.T) {
	tests := []struct {
		name  string
		proto int
		ping  *http.HTTP2Config
		took  time.Duration // until the success, without backoff
	}{
		{"HTTP/2 with pings", 2, shared.original.HTTP2, 10 * time.Second},
		{"HTTP/2 without pings", 2, nil, DefaultTimeout},
		{"HTTP/1.1", 1, nil, DefaultTimeout},
	}
	for _, tt := range tests {
		for _, together := range []int{1, 20} {
			t.Run(fmt.Sprintf("%s, %d calls", tt.name, together), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					network := newPipes()
					cert, roots := certificate(t)
					srv := &http.Server{TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}}, ErrorLog: log.New(io.Discard, "", 0)}
					srv.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
						if r.ProtoMajor != tt.proto {
							t.Errorf("HTTP/%d is spoken", r.ProtoMajor)
						}
					})
					go func() { _ = srv.ServeTLS(network, "", "") }()
					first := &http.Transport{
						DialContext: network.dial, ForceAttemptHTTP2: tt.proto == 2, HTTP2: tt.ping,
						TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: together, IdleConnTimeout: 90 * time.Second,
					}
					pool := newPool(first)
					hc := &http.Client{Transport: &guard{pool}}
					call := func() (attempts int, last Attempt) {
						r := request(t, "https://h.example/")
						r.Allowance = NewAllowance(DefaultCallTimeout)
						for {
							attempts++
							last = r.Attempt(t.Context(), hc, attempts, false)
							if last.Response != nil || !Wait(t.Context(), DefaultRetry, r.Allowance, attempts, 0) {
								return attempts, last
							}
						}
					}
					all := func(atLeast, atMost int) {
						var wg sync.WaitGroup
						for range together {
							wg.Go(func() {
								if n, last := call(); last.Err != nil || last.StatusCode != 200 || n < atLeast || n > atMost {
									t.Errorf("%d attempts, want %d to %d: %v", n, atLeast, atMost, last.Err)
								}
							})
						}
						wg.Wait()
					}
					all(1, 1)
					synctest.Wait() // for dialled connections that no call needed
					for _, c := range network.conns {
						c.dead.Store(true)
					}
					before, start := network.dials(), time.Now()
					atLeast := 2
					if tt.proto == 1 && together > 1 {
						atLeast = 1 // some calls dial at once
					}
					all(atLeast, 2)
					if took := time.Since(start) - tt.took; took < 0 || took > time.Second {
						t.Errorf("the successes took %v, want %v and a short backoff", took+tt.took, tt.took)
					}
					if n := network.dials() - before; n < 1 || tt.proto == 2 && n > 2 {
						t.Errorf("%d new connections for %d calls", n, together)
					}
					all(1, 1)
					pool.CloseIdleConnections()
					_ = srv.Close()
					for _, c := range network.conns {
						_ = c.Close()
					}
				})
			})
		}
	}
}

// The end of the caller's time makes a connection suspect, except for a request that the
// server holds; its own limit makes that suspect too, unless the call had less time left.
func TestHeldRequestsSuspectLess(t *testing.T) {
	for _, tt := range []struct {
		name string
		held bool
		err  error
		want bool
	}{
		{"the caller's limit", false, context.DeadlineExceeded, true},
		{"the caller's limit for a held request", true, context.DeadlineExceeded, false},
		{"its own limit for a held request", true, ErrAttemptTimeout, true},
		{"the rest of the call for a held request", true, errShortened, false},
		{"the rest of the call", false, errShortened, true},
		{"a cancellation", false, context.Canceled, false},
	} {
		pool := newPool(&http.Transport{})
		r := request(t, "https://h.example/")
		r.Held = tt.held
		w := &connTrace{pool: pool}
		w.transport.Store(pool.original)
		w.connected.Store(true)
		w.suspect(r, tt.err, time.Minute)
		if got := pool.of(hostKey(r.HTTP)) != pool.original; got != tt.want {
			t.Errorf("%s: suspect %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A cancelled call does not make its connection suspect.
func TestCancelledCallsSuspectNothing(t *testing.T) {
	pool := newPool(&http.Transport{})
	req := request(t, "https://h.example/").HTTP
	pool.suspect(req, &http.Transport{}) // one that has been replaced already
	if got := pool.of(hostKey(req)); got != pool.original {
		t.Error("the transport was replaced for the sake of an old one")
	}
	pool.suspect(req, pool.original)
	second := pool.of(hostKey(req))
	if second == pool.original {
		t.Error("the transport was not replaced")
	}
	if other := pool.of("https://other.example"); other != pool.original {
		t.Error("another host's transport was replaced")
	}
}
