package httpapi

import (
	"bytes"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// answerOf is the schema of an operation's successful answer, nil if it has no body.
func answerOf(op *openapi3.Operation) *openapi3.Schema {
	ok := op.Responses.Value("200")
	if ok == nil || ok.Value == nil {
		return nil
	}
	if mt := ok.Value.Content.Get("application/json"); mt != nil && mt.Schema != nil {
		return mt.Schema.Value
	}
	return nil
}

// held is an answer that is not sent before it is whole.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(p []byte) (int, error) { return h.body.Write(p) }

// release sends the answer, and of a successful one what pick leaves.
func (h *held) release(pick func([]byte) []byte) {
	body := h.body.Bytes()
	if h.status == 0 {
		h.status = http.StatusOK
	}
	if h.status == http.StatusOK {
		body = pick(body)
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(body)
}

// answer remembers whether a response was begun: one that a client did not stay for
// comes back as an error, and is not to be begun again.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// begun tells whether the response has its status already.
func begun(w http.ResponseWriter) bool {
	a, ok := w.(*answer)
	return ok && a.begun
}
