package cassette

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// TestMatching compares requests with one recording. An equivalent request is answered; the
// error of any other names the recording and every difference.
func TestMatching(t *testing.T) {
	plain := http.Header{"Content-Type": {"text/plain"}}
	get := call{"GET", "https://h.example/things/1?b=2&a=1&auth=canary&signature=canary&timestamp=17", "", nil}
	post := call{"POST", "https://h.example/things", `{"a":1,"b":[2,{"c":"d"}],"client_secret":"canary"}`, nil}
	form := call{"POST", "https://h.example/token", "grant_type=client_credentials&client_secret=canary", nil}
	for _, tt := range []struct {
		name           string
		recorded, sent call
		want           []string // nil for an answered request
	}{
		{"the same", get, get, nil},
		{"another order, other credentials", get, call{"GET", "https://h.example/things/1?timestamp=18&signature=x&auth=x&a=1&b=2", "", nil}, nil},
		{"other headers", get, call{get.method, get.url, "", http.Header{"Accept": {"text/html"}, "Authorization": {"Bearer x"}}}, nil},
		{"the host in capitals", get, call{"GET", "https://H.example/things/1?a=1&b=2&auth=x&signature=x&timestamp=1", "", nil}, nil},
		{"another parameter", get, call{"GET", "https://h.example/things/1?b=3&auth=x&signature=x&timestamp=1&c=4", "", nil}, []string{
			"GET https://h.example/things/1?a=1&auth=REDACTED&b=2&signature=REDACTED&timestamp=REDACTED, differs",
			"the parameter a is not there and was 1", "the parameter b is 3 and was 2", "the parameter c is 4 and was not there",
		}},
		{"no signature", get, call{"GET", "https://h.example/things/1?a=1&b=2&auth=x", "", nil}, []string{"the parameter signature is not there and was REDACTED"}},
		{"another path", get, call{"GET", strings.Replace(get.url, "/1", "/2", 1), "", nil}, []string{"the path is /things/2 and was /things/1"}},
		{"an escaped path", get, call{"GET", strings.Replace(get.url, "/1", "%2F1", 1), "", nil}, []string{"the path is /things%2F1 and was /things/1"}},
		{"another host", get, call{"GET", strings.Replace(get.url, "h.example", "i.example", 1), "", nil}, []string{"the host is https://i.example and was https://h.example"}},
		{"another port", get, call{"GET", strings.Replace(get.url, "h.example", "h.example:444", 1), "", nil}, []string{"the host is https://h.example:444 and was https://h.example"}},
		{"another scheme", get, call{"GET", strings.Replace(get.url, "https", "http", 1), "", nil}, []string{"the host is http://h.example and was https://h.example"}},
		{"another method", get, call{"DELETE", get.url, "", nil}, []string{"the method is DELETE and was GET"}},
		{"a body", get, call{"GET", get.url, "hello", plain}, []string{`the body is hello and was ""`}},
		{"another port of this machine", call{"GET", "http://127.0.0.1:1/a", "", nil}, call{"GET", "http://localhost:2/a", "", nil}, nil},
		{"JSON in another order", post, call{"POST", post.url, `{ "client_secret":"x", "b":[2,{"c":"d"}], "a":1 }`, nil}, nil},
		{"other JSON", post, call{"POST", post.url, `{"a":1.0,"b":[2,{"c":"e","f/g":true}],"client_secret":"x"}`, nil}, []string{
			"the body's /a is 1.0 and was 1", `the body's /b/1/c is "e" and was "d"`, "the body's /b/1/f~1g is true and was not there",
		}},
		{"JSON with more behind it", post, call{"POST", post.url, post.body + "}", nil}, []string{"the body is "}},
		{"a list of another length", post, call{"POST", post.url, `{"a":1,"b":[2],"client_secret":"x"}`, nil}, []string{`the body's /b is [2] and was [2,{"c":"d"}]`}},
		{"many differences", post, call{"POST", post.url, `{"c":1,"d":1,"e":1,"f":1}`, nil}, []string{"the body's /a is not there", "; and 2 more"}},
		{"no body", post, call{"POST", post.url, "", nil}, []string{`the body is "" and was {"a":1,`}},
		{"a form in another order", form, call{"POST", form.url, "client_secret=x&grant_type=client_credentials", nil}, nil},
		{"another form", form, call{"POST", form.url, "client_secret=x&grant_type=password", nil}, []string{"the field grant_type is password and was client_credentials"}},
		{"text that is no form", call{"POST", form.url, "a=1&b=2", plain}, call{"POST", form.url, "b=2&a=1", plain}, []string{"the body"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := opened(t, recording(t, says(`{"id":"1"}`), tt.recorded), Replay)
			_, err := tt.sent.do(t, c.Transport())
			closed := c.Close()
			if tt.want == nil {
				if err != nil || closed != nil {
					t.Errorf("got %v, and %v at the end", err, closed)
				}
				return
			}
			if !errors.Is(err, ErrNotRecorded) || !errors.Is(closed, ErrNotRecorded) || !errors.Is(closed, ErrUnused) {
				t.Errorf("got %v, and %v at the end", err, closed)
			}
			for _, want := range append(tt.want, c.File(), "the nearest recording, ") {
				if err != nil && !strings.Contains(err.Error(), want) {
					t.Errorf("%v\ndoes not say %q", err, want)
				}
			}
			if strings.Contains(closed.Error(), "canary") {
				t.Errorf("the error shows a credential: %v", closed)
			}
		})
	}
}

// TestNearest names the most similar recording.
func TestNearest(t *testing.T) {
	file := recording(t, says("{}"),
		call{"GET", "https://h.example/b", "", nil}, call{"POST", "https://h.example/a", "", nil}, call{"GET", "https://h.example/a?x=1", "", nil})
	c := opened(t, file, Replay)
	_, err := call{"GET", "https://h.example/a?x=2", "", nil}.do(t, c.Transport())
	if err == nil || !strings.Contains(err.Error(), "GET https://h.example/a?x=1, differs: the parameter x is 2 and was 1") {
		t.Errorf("got %v", err)
	}
}

// TestEachRecordingServesOnce replays equal requests in the order of the file.
func TestEachRecordingServesOnce(t *testing.T) {
	n := 0
	counting := server(func(r *http.Request) (*http.Response, error) {
		n++
		return answer(r, 200, strings.Repeat("1", n)), nil
	})
	get := call{"GET", "https://h.example/", "", nil}
	c := opened(t, recording(t, counting, get, get), Replay)
	for _, want := range []string{"1", "11"} {
		if got, err := get.do(t, c.Transport()); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	_, err := get.do(t, c.Transport())
	if err == nil || !strings.Contains(err.Error(), "it was recorded 2 times and has been replayed as often") {
		t.Errorf("got %v", err)
	}
	if _, err := (call{"GET", "https://h.example/other", "", nil}).do(t, c.Transport()); err == nil || !strings.Contains(err.Error(), "every recording has been used") {
		t.Errorf("got %v", err)
	}
}
