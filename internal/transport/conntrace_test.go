package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The trace of the connection decides whether a write may have left, not the type of the
// error.
func TestNeverSent(t *testing.T) {
	closes := func(c net.Conn) { _ = c.Close() }
	afterSome := func(c net.Conn) {
		_, _ = io.ReadFull(c, make([]byte, 16)) // the beginning of a handshake
		_ = c.Close()
	}
	proxySays := func(answer string) func(net.Conn) {
		return func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, answer)
			}
			_ = c.Close()
		}
	}
	takesTheRequest := func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_ = c.Close()
	}
	tests := map[string]struct {
		url, proxy string
		serve      func(net.Conn)
		dial       error
		ambiguous  bool
	}{
		"connection closed before the handshake":    {url: "https://h.example/", serve: closes},
		"connection closed in mid-handshake":        {url: "https://h.example/", serve: afterSome},
		"no route, in words of its own":             {url: "https://h.example/", dial: errors.New("no route")},
		"the proxy is down":                         {url: "https://h.example/", proxy: "http://proxy.example", dial: errors.New("down")},
		"the proxy closes":                          {url: "https://h.example/", proxy: "http://proxy.example", serve: closes},
		"the proxy refuses to connect":              {url: "https://h.example/", proxy: "http://proxy.example", serve: proxySays("HTTP/1.1 403 Forbidden\r\n\r\n")},
		"the proxy wants credentials":               {url: "https://h.example/", proxy: "http://proxy.example", serve: proxySays("HTTP/1.1 407 Who are you\r\n\r\n")},
		"the proxy talks nonsense":                  {url: "https://h.example/", proxy: "http://proxy.example", serve: proxySays("220 mail\r\n\r\n")},
		"the server takes the request":              {url: "http://h.example/", serve: takesTheRequest, ambiguous: true},
		"a proxy takes the request, without TLS":    {url: "http://h.example/", proxy: "http://proxy.example", serve: takesTheRequest, ambiguous: true},
		"the server says nothing at all":            {url: "http://h.example/", serve: func(net.Conn) {}, ambiguous: true},
		"the handshake hangs":                       {url: "https://h.example/", serve: func(net.Conn) {}},
		"the proxy never answers":                   {url: "https://h.example/", proxy: "http://proxy.example", serve: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }},
		"the connection takes longer than attempts": {url: "https://h.example/", dial: context.DeadlineExceeded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var servers []net.Conn
				base := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
					if tt.dial != nil {
						return nil, tt.dial
					}
					client, server := net.Pipe()
					mu.Lock()
					servers = append(servers, server)
					mu.Unlock()
					go tt.serve(server)
					return client, nil
				}}
				if tt.proxy != "" {
					u, err := url.Parse(tt.proxy)
					if err != nil {
						t.Fatal(err)
					}
					base.Proxy = http.ProxyURL(u)
				}
				r := request(t, tt.url)
				r.HTTP.Method, r.HTTP.Body = http.MethodPost, io.NopCloser(strings.NewReader("{}"))
				r.HTTP.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("{}")), nil }
				r.Repeatable = false
				res, err := once(t.Context(), &http.Client{Transport: &guard{base}}, r)
				if err == nil || res.ambiguous() != tt.ambiguous {
					t.Errorf("ambiguous %v, want %v: %v", res.ambiguous(), tt.ambiguous, err)
				}
				mu.Lock()
				defer mu.Unlock()
				for _, c := range servers {
					_ = c.Close()
				}
				base.CloseIdleConnections()
			})
		})
	}
}

// blocker is a transport that ignores the context of its requests.
type blocker struct {
	free   chan struct{}
	body   io.ReadCloser // of an immediate answer; nil never answers
	closed chan struct{}
}

func (b *blocker) RoundTrip(*http.Request) (*http.Response, error) {
	if b.body == nil {
		<-b.free
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: closeSignal{b.closed}}, nil
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: b.body, ContentLength: -1}, nil
}

// closeSignal is a body that reports its Close.
type closeSignal struct{ closed chan struct{} }

