package journal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
)

// A run has ended with its last entry, and is finished if it left no change. A cut line is the
// beginning of a further entry.
func TestIsFinished(t *testing.T) {
	begin, end := reconcile.Entry{Kind: reconcile.EntryBegin}, reconcile.Entry{Kind: reconcile.EntryEnd}
	left := reconcile.Entry{Kind: reconcile.EntryEnd, Left: 1}
	for name, tt := range map[string]struct {
		content         journal.Content
		ended, finished bool
	}{
		"no entry":        {journal.Content{}, false, false},
		"begun":           {journal.Content{Entries: []reconcile.Entry{begin}}, false, false},
		"ended":           {journal.Content{Entries: []reconcile.Entry{begin, end}}, true, true},
		"ended, with one": {journal.Content{Entries: []reconcile.Entry{begin, left}}, true, false},
		"ended, then cut": {journal.Content{Entries: []reconcile.Entry{begin, end}, Cut: true}, false, false},
		"resumed":         {journal.Content{Entries: []reconcile.Entry{begin, end, {Kind: reconcile.EntryResume}}}, false, false},
		"cut at once":     {journal.Content{Cut: true}, false, false},
	} {
		if got := tt.content.IsEnded(); got != tt.ended {
			t.Errorf("%s: ended is %t", name, got)
		}
		if got := tt.content.IsFinished(); got != tt.finished {
			t.Errorf("%s: finished is %t", name, got)
		}
	}
}

// A line has at most 1 MiB, with its end.
func TestLongLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long")
	for size, want := range map[int]string{1 << 20: path + ":1: ", 1<<20 + 1: path + ":1: the line is longer than 1048576 bytes"} {
		if err := os.WriteFile(path, []byte(strings.Repeat("x", size-1)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := journal.Read(path)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "longer") != (size > 1<<20) {
			t.Errorf("%d bytes: got %v, want %s", size, err, want)
		}
	}
}

// A folder whose lock cannot be opened is an error, and no open journal.
func TestLockFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if j, err := journal.Open(dir, journal.Options{Holder: holder}); j != nil || err == nil {
		t.Errorf("got %v, %v, want an error", j, err)
	}
}
