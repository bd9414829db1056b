package cassette

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// TB is the part of testing.TB that ForTest needs.
type TB interface {
	Helper()
	Name() string
	Failed() bool
	Cleanup(func())
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// ForTest opens testdata/cassettes/<name of the test>.yaml, and closes it at the end of the
// test. An error of Close fails the test. "-" replaces every character of the name other
// than ASCII letters, digits, "-", "_" and ".".
//
// The test replays, unless the environment variable CASSETTE is "record". A failed test
// does not save, and leaves the old file unchanged.
func ForTest(t TB, opts ...Option) *Cassette {
	t.Helper()
	cfg, err := configure(opts)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	mode, err := ModeFrom(cfg.variable)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	file := cfg.file
	if file == "" {
		file = filepath.Join("testdata", "cassettes", fileName(t.Name())+".yaml")
	}
	c, err := open(file, mode, cfg)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("cassette: there is no recording %s; run the test with %s=record to make it", file, cfg.variable)
		return nil
	}
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(func() {
		t.Helper()
		end := c.Close
		if mode == Record && t.Failed() {
			t.Logf("cassette: %s is not saved, because the test failed", file)
			end = c.discard
		}
		if err := end(); err != nil {
			t.Errorf("%v", err)
		}
	})
	return c
}

// fileName returns the file name for the name of a test, without extension.
func fileName(test string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-_.", r):
			return r
		}
		return '-'
	}, test)
}
