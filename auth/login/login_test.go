package login_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/auth/login"
)

// server is a provider: Visit of its approvals answers as a browser would after a person has
// approved.
type server struct {
	*httptest.Server
	mu         sync.Mutex
	challenges map[string]string // by code
	redirects  map[string]string
	forms      []url.Values
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{challenges: map[string]string{}, redirects: map[string]string{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.token))
	t.Cleanup(s.Close)
	return s
}

// token is the token endpoint.
func (s *server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	s.forms = append(s.forms, r.PostForm)
	code := r.PostForm.Get("code")
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	challenge, known := s.challenges[code]
	w.Header().Set("Content-Type", "application/json")
	if !known || challenge != "" && challenge != base64.RawURLEncoding.EncodeToString(sum[:]) || s.redirects[code] != r.PostForm.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_grant","error_description":"the code %s is wrong"}`, code)
		return
	}
	delete(s.challenges, code)
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "access of " + code, "refresh_token": "r", "expires_in": 60, "token_type": "Bearer"})
}

// approve returns the redirect URL with a code, as after an approval.
func (s *server) approve(t *testing.T, authURL string) *url.URL {
	t.Helper()
	u, err := url.Parse(authURL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	code := fmt.Sprintf("code%d", len(s.redirects))
	s.challenges[code], s.redirects[code] = q.Get("code_challenge"), q.Get("redirect_uri")
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	back.RawQuery = url.Values{"state": {q.Get("state")}, "code": {code}}.Encode()
	return back
}

func (s *server) flow() *login.Flow {
	return &login.Flow{Provider: "webex", PKCE: true, Params: map[string]string{"access_type": "offline"}, Config: oauth2.Config{
		ClientID: "id", ClientSecret: "canary-secret", Scopes: []string{"a", "b"},
		Endpoint: oauth2.Endpoint{AuthURL: s.URL + "/authorize", TokenURL: s.URL + "/token", AuthStyle: oauth2.AuthStyleInParams},
	}}
}

// get requests a URL, and returns the status and the body.
func get(t *testing.T, method, target, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

func TestRun(t *testing.T) {
	s := newServer(t)
	token, err := s.flow().Run(t.Context(), login.Options{Visit: func(authURL string) error {
		u, err := url.Parse(authURL)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Get("scope") != "a b" || q.Get("response_type") != "code" || q.Get("client_id") != "id" || q.Get("code_challenge_method") != "S256" || q.Get("access_type") != "offline" || strings.Contains(authURL, "canary") {
			t.Errorf("the URL is %s", authURL)
		}
		if !strings.HasPrefix(q.Get("redirect_uri"), "http://127.0.0.1:") {
			t.Errorf("the redirect URL is %s", q.Get("redirect_uri"))
		}
		if status, body := get(t, http.MethodGet, s.approve(t, authURL).String(), ""); status != http.StatusOK || strings.Contains(body, q.Get("state")) || strings.Contains(body, "code0") {
			t.Errorf("the answer's page: %d, %s", status, body)
		}
		return nil
	}})
	if err != nil || token.AccessToken != "access of code0" || token.RefreshToken != "r" {
		t.Errorf("got %+v, %v", token, err)
	}
}

// A request that is not the answer gets 400, and the wait goes on.
func TestRunIgnoresOtherRequests(t *testing.T) {
	s := newServer(t)
	token, err := s.flow().Run(t.Context(), login.Options{RedirectURL: "http://127.0.0.1:0/callback", Visit: func(authURL string) error {
		good := s.approve(t, authURL)
		with := func(change func(u *url.URL, q url.Values)) string {
			u, q := *good, good.Query()
			change(&u, q)
			u.RawQuery = q.Encode()
			return u.String()
		}
		state := good.Query().Get("state")
		for name, tc := range map[string]struct{ method, url, host string }{
			"no state":                {"GET", with(func(_ *url.URL, q url.Values) { q.Del("state") }), ""},
			"another state":           {"GET", with(func(_ *url.URL, q url.Values) { q.Set("state", "x") }), ""},
			"a part of the state":     {"GET", with(func(_ *url.URL, q url.Values) { q.Set("state", state[:20]) }), ""},
			"two states":              {"GET", with(func(_ *url.URL, q url.Values) { q.Add("state", "x") }), ""},
			"no code":                 {"GET", with(func(_ *url.URL, q url.Values) { q.Del("code") }), ""},
			"two codes":               {"GET", with(func(_ *url.URL, q url.Values) { q.Add("code", "x") }), ""},
			"an error, another state": {"GET", with(func(_ *url.URL, q url.Values) { q.Set("state", "x"); q.Set("error", "access_denied") }), ""},
			"another path":            {"GET", with(func(u *url.URL, _ url.Values) { u.Path = "/" }), ""},
			"another method":          {"POST", good.String(), ""},
			"HEAD":                    {"HEAD", good.String(), ""},
			"another host":            {"GET", good.String(), "evil.example"},
			"localhost":               {"GET", good.String(), "localhost:" + good.Port()},
			"another port":            {"GET", good.String(), "127.0.0.1:1"},
			"no port":                 {"GET", good.String(), "127.0.0.1"},
		} {
			if status, body := get(t, tc.method, tc.url, tc.host); status != http.StatusBadRequest || strings.Contains(body, state) {
				t.Errorf("%s: got %d, %q", name, status, body)
			}
		}
		_, _ = get(t, http.MethodGet, good.String(), "")
		return nil
	}})
	if err != nil || token.AccessToken != "access of code0" {
		t.Errorf("got %+v, %v", token, err)
	}
	if len(s.forms) != 1 {
		t.Errorf("%d requests for a token, want 1", len(s.forms))
	}
}

func TestRunEnds(t *testing.T) {
	s := newServer(t)
	_, err := s.flow().Run(t.Context(), login.Options{Visit: func(authURL string) error {
		back := s.approve(t, authURL)
		back.RawQuery = url.Values{"state": {back.Query().Get("state")}, "error": {"access_denied"}, "error_description": {"The person\nsaid no"}}.Encode()
		_, _ = get(t, http.MethodGet, back.String(), "")
		return nil
	}})
	if !errors.Is(err, login.ErrDenied) || !strings.Contains(err.Error(), "access_denied: The person said no") {
		t.Errorf("a refusal: got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.flow().Run(ctx, login.Options{Visit: func(string) error { return nil }}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no answer: got %v", err)
	}
	visit := errors.New("there is no browser")
	if _, err := s.flow().Run(t.Context(), login.Options{Visit: func(string) error { return visit }}); !errors.Is(err, visit) {
		t.Errorf("no browser: got %v", err)
	}
	_, err = s.flow().Run(t.Context(), login.Options{Visit: func(authURL string) error {
		back := s.approve(t, authURL)
		q := back.Query()
		q.Set("code", "another")
		back.RawQuery = q.Encode()
		_, _ = get(t, http.MethodGet, back.String(), "")
		return nil
	}})
	if err == nil || strings.Contains(err.Error(), "another") || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "invalid_grant: the code REDACTED is wrong") {
		t.Errorf("a wrong code: got %v", err)
	}
	for _, redirect := range []string{"https://127.0.0.1/", "http://localhost:1/", "http://10.0.0.1:1/", "http://127.0.0.1:1/?a=b", "http://127.0.0.1:1/#x", "http://a@127.0.0.1:1/", "127.0.0.1:1", "http://[::1]:1/"} {
		if _, err := s.flow().Run(t.Context(), login.Options{RedirectURL: redirect, Visit: func(string) error { t.Error("visited"); return nil }}); err == nil || !strings.Contains(err.Error(), "the redirect URL is not of the form") {
			t.Errorf("%s: got %v", redirect, err)
		}
	}
}

// Two sign-ins at once do not take each other's answers.
func TestRunTwice(t *testing.T) {
	s := newServer(t)
	urls := make(chan string, 2)
	visit := func(authURL string) error { urls <- authURL; return nil }
	tokens := make(chan string, 2)
	for range 2 {
		go func() {
			token, err := s.flow().Run(t.Context(), login.Options{Visit: visit})
			if err != nil {
				t.Error(err)
				token = &oauth2.Token{}
			}
			tokens <- token.AccessToken
		}()
	}
	a, b := s.approve(t, <-urls), s.approve(t, <-urls)
	crossed := *a
	crossed.RawQuery = b.RawQuery
	if status, _ := get(t, http.MethodGet, crossed.String(), ""); status != http.StatusBadRequest {
		t.Errorf("the answer to another sign-in: status %d", status)
	}
	_, _ = get(t, http.MethodGet, a.String(), "")
	_, _ = get(t, http.MethodGet, b.String(), "")
	if got := []string{<-tokens, <-tokens}; got[0] == got[1] {
		t.Errorf("got %q", got)
	}
}

func TestRunPaste(t *testing.T) {
	for name, tc := range map[string]struct {
		paste func(*url.URL) string
		plain bool // without PKCE
		want  string
	}{
		"the URL":               {func(u *url.URL) string { return " " + u.String() + "\n" }, true, ""},
		"the code":              {func(u *url.URL) string { return u.Query().Get("code") }, false, ""},
		"the code without PKCE": {func(u *url.URL) string { return u.Query().Get("code") }, true, "paste the whole URL"},
		"nothing":               {func(*url.URL) string { return " \n" }, false, "nothing was pasted"},
		"no code":               {func(*url.URL) string { return "c\u00f6de" }, false, "this is neither a code nor the URL that the browser was sent to, which begins with http://127.0.0.1:1/"},
		"a query alone":         {func(u *url.URL) string { return u.RawQuery }, false, "this is neither a code"},
		"another address":       {func(u *url.URL) string { u.Host = "evil.example"; return u.String() }, false, "the pasted URL does not begin with http://127.0.0.1:1/"},
		"another port":          {func(u *url.URL) string { u.Host = "127.0.0.1:2"; return u.String() }, false, "the pasted URL does not begin with http://127.0.0.1:1/"},
		"another path":          {func(u *url.URL) string { u.Path = "/x"; return u.String() }, false, "the pasted URL does not begin with"},
		"another state":         {func(u *url.URL) string { u.RawQuery = "state=x&code=c"; return u.String() }, false, "its state is missing or another one"},
		"a refusal": {func(u *url.URL) string {
			u.RawQuery = "error=access_denied&state=" + u.Query().Get("state")
			return u.String()
		}, false, "access_denied"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			f := s.flow()
			f.PKCE = !tc.plain
			var back *url.URL
			token, err := f.Run(t.Context(), login.Options{
				Visit: func(authURL string) error { back = s.approve(t, authURL); return nil },
				Paste: func(context.Context) (string, error) { return tc.paste(back), nil },
			})
			switch {
			case tc.want == "" && (err != nil || token.AccessToken != "access of code0"):
				t.Errorf("got %+v, %v", token, err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
