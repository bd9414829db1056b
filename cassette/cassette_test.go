package cassette

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReplayIsWhatWasRecorded compares an answer of a server with its replay.
func TestReplayIsWhatWasRecorded(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "3")
		if r.Method == http.MethodHead {
			w.Header().Set("Content-Length", "17")
			return
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"id":"1"}`)
	}))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "new", "folder", "x.yaml")
	type seen struct {
		Status              string
		Code                int
		Type, Wait, Body    string
		Length              int64
		Method, RequestPath string
	}
	run := func(c *Cassette) (all []seen) {
		for _, method := range []string{"POST", "HEAD"} {
			req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/a?key=canary", strings.NewReader("hello"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			resp.Header.Set("Retry-After", "changed by the caller")
			all = append(all, seen{resp.Status, resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("Retry-After"), string(b), resp.ContentLength, resp.Request.Method, resp.Request.URL.RequestURI()})
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := run(opened(t, file, Record))
	srv.Close()
	want[1].Length = 0 // of no body
	got := run(opened(t, file, Replay))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-recorded +replayed):\n%s", diff)
	}
	if text := read(t, file); strings.Contains(text, "changed") || strings.Contains(text, "canary") {
		t.Errorf("the file:\n%s", text)
	}
}

// TestCompression records a compressed answer in plain text, and refuses an encoding that
// cannot be searched.
func TestCompression(t *testing.T) {
	coding := "gzip"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", coding)
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"access_token":"canary"}`)
		_ = z.Close()
	}))
	defer srv.Close()
	get := call{"GET", srv.URL, "", http.Header{"Accept-Encoding": {"gzip, br"}}}
	if text := read(t, recording(t, http.DefaultTransport, get)); !strings.Contains(text, `{"access_token":"REDACTED"}`) {
		t.Errorf("the file:\n%s", text)
	}
	coding = "br"
	c := opened(t, t.TempDir()+"/x.yaml", Record)
	if _, err := get.do(t, c.Transport()); err == nil || !strings.Contains(err.Error(), "an answer in the encoding br") {
		t.Errorf("got %v", err)
	}
	if err := c.Close(); err == nil || !strings.Contains(err.Error(), "no request got an answer") {
		t.Errorf("closed: %v", err)
	}
}

// TestUnused lists every unused recording.
func TestUnused(t *testing.T) {
	a, b := call{"GET", "https://h.example/a?key=canary", "", nil}, call{"GET", "https://h.example/b", "", nil}
	file := recording(t, says("{}"), a, b, a)
	c := opened(t, file, Replay)
	if _, err := a.do(t, c.Transport()); err != nil {
		t.Fatal(err)
	}
	err := c.Close()
	want := fmt.Sprintf("cassette: %[1]s: recording not used: 1, GET https://h.example/b\ncassette: %[1]s: recording not used: 2, GET https://h.example/a?key=REDACTED", file)
	if !errors.Is(err, ErrUnused) || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

// TestParts sends the same request to several parts; each has its own recordings, in any
// order. A part without requests is not reported, and no part answers for another.
func TestParts(t *testing.T) {
	get := call{"GET", "https://h.example/", "", nil}
	file := t.TempDir() + "/parts.yaml"
	c := opened(t, file, Record, WithTransport(server(func(r *http.Request) (*http.Response, error) {
		return answer(r, 200, "of all "+r.Header.Get("Cassette-Part")), nil
	})))
	for _, name := range []string{"a", "b", "b", "c"} {
		if got, err := get.do(t, c.Part(name, says("of "+name))); err != nil || got != "of "+name {
			t.Fatalf("recording %s: %s, %v", name, got, err)
		}
	}
	if got, err := get.do(t, c.Part("d", nil)); err != nil || got != "of all " {
		t.Fatalf("recording: %q, %v", got, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = opened(t, file, Replay)
	for _, name := range []string{"d", "b", "a"} {
		want := "of " + strings.Replace(name, "d", "all ", 1)
		if got, err := get.do(t, c.Part(name, nil)); err != nil || got != want {
			t.Errorf("replay of %s: %q, %v", name, got, err)
		}
	}
	for _, rt := range []http.RoundTripper{c.Part("a", nil), c.Part("e", nil), c.Transport()} {
		if got, err := get.do(t, rt); !errors.Is(err, ErrNotRecorded) {
			t.Errorf("got %s, %v", got, err)
		}
	}
	if err := c.Close(); !errors.Is(err, ErrUnused) || strings.Count(err.Error(), ErrUnused.Error()) != 1 || !strings.Contains(err.Error(), "used: 2, GET") {
		t.Errorf("got %v, want that the second recording of b was not used", err)
	}
}

// TestNothingToSave keeps the old file.
func TestNothingToSave(t *testing.T) {
	refuse := server(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	for name, send := range map[string]bool{"nothing was sent": false, "every request failed": true} {
		t.Run(name, func(t *testing.T) {
			file := t.TempDir() + "/old.yaml"
			if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			c := opened(t, file, Record, WithTransport(refuse))
			if send {
				if _, err := (call{"POST", "https://h.example/", "{}", nil}).do(t, c.Transport()); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("got %v", err)
				}
			}
			if err := c.Close(); (err != nil) != send {
				t.Errorf("closed: %v", err)
			}
			if text := read(t, file); text != "old" {
				t.Errorf("the old file became\n%s", text)
			}
		})
	}
}

// TestClose ends requests in flight and later ones.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := server(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c := opened(t, t.TempDir()+"/x.yaml", Record, WithTransport(hangs))
		get := call{"GET", "https://h.example/", "", nil}
		ended := make(chan error)
		go func() {
			_, err := get.do(t, c.Transport())
			ended <- err
		}()
		synctest.Wait()
		go func() { _ = c.Close() }()
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Errorf("in flight: %v", err)
		}
		if _, err := get.do(t, c.Transport()); !errors.Is(err, ErrClosed) {
			t.Errorf("later: %v", err)
		}
	})
}

