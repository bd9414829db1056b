package cassette

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// server is a transport that is a function.
type server func(*http.Request) (*http.Response, error)

func (s server) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// answer returns an answer with a JSON body.
func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
		ContentLength: int64(len(body)),
	}
}

// says returns a server with one answer to every request.
func says(body string) server {
	return func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		return answer(r, http.StatusOK, body), nil
	}
}

// echo answers with the URL, the body and the credential of the request.
var echo = server(func(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	return answer(r, http.StatusOK, fmt.Sprintf(`{"url":%q,"sent":%q,"header":%q}`, r.URL, body, r.Header.Get("Authorization"))), nil
})

// call is one request of a test.
type call struct {
	method, url, body string
	header            http.Header
}

func (c call) do(t *testing.T, rt http.RoundTripper) (string, error) {
	t.Helper()
	var body io.Reader = http.NoBody
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), c.method, c.url, body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(c.body, "{") {
		req.Header.Set("Content-Type", "application/json")
	} else if strings.Contains(c.body, "=") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	resp, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), nil
}

// opened returns a cassette that the test closes.
func opened(t *testing.T, file string, mode Mode, opts ...Option) *Cassette {
	t.Helper()
	c, err := Open(file, mode, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// recording records calls to rt, and returns the file's name.
func recording(t *testing.T, rt http.RoundTripper, calls ...call) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "recording.yaml")
	c := opened(t, file, Record, WithTransport(rt))
	for _, one := range calls {
		if _, err := one.do(t, c.Transport()); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
