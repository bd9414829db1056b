package transport

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A write that a server has read whole is ambiguous after any strange answer.
func TestStrangeAnswersToWrites(t *testing.T) {
	says := func(answer string) func(raw, c net.Conn, sent *atomic.Int32) {
		return func(_, c net.Conn, sent *atomic.Int32) {
			if req, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.Copy(io.Discard, req.Body)
				sent.Add(1)
				_, _ = io.WriteString(c, answer)
			}
		}
	}
	tests := map[string]struct {
		protocol string
		serve    func(raw, c net.Conn, sent *atomic.Int32)
	}{
		"switching protocols":         {serve: says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")},
		"not modified":                {serve: says("HTTP/1.1 304 Not Modified\r\n\r\n")},
		"status 0":                    {serve: says("HTTP/1.1 000 x\r\nContent-Length: 0\r\n\r\n")},
		"status 999":                  {serve: says("HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n")},
		"use the proxy":               {serve: says("HTTP/1.1 305 Use Proxy\r\nContent-Length: 0\r\n\r\n")},
		"a header field without name": {serve: says("HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n")},
		"words of net/http's own":     {serve: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: invalid header field\r\n\r\n")},
		"no HTTP":                     {serve: says("unsupported protocol scheme\r\n\r\n")},
		"TLS ends in plain text": {serve: func(raw, c net.Conn, sent *atomic.Int32) {
			says("")(raw, c, sent)
			_, _ = io.WriteString(raw, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
		}},
		"HTTP/2, an invalid header field": {protocol: "h2", serve: http2Server(func(f *http2.Framer, stream uint32) {
			var block bytes.Buffer
			e := hpack.NewEncoder(&block)
			_ = e.WriteField(hpack.HeaderField{Name: ":status", Value: "201"})
			_ = e.WriteField(hpack.HeaderField{Name: "Not Valid", Value: "x"})
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: true})
		})},
		"HTTP/2, a stream reset for the protocol": {protocol: "h2", serve: http2Server(func(f *http2.Framer, stream uint32) {
			_ = f.WriteRSTStream(stream, http2.ErrCodeProtocol)
		})},
		"HTTP/2, a stream reset": {protocol: "h2", serve: http2Server(func(f *http2.Framer, stream uint32) {
			_ = f.WriteRSTStream(stream, http2.ErrCodeInternal)
		})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int32
			base := dialling(t, tt.protocol, func(raw, c net.Conn) { tt.serve(raw, c, &sent) })
			r := request(t, "https://h.example/")
			r.HTTP.Method, r.HTTP.Body = http.MethodPost, io.NopCloser(strings.NewReader("{}"))
			r.HTTP.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("{}")), nil }
			r.Repeatable = false
			res, err := once(t.Context(), &http.Client{Transport: &guard{base}}, r)
			status := 0
			if res.Response != nil {
				status = res.StatusCode
			}
			if !res.ambiguous() {
				t.Errorf("a certain failure, status %d: %v", status, err)
			}
			if sent.Load() != 1 {
				t.Errorf("sent %d times: %v", sent.Load(), err)
			}
		})
	}
}

// dialling is a transport whose connections all lead to serve, with TLS.
func dialling(t *testing.T, protocol string, serve func(raw, c net.Conn)) *http.Transport {
	t.Helper()
	cert, roots := certificate(t)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	if protocol != "" {
		config.NextProtos = []string{protocol}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				serve(raw, tls.Server(raw, config))
				_ = raw.Close()
			}()
		}
	}()
	base := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(func() { _ = l.Close(); base.CloseIdleConnections() })
	return base
}

// net/http sends a request again where an HTTP/2 server resets its stream, and that without
// end. One attempt has an end all the same, through a caller's own transport too, and a
// removal is ambiguous.
func TestReplaysHaveAnEnd(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		for _, own := range []bool{true, false} {
			var sent atomic.Int32
			serve := http2Server(func(f *http2.Framer, stream uint32) { _ = f.WriteRSTStream(stream, http2.ErrCodeProtocol) })
			base := dialling(t, "h2", func(raw, c net.Conn) { serve(raw, c, &sent) })
			hc, most := &http.Client{Transport: &guard{base}}, int32(2*maxReplays+1)
			if !own {
				hc, most = Guard(&http.Client{Transport: roundTrip(base.RoundTrip)}), 2*maxCallerReplays+1
			}
			r := request(t, "https://h.example/")
			r.HTTP.Method = method
			r.Repeatable = method == http.MethodGet
			res, err := once(t.Context(), hc, r)
			if n := sent.Load(); n > most || err == nil || !res.ambiguous() {
				t.Errorf("%s, own transport %t: sent %d times, ambiguous %v: %v", method, own, n, res.ambiguous(), err)
			}
		}
	}
}

