package emulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships/emulator"
)

const signInPeople = `
people:
  - {name: Ada, email: ada@example.com}
  - {name: Bob, email: bob@example.com}
  - {name: "<script>alert(1)</script>", email: eve@example.com}
groups:
  - {name: Demo, members: [{email: ada@example.com, role: owner}, {email: bob@example.com}]}
`

// proof, a verifier, and challenge belong together by S256.
const proof = "verifier-0123456789-0123456789-0123456789-0123456789"

var challenge = func() string {
	sum := sha256.Sum256([]byte(proof))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}()

// server is one of the authorization servers and a request that it accepts.
type server struct {
	provider, authorize, token string
	scope                      string // reads the caller's groups
	me                         string // the path that needs the scope
	pkce                       bool
}

var servers = []server{
	{"box", "/api/oauth2/authorize", "/oauth2/token", "manage_groups", "/2.0/groups", false},
	{"googlechat", "/o/oauth2/v2/auth", "/token", "https://www.googleapis.com/auth/chat.spaces.readonly", "/v1/spaces", true},
	{"webex", "/v1/authorize", "/v1/access_token", "spark:rooms_read", "/v1/rooms", true},
}

// signIn is an emulator with a clock that a test moves.
type signIn struct {
	*testing.T
	*emulator.Emulator
	now time.Time
}

func beginSignIn(t *testing.T, state string, opts ...emulator.Option) *signIn {
	t.Helper()
	s := &signIn{T: t, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	clock := emulator.WithClock(func() time.Time { return s.now })
	s.Emulator = create(t, append([]emulator.Option{emulator.WithState("s.yaml", []byte(signInPeople+state)), clock}, opts...)...)
	return s
}

// response is an answer with its body as JSON, if it is.
type response struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

func (r *response) str(key string) string {
	v, _ := r.body[key].(string)
	return v
}

// location returns the parameters of a redirect.
func (r *response) location(t *testing.T) url.Values {
	t.Helper()
	u, err := url.Parse(r.header.Get("Location"))
	if err != nil || u.Host == "" || r.status != http.StatusFound && r.status != http.StatusSeeOther {
		t.Fatalf("status %d, want a redirect: %s", r.status, r.text)
	}
	return u.Query()
}

func (s *signIn) send(method, target string, form url.Values, headers ...string) *response {
	s.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, "http://127.0.0.1:8787"+target, body)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	r := &response{status: rec.Code, header: rec.Header(), text: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &r.body)
	return r
}

// as returns the status of a request with a token.
func (s *signIn) as(token, path string) int {
	s.Helper()
	return s.send("GET", path, nil, "Authorization", "Bearer "+token).status
}

const callback = "http://127.0.0.1:4711/cb"

// request returns the parameters of an authorization that the server accepts.
func (p *server) request(changes ...string) url.Values {
	q := url.Values{"client_id": {"app"}, "response_type": {"code"}, "redirect_uri": {callback}, "scope": {p.scope}, "state": {"st&=/1"}}
	if p.pkce {
		q.Set("code_challenge", challenge)
		q.Set("code_challenge_method", "S256")
	}
	return changed(q, changes...)
}

// exchange returns the form for a code.
func (p *server) exchange(code string, changes ...string) url.Values {
	q := url.Values{"grant_type": {"authorization_code"}, "client_id": {"app"}, "client_secret": {"secret"}, "code": {code}, "redirect_uri": {callback}}
	if p.pkce {
		q.Set("code_verifier", proof)
	}
	return changed(q, changes...)
}

func (p *server) refresh(token string, changes ...string) url.Values {
	return changed(url.Values{"grant_type": {"refresh_token"}, "client_id": {"app"}, "client_secret": {"secret"}, "refresh_token": {token}}, changes...)
}

// changed sets parameters by name and value; an empty value removes one.
func changed(q url.Values, changes ...string) url.Values {
	q = maps.Clone(q)
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	return q
}

// code returns a code from a server that approves at once.
func (s *signIn) code(p *server, changes ...string) string {
	s.Helper()
	r := s.send("GET", p.authorize+"?"+p.request(changes...).Encode(), nil)
	code := r.location(s.T).Get("code")
	if code == "" {
		s.Fatalf("%s: no code in %s", p.provider, r.header.Get("Location"))
	}
	return code
}

// tokens returns the answer to a sign-in as a person.
func (s *signIn) tokens(p *server, changes ...string) *response {
	s.Helper()
	r := s.send("POST", p.token, p.exchange(s.code(p, changes...)))
	if r.status != 200 || r.str("access_token") == "" {
		s.Fatalf("%s: %d %s", p.provider, r.status, r.text)
	}
	return r
}

// code and words of an error of the token endpoint, in the format of its provider.
func (p *server) refusal(r *response) string {
	if p.provider == "webex" {
		errors, _ := r.body["errors"].([]any)
		if len(errors) != 1 || r.str("message") == "" || r.str("trackingId") == "" {
			return "no error of Webex: " + r.text
		}
		code, _, _ := strings.Cut(r.str("message"), ":")
		return code
	}
	if r.str("error_description") == "" {
		return "no error of OAuth: " + r.text
	}
	return r.str("error")
}

var hidden = regexp.MustCompile(`name="request" value="([^"]+)"`)

