package wrappertest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
)

// symptoms are the ways for a response to get lost, and the response in its place.
var symptoms = map[string]func(*http.Request) (*http.Response, error){
	"dropped": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") },
	"503":     func(req *http.Request) (*http.Response, error) { return respond(req, 503, ""), nil },
	"cut":     func(req *http.Request) (*http.Response, error) { return respond(req, 200, `{"id":"1`), nil },
}

func respond(req *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{}, Request: req, ContentLength: -1,
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// lossyTransport connects a client to an emulator, loses responses of writes and records
// requests. A write is any request but GET. It is not safe for concurrent use.
type lossyTransport struct {
	to http.RoundTripper
	// lost is the number of responses of writes to lose. applied reports whether the emulator
	// gets the write; symptom returns the response in place of the lost one.
	lost    int
	applied bool
	symptom func(*http.Request) (*http.Response, error)
	// blind fails the first read after a write.
	blind bool

	sequence string   // a letter for each request: r for a read, w for a write
	writes   []string // method, address and body
}

// forget clears the recorded requests.
func (l *lossyTransport) forget() { l.sequence, l.writes = "", nil }

func (l *lossyTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		l.sequence += "r"
		if l.blind && len(l.writes) > 0 {
			l.blind = false
			return respond(req, 403, ""), nil
		}
		return l.to.RoundTrip(req)
	}
	l.sequence += "w"
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	l.writes = append(l.writes, req.Method+" "+req.URL.RequestURI()+" "+string(body))
	if l.lost == 0 {
		return l.to.RoundTrip(req)
	}
	l.lost--
	if l.applied {
		resp, err := l.to.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		_ = resp.Body.Close()
	}
	return l.symptom(req)
}