func (c closeSignal) Read([]byte) (int, error) { return 0, io.EOF }
func (c closeSignal) Close() error             { close(c.closed); return nil }

// stuck is a body that blocks, or returns empty reads for ever.
type stuck struct {
	free, closed chan struct{}
	empty        bool
}

func (s stuck) Read([]byte) (int, error) {
	if !s.empty {
		<-s.free
	}
	return 0, nil
}
func (s stuck) Close() error { close(s.closed); return nil }

// A caller's own transport that ignores the context does not block a call, and its late
// answer is closed.
func TestTransportsThatIgnoreTheContext(t *testing.T) {
	tests := map[string]struct {
		body func(free, closed chan struct{}) io.ReadCloser
		took time.Duration // without the grace
		err  error
	}{
		"RoundTrip blocks": {func(chan struct{}, chan struct{}) io.ReadCloser { return nil }, 2 * time.Second, ErrAttemptTimeout},
		"the body blocks":  {func(free, closed chan struct{}) io.ReadCloser { return stuck{free, closed, false} }, 2 * time.Second, ErrAttemptTimeout},
		"empty reads":      {func(free, closed chan struct{}) io.ReadCloser { return stuck{free, closed, true} }, 0, io.ErrNoProgress},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				free, closed := make(chan struct{}), make(chan struct{})
				hc := Guard(&http.Client{Transport: &blocker{free: free, body: tt.body(free, closed), closed: closed}})
				r := request(t, "https://h.example/")
				r.Timeout = 2 * time.Second
				start := time.Now()
				_, err := once(t.Context(), hc, r)
				if took := time.Since(start) - tt.took; !errors.Is(err, tt.err) || took < 0 || took > 3*grace {
					t.Errorf("it took %v, want %v: %v", took+tt.took, tt.took, err)
				}
				close(free)
				<-closed
			})
		})
	}
}

// A panic or Goexit of a caller's transport reaches the caller's goroutine.
func TestTransportsThatEndTheirGoroutine(t *testing.T) {
	body := func(read func([]byte) (int, error)) io.ReadCloser { return io.NopCloser(readerFunc(read)) }
	tests := map[string]struct {
		do       roundTrip
		panicked any
	}{
		"RoundTrip panics": {func(*http.Request) (*http.Response, error) { panic("boom") }, "boom"},
		"RoundTrip exits":  {func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil }, nil},
		"Read panics": {func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: body(func([]byte) (int, error) { panic("boom") })}, nil
		}, "boom"},
		"Read exits": {func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: body(func([]byte) (int, error) { runtime.Goexit(); return 0, nil })}, nil
		}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var panicked any
			returned, ended := false, make(chan struct{})
			go func() {
				defer close(ended)
				defer func() { panicked = recover() }()
				_, _ = once(t.Context(), Guard(&http.Client{Transport: tt.do}), request(t, "https://h.example/"))
				returned = true
			}()
			<-ended
			if returned || panicked != tt.panicked {
				t.Errorf("returned %v, panicked %v, want %v", returned, panicked, tt.panicked)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// An impossible answer of a transport is an error.
func TestImpossibleTransports(t *testing.T) {
	for name, do := range map[string]roundTrip{
		"neither answer nor error": func(*http.Request) (*http.Response, error) { return nil, nil },
		"more bytes than asked for": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(readerFunc(func(b []byte) (int, error) { return len(b) + 1, nil }))}, nil
		},
		"fewer bytes than none": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(readerFunc(func([]byte) (int, error) { return -1, nil }))}, nil
		},
	} {
		if _, err := once(t.Context(), Guard(&http.Client{Transport: do}), request(t, "https://h.example/")); err == nil {
			t.Errorf("%s: success", name)
		}
	}
	res, err := once(t.Context(), Guard(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204}, nil
	})}), request(t, "https://h.example/"))
	if err != nil || res.StatusCode != 204 || len(res.Body) != 0 {
		t.Errorf("an answer without a body: %v", err)
	}
}