// page returns the one-time value of a sign-in's page.
func (s *signIn) page(p *server, changes ...string) (value string, r *response) {
	s.Helper()
	r = s.send("GET", p.authorize+"?"+p.request(changes...).Encode(), nil)
	m := hidden.FindStringSubmatch(r.text)
	if r.status != 200 || m == nil {
		s.Fatalf("%s: no page: %d %s", p.provider, r.status, r.text)
	}
	return html.UnescapeString(m[1]), r
}

// A page asks who signs in, and approves or denies once. No client's name and no person's
// name is markup.
func TestSignInPage(t *testing.T) {
	for _, p := range servers {
		t.Run(p.provider, func(t *testing.T) {
			s := beginSignIn(t, "")
			const hostile = `"><script>alert(1)</script>`
			value, r := s.page(&p, "client_id", hostile)
			policy := r.header.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self' http://127.0.0.1:4711"} {
				if !strings.Contains(policy, want) {
					t.Errorf("the policy %q lacks %s", policy, want)
				}
			}
			if r.header.Get("Cache-Control") != "no-store" || r.header.Get("Referrer-Policy") != "no-referrer" || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
				t.Errorf("headers %v", r.header)
			}
			if strings.Contains(r.text, "<script") || !strings.Contains(r.text, html.EscapeString(hostile)) || !strings.Contains(r.text, html.EscapeString("<script>alert(1)</script>")) {
				t.Errorf("a name is markup, or is absent:\n%s", r.text)
			}
			if strings.Contains(policy, "script-src") || strings.Contains(r.text, "st&") {
				t.Errorf("%s allows scripts, or the page has the state:\n%s", policy, r.text)
			}
			form := url.Values{"request": {value}, "decision": {"approve"}, "person": {"bob@example.com"}}
			if r := s.send("POST", p.authorize, changed(form, "request", "other")); r.status != 400 || r.header.Get("Location") != "" {
				t.Errorf("a made-up value: %d %s", r.status, r.header.Get("Location"))
			}
			q := s.send("POST", p.authorize, form).location(t)
			if q.Get("state") != "st&=/1" || q.Get("code") == "" || q.Has("error") {
				t.Errorf("approved: %v", q)
			}
			if r := s.send("POST", p.authorize, form); r.status != 400 || r.header.Get("Location") != "" {
				t.Errorf("answered twice: %d %s", r.status, r.text)
			}
			got := s.send("POST", p.token, p.exchange(q.Get("code"), "client_id", hostile))
			if got.status != 200 {
				t.Fatalf("%d %s", got.status, got.text)
			}
			s.as(got.str("access_token"), p.me)
			if all := s.Requests(); all[len(all)-1].Caller != "bob@example.com" {
				t.Errorf("the token is of %q", all[len(all)-1].Caller)
			}

			value, _ = s.page(&p)
			q = s.send("POST", p.authorize, changed(form, "request", value, "decision", "deny")).location(t)
			if q.Get("error") != "access_denied" || q.Get("state") != "st&=/1" || q.Has("code") {
				t.Errorf("denied: %v", q)
			}
			value, _ = s.page(&p)
			if r := s.send("POST", p.authorize, changed(form, "request", value, "person", "who@example.com")); r.status != 400 || r.header.Get("Location") != "" {
				t.Errorf("a stranger: %d %s", r.status, r.text)
			}
			value, _ = s.page(&p)
			s.now = s.now.Add(10 * time.Minute)
			if r := s.send("POST", p.authorize, changed(form, "request", value)); r.status != 400 || r.header.Get("Location") != "" {
				t.Errorf("answered late: %d %s", r.status, r.text)
			}
		})
	}
}

// The page offers the people, the one of login_hint first.
func TestSignInOffersPeople(t *testing.T) {
	s := beginSignIn(t, "")
	for _, p := range servers {
		_, r := s.page(&p, "login_hint", "BOB@example.com")
		bob, ada := strings.Index(r.text, `value="bob@example.com"`), strings.Index(r.text, `value="ada@example.com"`)
		if bob < 0 || ada < bob || strings.Count(r.text, "<option") != 3 {
			t.Errorf("%s:\n%s", p.provider, r.text)
		}
	}
}

// Automatic approval redirects at once, as the first person or the one of login_hint.
func TestAutoApprove(t *testing.T) {
	for name, s := range map[string]*signIn{
		"state": beginSignIn(t, "authorize: auto\n"), "option": beginSignIn(t, "", emulator.WithAutoApprove()),
	} {
		for _, p := range servers {
			for hint, want := range map[string]string{"": "ada@example.com", "bob@example.com": "bob@example.com", "who@example.com": "ada@example.com"} {
				token := s.tokens(&p, "login_hint", hint).str("access_token")
				if status := s.as(token, p.me); status == 401 {
					t.Errorf("%s, %s: %d", name, p.provider, status)
				}
				if all := s.Requests(); all[len(all)-1].Caller != want {
					t.Errorf("%s, %s, %q: the token is of %q", name, p.provider, hint, all[len(all)-1].Caller)
				}
			}
		}
		if status, dump := steer(s, "GET", "/_emulator/state", "", "Accept", "application/yaml"); status != 200 || !strings.Contains(dump, `authorize: "auto"`) {
			t.Errorf("%s: the dump does not approve: %s", name, dump)
		}
	}
}
