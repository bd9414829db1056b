package cli

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth/filestore"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// notice is a stderr that closes seen at its first text with a phrase.
type notice struct {
	text   bytes.Buffer
	phrase string
	once   sync.Once
	seen   chan struct{}
}

func (n *notice) Write(p []byte) (int, error) {
	if strings.Contains(string(p), n.phrase) {
		n.once.Do(func() { close(n.seen) })
	}
	return n.text.Write(p)
}

// expired signs in at Box, whose refresh tokens work once, and lets the access token end. slow
// is called with each request for a token after that.
func expired(t *testing.T, slow func(*http.Request)) *signing {
	t.Helper()
	var mu sync.Mutex
	ahead := time.Duration(0)
	s, srv := newSigning(t, emulator.WithClock(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(ahead)
	}))
	s.env = map[string]string{"BOX_CLIENT_ID": "client", "BOX_CLIENT_SECRET": "secret"}
	if res := s.login("box", "--base-url", srv.URL); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	s.env = map[string]string{}
	mu.Lock()
	ahead = 2 * time.Hour
	mu.Unlock()
	srv.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/oauth2/token" {
			slow(r)
		}
		return false
	})
	return s
}

// refreshToken returns the stored refresh token of Box.
func (s *signing) refreshToken() string {
	s.t.Helper()
	store, err := filestore.New(filepath.Join(s.home, ".config", "memberships", "credentials", "files"))
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := store.Load(s.t.Context(), "box/default")
	if err != nil {
		s.t.Fatal(err)
	}
	return c.RefreshToken
}

// A command that is interrupted during a refresh stores the new token before it ends, so that
// the next command is signed in.
func TestAuthInterruptedRefresh(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	stderr := &notice{phrase: "waiting for new tokens", seen: make(chan struct{})}
	ended := make(chan struct{})
	s := expired(t, func(*http.Request) {
		interrupt()
		select {
		case <-stderr.seen: // the caller has gone
		case <-ended:
		}
	})
	before := s.refreshToken()
	code := Run(ctx, Process{
		Args: []string{"groups", "-p", "box"}, Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: stderr,
		Getenv: func(k string) string { return map[string]string{"HOME": s.home}[k] },
	})
	close(ended)
	if code != exit.Interrupted || !strings.Contains(stderr.text.String(), "interrupted") {
		t.Errorf("it ended with %d: %s", code, &stderr.text)
	}
	if after := s.refreshToken(); after == before {
		t.Errorf("the new token is not stored, and the former one has ended: %s", &stderr.text)
	}
	if res := s.run(strings.NewReader(""), "groups", "-p", "box"); res.code != exit.Done {
		t.Errorf("the next command: %+v", res)
	}
}

// A token endpoint that hangs holds a command for a short time after its limit, and the command
// says that the refresh goes on.
func TestAuthHungRefresh(t *testing.T) {
	release := make(chan struct{})
	s := expired(t, func(r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	before := s.refreshToken()
	defer func() {
		close(release) // the process of this test lives on, and stores the token
		for s.refreshToken() == before {
			runtime.Gosched()
		}
	}()
	res := s.run(strings.NewReader(""), "groups", "-p", "box", "--timeout", "100ms")
	if res.code != exit.Failed || !strings.Contains(res.stderr, "the refresh of box/default in ") || !strings.Contains(res.stderr, "if the next command is signed out, sign in again") {
		t.Errorf("got %+v", res)
	}
}
