package vcr

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// probe is a test whose failures are looked at.
type probe struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (p *probe) Helper() {}
func (p *probe) Errorf(f string, args ...any) {
	p.failures = append(p.failures, fmt.Sprintf(f, args...))
}
func (p *probe) Fatalf(f string, args ...any) { p.Errorf(f, args...) }
func (p *probe) Cleanup(f func())             { p.cleanups = append(p.cleanups, f) }
func (p *probe) end() []string {
	for _, f := range p.cleanups {
		f()
	}
	return p.failures
}

type service func(*http.Request) (*http.Response, error)

func (f service) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// echo answers with what it was sent, credentials and all.
var echo = service(func(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	answer := fmt.Sprintf(`{"id":"1","url":%q,"sent":%q,"access_token":"canary-token","secret":"canary-secret","email":"real.person@corp.example"}`, r.URL, body)
	return &http.Response{
		StatusCode: 200, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"session=canary"}, "Retry-After": {"3"}},
		Body:   io.NopCloser(strings.NewReader(answer)),
	}, nil
})

func send(t *testing.T, hc *http.Client, method, url, body string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer canary-bearer")
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	} else if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := hc.Do(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	return resp, err
}

// record makes a cassette of three requests.
func record(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cassette")
	p := &probe{TB: t}
	s := open(p, file, echo, true)
	for _, r := range [][3]string{
		{"GET", "https://h.example/things?b=2&a=1&auth=canary-auth&signature=canary-sig&timestamp=17", ""},
		{"POST", "https://h.example/things", `{"a":1,"b":[2],"client_secret":"canary-cs"}`},
		{"POST", "https://h.example/token", "grant_type=client_credentials&client_secret=canary-form"},
	} {
		if _, err := send(t, s.Client, r[0], r[1], r[2]); err != nil {
			t.Fatal(err)
		}
	}
	if failures := p.end(); failures != nil {
		t.Fatal(failures)
	}
	return file
}

// No credential reaches the file by any way: header, query, form, body, answer.
func TestRecordingsAreScrubbed(t *testing.T) {
	b, err := os.ReadFile(record(t) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"canary", "session=", "real.person", "Authorization"} {
		if i := strings.Index(string(b), secret); i >= 0 {
			t.Errorf("the recording holds ...%s", b[max(0, i-40):min(len(b), i+40)])
		}
	}
	for _, kept := range []string{"Retry-After", "a=1&auth=REDACTED&b=2", "@example.com"} {
		if !strings.Contains(string(b), kept) {
			t.Errorf("the recording lacks %s", kept)
		}
	}
}

// What means the same matches: order of parameters and of members, other credentials.
func TestReplayMatchesWhatMeansTheSame(t *testing.T) {
	p := &probe{TB: t}
	s := open(p, record(t), nil, false)
	for _, r := range [][3]string{
		{"GET", "https://h.example/things?auth=other&a=1&b=2&signature=other&timestamp=18", ""},
		{"POST", "https://h.example/things", `{ "b":[2], "client_secret":"other", "a":1 }`},
		{"POST", "https://h.example/token", "client_secret=other&grant_type=client_credentials"},
	} {
		if _, err := send(t, s.Client, r[0], r[1], r[2]); err != nil {
			t.Error(err)
		}
	}
	if failures := p.end(); failures != nil {
		t.Error(failures)
	}
}

// What was not recorded fails and says what came nearest and why it differs; so does
// what was recorded and not asked for.
func TestReplayExplains(t *testing.T) {
	file := record(t)
	tests := []struct {
		name, method, url, body string
		want                    []string
	}{
		{"query", "GET", "https://h.example/things?a=1&b=3", "", []string{"GET https://h.example/things", "query"}},
		{"path", "GET", "https://h.example/thing?a=1&b=2&auth=x&signature=x&timestamp=1", "", []string{"path", "-recorded +sent"}},
		{"method", "PUT", "https://h.example/things", `{"a":1,"b":[2],"client_secret":"x"}`, []string{"method", "POST"}},
		{"body", "POST", "https://h.example/things", `{"a":1,"b":[3],"client_secret":"x"}`, []string{"body", "3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &probe{TB: t}
			s := open(p, file, nil, false)
			if _, err := send(t, s.Client, tt.method, tt.url, tt.body); err == nil {
				t.Fatal("it was answered")
			}
			failures := p.end()
			if len(failures) != 4 { // this one, and three recordings unused
				t.Fatalf("%d failures: %q", len(failures), failures)
			}
			for _, want := range append(tt.want, "nearest recording") {
				if !strings.Contains(failures[0], want) {
					t.Errorf("%q does not say %q", failures[0], want)
				}
			}
			if !strings.Contains(failures[1], "was not used") {
				t.Errorf("got %q", failures[1])
			}
		})
	}
}

// A recording serves once.
func TestReplayServesOnce(t *testing.T) {
	p := &probe{TB: t}
	s := open(p, record(t), nil, false)
	for i, ok := range []bool{true, false} {
		_, err := send(t, s.Client, "POST", "https://h.example/things", `{"a":1,"b":[2],"client_secret":"x"}`)
		if (err == nil) != ok {
			t.Errorf("request %d: %v", i+1, err)
		}
	}
}
