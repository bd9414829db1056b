package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/internal/config"
)

func request(t testing.TB, url string) *Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Request{HTTP: req, Timeout: DefaultTimeout, MaxBody: DefaultMaxBody, Provider: "test", Op: "Things.Get", Repeatable: true}
}

// once makes a single attempt.
func once(ctx context.Context, hc *http.Client, r *Request) (Attempt, error) {
	a := r.Attempt(ctx, hc, 1, true)
	return a, a.Err
}

// ambiguous reports whether an attempt leaves the result of a write open.
func (a Attempt) ambiguous() bool {
	return a.Class == Ambiguous || a.Class == Malformed || a.Replayed
}

// MaxBody counts bytes after decompression.
func TestAttemptBoundsTheBody(t *testing.T) {
	var bomb bytes.Buffer
	zw := gzip.NewWriter(&bomb)
	_, _ = io.CopyN(zw, zeros{}, 64<<20)
	_ = zw.Close()
	tests := map[string]http.HandlerFunc{
		"long": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, zeros{}, 3<<20) },
		"announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1073741824")
			_, _ = w.Write([]byte("{"))
		},
		"gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		},
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(h)
			defer srv.Close()
			r := request(t, srv.URL)
			r.MaxBody = 1 << 20
			resp, err := once(t.Context(), Guard(nil), r)
			if !errors.Is(err, ErrBodyTooLarge) || len(resp.Body) > maxErrorBody {
				t.Errorf("got %v after %d bytes", err, len(resp.Body))
			}
		})
	}
}

// The memory of a long body stays near MaxBody.
func TestAttemptHoldsLittleOfALongBody(t *testing.T) {
	var bomb bytes.Buffer
	zw := gzip.NewWriter(&bomb)
	_, _ = io.CopyN(zw, zeros{}, 128<<20)
	_ = zw.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bomb" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
			return
		}
		_, _ = io.CopyN(w, zeros{}, 128<<20)
	}))
	defer srv.Close()
	for _, path := range []string{"/plain", "/bomb"} {
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var peak atomic.Uint64
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-stop:
					return
				case <-time.After(2 * time.Millisecond):
					runtime.ReadMemStats(&now)
					peak.Store(max(peak.Load(), now.HeapAlloc))
				}
			}
		}()
		_, err := once(t.Context(), Guard(nil), request(t, srv.URL+path))
		close(stop)
		<-stopped
		if !errors.Is(err, ErrBodyTooLarge) {
			t.Errorf("%s: got %v", path, err)
		}
		grown := int64(peak.Load()) - int64(before.HeapAlloc)
		t.Logf("%s: the heap grew by %.1f MiB", path, float64(grown)/(1<<20))
		if grown > 34<<20 {
			t.Errorf("%s: the heap grew by %d MiB", path, grown>>20)
		}
	}
}

