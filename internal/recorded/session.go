// Package recorded runs this module's tests against its own cassettes, and records those
// from the emulator or from the providers.
//
// Tests replay testdata/cassettes/<provider>/<TestName>.yaml without a network.
// MEMBERSHIPS_RECORD=emulator records from the emulator in this process,
// MEMBERSHIPS_RECORD=live from the real provider, with credentials from the environment.
package recorded

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships/cassette"
	"github.com/memberships-go/memberships/emulator"
)

// Session is one test with its cassette.
type Session struct {
	// Client replays the cassette, or records it.
	Client *http.Client
	// Live reports whether the session records the real provider.
	Live bool

	t        testing.TB
	cassette *cassette.Cassette // nil without a file to replay
}

// Open opens the cassette of t. The end of the test saves a recording, and fails a replay
// with unused recordings.
func Open(t testing.TB, provider string) *Session {
	t.Helper()
	return openMode(t, provider, strings.ReplaceAll(t.Name(), "/", "-"), func() http.RoundTripper { return emulated(t) })
}

// emulated returns the transport of an emulator with reproducible answers.
func emulated(t testing.TB, opts ...emulator.Option) http.RoundTripper {
	t.Helper()
	emu, err := emulator.New(append(opts, emulator.WithClock(steppingClock()))...)
	if err != nil {
		t.Fatal(err)
	}
	return emu.Client().Transport
}

func openMode(t testing.TB, provider, name string, emulator func() http.RoundTripper) *Session {
	t.Helper()
	file := filepath.Join(Dir(), provider, name+".yaml")
	switch mode := os.Getenv("MEMBERSHIPS_RECORD"); mode {
	case "":
		return replay(t, file)
	case "emulator":
		return record(t, file, emulator())
	case "live":
		s := record(t, file, http.DefaultTransport)
		s.Live = true
		return s
	default:
		t.Fatalf("MEMBERSHIPS_RECORD=%s: expected emulator or live", mode)
		return nil
	}
}

// replay opens a file to replay. A missing file fails the first request.
func replay(t testing.TB, file string) *Session {
	t.Helper()
	c, err := cassette.Open(file, cassette.Replay)
	if errors.Is(err, fs.ErrNotExist) {
		return &Session{t: t, Client: &http.Client{Transport: missing{t, file}}}
	}
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, c)
}

// record opens a file to record, and removes the old one.
func record(t testing.TB, file string, from http.RoundTripper) *Session {
	t.Helper()
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	c, err := cassette.Open(file, cassette.Record, cassette.WithTransport(from))
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, c)
}

func opened(t testing.TB, c *cassette.Cassette) *Session {
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("%v", err)
		}
	})
	return &Session{t: t, Client: c.Client(), cassette: c}
}

// missing is the transport of a test without a cassette.
type missing struct {
	t    testing.TB
	file string
}

func (m missing) RoundTrip(*http.Request) (*http.Response, error) {
	err := fmt.Errorf("there is no recording %s; make record writes it", m.file)
	m.t.Errorf("%v", err)
	return nil, err
}

// Var returns value. While the real provider is recorded it returns the environment
// variable's value, which the recording replaces by value. It serves for credentials, and
// for the names and ids of a test's objects.
func (s *Session) Var(env, value string) string {
	if !s.Live {
		return value
	}
	if os.Getenv(env) == "" {
		s.t.Skipf("recording live needs %s", env)
	}
	return s.cassette.Env(env, value)
}

// Dir returns the folder of the cassettes.
func Dir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "testdata", "cassettes")
}

// steppingClock returns a clock that advances by the same step with every call.
func steppingClock() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second + 1001*time.Microsecond)
		return now
	}
}
