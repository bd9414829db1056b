package cassette

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	vcr "gopkg.in/dnaeon/go-vcr.v3/cassette"
)

// partHeader is the request header of a recording that names its part.
const partHeader = "Cassette-Part"

// scrubber removes credentials and people's addresses from recordings, and from requests
// before they are compared with recordings. Scrubbing twice changes nothing more. It is safe
// for concurrent use.
type scrubber struct {
	secrets secrets
	names   map[string]bool // of WithSecretNames
	headers []string        // of WithHeaders
}

// interaction scrubs all of a recording.
func (s *scrubber) interaction(i *vcr.Interaction) {
	req, resp := &i.Request, &i.Response
	part := req.Headers.Get(partHeader)
	req.URL = s.url(req.URL)
	req.Host = s.text(req.Host)
	req.Body = s.text(req.Body)
	req.Form = nil
	req.RemoteAddr, req.RequestURI = "", ""
	req.ContentLength = int64(len(req.Body))
	req.Headers = s.keep(req.Headers, requestHeaders)
	req.Trailer = s.keep(req.Trailer, nil)
	if part != "" {
		req.Headers.Set(partHeader, part)
	}
	resp.Status = s.text(resp.Status)
	resp.Body = s.text(resp.Body)
	resp.ContentLength = int64(len(resp.Body))
	resp.Headers = s.keep(resp.Headers, responseHeaders)
	resp.Trailer = s.keep(resp.Trailer, nil)
	resp.Duration = 0
}

// keep returns the headers with the given names, and with those of WithHeaders.
func (s *scrubber) keep(h http.Header, names []string) http.Header {
	out := http.Header{}
	for _, list := range [][]string{names, s.headers} {
		for _, name := range list {
			name = http.CanonicalHeaderKey(name)
			if out[name] != nil {
				continue
			}
			for _, v := range h.Values(name) {
				out.Add(name, s.text(v))
			}
		}
	}
	return out
}

// settled applies f until it changes nothing more: a replacement and its neighbours may
// match again.
func settled(v string, f func(string) string) string {
	for range 8 {
		next := f(v)
		if next == v {
			break
		}
		v = next
	}
	return v
}

// url scrubs a URL and sorts its parameters.
func (s *scrubber) url(raw string) string { return settled(s.secrets.replace(raw), s.urlOnce) }

func (s *scrubber) urlOnce(raw string) string {
	u, err := url.Parse(s.textOnce(raw))
	if err != nil {
		return redacted
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil { // the query stays as sent
		return u.String()
	}
	for name := range q {
		if s.param(name) {
			q.Set(name, redacted)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (s *scrubber) param(name string) bool {
	name = folded(name)
	return secretNames[name] || secretParams[name] || s.names[name]
}

func (s *scrubber) member(name string) bool {
	name = folded(name)
	return secretNames[name] || secretMembers[name] || s.names[name]
}

var (
	// param matches the name of a parameter in a URL or a form, also inside of JSON, which
	// may escape the "&". paramEnd matches the end of its value.
	param    = regexp.MustCompile(`(?:^|[?&#]|&amp;|\\+u0026)([A-Za-z0-9_.-]+)(?:=|\\+u003[dD])`)
	paramEnd = regexp.MustCompile(`[&"'\\<>\s]|$`)
	// inner and innerEnd match a percent-encoded parameter inside of another one.
	inner    = regexp.MustCompile(`%(?:25)*(?:3[Ff]|26)([A-Za-z0-9_.-]+)%(?:25)*3[Dd]`)
	innerEnd = regexp.MustCompile(`%(?:25)*26|[&"'\\<>\s]|$`)
	// userinfo matches the user and password before a host.
	userinfo = regexp.MustCompile(`(://)[^/?#\s"'\\<>@]+@`)
	// shapes match credentials of known forms, also after a JSON escape.
	shapes = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"]*?-----END [A-Z ]*PRIVATE KEY-----|(?:[^"\\]|\\+[nr])*)` +
		`|(\\+(?:u[0-9A-Fa-f]{4}|[bfnrt])|\b)(?:sk_(?:live|test)_[A-Za-z0-9]{8,}|whsec_[A-Za-z0-9+/_-]{8,}=*|sec-c-[A-Za-z0-9-]{8,}` +
		`|qEF2[A-Za-z0-9_-]{16,}|ya29\.[A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?)`)
)

// text scrubs a body, a header or a URL.
func (s *scrubber) text(v string) string { return settled(s.secrets.replace(v), s.textOnce) }

func (s *scrubber) textOnce(v string) string {
	v = s.members(v, func(string, string) string { return redacted })
	v = s.params(v, func(string, string) string { return redacted })
	v = userinfo.ReplaceAllString(v, "${1}")
	v = shapes.ReplaceAllString(v, "${1}"+redacted)
	return pseudonyms(v)
}

// params replaces the value of each parameter with a secret name by the result of change.
func (s *scrubber) params(v string, change func(name, value string) string) string {
	if !strings.ContainsAny(v, "=%") && !strings.Contains(v, "u003") {
		return v
	}
	v = s.valued(v, param, paramEnd, change)
	return s.valued(v, inner, innerEnd, change)
}

// valued is params for names that begin matches and values up to a match of end.
func (s *scrubber) valued(v string, begin, end *regexp.Regexp, change func(name, value string) string) string {
	var b strings.Builder
	at := 0
	for _, m := range begin.FindAllStringSubmatchIndex(v, -1) {
		name, start := v[m[2]:m[3]], m[1]
		if start < at || !s.param(name) {
			continue
		}
		stop := start + end.FindStringIndex(v[start:])[0]
		b.WriteString(v[at:start])
		b.WriteString(change(name, v[start:stop]))
		at = stop
	}
	b.WriteString(v[at:])
	return b.String()
}

// memberName matches the name of a JSON member with a string as value. It counts the
// backslashes of JSON inside of a JSON string.
var memberName = regexp.MustCompile(`(\\*)"([A-Za-z0-9_. -]{1,64})(\\*)"(?:\s|\\+[nrt])*:(?:\s|\\+[nrt])*(\\*)"`)

// members is params for JSON members.
func (s *scrubber) members(v string, change func(name, value string) string) string {
	var b strings.Builder
	at := 0
	for at < len(v) {
		m := memberName.FindStringSubmatchIndex(v[at:])
		if m == nil {
			break
		}
		depth := m[3] - m[2]
		name, start := v[at+m[4]:at+m[5]], at+m[1]
		if m[7]-m[6] != depth || m[9]-m[8] != depth || !s.member(name) {
			b.WriteString(v[at : at+m[5]]) // the value may be a name
			at += m[5]
			continue
		}
		end := closing(v, start, depth)
		b.WriteString(v[at:start])
		b.WriteString(change(name, v[start:end]))
		at = end
	}
	b.WriteString(v[at:])
	return b.String()
}

// closing returns the end of the string that begins at from, before its quote and the depth
// backslashes of the quote. Each level of JSON inside of JSON doubles the backslashes of the
// content and adds one.
func closing(v string, from, depth int) int {
	run := 0
	for i := from; i < len(v); i++ {
		switch v[i] {
		case '\\':
			run++
		case '"':
			if n := run % (2*depth + 2); n <= depth { // fewer backslashes end an outer string
				return i - n
			}
			run = 0
		default:
			run = 0
		}
	}
	return len(v)
}
