package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
)

var holder = journal.Holder{User: "ada", Host: "desk", Process: 7, Plan: "abc", Since: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}

// entry returns an entry with a key.
func entry(kind reconcile.EntryKind, key string) reconcile.Entry {
	return reconcile.Entry{Time: holder.Since, Kind: kind, Key: key}
}

// filled makes a journal of n changes with their results, and returns its folder.
func filled(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "j")
	j, err := journal.Open(dir, journal.Options{Holder: holder})
	if err != nil {
		t.Fatal(err)
	}
	entries := []reconcile.Entry{{Time: holder.Since, Kind: reconcile.EntryBegin, Plan: "abc"}}
	for i := range n {
		entries = append(entries, entry(reconcile.EntryIntent, fmt.Sprint(i)), entry(reconcile.EntryResult, fmt.Sprint(i)))
	}
	entries = append(entries, reconcile.Entry{Time: holder.Since, Kind: reconcile.EntryEnd, Done: n})
	if err := errors.Join(j.Record(entries...), j.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A journal that is opened again has its entries and goes on.
func TestOpenAgain(t *testing.T) {
	dir := filled(t, 2)
	j, err := journal.Open(dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(j.Entries()); n != 6 {
		t.Fatalf("got %d entries, want 6", n)
	}
	if err := errors.Join(j.Record(entry(reconcile.EntryResume, "")), j.Close()); err != nil {
		t.Fatal(err)
	}
	c, err := journal.Read(dir)
	if err != nil || len(c.Entries) != 7 || c.Entries[6].Kind != reconcile.EntryResume || c.IsEnded() {
		t.Errorf("got %+v, %v", c, err)
	}
	info, err := os.Stat(filepath.Join(dir, journal.FileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
}

// A last line that was cut is dropped, at every length of the rest.
func TestCutLine(t *testing.T) {
	dir := filled(t, 1)
	name := filepath.Join(dir, journal.FileName)
	if err := os.Remove(filepath.Join(dir, "journal.head")); err != nil { // as if the run had not ended
		t.Fatal(err)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for size := last; size < len(whole); size++ {
		if err := os.WriteFile(name, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := journal.Read(dir)
		if err != nil || len(c.Entries) != 3 || c.Cut != (size > last) || c.IsEnded() {
			t.Fatalf("cut to %d bytes: got %+v, %v", size, c, err)
		}
		j, err := journal.Open(dir, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(j.Record(entry(reconcile.EntryResume, "")), j.Close()); err != nil {
			t.Fatal(err)
		}
		if c, err := journal.Read(dir); err != nil || len(c.Entries) != 4 || c.Cut {
			t.Fatalf("cut to %d bytes, then resumed: got %+v, %v", size, c, err)
		}
	}
}

// No edit of a journal passes: neither a changed byte nor a line that is missing, repeated or
// in another place.
func TestEdits(t *testing.T) {
	dir := filled(t, 20)
	name := filepath.Join(dir, journal.FileName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows := bytes.SplitAfter(whole, []byte("\n"))
	rows = rows[:len(rows)-1]
	random := rand.New(rand.NewPCG(1, 2))
	for n := range deeptest.Count(400, 100_000) {
		edited := edit(random, whole, rows)
		if bytes.Equal(edited, whole) {
			continue
		}
		if err := os.WriteFile(name, edited, 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := journal.Read(dir); err == nil && c.IsEnded() {
			t.Fatalf("edit %d passes:\n%s", n, edited)
		}
	}
}

// edit returns a journal with one change.
func edit(random *rand.Rand, whole []byte, rows [][]byte) []byte {
	i, j := random.IntN(len(rows)), random.IntN(len(rows))
	changed := slices.Clone(rows)
	switch random.IntN(7) {
	case 0: // a changed byte
		out := bytes.Clone(whole)
		out[random.IntN(len(out))] ^= byte(1 << random.IntN(8))
		return out
	case 1: // a missing byte
		k := random.IntN(len(whole))
		return slices.Delete(bytes.Clone(whole), k, k+1)
	case 2: // one more byte
		k := random.IntN(len(whole))
		return slices.Insert(bytes.Clone(whole), k, byte(random.IntN(256)))
	case 3:
		changed = slices.Delete(changed, i, i+1)
	case 4:
		changed[i], changed[j] = changed[j], changed[i]
	case 5:
		changed = slices.Insert(changed, j, rows[i])
	case 6: // the end is missing
		changed = changed[:i]
	}
	return bytes.Join(changed, nil)
}

// A second process is refused, and sees the first.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(dir, journal.Options{Holder: holder})
	if err != nil {
		t.Fatal(err)
	}
	_, err = journal.Open(dir, journal.Options{})
	var locked *journal.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	if diff := cmp.Diff(holder, locked.Holder); diff != "" {
		t.Errorf("holder (-want +got):\n%s", diff)
	}
	if want := dir + ": ada on desk has the journal open since 2026-11-28T12:00:00Z: process 7, plan abc"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j, err = journal.Open(dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
}

// Many goroutines record at once; all entries last, each once.
func TestRecordConcurrently(t *testing.T) {
	dir := t.TempDir()
	syncs := &countedFiles{}
	j, err := journal.Open(dir, journal.Options{Files: syncs})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Record(entry(reconcile.EntryBegin, "")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if err := j.Record(entry(reconcile.EntryIntent, fmt.Sprint(i)), entry(reconcile.EntryResult, fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := journal.Read(dir)
	if err != nil || len(c.Entries) != 101 {
		t.Fatalf("got %d entries, %v, want 101", len(c.Entries), err)
	}
	seen := map[string]int{}
	for i, e := range c.Entries {
		if seen[e.Key+string(e.Kind)]++; seen[e.Key+string(e.Kind)] > 1 {
			t.Errorf("%s %s is there twice", e.Kind, e.Key)
		}
		if e.Kind == reconcile.EntryResult && c.Entries[i-1].Key != e.Key {
			t.Errorf("the entries of one call are not together")
		}
	}
}

// countedFiles fails after a number of writes or syncs.
type countedFiles struct {
	mu                 sync.Mutex
	writes, syncs      int
	failWrite, failSyn int // 0 for never
	short              bool
}

var errFull = errors.New("no space left on device")

func (c *countedFiles) Open(name string) (journal.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	return &countedFile{f, c}, err
}

func (c *countedFiles) Rename(from, to string) error { return os.Rename(from, to) }

type countedFile struct {
	*os.File
	c *countedFiles
}

func (f *countedFile) Write(b []byte) (int, error) {
	f.c.mu.Lock()
	defer f.c.mu.Unlock()
	if f.c.writes++; f.c.writes == f.c.failWrite {
		n := 0
		if f.c.short {
			n, _ = f.File.Write(b[:len(b)/2])
		}
		return n, errFull
	}
	return f.File.Write(b)
}

func (f *countedFile) Sync() error {
	f.c.mu.Lock()
	defer f.c.mu.Unlock()
	if f.c.syncs++; f.c.syncs == f.c.failSyn {
		return errFull
	}
	return f.File.Sync()
}

// A full disk is an error of the record, and the journal stays whole.
func TestFullDisk(t *testing.T) {
	for name, files := range map[string]*countedFiles{
		"nothing is written":     {failWrite: 2},
		"a part is written":      {failWrite: 2, short: true},
		"the sync fails":         {failSyn: 2},
		"the first record fails": {failWrite: 1, short: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j, err := journal.Open(dir, journal.Options{Files: files})
			if err != nil {
				t.Fatal(err)
			}
			var failed error
			for _, e := range []reconcile.Entry{entry(reconcile.EntryBegin, ""), entry(reconcile.EntryIntent, "1"), entry(reconcile.EntryIntent, "2")} {
				err := j.Record(e)
				if failed != nil && err == nil {
					t.Error("a record after the failed one succeeds")
				}
				failed = errors.Join(failed, err)
			}
			if !errors.Is(failed, errFull) || !strings.Contains(failed.Error(), journal.FileName) {
				t.Errorf("got %v, want an error with the file", failed)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			c, err := journal.Read(dir)
			if err != nil || c.Cut || len(c.Entries) > 1 {
				t.Errorf("got %+v, %v", c, err)
			}
		})
	}
}

// A folder that cannot be written is refused before anything is recorded.
func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(filepath.Join(file, "j"), journal.Options{}); err == nil {
		t.Error("got no error")
	}
}
