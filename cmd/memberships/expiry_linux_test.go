package main

import (
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships/emulator"
)

// renewals counts the refreshes at a token endpoint, and hangs there on request.
type renewals struct {
	http.Handler
	mu      sync.Mutex
	n       int
	refused int
	hang    bool
}

func (c *renewals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the command has gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Path != "/oauth2/token" || !strings.Contains(string(body), "grant_type=refresh_token") {
		c.Handler.ServeHTTP(w, r)
		return
	}
	c.mu.Lock()
	hang := c.hang
	c.n++
	c.mu.Unlock()
	if hang {
		<-r.Context().Done()
		return
	}
	status := &recorded{ResponseWriter: w}
	c.Handler.ServeHTTP(status, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	if status.code >= 400 {
		c.refused++
	}
}

// recorded keeps the status of an answer.
type recorded struct {
	http.ResponseWriter
	code int
}

func (r *recorded) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

// signedInAtBox returns the command signed in at Box, whose refresh tokens work once, and its
// provider.
func signedInAtBox(t *testing.T) (*watch, *renewals) {
	t.Helper()
	e, err := emulator.New(emulator.WithAutoApprove())
	if err != nil {
		t.Fatal(err)
	}
	count := &renewals{Handler: e}
	w := newWatch(t, ways[0])
	w.serve(count)
	if code, out := w.login(); code != 0 {
		t.Fatalf("login ended with %d: %s", code, out)
	}
	advance(t, w.base, "2h")
	return w, count
}

// Eight commands find their token ended: one of them refreshes it, and all end well.
func TestCommandsAtExpiry(t *testing.T) {
	w, count := signedInAtBox(t)
	for round := range 2 {
		commands, outputs := make([]*exec.Cmd, 8), make([]*bytes.Buffer, 8)
		for i := range commands {
			commands[i], outputs[i] = w.command(nil, "", "groups", "-p", "box", "-o", "ndjson")
			if err := commands[i].Start(); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range commands {
			if err := c.Wait(); err != nil || !strings.Contains(outputs[i].String(), `"group_id"`) {
				t.Errorf("command %d: %v: %s", i, err, outputs[i])
			}
		}
		if count.n != round+1 || count.refused != 0 {
			t.Errorf("round %d: %d refreshes, %d of them refused", round, count.n, count.refused)
		}
		advance(t, w.base, "2h")
	}
}

// A token endpoint that hangs holds the command no longer than its limit, and the sign-in
// stays.
func TestCommandAtHungTokenEndpoint(t *testing.T) {
	w, count := signedInAtBox(t)
	count.hang = true
	if code, out := w.run(nil, "", "groups", "-p", "box", "--timeout", "300ms"); code != 1 || !strings.Contains(out, "timed out") {
		t.Errorf("it ended with %d: %s", code, out)
	}
	if count.n == 0 {
		t.Error("the token endpoint has no request")
	}
	count.hang = false
	if code, out := w.run(nil, "", "groups", "-p", "box"); code != 0 {
		t.Errorf("afterwards it ended with %d: %s", code, out)
	}
}
