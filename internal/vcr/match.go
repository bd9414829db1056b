package vcr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/dnaeon/go-vcr.v3/cassette"
)

// difference says how far a recording is from a request.
type difference struct {
	recording string
	same      int // how many of method, path, query and body agree
	why       string
}

func (d *difference) String() string {
	return fmt.Sprintf("the nearest recording, %s, differs in its %s", d.recording, d.why)
}

// compare holds a request against a recording: method, path, sorted query and
// canonical body, with credentials taken out of both. What another part of an album
// recorded is never the same.
func (s *scrubber) compare(req *http.Request, rec cassette.Request) (*difference, error) {
	d := &difference{recording: rec.Method + " " + rec.URL}
	if of := rec.Headers.Get(partHeader); of != req.Header.Get(partHeader) {
		d.why = "part of the album: " + of
		return d, nil
	}
	was, err := url.Parse(rec.URL)
	if err != nil {
		return nil, err
	}
	is, err := url.Parse(s.url(req.URL.String()))
	if err != nil {
		return nil, err
	}
	body := ""
	if req.Body != nil && req.Body != http.NoBody {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(b))
		body = s.text(string(b))
	}
	check := func(what, got, want string) {
		if got == want {
			d.same++
		} else if d.why == "" {
			d.why = what + " (-recorded +sent):\n" + cmp.Diff(want, got)
		}
	}
	check("method", req.Method, rec.Method)
	check("path", is.EscapedPath(), was.EscapedPath())
	check("query", is.Query().Encode(), was.Query().Encode())
	check("body", canonical(body), canonical(rec.Body))
	return d, nil
}

// canonical gives JSON that means the same the same text, and forms likewise.
func canonical(body string) string {
	var v any
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&v) == nil {
		if b, err := json.MarshalIndent(v, "", " "); err == nil {
			return string(b)
		}
	}
	if q, err := url.ParseQuery(body); err == nil && strings.Contains(body, "=") {
		return q.Encode()
	}
	return body
}
