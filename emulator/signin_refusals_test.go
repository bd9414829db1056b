package emulator_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

const signInClients = `
authorize: auto
oauth:
  box: &clients
    clients:
      - id: app
        secret: secret
        redirect_uris: ["http://127.0.0.1/cb", "https://app.example/cb?x=1", "http://127.0.0.1:9/fixed"]
        scopes: [manage_groups, "https://www.googleapis.com/auth/chat.spaces.readonly", "spark:rooms_read", "chat.bot", "https://www.googleapis.com/auth/chat.bot"]
      - {id: other, secret: secret2, redirect_uris: ["http://127.0.0.1/cb"]}
      - {id: public, redirect_uris: ["http://127.0.0.1/cb"]}
      - {id: sole, secret: secret, redirect_uris: ["https://sole.example/"]}
      - {id: desktop, secret: secret, redirect_uris: ["http://localhost"]}
  googlechat: *clients
  webex: *clients
`

// A mistake in the client or the redirect URI is shown on a page and never redirected. Google
// shows every other mistake, too.
func TestAuthorizeRefusals(t *testing.T) {
	s := beginSignIn(t, signInClients)
	const page, sent = true, false
	tests := []struct {
		name    string
		changes []string
		only    string // the provider, "" for all
		page    bool
		code    string // of the error, "" for none
	}{
		{"no client", []string{"client_id", ""}, "", page, "invalid_client"},
		{"another client", []string{"client_id", "unknown"}, "", page, "invalid_client"},
		{"no redirect", []string{"redirect_uri", ""}, "", page, "invalid_request"},
		{"foreign redirect", []string{"redirect_uri", "https://evil.example/cb"}, "", page, "redirect_uri_mismatch"},
		{"no URL", []string{"redirect_uri", "javascript:alert(1)"}, "", page, "redirect_uri_mismatch"},
		{"redirect of another client", []string{"redirect_uri", "https://sole.example/"}, "", page, "redirect_uri_mismatch"},
		{"response type", []string{"response_type", "token"}, "box", sent, "unsupported_response_type"},
		{"response type", []string{"response_type", "token"}, "webex", sent, "unsupported_response_type"},
		{"response type", []string{"response_type", "token"}, "googlechat", page, "unsupported_response_type"},
		{"no response type", []string{"response_type", ""}, "webex", sent, "invalid_request"},
		{"no response type", []string{"response_type", ""}, "googlechat", page, "invalid_request"},
		{"no scope", []string{"scope", ""}, "webex", sent, "invalid_request"},
		{"no scope", []string{"scope", ""}, "googlechat", page, "invalid_request"},
		{"no scope", []string{"scope", ""}, "box", sent, ""},
		{"scope of no client", []string{"scope", "spark:all"}, "webex", sent, "invalid_scope"},
		{"scope of no client", []string{"scope", "manage_webhook"}, "box", sent, "invalid_scope"},
		{"scope of no client", []string{"scope", "https://www.googleapis.com/auth/chat.memberships"}, "googlechat", page, "invalid_scope"},
		{"scope of an app", []string{"scope", "https://www.googleapis.com/auth/chat.bot"}, "googlechat", page, "invalid_scope"},
		{"scope without its prefix", []string{"scope", "chat.bot"}, "googlechat", page, "invalid_scope"},
		{"no state", []string{"state", ""}, "", sent, ""},
		{"plain", []string{"code_challenge", proof, "code_challenge_method", "plain"}, "webex", sent, ""},
		{"plain by default", []string{"code_challenge", proof, "code_challenge_method", ""}, "webex", sent, ""},
		{"plain", []string{"code_challenge", proof, "code_challenge_method", "plain"}, "googlechat", page, "invalid_request"},
		{"method", []string{"code_challenge_method", "S512"}, "webex", sent, "invalid_request"},
		{"short challenge", []string{"code_challenge", "abc"}, "webex", sent, "invalid_request"},
		{"no challenge", []string{"code_challenge", ""}, "webex", sent, "invalid_request"},
		{"no PKCE", []string{"code_challenge", "", "code_challenge_method", ""}, "", sent, ""},
		{"Box ignores PKCE", []string{"code_challenge", "abc", "code_challenge_method", "x"}, "box", sent, ""},
		{"no interaction", []string{"prompt", "none"}, "googlechat", sent, ""}, // it is automatic
	}
	for _, tt := range tests {
		for _, p := range servers {
			if tt.only != "" && tt.only != p.provider {
				continue
			}
			t.Run(p.provider+" "+tt.name, func(t *testing.T) {
				r := s.send("GET", p.authorize+"?"+p.request(tt.changes...).Encode(), nil)
				if tt.page {
					if r.status < 400 || r.status > 499 || r.header.Get("Location") != "" || !strings.Contains(r.text, "<code>"+tt.code+"</code>") {
						t.Errorf("%d to %q, want a page with %s: %s", r.status, r.header.Get("Location"), tt.code, r.text)
					}
					return
				}
				q := r.location(t)
				if q.Get("error") != tt.code || (tt.code == "") != q.Has("code") {
					t.Errorf("got %v, want error %q", q, tt.code)
				}
				if want := p.request(tt.changes...).Get("state"); q.Get("state") != want {
					t.Errorf("state %q, want %q", q.Get("state"), want)
				}
			})
		}
	}
	for _, p := range servers { // a parameter twice, and other methods
		r := s.send("GET", p.authorize+"?"+p.request().Encode()+"&redirect_uri="+url.QueryEscape(callback), nil)
		if r.status != 400 || r.header.Get("Location") != "" {
			t.Errorf("%s: %d %s", p.provider, r.status, r.header.Get("Location"))
		}
		for _, method := range []string{"HEAD", "PUT", "DELETE"} {
			if r := s.send(method, p.authorize+"?"+p.request().Encode(), nil); r.status != 405 || r.header.Get("Location") != "" || r.header.Get("Allow") != "GET, POST" {
				t.Errorf("%s %s: %d", method, p.provider, r.status)
			}
		}
	}
}

