package httpapi

import (
	"bytes"
	"net/http"
)

// json returns the schema of a body in JSON, nil if there is none.
func (b *Body) json() *Schema {
	if b == nil {
		return nil
	}
	return b.Content["application/json"]
}

// bufferedResponse holds a response until flush sends it.
type bufferedResponse struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (b *bufferedResponse) WriteHeader(status int)      { b.status = status }
func (b *bufferedResponse) Write(p []byte) (int, error) { return b.body.Write(p) }

// flush sends the response. It replaces the body of a 200 response with the result of
// pick.
func (b *bufferedResponse) flush(pick func([]byte) []byte) {
	body := b.body.Bytes()
	if b.status == 0 {
		b.status = http.StatusOK
	}
	if b.status == http.StatusOK {
		body = pick(body)
	}
	b.ResponseWriter.WriteHeader(b.status)
	_, _ = b.ResponseWriter.Write(body)
}

// responseWriter records whether a response was started. A client that hangs up makes the
// handler return an error, and a started response must not be written again.
type responseWriter struct {
	http.ResponseWriter
	started bool
}

func (w *responseWriter) WriteHeader(status int) {
	w.started = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseWriter) Write(p []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(p)
}

// Unwrap returns the underlying writer for http.ResponseController.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// started reports whether the status of the response was written.
func started(w http.ResponseWriter) bool {
	a, ok := w.(*responseWriter)
	return ok && a.started
}