// An error's body is cut; its length is not a second error.
func TestAttemptCutsErrorBodies(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.CopyN(w, zeros{}, 3<<20)
	}))
	defer srv.Close()
	resp, err := once(t.Context(), Guard(nil), request(t, srv.URL))
	if err != nil || resp.StatusCode != 502 || len(resp.Body) != maxErrorBody {
		t.Errorf("got %v, %+v", err, resp)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// No redirect policy of the caller's client takes effect, and no credential reaches
// another host.
func TestGuardRefusesRedirects(t *testing.T) {
	evil := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host was asked: %v", r.Header)
	}))
	defer evil.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, evil.URL+"/?token=canary", http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	clients := map[string]*http.Client{
		"none":           nil,
		"default":        http.DefaultClient,
		"follows always": {CheckRedirect: func(*http.Request, []*http.Request) error { return nil }},
	}
	for name, hc := range clients {
		t.Run(name, func(t *testing.T) {
			r := request(t, srv.URL)
			r.Authorize = func(req *http.Request) error {
				req.Header.Set("Authorization", "Bearer canary")
				return nil
			}
			_, err := once(t.Context(), Guard(hc), r)
			var re *RedirectError
			if !errors.As(err, &re) || re.StatusCode != 307 || !strings.HasPrefix(re.Host, "http://127.0.0.1") || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Guard keeps the transport, cookie jar and timeout of the caller's client.
func TestGuardKeepsTheCallersClient(t *testing.T) {
	u := &url.URL{Scheme: "https", Host: "h.example"}
	jar := &jar{}
	used := 0
	hc := &http.Client{Jar: jar, Timeout: time.Minute, Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		used++
		return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{"Set-Cookie": {"a=b"}}, Request: req}, nil
	})}
	if _, err := once(t.Context(), Guard(hc), request(t, u.String())); err != nil {
		t.Fatal(err)
	}
	if used != 1 || jar.set != 1 || hc.CheckRedirect != nil {
		t.Errorf("transport used %d times, jar set %d times, client changed %v", used, jar.set, hc.CheckRedirect != nil)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

type jar struct{ set int }

func (j *jar) SetCookies(*url.URL, []*http.Cookie) { j.set++ }
func (j *jar) Cookies(*url.URL) []*http.Cookie     { return nil }

// An attempt at a silent server ends by its timeout, before the headers and within the
// body, also without a deadline of the caller's.
func TestSilentServers(t *testing.T) {
	for begin, want := range map[string]error{
		"": ErrAttemptTimeout,
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{": ErrStalled, // sooner
	} {
		synctest.Test(t, func(t *testing.T) {
			hc := Guard(&http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) {
					client, server := net.Pipe()
					go func() {
						buf := make([]byte, 4096)
						_, _ = server.Read(buf)
						_, _ = io.WriteString(server, begin)
						_, _ = server.Read(buf) // until the client hangs up
						_ = server.Close()
					}()
					return client, nil
				},
			}})
			start := time.Now()
			_, err := once(context.Background(), hc, request(t, "http://h.example/"))
			if !errors.Is(err, want) || time.Since(start) > DefaultTimeout {
				t.Errorf("got %v after %v", err, time.Since(start))
			}
			hc.CloseIdleConnections()
			synctest.Wait()
		})
	}
}

// Neither a log line nor an error shows the credentials of Authorize.
func TestAttemptKeepsCredentialsOut(t *testing.T) {
	var log bytes.Buffer
	refuse := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })
	r := request(t, "https://h.example/path?filter=x")
	r.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.Authorize = func(req *http.Request) error {
		req.Header.Set("Authorization", "Bearer canary")
		req.URL.RawQuery += "&auth=canary&signature=canary"
		return nil
	}
	_, err := once(t.Context(), Guard(&http.Client{Transport: refuse}), r)
	if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "http") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(log.String(), "path=/path") || strings.Contains(log.String(), "canary") {
		t.Errorf("the log is %s", log.String())
	}
}

// Every attempt starts from a clone of the original request.
func TestAttemptAuthorizesAfresh(t *testing.T) {
	var got []string
	hc := Guard(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(req.Body)
		got = append(got, req.URL.RawQuery+" "+string(b))
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: req}, nil
	})})
	r := request(t, "https://h.example/?a=b")
	req, err := http.NewRequest(http.MethodPatch, "https://h.example/?a=b", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	r.HTTP = req
	n := 0
	r.Authorize = func(req *http.Request) error {
		n++
		req.URL.RawQuery += "&n=" + string(rune('0'+n))
		return nil
	}
	for range 2 {
		if _, err := once(t.Context(), hc, r); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(got, ";") != "a=b&n=1 body;a=b&n=2 body" {
		t.Errorf("got %q", got)
	}
}

func TestHooksNest(t *testing.T) {
	type key struct{}
	var order []string
	hook := func(name string) config.Hook {
		return config.Hook{
			Before: func(ctx context.Context, a config.Attempt) context.Context {
				order = append(order, fmt.Sprint("before ", name, a.Number))
				return context.WithValue(ctx, key{}, name)
			},
			After: func(ctx context.Context, a config.Attempt) {
				order = append(order, fmt.Sprint("after ", name, a.Number, " ", a.StatusCode, " ", ctx.Value(key{})))
			},
		}
	}
	seen := 0
	r := request(t, "https://h.example/")
	r.Hooks = []config.Hook{hook("a"), hook("b")}
	if _, err := once(t.Context(), scripted(&seen, step{status: 200}), r); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(order, ", "), "before a1, before b1, after b1 200 b, after a1 200 b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
