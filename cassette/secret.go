package cassette

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/memberships-go/memberships/internal/redact"
)

// minObserved is the least length of a sent or received credential whose copies are
// replaced. A shorter one is a test's word, which answers hold by chance.
const minObserved = 8

// secrets are the values that the file must not hold.
type secrets struct {
	mu  sync.Mutex
	all []secret
	// replacer replaces the values by their placeholders; nil after a change.
	replacer *strings.Replacer
	finder   *finder // nil after a change
}

// secret is a value, its placeholder in the file, and its origin for errors.
type secret struct{ value, placeholder, origin string }

// add adds a value, unless it is known or equal to its placeholder.
func (s *secrets) add(value, placeholder, origin string) {
	if value == "" || value == placeholder {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.all, func(o secret) bool { return o.value == value }) {
		return
	}
	s.all = append(s.all, secret{value, placeholder, origin})
	s.replacer, s.finder = nil, nil
}

// observe adds a value that was sent or received as a credential.
func (s *secrets) observe(value, origin string) {
	if len(value) >= minObserved && value != redacted {
		s.add(value, redacted, origin)
	}
}

// replace replaces the values by their placeholders: in plain text, and as URLs, forms and
// JSON encode them.
func (s *secrets) replace(text string) string {
	s.mu.Lock()
	if s.replacer == nil {
		s.replacer = replacer(s.all)
	}
	r := s.replacer
	s.mu.Unlock()
	return r.Replace(text)
}

func replacer(all []secret) *strings.Replacer {
	var pairs [][2]string
	for _, s := range all {
		pairs = append(pairs, [2]string{s.value, s.placeholder})
		for _, encode := range []func(string) string{url.QueryEscape, url.PathEscape, quoted, quotedHTML} {
			if form := encode(s.value); form != s.value {
				pairs = append(pairs, [2]string{form, encode(s.placeholder)})
			}
		}
	}
	// The first match applies: longer values come first, as they may hold shorter ones.
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	return strings.NewReplacer(flat...)
}

// quotedHTML returns a text as package encoding/json writes it, without the quotes.
func quotedHTML(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}

// quoted is quotedHTML without escapes for "<", ">" and "&".
func quoted(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(quotedHTML(s))
}

// find returns the origin of a value that a text holds in any encoding, "" for none.
func (s *secrets) find(text string) string {
	s.mu.Lock()
	if s.finder == nil {
		s.finder = newFinder(s.all)
	}
	f := s.finder
	s.mu.Unlock()
	if !f.all.Holds(text) {
		return ""
	}
	for _, one := range f.secrets {
		if redact.New(redacted, one.value).Holds(text) {
			return one.origin
		}
	}
	return "a credential"
}

// finder finds values in any encoding.
type finder struct {
	secrets []secret
	all     *redact.Redactor
}

// newFinder returns a finder without the values that are a part of a placeholder.
func newFinder(all []secret) *finder {
	f := &finder{}
	var values []string
	for _, one := range all {
		if slices.ContainsFunc(all, func(o secret) bool {
			return strings.Contains(strings.ToLower(o.placeholder), strings.ToLower(one.value))
		}) {
			continue
		}
		f.secrets = append(f.secrets, one)
		values = append(values, one.value)
	}
	f.all = redact.New(redacted, values...)
	return f
}

// observeRequest records the credentials of a request.
func (s *scrubber) observeRequest(req *http.Request, body string) {
	for name, values := range req.Header {
		if !redact.SecretHeader(name) {
			continue
		}
		for _, v := range values {
			for _, credential := range credentials(name, v) {
				s.secrets.observe(credential, "the header "+name)
			}
		}
	}
	if u := req.URL; u.User != nil {
		password, _ := u.User.Password()
		s.secrets.observe(password, "the URL")
	}
	q := req.URL.Query()
	for name, values := range q {
		for _, v := range values {
			s.observeNamed(name, v)
		}
	}
	s.observeBody(body)
}

// observeBody records the credentials of a body.
func (s *scrubber) observeBody(body string) {
	s.members(body, func(name, value string) string {
		var plain string
		if json.Unmarshal([]byte(`"`+value+`"`), &plain) == nil {
			value = plain
		}
		s.observeNamed(name, value)
		return ""
	})
	s.params(body, func(name, value string) string {
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		s.observeNamed(name, value)
		return ""
	})
}

// observeNamed records a value whose name always means a credential. It ignores signatures,
// which are valid for one request.
func (s *scrubber) observeNamed(name, value string) {
	if n := folded(name); secretNames[n] || n == "auth" || s.names[n] {
		s.secrets.observe(value, name)
	}
}

// credentials returns the secret parts of a header.
func credentials(name, value string) []string {
	if strings.EqualFold(name, "Cookie") {
		var all []string
		for pair := range strings.SplitSeq(value, ";") {
			_, v, _ := strings.Cut(strings.TrimSpace(pair), "=")
			all = append(all, v)
		}
		return all
	}
	scheme, rest, ok := strings.Cut(value, " ")
	if !ok {
		return []string{value}
	}
	all := []string{rest}
	if b, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "Basic") {
		_, password, _ := strings.Cut(string(b), ":")
		all = append(all, password)
	}
	return all
}
