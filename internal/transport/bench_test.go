package transport

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// BenchmarkAttempt compares an attempt with the same request by net/http alone. The transport
// costs nothing: the difference is the cost of this package.
func BenchmarkAttempt(b *testing.B) {
	for _, size := range []int{300, 300 << 10} {
		for _, known := range []bool{true, false} {
			body := bytes.Repeat([]byte("x"), size)
			length := int64(-1)
			if known {
				length = int64(size)
			}
			hc := Guard(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
				return &http.Response{
					StatusCode: 200, Header: http.Header{}, Request: req, ContentLength: length,
					Body: io.NopCloser(segments{bytes.NewReader(body)}),
				}, nil
			})})
			name := fmt.Sprintf("%d bytes, length known %v", size, known)
			b.Run(name+"/ours", func(b *testing.B) {
				r := request(b, "https://h.example/v1/things?a=b")
				r.BufferCache = new(BufferCache) // as a listing has
				r.Authorize = func(req *http.Request) error {
					req.Header.Set("Authorization", "Bearer t")
					return nil
				}
				b.ReportAllocs()
				for b.Loop() {
					res, err := once(b.Context(), hc, r)
					if err != nil || len(res.Body) != size {
						b.Fatal(err)
					}
					res.Release()
				}
			})
			b.Run(name+"/bare", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "https://h.example/v1/things?a=b", nil)
					if err != nil {
						b.Fatal(err)
					}
					req.Header.Set("Authorization", "Bearer t")
					resp, err := hc.Do(req)
					if err != nil {
						b.Fatal(err)
					}
					if got, err := io.ReadAll(resp.Body); err != nil || len(got) != size {
						b.Fatal(err)
					}
					_ = resp.Body.Close()
				}
			})
		}
	}
}

// segments returns a few kilobytes per read, as a network does.
type segments struct{ r io.Reader }

func (s segments) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 16<<10)]) }
