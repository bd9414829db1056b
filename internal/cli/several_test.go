package cli

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/providers"
)

// meeting answers no request before each provider has got one, so that only requests to all
// providers at once end.
type meeting struct {
	mu   sync.Mutex
	come map[string]bool
	all  chan struct{}
}

// arrive waits until all providers have a request, or for the end of this one.
func (m *meeting) arrive(ctx context.Context, provider string) {
	m.mu.Lock()
	if m.come[provider] = true; len(m.come) == len(providers.Names()) {
		select {
		case <-m.all:
		default:
			close(m.all)
		}
	}
	m.mu.Unlock()
	select {
	case <-m.all:
	case <-ctx.Done():
	}
}

// providerOf returns the provider of a request to the emulator by its path.
func providerOf(r *http.Request) string {
	for prefix, name := range map[string]string{
		"/2.0/": "box", "/v1/organization": "clerk", "/v1/users": "clerk", "/v1/spaces": "googlechat",
		"/v2/objects/": "pubnub", "/v1/rooms": "webex", "/v1/teams": "webex", "/v1/memberships": "webex", "/v1/people": "webex",
	} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return name
		}
	}
	return ""
}

// --provider all costs as much as the slowest provider: all have a request in flight at the
// same time.
func TestProvidersAtOnce(t *testing.T) {
	for _, args := range []string{
		"export -p all", "groups -p all", "groups -p all --role owner", "of ada@example.com -p all", "of ada@example.com", "snapshot",
	} {
		t.Run(args, func(t *testing.T) {
			srv := emulator.NewServer()
			defer srv.Close()
			m := &meeting{come: map[string]bool{}, all: make(chan struct{})}
			srv.Control(func(_ http.ResponseWriter, r *http.Request) bool {
				if p := providerOf(r); p != "" {
					m.arrive(r.Context(), p)
				}
				return false
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if res := runWith(ctx, nil, srv.URL, strings.Fields(args)...); res.code != exit.Done {
				t.Errorf("code %d, %s; requests to %v", res.code, res.stderr, m.come)
			}
		})
	}
}

// A snapshot is readable by its owner alone, also in place of a file that was not.
func TestSnapshotMode(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "s.ndjson")
	if err := os.WriteFile(file, []byte("former"), 0o644); err != nil {
		t.Fatal(err)
	}
	if res := runWith(t.Context(), nil, srv.URL, "snapshot", "-p", "clerk", "--out", file); res.code != exit.Done {
		t.Fatalf("%+v", res)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v", info.Mode())
	}
}

// An interrupted snapshot leaves the former file and no other, and has no end line on stdout.
func TestSnapshotInterrupted(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	srv.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if providerOf(r) == "clerk" {
			cancel()
		}
		return false
	})
	dir := t.TempDir()
	file := filepath.Join(dir, "s.ndjson")
	if err := os.WriteFile(file, []byte("former"), 0o600); err != nil {
		t.Fatal(err)
	}
	if res := runWith(ctx, nil, srv.URL, "snapshot", "-p", "clerk", "--out", file); res.code != exit.Interrupted {
		t.Errorf("%+v", res)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "former" {
		t.Errorf("%q, %v", text, err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	if res := runWith(ctx, nil, srv.URL, "snapshot", "-p", "clerk"); res.code != exit.Interrupted || strings.Contains(res.stdout, `"end"`) {
		t.Errorf("%+v", res)
	}
}
