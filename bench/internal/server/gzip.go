package server

import (
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Gzip returns a handler that compresses the answers of h. It keeps all of them: a client
// must not wait for the compression, which costs more than all else.
func Gzip(h http.Handler) http.Handler {
	var kept sync.Map // of *answer, by path and sorted query
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.ServeHTTP(w, r)
			return
		}
		key := r.Host + r.URL.Path + "?" + r.URL.Query().Encode()
		known, ok := kept.Load(key)
		if !ok {
			a := &answer{header: http.Header{}, status: http.StatusOK}
			h.ServeHTTP(a, r)
			a.compress()
			known, _ = kept.LoadOrStore(key, a)
		}
		known.(*answer).write(w)
	})
}

// answer is a whole answer.
type answer struct {
	header http.Header
	status int
	body   []byte
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(b []byte) (int, error) {
	a.body = append(a.body, b...)
	return len(b), nil
}

func (a *answer) compress() {
	var short bytes.Buffer
	z := gzip.NewWriter(&short)
	_, _ = z.Write(a.body) // a buffer takes everything
	_ = z.Close()
	a.body = bytes.Clone(short.Bytes())
	a.header.Set("Content-Encoding", "gzip")
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
}

func (a *answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