// TestReplayTakesNoTime retries a refused request, and waits as the server asks.
func TestReplayTakesNoTime(t *testing.T) {
	n := 0
	busy := server(func(r *http.Request) (*http.Response, error) {
		if n++; n < 3 {
			resp := answer(r, 503, "{}")
			resp.Header.Set("Retry-After", "3600")
			return resp, nil
		}
		return answer(r, 200, "{}"), nil
	})
	get := call{"GET", "https://h.example/", "", nil}
	file := recording(t, busy, get, get, get)
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		c := opened(t, file, Replay)
		for {
			resp, err := c.Client().Get(get.url)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode == 200 {
				break
			}
			wait, err := time.ParseDuration(resp.Header.Get("Retry-After") + "s")
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(wait)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

// TestContext ends a request whose context has ended, and keeps its recording.
func TestContext(t *testing.T) {
	get := call{"GET", "https://h.example/", "", nil}
	c := opened(t, recording(t, says("{}"), get), Replay)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(ctx, get.method, get.url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Transport().RoundTrip(req); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := get.do(t, c.Transport()); err != nil {
		t.Error(err)
	}
}

// closer is a body that records its Close.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// TestBodiesAreClosed checks that every body is closed, as http.RoundTripper requires.
func TestBodiesAreClosed(t *testing.T) {
	file := recording(t, says("{}"), call{"POST", "https://h.example/", `{"a":1}`, nil})
	for _, tt := range []struct {
		name string
		mode Mode
		body string
		ok   bool
	}{{"replay", Replay, `{"a":1}`, true}, {"miss", Replay, "{}", false}, {"record", Record, "{}", true}, {"too long", Record, "long", false}} {
		c := opened(t, file, tt.mode, WithTransport(says("{}")))
		body := &closer{Reader: strings.NewReader(tt.body)}
		if tt.body == "long" {
			body.Reader = io.LimitReader(zeros{}, maxBody+1)
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", "https://h.example/", body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Transport().RoundTrip(req); (err == nil) != tt.ok || !body.closed {
			t.Errorf("%s: got %v, body closed: %v", tt.name, err, body.closed)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestAddresses restores the addresses that the test has sent, and no others.
func TestAddresses(t *testing.T) {
	people := says(`{"members":["Ada@corp.example","bob@corp.example"]}`)
	ask := call{"GET", "https://h.example/?email=ada%40corp.example", "", nil}
	file := recording(t, people, ask)
	if text := read(t, file); strings.Contains(text, "corp.example") {
		t.Errorf("the file:\n%s", text)
	}
	got, err := ask.do(t, opened(t, file, Replay).Transport())
	if want := `{"members":["ada@corp.example","` + pseudonym("bob@corp.example") + `"]}`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestConcurrentUse records and replays from many goroutines.
func TestConcurrentUse(t *testing.T) {
	const n = 50
	file := t.TempDir() + "/many.yaml"
	all := func(c *Cassette) {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				one := call{"POST", fmt.Sprintf("https://h.example/%d?auth=canary", i), fmt.Sprintf(`{"to":"p%d@corp.example","secret":"canary-%d"}`, i, i), nil}
				got, err := one.do(t, c.Transport())
				if want := fmt.Sprintf("h.example/%d?", i); err != nil || !strings.Contains(got, want) || !strings.Contains(got, fmt.Sprintf("p%d@corp.example", i)) {
					t.Errorf("got %s, %v, want %s", got, err, want)
				}
			})
		}
		wg.Wait()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	all(opened(t, file, Record, WithTransport(echo)))
	all(opened(t, file, Replay))
	c := opened(t, file, Replay) // each miss has its own error
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, err := call{"POST", fmt.Sprintf("https://h.example/%d?auth=x", i), `{"to":"nobody@example.com","secret":"x"}`, nil}.do(t, c.Transport())
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("nearest recording, POST https://h.example/%d?", i)) {
				t.Errorf("%d: got %v", i, err)
			}
		})
	}
	wg.Wait()
}

// TestForeignFile replays a file of go-vcr's own recorder, with credentials, another order
// and an old length.
func TestForeignFile(t *testing.T) {
	c := opened(t, filepath.Join("testdata", "foreign.yaml"), Replay)
	for _, tt := range []struct {
		call call
		want string
	}{
		{call{"POST", "https://h.example/token?b=2&access_token=mine&a=1", `{"b":2,"a":1}`, nil}, `{"ok":true}`},
		{call{"GET", "https://h.example/things", "", nil}, "by hand"},
	} {
		if got, err := tt.call.do(t, c.Transport()); err != nil || got != tt.want {
			t.Errorf("got %q, %v, want %q", got, err, tt.want)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpen refuses invalid files and options.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir+"/none.yaml", Replay); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("got %v", err)
	}
	for _, tt := range []struct {
		file string
		mode Mode
		opts []Option
		want string
	}{
		{dir + "/x.yml", Record, nil, "the name of a cassette ends in .yaml"},
		{dir + "/x.yaml", Mode(7), nil, "there is no mode Mode(7)"},
		{dir + "/x.yaml", Record, []Option{nil}, "an option is nil"},
		{dir + "/x.yaml", Record, []Option{WithTransport(nil)}, "WithTransport: the transport is nil"},
		{dir + "/x.yaml", Record, []Option{WithHeaders("Set-Cookie")}, `WithHeaders: "Set-Cookie" is not kept`},
		{dir + "/x.yaml", Record, []Option{WithSecretNames("a", "_")}, `WithSecretNames: "_" is not a name`},
		{dir + "/x.yaml", Record, []Option{WithModeVariable("")}, "WithModeVariable: the name is empty"},
	} {
		if _, err := Open(tt.file, tt.mode, tt.opts...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

// TestSavedWhole leaves no partial file in a folder that cannot be written.
func TestSavedWhole(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := opened(t, dir+"/file/x.yaml", Record, WithTransport(says("{}")))
	if _, err := (call{"GET", "https://h.example/", "", nil}).do(t, c.Transport()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err == nil || !strings.Contains(err.Error(), "x.yaml is not saved") {
		t.Errorf("got %v", err)
	}
}

// TestBinary replays bytes that are not UTF-8.
func TestBinary(t *testing.T) {
	want := string([]byte{0, 1, 0xff, 0xfe, '\r', '\n', 0x85}) + "\u2028 end \n\n"
	get := call{"GET", "https://h.example/", "", nil}
	got, err := get.do(t, opened(t, recording(t, says(want), get), Replay).Transport())
	if err != nil || !bytes.Equal([]byte(got), []byte(want)) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
