package wrappertest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
)

// symptoms are the ways in which an answer does not arrive: what comes instead of it.
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

// line is what is between a client and an emulator. It loses answers of writes, which are
// all requests but GET, and notes what was sent. It is for one request at a time.
type line struct {
	to http.RoundTripper
	// lost is how many answers of writes are lost from now on, applied whether the write
	// is carried out, symptom what comes instead of its answer.
	lost    int
	applied bool
	symptom func(*http.Request) (*http.Response, error)
	// blind refuses the first read behind a write.
	blind bool

	asked  string   // a letter for each request: r for a read, w for a write
	writes []string // method, address and body
}

// forget drops what was noted.
func (l *line) forget() { l.asked, l.writes = "", nil }

func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		l.asked += "r"
		if l.blind && len(l.writes) > 0 {
			l.blind = false
			return respond(req, 403, ""), nil
		}
		return l.to.RoundTrip(req)
	}
	l.asked += "w"
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
