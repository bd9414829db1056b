package cassette

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// probe is a TB that records its log and failures.
type probe struct {
	name     string
	failed   bool
	log      []string
	cleanups []func()
}

func (p *probe) Helper()                      {}
func (p *probe) Name() string                 { return p.name }
func (p *probe) Failed() bool                 { return p.failed }
func (p *probe) Cleanup(f func())             { p.cleanups = append(p.cleanups, f) }
func (p *probe) Logf(f string, args ...any)   { p.log = append(p.log, fmt.Sprintf(f, args...)) }
func (p *probe) Errorf(f string, args ...any) { p.failed = true; p.Logf(f, args...) }
func (p *probe) Fatalf(f string, args ...any) { p.Errorf(f, args...) }
func (p *probe) end() string {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
	return strings.Join(p.log, "\n")
}

var _ TB = testing.TB(nil)

// TestForTest runs tests that record and replay.
func TestForTest(t *testing.T) {
	t.Chdir(t.TempDir())
	const file = "testdata/cassettes/TestA-b-c--.yaml"
	for _, tt := range []struct {
		name, variable, value string
		opts                  []Option
		path                  string // of the request
		fails                 bool   // the test itself
		want                  string // a part of the log; "" for an empty log
		file                  string
	}{
		{"no recording", "CASSETTE", "", nil, "", false, "there is no recording " + filepath.FromSlash(file) + "; run the test with CASSETTE=record to make it", file},
		{"another variable", "MINE", "", []Option{WithModeVariable("MINE")}, "", false, "run the test with MINE=record", file},
		{"a failure saves nothing", "CASSETTE", "record", nil, "/a", true, "is not saved, because the test failed", ""},
		{"record", "CASSETTE", "record", nil, "/a", false, "", file},
		{"replay", "CASSETTE", "", nil, "/a", false, "", file},
		{"replay by name", "CASSETTE", "replay", nil, "/a", false, "", file},
		{"a miss fails the test", "CASSETTE", "", nil, "/b", false, "the path is /b and was /a", file},
		{"an unknown mode", "CASSETTE", "yes", nil, "", false, `CASSETTE="yes", want record or replay`, file},
		{"a mistake", "CASSETTE", "", []Option{nil}, "", false, "an option is nil", file},
		{"another file", "MINE", "record", []Option{WithModeVariable("MINE"), WithFile("other.yaml")}, "/a", false, "", "other.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(tt.variable, tt.value)
			p := &probe{name: "TestA/b c:é"}
			c := ForTest(p, append(tt.opts, WithTransport(says("{}")))...)
			if tt.path != "" {
				_, _ = call{"GET", "https://h.example" + tt.path, "", nil}.do(t, c.Transport()) // Close reports the error
			}
			p.failed = p.failed || tt.fails
			got := p.end()
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) || p.failed != (tt.want != "") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.path != "" && tt.file != "" && c.File() != filepath.FromSlash(tt.file) {
				t.Errorf("the file is %s", c.File())
			}
		})
	}
	var files []string
	for _, pattern := range []string{"*.yaml", "*/*/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if diff := cmp.Diff([]string{"other.yaml", filepath.FromSlash(file)}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestModeFrom reads a variable that is missing.
func TestModeFrom(t *testing.T) {
	t.Setenv("CASSETTE_TEST_MODE", "")
	if err := os.Unsetenv("CASSETTE_TEST_MODE"); err != nil {
		t.Fatal(err)
	}
	if mode, err := ModeFrom("CASSETTE_TEST_MODE"); mode != Replay || err != nil {
		t.Errorf("got %v, %v", mode, err)
	}
}