// A redirect URI is one that is registered: the same text, or a loopback URI with any port if
// it is registered without one.
func TestRedirectURIs(t *testing.T) {
	named, unnamed := beginSignIn(t, signInClients), beginSignIn(t, "authorize: auto\n")
	tests := []struct {
		client, uri string
		only        string
		ok          bool
	}{
		{"app", "http://127.0.0.1/cb", "", true},
		{"app", "http://127.0.0.1:1/cb", "", true},
		{"app", "http://127.0.0.1:65535/cb", "", true},
		{"app", "http://127.0.0.1:1/cb/", "", false},
		{"app", "http://127.0.0.1:1/cb?x=1", "", false},
		{"app", "http://127.0.0.1:1/cb#x", "", false},
		{"app", "http://user@127.0.0.1:1/cb", "", false},
		{"app", "http://localhost:1/cb", "", false},
		{"app", "https://127.0.0.1:1/cb", "", false},
		{"app", "http://127.0.0.1.evil.example/cb", "", false},
		{"app", "https://app.example/cb?x=1", "", true},
		{"app", "https://app.example/cb", "", false},
		{"app", "https://app.example:443/cb?x=1", "", false},
		{"app", "HTTPS://app.example/cb?x=1", "", false},
		{"app", "http://127.0.0.1:9/fixed", "", true},
		{"app", "http://127.0.0.1:10/fixed", "", false},
		{"sole", "", "box", true},
		{"sole", "", "webex", false},
		{"sole", "", "googlechat", false},
		{"app", "", "", false},
		{"desktop", "http://127.0.0.1:5/any/path", "googlechat", true},
		{"desktop", "http://localhost:5", "googlechat", true},
		{"desktop", "https://app.example", "googlechat", false},
		{"desktop", "http://127.0.0.1:5/any/path", "webex", false},
		{"desktop", "http://localhost:5", "webex", true},
		{"-", "http://localhost:5/x", "", true},
		{"-", "http://[::1]:5/x", "", true},
		{"-", "http://127.0.0.1:5/x?y=1", "", true},
		{"-", "https://app.example/cb", "", false},
		{"-", "http://169.254.169.254/", "", false},
		{"-", "http://127.0.0.1:5/a\"b", "", false},
	}
	for _, tt := range tests {
		for _, p := range servers {
			if tt.only != "" && tt.only != p.provider {
				continue
			}
			s := named
			if tt.client == "-" {
				s = unnamed
			}
			scope := p.scope
			r := s.send("GET", p.authorize+"?"+p.request("client_id", tt.client, "redirect_uri", tt.uri, "scope", scope).Encode(), nil)
			to, _, _ := strings.Cut(r.header.Get("Location"), "state=")
			want := tt.uri
			if want == "" && tt.ok {
				want = "https://sole.example/"
			}
			if tt.ok && to != want+"?" && to != want+"&" {
				t.Errorf("%s, %s, %q: to %q, %d %s", p.provider, tt.client, tt.uri, to, r.status, r.text)
			}
			if !tt.ok && (to != "" || r.status != 400) {
				t.Errorf("%s, %s, %q: %d to %q", p.provider, tt.client, tt.uri, r.status, to)
			}
		}
	}
}

