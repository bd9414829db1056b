// Package vcr runs a wrapper's tests against recorded traffic. It hides go-vcr: what
// is stored, how credentials are kept out, and when a request counts as recorded.
//
// Tests replay testdata/cassettes/<provider>/<TestName>.yaml with the network shut.
// MEMBERSHIPS_RECORD=emulator records anew against the emulator in this process,
// MEMBERSHIPS_RECORD=live against the real service, with its credentials from the
// environment.
package vcr

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/dnaeon/go-vcr.v3/cassette"
	"gopkg.in/dnaeon/go-vcr.v3/recorder"

	"github.com/memberships-go/memberships/emulator"
)

// Session is one test with its cassette.
type Session struct {
	// Client replays the cassette, or records it.
	Client *http.Client
	// Live is true while the real service is being recorded.
	Live bool

	t        testing.TB
	scrubber scrubber
}

// Open opens the cassette of t. At the end of the test it is saved or, when it was
// replayed, checked for recordings that nobody asked for.
func Open(t testing.TB, provider string) *Session {
	t.Helper()
	return openMode(t, provider, strings.ReplaceAll(t.Name(), "/", "-"), func() http.RoundTripper { return emulated(t) })
}

// emulated is an emulator whose recordings are the same every time.
func emulated(t testing.TB, opts ...emulator.Option) http.RoundTripper {
	t.Helper()
	emu, err := emulator.New(append(opts, emulator.WithClock(steppingClock()))...)
	if err != nil {
		t.Fatal(err)
	}
	return emu.Client().Transport
}

func openMode(t testing.TB, provider, name string, service func() http.RoundTripper) *Session {
	t.Helper()
	file := filepath.Join(Dir(), provider, name)
	switch mode := os.Getenv("MEMBERSHIPS_RECORD"); mode {
	case "":
		return open(t, file, nil, false)
	case "emulator":
		return open(t, file, service(), false)
	case "live":
		return open(t, file, http.DefaultTransport, true)
	default:
		t.Fatalf("MEMBERSHIPS_RECORD=%s: expected emulator or live", mode)
		return nil
	}
}

// open replays a file, or records it from a service.
func open(t testing.TB, file string, service http.RoundTripper, live bool) *Session {
	t.Helper()
	s := &Session{t: t, Live: live, scrubber: scrubber{live: live}}
	opts := &recorder.Options{CassetteName: file, Mode: recorder.ModeReplayOnly, SkipRequestLatency: true}
	if service != nil {
		opts.Mode, opts.RealTransport = recorder.ModeRecordOnly, service
	}
	rec, err := recorder.NewWithOptions(opts)
	if errors.Is(err, cassette.ErrCassetteNotFound) { // a test that sends nothing needs none
		s.Client = &http.Client{Transport: missing{t, file}}
		return s
	}
	if err != nil {
		t.Fatal(err)
	}
	rt := &replay{t: t, rec: rec, scrub: &s.scrubber, recording: service != nil, parts: map[string]bool{}}
	rec.SetMatcher(rt.match)
	rec.AddHook(s.scrubber.interaction, recorder.BeforeSaveHook)
	rec.AddHook(rt.used, recorder.OnRecorderStopHook)
	s.Client = &http.Client{Transport: rt}
	t.Cleanup(func() {
		err := rec.Stop()
		if err == nil && rt.recording && len(rt.parts) == 0 {
			err = os.Remove(file + ".yaml")
		}
		if err != nil {
			t.Errorf("cassette: %v", err)
		}
	})
	return s
}

// missing is the transport of a test without a cassette.
type missing struct {
	t    testing.TB
	file string
}

func (m missing) RoundTrip(*http.Request) (*http.Response, error) {
	err := fmt.Errorf("there is no recording %s.yaml; make record makes one", m.file)
	m.t.Errorf("%v", err)
	return nil, err
}

// Var returns value, unless the real service is being recorded: then the environment
// variable's, which stands as value in the recording. It serves for credentials and
// for the names and ids of what a test works on.
func (s *Session) Var(env, value string) string {
	if !s.Live {
		return value
	}
	v := os.Getenv(env)
	if v == "" {
		s.t.Skipf("recording live needs %s", env)
	}
	s.scrubber.replace(v, value)
	return v
}

// Dir is where the cassettes are.
func Dir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "testdata", "cassettes")
}

// steppingClock makes recordings the same every time.
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

// replay is the transport of a test. It explains requests that were not recorded.
type replay struct {
	t         testing.TB
	rec       *recorder.Recorder
	scrub     *scrubber
	recording bool

	mu      sync.Mutex
	nearest *difference
	parts   map[string]bool // that sent something
}

func (r *replay) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.nearest = nil
	r.parts[req.Header.Get(partHeader)] = true
	r.mu.Unlock()
	resp, err := r.rec.RoundTrip(req)
	if errors.Is(err, cassette.ErrInteractionNotFound) {
		r.mu.Lock()
		defer r.mu.Unlock()
		hint := "every recording has been used"
		if r.nearest != nil {
			hint = r.nearest.String()
		}
		err = fmt.Errorf("%w: %s %s: %s", err, req.Method, r.scrub.url(req.URL.String()), hint)
		r.t.Errorf("%v", err)
	}
	return resp, err
}

func (r *replay) match(req *http.Request, rec cassette.Request) bool {
	d, err := r.scrub.compare(req, rec)
	if err != nil {
		r.t.Errorf("cassette: %v", err)
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.nearest == nil || d.same > r.nearest.same {
		r.nearest = d
	}
	return d.why == ""
}

// used complains about a recording that nobody asked for. Parts of an album may be left
// out, but whole.
func (r *replay) used(i *cassette.Interaction) error {
	part := i.Request.Headers.Get(partHeader)
	if !r.recording && !i.WasReplayed() && (part == "" || r.parts[part]) {
		r.t.Errorf("cassette: interaction %d was not used: %s %s", i.ID, i.Request.Method, i.Request.URL)
	}
	return nil
}
