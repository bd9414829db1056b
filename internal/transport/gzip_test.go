package transport

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The pool asks for gzip and expands it, and leaves both to a request that names an
// encoding.
func TestPoolExpandsGzip(t *testing.T) {
	text := strings.Repeat("a member of a group, ", 100_000)
	short := zipped(t, text)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(short)
			return
		}
		_, _ = io.WriteString(w, "plain")
	}))
	t.Cleanup(srv.Close)
	p := newPool(shared.original.Clone())
	t.Cleanup(p.CloseIdleConnections)
	for _, tt := range []struct {
		header, value, want string
		expanded            bool
	}{
		{"", "", text, true},
		{"", "", text, true}, // with memory that is used again
		{"Accept-Encoding", "identity", "plain", false},
		{"Accept-Encoding", "gzip", string(short), false},
		{"Range", "bytes=0-4", "plain", false},
	} {
		req, err := http.NewRequestWithContext(new(connTrace).traced(t.Context()), http.MethodGet, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.header != "" {
			req.Header.Set(tt.header, tt.value)
		}
		resp, err := p.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != tt.want || resp.Uncompressed != tt.expanded {
			t.Errorf("%s %s: %d bytes, expanded %t, %v; want %d, %t", tt.header, tt.value, len(got), resp.Uncompressed, err, len(tt.want), tt.expanded)
		}
		if tt.expanded && (resp.Header.Get("Content-Encoding") != "" || resp.ContentLength != -1) {
			t.Errorf("an expanded answer has the encoding %q and the length %d", resp.Header.Get("Content-Encoding"), resp.ContentLength)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A body that breaks off or is not compressed is an error, and so is a read after Close.
func TestGzipBodyErrors(t *testing.T) {
	whole := zipped(t, strings.Repeat("member ", 1000))
	for _, tt := range []struct {
		name string
		body []byte
		want error
	}{
		{"whole", whole, nil},
		{"cut in its content", whole[:len(whole)/2], io.ErrUnexpectedEOF},
		{"cut in its checksum", whole[:len(whole)-1], io.ErrUnexpectedEOF},
		{"cut in its header", whole[:5], io.ErrUnexpectedEOF},
		{"not compressed", []byte("a text without compression"), gzip.ErrHeader},
		{"with a text after it", append(bytes.Clone(whole), "and a text"...), gzip.ErrHeader},
		{"with a wrong checksum", append(bytes.Clone(whole[:len(whole)-8]), make([]byte, 8)...), gzip.ErrChecksum},
	} {
		b := &gzipBody{body: io.NopCloser(bytes.NewReader(tt.body))}
		_, err := io.ReadAll(b)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if _, again := b.Read(make([]byte, 1)); again == nil || b.zip != nil {
			t.Errorf("%s: a read after the end has no error", tt.name)
		}
	}
	b := &gzipBody{body: io.NopCloser(bytes.NewReader(whole))}
	if _, err := b.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil || b.zip != nil {
		t.Errorf("Close: %v, and the memory is free: %t", err, b.zip == nil)
	}
	if _, err := b.Read(make([]byte, 10)); err == nil {
		t.Error("a closed body is read")
	}
}

// readSizes counts short reads.
type readSizes struct {
	io.Reader
	short int
}

func (r *readSizes) Read(p []byte) (int, error) {
	if len(p) < compressedRead/2 {
		r.short++
	}
	return r.Reader.Read(p)
}

// A compressed body is read in large pieces: each small one costs a write over HTTP/2.
func TestGzipBodyReadsLargePieces(t *testing.T) {
	in := &readSizes{Reader: bytes.NewReader(zipped(t, strings.Repeat("member ", 200_000)))}
	b := &gzipBody{body: io.NopCloser(in)}
	if n, err := io.Copy(io.Discard, b); err != nil || n != 7*200_000 || in.short > 0 {
		t.Errorf("%d bytes, %d short reads, %v", n, in.short, err)
	}
}
