package vcr

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/dnaeon/go-vcr.v3/cassette"
)

const redacted = "REDACTED"

// scrubber takes credentials and real names out of what is stored. It is idempotent.
type scrubber struct {
	live  bool
	pairs [][2]string // live value, what stands for it
}

// replace makes value stand for a live one, longest first so that no part of a longer
// one is left over.
func (s *scrubber) replace(live, value string) {
	s.pairs = append(s.pairs, [2]string{live, value}, [2]string{url.QueryEscape(live), url.QueryEscape(value)},
		[2]string{url.PathEscape(live), url.PathEscape(value)})
	slices.SortStableFunc(s.pairs, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
}

// secretParams are query parameters and form fields that are credentials, or differ
// with every signature.
var secretParams = []string{"auth", "signature", "timestamp", "access_token", "key", "client_secret", "refresh_token", "assertion", "code"}

var (
	// also within a string, where quotes are escaped
	secretFields = regexp.MustCompile(`(\\*"(?:access_token|refresh_token|id_token|client_secret|secret|private_key)\\*"\s*:\s*\\*")[^"\\]*`)
	secretQuery  = regexp.MustCompile(`([?&](?:` + strings.Join(secretParams, "|") + `)=)[^&"'\\<>\s]*`)
	secretForm   = regexp.MustCompile(`(^|&)(` + strings.Join(secretParams, "|") + `)=[^&]*`)
	address      = regexp.MustCompile(`[A-Za-z0-9._%+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
)

// Request and response headers that are worth keeping; all others go.
var (
	requestHeaders  = []string{"Accept", "As-User", "Clerk-Api-Version", "Content-Type", "If-Match", partHeader}
	responseHeaders = []string{"Box-Request-Id", "Clerk-Trace-Id", "Content-Type", "Link", "Retry-After", "Trackingid"}
)

func (s *scrubber) interaction(i *cassette.Interaction) error {
	i.Request.URL = s.url(i.Request.URL)
	i.Request.Body = s.text(i.Request.Body)
	i.Request.Form = nil
	i.Request.RemoteAddr, i.Request.RequestURI = "", ""
	i.Request.ContentLength = int64(len(i.Request.Body))
	i.Request.Headers = s.keep(i.Request.Headers, requestHeaders)
	i.Response.Body = s.text(i.Response.Body)
	i.Response.ContentLength = int64(len(i.Response.Body))
	i.Response.Headers = s.keep(i.Response.Headers, responseHeaders)
	i.Response.Duration = 0
	return nil
}

func (s *scrubber) keep(h http.Header, names []string) http.Header {
	out := http.Header{}
	for _, name := range names {
		for _, v := range h.Values(name) {
			out.Add(name, s.text(v))
		}
	}
	return out
}

func (s *scrubber) url(raw string) string {
	u, err := url.Parse(s.text(raw))
	if err != nil {
		return redacted
	}
	q := u.Query()
	for _, name := range secretParams {
		if q.Has(name) {
			q.Set(name, redacted)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (s *scrubber) text(v string) string {
	for _, p := range s.pairs {
		v = strings.ReplaceAll(v, p[0], p[1])
	}
	v = secretFields.ReplaceAllString(v, "${1}"+redacted)
	v = secretQuery.ReplaceAllString(v, "${1}"+redacted) // services repeat URLs in answers
	if !strings.HasPrefix(v, "{") && !strings.HasPrefix(v, "[") && strings.Contains(v, "=") && !strings.Contains(v, "://") {
		v = secretForm.ReplaceAllString(v, "${1}${2}="+redacted)
	}
	if s.live {
		v = address.ReplaceAllStringFunc(v, func(a string) string {
			if strings.HasSuffix(a, "@example.com") || strings.HasSuffix(a, "%40example.com") {
				return a
			}
			sum := sha256.Sum256([]byte(strings.ToLower(strings.Replace(a, "%40", "@", 1))))
			return "person-" + hex.EncodeToString(sum[:4]) + "@example.com"
		})
	}
	return v
}
