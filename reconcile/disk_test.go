package reconcile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
)

// brokenFiles fail at the n-th call of one kind, and at all later ones.
type brokenFiles struct {
	kind string // open, write, short, sync, truncate or rename
	at   int
	err  error

	mu   sync.Mutex
	seen map[string]int
}

// broken counts a call and returns its error.
func (b *brokenFiles) broken(kind string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen == nil {
		b.seen = map[string]int{}
	}
	b.seen[kind]++
	if kind == b.kind && b.at > 0 && b.seen[kind] >= b.at {
		return b.err
	}
	return nil
}

func (b *brokenFiles) Open(name string) (journal.File, error) {
	if err := b.broken("open"); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	return brokenFile{f, b}, err
}

func (b *brokenFiles) Rename(from, to string) error {
	if err := b.broken("rename"); err != nil {
		return err
	}
	return os.Rename(from, to)
}

type brokenFile struct {
	*os.File
	b *brokenFiles
}

func (f brokenFile) Write(text []byte) (int, error) {
	if err := f.b.broken("write"); err != nil {
		return 0, err
	}
	if err := f.b.broken("short"); err != nil {
		n, _ := f.File.Write(text[:len(text)/2])
		return n, err
	}
	return f.File.Write(text)
}

func (f brokenFile) Sync() error {
	return f.b.broken("sync") // the test ends no system, so it needs no real sync
}

