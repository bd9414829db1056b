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

// leastSeen is the length from which a value that was sent as a credential is looked for
// elsewhere. A shorter one is a word of a test, and stands in answers by chance.
const leastSeen = 8

// secrets are the values that must not be in the file.
type secrets struct {
	mu  sync.Mutex
	all []secret
	// replacer puts what stands for them into a text; nil after a change.
	replacer *strings.Replacer
	finder   *finder // nil after a change
}

// secret is a value, what stands for it, and where it comes from.
type secret struct{ value, stand, origin string }

// add keeps a value, unless it is there already or is what stands for it.
func (s *secrets) add(value, stand, origin string) {
	if value == "" || value == stand {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.all, func(o secret) bool { return o.value == value }) {
		return
	}
	s.all = append(s.all, secret{value, stand, origin})
	s.replacer, s.finder = nil, nil
}

// seen adds a value that was sent or received as a credential.
func (s *secrets) seen(value, origin string) {
	if len(value) >= leastSeen && value != redacted {
		s.add(value, redacted, origin)
	}
}

// replace puts what stands for the values in their places: as they are, and as URLs, forms
// and JSON write them.
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
		pairs = append(pairs, [2]string{s.value, s.stand})
		for _, encode := range []func(string) string{url.QueryEscape, url.PathEscape, quoted, quotedHTML} {
			if form := encode(s.value); form != s.value {
				pairs = append(pairs, [2]string{form, encode(s.stand)})
			}
		}
	}
	// The first that fits counts, and a longer one may hold a shorter one.
	slices.SortStableFunc(pairs, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	return strings.NewReplacer(flat...)
}

// quotedHTML is a text as package encoding/json writes it, without the quotes.
func quotedHTML(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}

// quoted is the same with "<", ">" and "&" as they are.
func quoted(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(quotedHTML(s))
}

// left returns where a value comes from that a text still holds, in any encoding; "" is
// none.
func (s *secrets) left(text string) string {
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

// finder looks for values.
type finder struct {
	secrets []secret
	all     *redact.Redactor
}

// newFinder leaves out values that are a part of what the file shall say.
func newFinder(all []secret) *finder {
	f := &finder{}
	var values []string
	for _, one := range all {
		if slices.ContainsFunc(all, func(o secret) bool { return strings.Contains(strings.ToLower(o.stand), strings.ToLower(one.value)) }) {
			continue
		}
		f.secrets = append(f.secrets, one)
		values = append(values, one.value)
	}
	f.all = redact.New(redacted, values...)
	return f
}

// sent keeps the credentials of a request.
func (s *scrubber) sent(req *http.Request, body string) {
	for name, values := range req.Header {
		if !redact.SecretHeader(name) {
			continue
		}
		for _, v := range values {
			for _, credential := range credentials(name, v) {
				s.secrets.seen(credential, "the header "+name)
			}
		}
	}
	if u := req.URL; u.User != nil {
		password, _ := u.User.Password()
		s.secrets.seen(password, "the URL")
	}
	q := req.URL.Query()
	for name, values := range q {
		for _, v := range values {
			s.named(name, v)
		}
	}
	s.held(body)
}

// held keeps the credentials of a body.
func (s *scrubber) held(body string) {
	s.members(body, func(name, value string) string {
		var plain string
		if json.Unmarshal([]byte(`"`+value+`"`), &plain) == nil {
			value = plain
		}
		s.named(name, value)
		return ""
	})
	s.params(body, func(name, value string) string {
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		s.named(name, value)
		return ""
	})
}

// named keeps a value whose name says that it is a credential, and never is a word. A
// signature is good for one request.
func (s *scrubber) named(name, value string) {
	if n := folded(name); secretNames[n] || n == "auth" || s.names[n] {
		s.secrets.seen(value, name)
	}
}

// credentials are the parts of a header that are secret.
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
