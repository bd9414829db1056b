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

// fingerprint is a scrubbed and normalized request. A request and its recording have equal
// fingerprints.
type fingerprint struct{ part, method, host, path, query, body string }

// fingerprints makes fingerprints, and caches those of recordings.
type fingerprints struct {
	scrub *scrubber
	mu    sync.Mutex
	known map[recordingKey]*fingerprint
}

type recordingKey struct{ part, method, url, body string }

// of returns the fingerprint of a request.
func (p *fingerprints) of(method, rawURL, body, contentType, part string) (*fingerprint, error) {
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
func (p *fingerprints) recorded(r vcr.Request) (*fingerprint, error) {
	key := recordingKey{r.Headers.Get(partHeader), r.Method, r.URL, r.Body}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fp := p.known[key]; fp != nil {
		return fp, nil
	}
	fp, err := p.of(r.Method, r.URL, r.Body, r.Headers.Get("Content-Type"), key.part)
	if err != nil {
		return nil, err
	}
	if p.known == nil {
		p.known = map[recordingKey]*fingerprint{}
	}
	p.known[key] = fp
	return fp, nil
}

// host returns the host and port of a URL, without the port of a loopback address: test
// servers have any port.
func host(u *url.URL) string {
	name := u.Hostname()
	if ip := net.ParseIP(name); name == "localhost" || ip != nil && ip.IsLoopback() {
		return "localhost"
	}
	return strings.ToLower(u.Host)
}

// canonical returns a body with sorted JSON members or form fields.
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

// parsed returns the value of a JSON text, with numbers as written.
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

// match reports to go-vcr whether a recording answers a request.
func (c *Cassette) match(req *http.Request, rec vcr.Request) bool {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return false
	}
	fp, err := c.fingerprints.recorded(rec)
	if err != nil {
		return false
	}
	if *fp == *x.fingerprint {
		return true
	}
	x.others = append(x.others, fp)
	return false
}
