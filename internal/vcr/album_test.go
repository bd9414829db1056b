package vcr

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// says is a service that always says the same.
func says(text string) service {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: 200, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(text)),
		}, nil
	}
}

// album opens the album in a file: to be recorded if it has services.
func album(t testing.TB, file string, services map[string]http.RoundTripper) *Album {
	a := &Album{services: services}
	var service http.RoundTripper
	if services != nil {
		service = a
	}
	a.Session = open(t, file, service, false)
	return a
}

func ask(t *testing.T, a *Album, name string) string {
	t.Helper()
	req, err := http.NewRequest("GET", "https://h.example/things", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := a.Part(t, name).RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Parts ask for the same and get their own, in any order. A part that is left out is
// not missed; what another one leaves is.
func TestAlbumParts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "album")
	p := &probe{TB: t}
	a := album(p, file, map[string]http.RoundTripper{"a": says("of a"), "b": says("of b"), "c": says("of c")})
	for _, name := range []string{"a", "b", "b", "c"} {
		if got := ask(t, a, name); got != "of "+name {
			t.Fatalf("got %q while recording", got)
		}
	}
	if got := ask(t, a, "nowhere"); !strings.Contains(got, "no part") {
		t.Errorf("a part without a service: got %q", got)
	}
	if failures := p.end(); failures != nil {
		t.Fatal(failures)
	}

	p = &probe{TB: t}
	a = album(p, file, nil)
	if diff := cmp.Diff([]string{"of b", "of a"}, []string{ask(t, a, "b"), ask(t, a, "a")}); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if failures := p.end(); len(failures) != 1 || !strings.Contains(failures[0], "interaction 2 was not used") {
		t.Errorf("got the failures %q, want one about the second recording of b", failures)
	}

	p = &probe{TB: t}
	a = album(p, file, nil)
	ask(t, a, "a")
	if got := ask(t, a, "a"); !strings.Contains(got, "interaction not found") || len(p.failures) != 1 {
		t.Errorf("a request that its part has not recorded: got %q and the failures %q", got, p.failures)
	}
}

// A test that sends nothing has no cassette, and one that does without having one says
// how to make it.
func TestNoCassette(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none")
	p := &probe{TB: t}
	open(p, file, echo, false)
	if failures := p.end(); failures != nil {
		t.Fatal(failures)
	}
	if _, err := os.Stat(file + ".yaml"); err == nil {
		t.Error("there is a cassette of nothing")
	}
	p = &probe{TB: t}
	s := open(p, file, nil, false)
	if p.failures != nil {
		t.Errorf("got %q before a request", p.failures)
	}
	_, err := send(t, s.Client, "GET", "https://h.example/things", "")
	if failures := p.end(); err == nil || len(failures) != 1 || !strings.Contains(failures[0], "make record") {
		t.Errorf("got %v and the failures %q", err, failures)
	}
}
