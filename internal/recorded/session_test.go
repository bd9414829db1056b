package recorded

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/cassette"
	"github.com/memberships-go/memberships/emulator"
)

// probe is a testing.TB that records its failures.
type probe struct {
	testing.TB
	failures []string
	skipped  string
	cleanups []func()
}

func (p *probe) Helper() {}
func (p *probe) Errorf(f string, args ...any) {
	p.failures = append(p.failures, fmt.Sprintf(f, args...))
}
func (p *probe) Fatalf(f string, args ...any) { p.Errorf(f, args...) }
func (p *probe) Skipf(f string, args ...any)  { p.skipped = fmt.Sprintf(f, args...) }
func (p *probe) Cleanup(f func())             { p.cleanups = append(p.cleanups, f) }
func (p *probe) end() []string {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
	p.cleanups = nil
	return p.failures
}

// get returns an answer's body, or the error.
func get(t *testing.T, rt http.RoundTripper, url string) string {
	t.Helper()
	req, err := http.NewRequest("GET", url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	resp, err := rt.RoundTrip(req)
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

const rooms = "https://webexapis.com/v1/rooms"

// A test without requests has no cassette, and recording removes an old one. The error of a
// request without a cassette names make record.
func TestNoCassette(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.yaml")
	if err := os.WriteFile(file, []byte("of a test that sent something"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &probe{TB: t}
	record(p, file, emulated(t))
	if failures := p.end(); failures != nil {
		t.Fatal(failures)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a cassette of nothing")
	}
	p = &probe{TB: t}
	s := replay(p, file)
	if p.failures != nil {
		t.Errorf("got %q before a request", p.failures)
	}
	got := get(t, s.Client.Transport, rooms)
	if failures := p.end(); !strings.Contains(got, "make record") || len(failures) != 1 || failures[0] != got {
		t.Errorf("got %s and the failures %q", got, failures)
	}
}

// A session replays its recording. A request without a recording and an unused recording
// fail the test.
func TestSession(t *testing.T) {
	file := filepath.Join(t.TempDir(), "session.yaml")
	p := &probe{TB: t}
	answer := get(t, record(p, file, emulated(t)).Client.Transport, rooms)
	if failures := p.end(); failures != nil || !strings.Contains(answer, "Demo") {
		t.Fatalf("recording: %s, %q", answer, failures)
	}
	p = &probe{TB: t}
	if diff := cmp.Diff(answer, get(t, replay(p, file).Client.Transport, rooms)); diff != "" {
		t.Errorf("replay (-recorded +replayed):\n%s", diff)
	}
	if failures := p.end(); failures != nil {
		t.Error(failures)
	}
	p = &probe{TB: t}
	get(t, replay(p, file).Client.Transport, rooms+"?max=1")
	failures := strings.Join(p.end(), "\n")
	for _, want := range []string{cassette.ErrNotRecorded.Error(), cassette.ErrUnused.Error()} {
		if !strings.Contains(failures, want) {
			t.Errorf("%q does not say %q", failures, want)
		}
	}
}

// Each part of an album is recorded from its own emulator.
func TestAlbum(t *testing.T) {
	file := filepath.Join(t.TempDir(), "album.yaml")
	state := func(name string) emulator.Option {
		return emulator.WithState(name, []byte("people: [{name: Ada, email: ada@example.com}]\ngroups: [{name: "+name+", in: [webex], members: [{email: ada@example.com, role: owner}]}]\n"))
	}
	p := &probe{TB: t}
	a := &Album{record(p, file, http.DefaultTransport)}
	for _, name := range []string{"First", "Second"} {
		if got := get(t, a.Part(t, name, state(name)), rooms); !strings.Contains(got, name) {
			t.Fatalf("recording %s: %s", name, got)
		}
	}
	if failures := p.end(); failures != nil {
		t.Fatal(failures)
	}
	p = &probe{TB: t}
	a = &Album{replay(p, file)}
	if got := get(t, a.Part(t, "Second", state("Second")), rooms); !strings.Contains(got, "Second") {
		t.Errorf("replay: %s", got)
	}
	if failures := p.end(); failures != nil {
		t.Error(failures)
	}
}

// Var reads a variable only while the real provider is recorded, and skips the test without
// it.
func TestVar(t *testing.T) {
	t.Setenv("RECORDED_TEST_ROOM", "live-room")
	file := filepath.Join(t.TempDir(), "var.yaml")
	p := &probe{TB: t}
	s := record(p, file, emulated(t))
	got := []string{s.Var("RECORDED_TEST_ROOM", "room")}
	s.Live = true
	got = append(got, s.Var("RECORDED_TEST_ROOM", "room"))
	if diff := cmp.Diff([]string{"room", "live-room"}, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	get(t, s.Client.Transport, rooms+"/live-room")
	s.Var("RECORDED_TEST_NOTHING", "nothing")
	if !strings.Contains(p.skipped, "RECORDED_TEST_NOTHING") {
		t.Errorf("skipped with %q", p.skipped)
	}
	p.end()
}

// An unknown mode stops the test.
func TestUnknownMode(t *testing.T) {
	t.Setenv("MEMBERSHIPS_RECORD", "always")
	p := &probe{TB: t}
	Open(p, "webex")
	if failures := p.end(); len(failures) != 1 || !strings.Contains(failures[0], "expected emulator or live") {
		t.Errorf("failures %q", failures)
	}
}
