package cassette

import (
	"encoding/json"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	vcr "gopkg.in/dnaeon/go-vcr.v3/cassette"
)

// fingerprint is what a request has to have in common with its recording: scrubbed, and in
// one order.
type fingerprint struct{ part, method, host, path, query, body string }

// prints makes fingerprints, and keeps those of recordings.
type prints struct {
	scrub *scrubber
	mu    sync.Mutex
	known map[recordingKey]*fingerprint
}

type recordingKey struct{ part, method, url, body string }

// of returns the fingerprint of a request.
func (p *prints) of(method, rawURL, body, contentType, part string) (*fingerprint, error) {
	u, err := url.Parse(p.scrub.url(rawURL))
	if err != nil {
		return nil, err
	}
	query := u.RawQuery
	if q, err := url.ParseQuery(query); err == nil {
		query = q.Encode()
	}
	return &fingerprint{
		part: part, method: method, host: u.Scheme + "://" + host(u), path: u.EscapedPath(), query: query,
		body: canonical(p.scrub.text(body), contentType),
	}, nil
}

// recorded returns the fingerprint of a recording.
func (p *prints) recorded(r vcr.Request) (*fingerprint, error) {
	key := recordingKey{r.Headers.Get(partHeader), r.Method, r.URL, r.Body}
	p.mu.Lock()
	defer p.mu.Unlock()
	if print := p.known[key]; print != nil {
		return print, nil
	}
	print, err := p.of(r.Method, r.URL, r.Body, r.Headers.Get("Content-Type"), key.part)
	if err != nil {
		return nil, err
	}
	if p.known == nil {
		p.known = map[recordingKey]*fingerprint{}
	}
	p.known[key] = print
	return print, nil
}

// host leaves out the port of a loopback address: servers of tests take any.
func host(u *url.URL) string {
	name := u.Hostname()
	if ip := net.ParseIP(name); name == "localhost" || ip != nil && ip.IsLoopback() {
		return "localhost"
	}
	return strings.ToLower(u.Host)
}

// canonical gives bodies that mean the same the same text: JSON and forms.
func canonical(body, contentType string) string {
	if v, ok := parsed(body); ok {
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	if kind, _, err := mime.ParseMediaType(contentType); err == nil && kind != "application/x-www-form-urlencoded" {
		return body
	}
	if q, err := url.ParseQuery(body); err == nil && strings.Contains(body, "=") {
		return q.Encode()
	}
	return body
}

// parsed returns the value of a text that is JSON, with numbers as they are written.
func parsed(text string) (v any, ok bool) {
	if !utf8.ValidString(text) {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return nil, false
	}
	_, err := dec.Token()
	return v, err == io.EOF
}

// match is go-vcr's question whether a recording answers a request.
func (c *Cassette) match(req *http.Request, rec vcr.Request) bool {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return false
	}
	print, err := c.prints.recorded(rec)
	if err != nil {
		return false
	}
	if *print == *x.print {
		return true
	}
	x.others = append(x.others, print)
	return false
}