// A code is for its client, redirect URI and verifier, once and within its life.
func TestCodes(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		later   time.Duration // of its life in providers other than Box
		only    string
		code    string // of the error, "" for none
	}{
		{"good", nil, 0, "", ""},
		{"just in time", nil, 10*time.Minute - time.Second, "", ""},
		{"late", nil, 10 * time.Minute, "", "invalid_grant"},
		{"no code", []string{"code", ""}, 0, "", "invalid_request"},
		{"wrong code", []string{"code", "emulator-code-x"}, 0, "", "invalid_grant"},
		{"made-up code", []string{"code", "x"}, 0, "", "invalid_grant"},
		{"no grant", []string{"grant_type", ""}, 0, "", "invalid_request"},
		{"unknown grant", []string{"grant_type", "password"}, 0, "", "unsupported_grant_type"},
		{"no client", []string{"client_id", ""}, 0, "", "invalid_client"},
		{"unknown client", []string{"client_id", "unknown"}, 0, "", "invalid_client"},
		{"wrong secret", []string{"client_secret", "secret2"}, 0, "", "invalid_client"},
		{"no secret", []string{"client_secret", ""}, 0, "", "invalid_client"},
		{"another client", []string{"client_id", "other", "client_secret", "secret2"}, 0, "", "invalid_grant"},
		{"another redirect", []string{"redirect_uri", "http://127.0.0.1:4712/cb"}, 0, "googlechat", "redirect_uri_mismatch"},
		{"another redirect", []string{"redirect_uri", "http://127.0.0.1:4712/cb"}, 0, "webex", "redirect_uri_mismatch"},
		{"no redirect", []string{"redirect_uri", ""}, 0, "googlechat", "invalid_request"},
		{"no redirect", []string{"redirect_uri", ""}, 0, "webex", "invalid_request"},
		{"no redirect", []string{"redirect_uri", ""}, 0, "box", ""},
		{"wrong verifier", []string{"code_verifier", proof + "x"}, 0, "googlechat", "invalid_grant"},
		{"challenge as verifier", []string{"code_verifier", challenge}, 0, "webex", "invalid_grant"},
		{"no verifier", []string{"code_verifier", ""}, 0, "webex", "invalid_grant"},
	}
	for _, tt := range tests {
		for _, p := range servers {
			if tt.only != "" && tt.only != p.provider {
				continue
			}
			t.Run(p.provider+" "+tt.name, func(t *testing.T) {
				s := beginSignIn(t, signInClients)
				code := s.code(&p)
				if s.now = s.now.Add(tt.later); p.provider == "box" {
					s.now = s.now.Add(-tt.later + tt.later/20) // 30 seconds
				}
				r := s.send("POST", p.token, p.exchange(code, tt.changes...))
				if tt.code == "" {
					if r.status != 200 || s.as(r.str("access_token"), p.me) != 200 {
						t.Errorf("%d %s", r.status, r.text)
					}
				} else if got := p.refusal(r); got != tt.code || r.status < 400 {
					t.Errorf("%d %s, want %s: %s", r.status, got, tt.code, r.text)
				}
				if date := r.header.Get("Date"); date != s.now.Format("Mon, 02 Jan 2006 15:04:05 GMT") {
					t.Errorf("the header Date is %q", date)
				}
				for _, secret := range []string{code, "secret2", proof, "x-canary"} {
					if r.status != 200 && strings.Contains(r.text, secret) {
						t.Errorf("%q is in %s", secret, r.text)
					}
				}
			})
		}
	}
}

// A replayed code gives nothing and revokes its tokens, also after a refresh.
func TestReplayedCode(t *testing.T) {
	for _, p := range servers {
		s := beginSignIn(t, signInClients)
		code := s.code(&p)
		first := s.send("POST", p.token, p.exchange(code))
		access := first.str("access_token")
		refresh := first.str("refresh_token")
		if p.provider == "googlechat" { // a client on a server without access_type=offline
			if refresh != "" {
				t.Errorf("a refresh token without offline access: %s", first.text)
			}
		} else if second := s.send("POST", p.token, p.refresh(refresh)); second.status != 200 {
			t.Fatalf("%s: %d %s", p.provider, second.status, second.text)
		} else {
			refresh = second.str("refresh_token")
		}
		if s.as(access, p.me) != 200 {
			t.Errorf("%s: no access", p.provider)
		}
		bystander := s.tokens(&p).str("access_token")
		if r := s.send("POST", p.token, p.exchange(code)); p.refusal(r) != "invalid_grant" {
			t.Errorf("%s: %d %s", p.provider, r.status, r.text)
		}
		if got := s.as(access, p.me); got != 401 {
			t.Errorf("%s: the token of a replayed code: %d", p.provider, got)
		}
		if refresh != "" {
			if r := s.send("POST", p.token, p.refresh(refresh)); p.refusal(r) != "invalid_grant" {
				t.Errorf("%s: the refresh token of a replayed code: %d %s", p.provider, r.status, r.text)
			}
		}
		if got := s.as(bystander, p.me); got != 200 {
			t.Errorf("%s: the token of another code: %d", p.provider, got)
		}
	}
}