func (f brokenFile) Truncate(size int64) error {
	if err := f.b.broken("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// applyOn applies a plan with a journal in a folder.
func (s *site) applyOn(files journal.Files, dir string, p *reconcile.Plan, o reconcile.ApplyOptions) (*reconcile.Report, error) {
	s.t.Helper()
	j, err := journal.Open(dir, journal.Options{Files: files})
	if err != nil {
		return nil, err
	}
	r, err := reconcile.Apply(s.t.Context(), s.clients, p, j, o)
	return r, errors.Join(err, j.Close())
}

// Whichever call of the disk fails, no change is sent whose intent does not last. A resumed
// run on another disk makes the rest, and each change is made once.
func TestBrokenDisk(t *testing.T) {
	ran := 0
	for _, kind := range []string{"open", "write", "short", "sync", "truncate", "rename"} {
		for _, concurrency := range []int{1, 3} {
			for at := 1; ; at++ {
				files := &brokenFiles{kind: kind, at: at, err: syscall.ENOSPC}
				if kind == "open" {
					files.err = syscall.EROFS
				}
				if testBrokenDisk(t, files, concurrency); files.seen[kind] < at {
					break
				}
				ran++
			}
		}
	}
	if ran < 40 {
		t.Errorf("%d calls failed, want 40 at least", ran)
	}
}

func testBrokenDisk(t *testing.T, files *brokenFiles, concurrency int) {
	t.Helper()
	about := fmt.Sprintf("%s %d fails, %d at once", files.kind, files.at, concurrency)
	s := newSite(t, "one", "two")
	d := s.desired("ada:manager", "bob:manager", "cid", "eve", "fay")
	p := s.plan(d)
	s.made()
	dir := filepath.Join(t.TempDir(), "journal")
	report, err := s.applyOn(files, dir, p, reconcile.ApplyOptions{Concurrency: concurrency})
	if failed := files.seen[files.kind] >= files.at; failed != errors.Is(err, files.err) {
		t.Fatalf("%s: got %v", about, err)
	}
	made := s.made()
	c, readErr := journal.Read(dir)
	if readErr != nil {
		c = &journal.Content{}
	}
	begun := map[string]bool{}
	for _, e := range c.Entries {
		if e.Kind == reconcile.EntryIntent {
			begun[e.Key] = true
		}
	}
	if len(made) > len(begun) {
		t.Errorf("%s: %d changes were sent with %d intents", about, len(made), len(begun))
	}
	if report != nil && errors.Is(err, reconcile.ErrJournalFailed) {
		for _, r := range report.Results {
			if r.Outcome == reconcile.OutcomeNotBegun && r.Err == nil {
				t.Errorf("%s: %s has no reason", about, r.Change.Key)
			}
		}
	}
	_, err = s.applyOn(&brokenFiles{}, dir, p, reconcile.ApplyOptions{Resume: len(c.Entries) > 0, Pause: time.Millisecond})
	if finished := c.IsFinished(); finished && !errors.Is(err, reconcile.ErrPlanApplied) || !finished && err != nil {
		t.Fatalf("%s, then on another disk: %v", about, err)
	}
	made = append(made, s.made()...)
	slices.Sort(made)
	want := []string{"one add eve", "one add fay", "one remove dan", "one update bob", "two add eve", "two add fay", "two remove dan", "two update bob"}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("%s: changes of both runs (-want +got):\n%s", about, diff)
	}
	if c, err := journal.Read(dir); err != nil || !c.IsFinished() {
		t.Errorf("%s: the journal is %+v, %v", about, c, err)
	}
	if again := s.plan(d); again.Summary().Changes() != 0 {
		t.Errorf("%s: the next plan has %v", about, lines(again))
	}
}

// A clock that jumps at any of its readings ends no run and damages no journal. A resumed run
// begins nothing after the expiry.
func TestClockSteps(t *testing.T) {
	for _, step := range []time.Duration{-48 * time.Hour, 48 * time.Hour} {
		for at := 2; ; at++ { // the first reading refuses a plan that has expired
			s := newSite(t, "one")
			d := s.desired("ada:manager", "bob:manager", "cid", "eve", "fay")
			p := s.plan(d)
			s.made()
			n := 0
			now := func() time.Time {
				if n++; n >= at {
					return time.Now().Add(step)
				}
				return time.Now()
			}
			dir := filepath.Join(t.TempDir(), "journal")
			if _, err := s.applyOn(&brokenFiles{}, dir, p, reconcile.ApplyOptions{Concurrency: 1, Now: now}); err != nil {
				t.Fatalf("%s at reading %d: %v", step, at, err)
			}
			if c, err := journal.Read(dir); err != nil || !c.IsFinished() {
				t.Errorf("%s at reading %d: %+v, %v", step, at, c, err)
			}
			if made := s.made(); len(made) != 4 {
				t.Errorf("%s at reading %d: the provider got %v", step, at, made)
			}
			if n < at {
				break
			}
		}
	}
}

// A plan that expires between two runs, or in the second one, is not begun any further. Its
// open changes are settled, and a clock that was set right lets it end.
func TestExpiryInBetween(t *testing.T) {
	for at := 1; ; at++ {
		s := newSite(t, "one")
		d := s.desired("ada:manager", "bob:manager", "cid", "eve", "fay")
		p := s.plan(d)
		j := &failingJournal{n: 2} // begin and one intent
		if _, err := reconcile.Apply(t.Context(), s.clients, p, j, reconcile.ApplyOptions{Concurrency: 1}); !errors.Is(err, reconcile.ErrJournalFailed) {
			t.Fatal(err)
		}
		n := 0
		late := func() time.Time {
			if n++; n >= at {
				return p.Expires.Add(time.Second)
			}
			return time.Now()
		}
		r := s.apply(p, &j.MemoryJournal, reconcile.ApplyOptions{Resume: true, Concurrency: 1, Now: late, Pause: time.Millisecond})
		if r.Count(reconcile.OutcomeUnknown) != 0 {
			t.Errorf("expiry at reading %d: got %v", at, outcomes(r))
		}
		for _, res := range r.Results {
			if res.Outcome != reconcile.OutcomeDone && !(res.Outcome == reconcile.OutcomeNotBegun && errors.Is(res.Err, reconcile.ErrPlanExpired)) {
				t.Errorf("expiry at reading %d: %s is %s, %v", at, res.Change.Key, res.Outcome, res.Err)
			}
		}
		finished := r.Count(reconcile.OutcomeDone) == len(r.Results)
		if !finished {
			r = s.apply(p, &j.MemoryJournal, reconcile.ApplyOptions{Resume: true, Pause: time.Millisecond})
		}
		if made := s.made(); len(made) != 4 || r.Count(reconcile.OutcomeDone) != 4 {
			t.Errorf("expiry at reading %d: the provider got %v, and the results are %v", at, made, outcomes(r))
		}
		if finished && n < at {
			break
		}
	}
}
