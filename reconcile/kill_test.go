package reconcile_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
)

// A process that applies a plan is killed at every point, before and after each write and
// each sync. Then resumed runs, some of them killed too, make the rest: each change takes
// effect once.
func TestKilled(t *testing.T) {
	var kills, resumes atomic.Int64
	t.Run("providers", func(t *testing.T) {
		for _, provider := range providers.Names() {
			t.Run(provider, func(t *testing.T) {
				t.Parallel()
				testKilled(t, provider, &kills, &resumes)
			})
		}
	})
	t.Logf("%d runs were killed, %d of them in a resumed one too", kills.Load(), resumes.Load())
	if want := int64(deeptest.Count(5, 1000)); kills.Load() < want {
		t.Errorf("%d runs were killed, want at least %d", kills.Load(), want)
	}
}

func testKilled(t *testing.T, provider string, kills, resumes *atomic.Int64) {
	random := rand.New(rand.NewPCG(7, 7))
	whole := newKillRun(t, provider, "whole")
	points, _, err := whole.run() // in this process
	if err != nil {
		t.Fatal(err)
	}
	effects := whole.check(t, "without a kill")
	var at []int64
	for n := int64(1); n <= points; n++ {
		at = append(at, n)
	}
	random.Shuffle(len(at), func(i, j int) { at[i], at[j] = at[j], at[i] })
	for i, n := range at[:deeptest.Count(1, len(at))] {
		run := newKillRun(t, provider, fmt.Sprint(n))
		run.effects = effects
		run.Kill = n
		run.Concurrency = 1 + i%2*2
		if _, _, killed := run.start(t); !killed {
			run.check(t, fmt.Sprintf("point %d was not met", n)) // more changes share a write
			continue
		}
		kills.Add(1)
		about := fmt.Sprintf("killed at point %d", n)
		run.Concurrency = 4 - run.Concurrency
		if c := run.content(t); len(c.Entries) > 0 && !c.IsFinished() && i%3 == 0 {
			run.Resume, run.Kill = true, 1+random.Int64N(max(1, points-n))
			if _, _, killed := run.start(t); killed {
				resumes.Add(1)
				about += fmt.Sprintf(", and the resumed run at %d", run.Kill)
			}
		}
		run.Kill = 0
		if c := run.content(t); !c.IsFinished() {
			run.Resume = len(c.Entries) > 0
			run.start(t)
		}
		run.check(t, about)
	}
}

// killRun is a world, and the process that applies its plan.
type killRun struct {
	child
	world   *world
	desired *reconcile.Desired
	plan    *reconcile.Plan
	before  map[string]string
	effects map[string]int // of a run without a kill, by member; a provider may need two
}

func newKillRun(t *testing.T, provider, name string) *killRun {
	t.Helper()
	w := newWorld(t, provider)
	r := &killRun{world: w, desired: w.desired()}
	r.plan = planOf(t, r.desired, w.direct)
	if s := r.plan.Summary(); s.Add != 10 || s.Update != 8 || s.Remove != 10 {
		t.Fatalf("the plan has %+v", s)
	}
	dir := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r.child = child{Provider: provider, URL: w.url, Plan: filepath.Join(dir, "plan.json"), Journal: filepath.Join(dir, "journal"), Concurrency: 1}
	f, err := os.Create(r.Plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.plan.Write(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if r.before, err = w.state(); err != nil {
		t.Fatal(err)
	}
	return r
}

// content returns the journal, an empty one if there is none.
func (r *killRun) content(t *testing.T) *journal.Content {
	t.Helper()
	if _, err := os.Stat(filepath.Join(r.Journal, journal.FileName)); os.IsNotExist(err) {
		return &journal.Content{}
	}
	c, err := journal.Read(r.Journal)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// check compares the end of all runs with the plan, and returns the number of effects on each
// member.
func (r *killRun) check(t *testing.T, about string) map[string]int {
	t.Helper()
	if c := r.content(t); !c.IsFinished() {
		t.Errorf("%s: the journal is not finished: %+v", about, c.Entries)
	}
	again := planOf(t, r.desired, r.world.direct)
	if s := again.Summary(); s.Changes() != 0 || again.IsBlocked() {
		t.Errorf("%s: the next plan has %v", about, lines(again))
	}
	after, err := r.world.state()
	if err != nil {
		t.Fatal(err)
	}
	want := moved(r.before, after)
	if len(want) != r.plan.Summary().Changes() {
		t.Errorf("%s: %d members have changed, want %d: %v", about, len(want), r.plan.Summary().Changes(), want)
	}
	effects := map[string]int{}
	for _, w := range r.world.made() {
		if w.status < 300 && len(w.moved) == 0 {
			t.Errorf("%s: %s was sent again", about, w.text)
		}
		for _, key := range w.moved {
			effects[key]++
		}
	}
	if diff := cmp.Diff(r.effects, effects); r.effects != nil && diff != "" {
		t.Errorf("%s: effects (-want +got):\n%s", about, diff)
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(effects))); diff != "" {
		t.Errorf("%s: members with an effect (-want +got):\n%s", about, diff)
	}
	return effects
}