// A challenge of method plain is the verifier itself, and a verifier without a challenge is
// refused.
func TestPlainChallenge(t *testing.T) {
	s, p := beginSignIn(t, signInClients), &servers[2]
	code := s.code(p, "code_challenge", proof, "code_challenge_method", "plain")
	if r := s.send("POST", p.token, p.exchange(code, "code_verifier", proof+"x")); p.refusal(r) != "invalid_grant" {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.send("POST", p.token, p.exchange(code)); r.status != 200 {
		t.Errorf("%d %s", r.status, r.text)
	}
	code = s.code(p, "code_challenge", "", "code_challenge_method", "")
	if r := s.send("POST", p.token, p.exchange(code)); p.refusal(r) != "invalid_grant" {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.send("POST", p.token, p.exchange(code, "code_verifier", "")); r.status != 200 {
		t.Errorf("%d %s", r.status, r.text)
	}
}

// The token endpoint takes a form by POST, each parameter once, and the client also from the
// Authorization header in Google and Webex.
func TestTokenRequests(t *testing.T) {
	s := beginSignIn(t, signInClients)
	for _, p := range servers {
		if r := s.send("GET", p.token, nil, "Authorization", "Bearer x"); r.status != 405 && p.provider != "box" {
			t.Errorf("GET %s: %d", p.token, r.status)
		}
		if r := s.send("POST", p.token, p.exchange("x"), "Content-Type", "application/json"); r.status != 415 {
			t.Errorf("JSON at %s: %d %s", p.token, r.status, r.text)
		}
		if p.provider == "box" {
			continue
		}
		form := p.exchange(s.code(&p), "client_id", "", "client_secret", "")
		if r := s.send("POST", p.token, form, "Authorization", "Basic YXBwOnNlY3JldA=="); r.status != 200 {
			t.Errorf("basic authentication at %s: %d %s", p.token, r.status, r.text)
		}
		form = p.exchange(s.code(&p))
		form.Add("code", "x")
		if r := s.send("POST", p.token, form); p.refusal(r) != "invalid_request" {
			t.Errorf("two codes at %s: %d %s", p.token, r.status, r.text)
		}
		form = p.exchange(strings.Repeat("x", 100<<10))
		if r := s.send("POST", p.token, form); p.refusal(r) != "invalid_request" {
			t.Errorf("a long form at %s: %d %s", p.token, r.status, r.text)
		}
	}
}

// Without clients in the state, any client id and secret are accepted, and a credential that
// was not issued here still is.
func TestUnnamedClients(t *testing.T) {
	s := beginSignIn(t, "authorize: auto\n")
	for _, p := range servers {
		for _, secret := range []string{"any", "other"} {
			if r := s.send("POST", p.token, p.exchange(s.code(&p, "client_id", "x"), "client_id", "x", "client_secret", secret)); r.status != 200 {
				t.Errorf("%s: %d %s", p.provider, r.status, r.text)
			}
		}
		if got := s.as("anything", p.me); got != 200 {
			t.Errorf("%s: %d", p.provider, got)
		}
		for _, token := range []string{"emulator-access-", "emulator-refresh-x", "emulator-code-x"} {
			if got := s.as(token, p.me); got != 401 {
				t.Errorf("%s: %s: %d", p.provider, token, got)
			}
		}
		// So is a refresh token from a console.
		r := s.send("POST", p.token, p.refresh("from-a-console"))
		if r.status != 200 || s.as(r.str("access_token"), p.me) != 200 {
			t.Errorf("%s: %d %s", p.provider, r.status, r.text)
		}
		again := s.send("POST", p.token, p.refresh("from-a-console"))
		if want := map[string]int{"box": 400, "googlechat": 200, "webex": 200}[p.provider]; again.status != want {
			t.Errorf("%s: %d %s", p.provider, again.status, again.text)
		}
	}
	// A state that names the credentials accepts no other refresh token.
	strict := beginSignIn(t, "credentials: {box: [{token: t}], googlechat: [{token: t}], webex: [{token: t}]}\n")
	for _, p := range servers {
		if r := strict.send("POST", p.token, p.refresh("from-a-console")); r.status == 200 {
			t.Errorf("%s: %s", p.provider, r.text)
		}
	}
}