// The answer to a replayed request may belong to the second sending: a removal that finds
// nothing may have removed it.
func TestReplayedWritesAreAmbiguous(t *testing.T) {
	var sent atomic.Int32
	serve := http2Server(func(f *http2.Framer, stream uint32) {
		if sent.Load() == 1 {
			_ = f.WriteRSTStream(stream, http2.ErrCodeProtocol)
			return
		}
		var block bytes.Buffer
		_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: "404"})
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: true})
	})
	base := dialling(t, "h2", func(raw, c net.Conn) { serve(raw, c, &sent) })
	r := request(t, "https://h.example/")
	r.HTTP.Method, r.Repeatable = http.MethodDelete, false
	res, err := once(t.Context(), &http.Client{Transport: &guard{base}}, r)
	if err != nil || res.StatusCode != 404 || sent.Load() != 2 || !res.ambiguous() {
		t.Errorf("sent %d times, ambiguous %v: %v", sent.Load(), res.ambiguous(), err)
	}

	retrying := roundTrip(func(req *http.Request) (resp *http.Response, err error) {
		trace := httptrace.ContextClientTrace(req.Context())
		for range 5 {
			trace.GetConn("")
			trace.GotConn(httptrace.GotConnInfo{})
			trace.WroteHeaders()
		}
		return &http.Response{StatusCode: 404, Header: http.Header{}, Body: http.NoBody}, req.Context().Err()
	})
	if res, err = once(t.Context(), Guard(&http.Client{Transport: retrying}), r); err != nil || !res.ambiguous() {
		t.Errorf("a transport that repeats: ambiguous %v: %v", res.ambiguous(), err)
	}
}

// A request reached no server if its first connection was closed before a write and the
// second dial failed.
func TestStaleConnectionAndNoOther(t *testing.T) {
	var down, failed atomic.Bool
	base := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		if down.Load() {
			return nil, errors.New("no route")
		}
		client, server := net.Pipe()
		go func() {
			if _, err := http.ReadRequest(bufio.NewReader(server)); err == nil {
				_, _ = io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		}()
		return &unwritable{Conn: client, closed: &down, failed: &failed}, nil
	}}
	defer base.CloseIdleConnections()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := request(t, "http://h.example/")
		r.HTTP.Method = method
		r.Repeatable = method == http.MethodGet
		if method == http.MethodPost {
			r.HTTP.Body, r.HTTP.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
			r.HTTP.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("{}")), nil }
			down.Store(true)
		}
		res, err := once(t.Context(), &http.Client{Transport: &guard{base}}, r)
		if down.Load() && (err == nil || res.ambiguous() || !failed.Load()) || !down.Load() && err != nil {
			t.Errorf("%s: ambiguous %v, connection used again %v: %v", method, res.ambiguous(), failed.Load(), err)
		}
	}
}

// unwritable is a connection whose first write fails.
type unwritable struct {
	net.Conn
	closed, failed *atomic.Bool
}

func (u *unwritable) Write(b []byte) (int, error) {
	if u.closed.Load() {
		u.failed.Store(true)
		return 0, syscall.EPIPE
	}
	return u.Conn.Write(b)
}

// http2Server answers every request of a connection.
func http2Server(answer func(f *http2.Framer, stream uint32)) func(raw, c net.Conn, sent *atomic.Int32) {
	return func(_, c net.Conn, sent *atomic.Int32) {
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		_ = f.WriteSettings()
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			switch h := frame.(type) {
			case *http2.SettingsFrame:
				if !h.IsAck() {
					_ = f.WriteSettingsAck()
				}
			case *http2.HeadersFrame:
				if h.StreamEnded() {
					sent.Add(1)
					answer(f, h.StreamID)
				}
			case *http2.DataFrame:
				if h.StreamEnded() {
					sent.Add(1)
					answer(f, h.StreamID)
				}
			}
		}
	}
}
