package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// An attempt that any time limit ends replaces a silent connection.
func TestLimitsThatSuspectAConnection(t *testing.T) {
	deadline := func(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
		return func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, d)
		}
	}
	cancelled := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, stop := context.WithCancel(ctx)
		time.AfterFunc(3*time.Second, stop)
		return ctx, stop
	}
	tests := map[string]struct {
		ctx    func(context.Context) (context.Context, context.CancelFunc)
		client time.Duration // http.Client.Timeout
		half   bool          // the server sends the beginning of a body
		left   bool
	}{
		"the attempt's":                   {ctx: context.WithCancel, left: true},
		"the client's":                    {ctx: context.WithCancel, client: 3 * time.Second, left: true},
		"the caller's deadline":           {ctx: deadline(3 * time.Second), left: true},
		"the caller's deadline, at once":  {ctx: deadline(100 * time.Millisecond)},
		"the caller cancels":              {ctx: cancelled},
		"no more of the body":             {ctx: context.WithCancel, half: true, left: true},
		"the client's, amid the body":     {ctx: context.WithCancel, client: 3 * time.Second, half: true},
		"the caller's deadline in a body": {ctx: deadline(3 * time.Second), half: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := newPipes()
				cert, roots := certificate(t)
				srv := &http.Server{TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}}, ErrorLog: log.New(io.Discard, "", 0)}
				silent := true
				srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !silent {
						return
					}
					if tt.half {
						_, _ = io.WriteString(w, "{")
						w.(http.Flusher).Flush()
					}
					<-r.Context().Done()
				})
				go func() { _ = srv.ServeTLS(network, "", "") }()
				pool := newPool(&http.Transport{
					DialContext: network.dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots},
				})
				hc := &http.Client{Transport: &guard{pool}, Timeout: tt.client}
				ctx, stop := tt.ctx(t.Context())
				res, err := once(ctx, hc, request(t, "https://h.example/"))
				stop()
				res.Release()
				if err == nil {
					t.Fatal("the silent connection gives an answer")
				}
				silent = false
				if left := pool.of("https://h.example") != pool.original; left != tt.left {
					t.Errorf("the connection is replaced: %v, want %v (%v)", left, tt.left, err)
				}
				res, err = once(t.Context(), hc, request(t, "https://h.example/"))
				res.Release()
				if err != nil {
					t.Errorf("the next call: %v", err)
				}
				if want := map[bool]int{false: 1, true: 2}[tt.left]; network.dials() != want {
					t.Errorf("%d connections, want %d", network.dials(), want)
				}
				pool.CloseIdleConnections()
				_ = srv.Close()
				for _, c := range network.conns {
					_ = c.Close()
				}
			})
		})
	}
}

// A server that refuses the client's certificate has not read the request, also in TLS 1.3,
// where the client may have written it: the write is not ambiguous.
func TestRefusedClientCertificate(t *testing.T) {
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := newPipes()
				network.drains = true
				cert, roots := certificate(t)
				srv := &http.Server{
					TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, MaxVersion: version},
					ErrorLog:  log.New(io.Discard, "", 0),
					Handler:   http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server reads a request") }),
				}
				go func() { _ = srv.ServeTLS(network, "", "") }()
				pool := newPool(&http.Transport{DialContext: network.dial, TLSClientConfig: &tls.Config{RootCAs: roots}})
				r := request(t, "https://h.example/")
				r.HTTP.Method, r.Repeatable = http.MethodPost, false
				res, err := once(t.Context(), &http.Client{Transport: &guard{pool}}, r)
				if err == nil || res.ambiguous() || version == tls.VersionTLS13 && res.Class != Final {
					t.Errorf("class %d, error %v; want a failure that is certain", res.Class, err)
				}
				if errors.Is(err, ErrAttemptTimeout) {
					t.Error("the attempt waits for its timeout")
				}
				pool.CloseIdleConnections()
				_ = srv.Close()
				for _, c := range network.conns {
					_ = c.Close()
				}
			})
		})
	}
}
