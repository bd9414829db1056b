package transport

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// compressedRead is the size of the reads of a compressed body. After every read of 4 KiB or
// more, HTTP/2 writes to the connection to make room for further bytes. The reads of
// net/http's own decompression have that size.
const compressedRead = 64 << 10

// acceptGzip asks for a compressed answer, unless the request names an encoding itself. It
// reports whether it did. req is an attempt's own clone.
func acceptGzip(req *http.Request) bool {
	if req.Header.Get("Accept-Encoding") != "" || req.Header.Get("Range") != "" || req.Method == http.MethodHead {
		return false
	}
	req.Header["Accept-Encoding"] = gzipOnly
	return true
}

var gzipOnly = []string{"gzip"}

// expand makes the body of a compressed answer a plain one, as net/http does.
func expand(resp *http.Response) {
	if !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") || resp.Body == nil {
		return
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength, resp.Uncompressed = -1, true
	resp.Body = &gzipBody{body: resp.Body}
}

// gzipBody is the content of a compressed body. Its methods are for one goroutine.
type gzipBody struct {
	body io.ReadCloser
	zip  *inflater
	err  error
}

// inflater has the memory of a decompression, which other bodies use again.
type inflater struct {
	in  *bufio.Reader
	out gzip.Reader
}

var inflaters = sync.Pool{New: func() any { return &inflater{in: bufio.NewReaderSize(nil, compressedRead)} }}

var errBodyClosed = errors.New("the body is closed")

func (b *gzipBody) Read(p []byte) (n int, err error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.zip == nil {
		b.zip = inflaters.Get().(*inflater)
		b.zip.in.Reset(b.body)
		err = b.zip.out.Reset(b.zip.in)
	}
	if err == nil {
		n, err = b.zip.out.Read(p)
	}
	if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *gzipBody) Close() error {
	if b.err == nil {
		b.end(errBodyClosed)
	}
	return b.body.Close()
}

// end makes err the result of further reads, and gives the memory back.
func (b *gzipBody) end(err error) {
	b.err = err
	if b.zip != nil {
		b.zip.in.Reset(nil)
		inflaters.Put(b.zip)
		b.zip = nil
	}
}
