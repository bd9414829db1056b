package faulttest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/reconcile"
)

// planCell is a plan, and the apply of one, with a fault in their listings.
type planCell struct {
	cell
	emu    *emulator.Emulator
	direct *memberships.Client
	// desired keeps every other member; clean is its plan without a fault.
	desired *reconcile.Desired
	clean   *reconcile.Plan
	truth   []reconcile.Row
}

// portable returns a portable client of a provider.
func portable(provider string, transport http.RoundTripper) (*memberships.Client, error) {
	return credentials.OpenEmulator(provider, option.WithHTTPClient(&http.Client{Transport: transport}), option.WithPageSize(pageSize), option.WithMaxBody(maxBody),
		option.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
}

// newPlanCell plans without a fault.
func newPlanCell(c cell) (*planCell, error) {
	emu, err := newEmulator()
	if err != nil {
		return nil, err
	}
	p := &planCell{cell: c, emu: emu}
	if p.direct, err = portable(c.of.name, emu.Client().Transport); err != nil {
		return nil, err
	}
	var group memberships.Group
	for g, err := range p.direct.Groups(context.Background()) {
		if err != nil {
			return nil, err
		}
		group = memberships.Group{Kind: g.Kind, ID: g.ID}
		break
	}
	p.desired = &reconcile.Desired{People: map[string]reconcile.Person{}, Hash: "cell", MaxRunRemovals: &reconcile.Limit{Count: 1000}}
	g := reconcile.Group{
		Name: "Cell", Mode: reconcile.ModeAuthoritative, In: map[string]memberships.Group{c.of.name: group}, Ignore: []string{"*@invited.example.com"},
		MaxRemovals: &reconcile.Limit{Count: 1000}, Ceiling: 1000,
	}
	kept := 0
	for m, err := range p.direct.List(context.Background(), memberships.Filter{Group: group}) {
		if err != nil {
			return nil, err
		}
		if m.State == memberships.StateInvited {
			continue
		}
		if kept++; kept%2 == 0 {
			continue
		}
		key := fmt.Sprint("person", kept)
		p.desired.People[key] = reconcile.Person{Key: key, IDs: map[string]memberships.Member{c.of.name: {Kind: m.Member.Kind, ID: m.Member.ID}}}
		g.Members = append(g.Members, reconcile.Wanted{Person: key, Role: m.Role})
	}
	p.desired.Groups = []reconcile.Group{g}
	if p.clean, err = p.plan(context.Background(), p.direct); err != nil {
		return nil, err
	}
	if len(p.clean.Groups[0].Changes) != len(removals(p.clean)) || len(removals(p.clean)) != 4 {
		return nil, fmt.Errorf("the plan is %+v", p.clean.Groups[0])
	}
	p.truth = p.clean.Groups[0].Observed.Rows
	return p, nil
}

func (p *planCell) plan(ctx context.Context, c *memberships.Client) (*reconcile.Plan, error) {
	return reconcile.NewPlan(p.desired, reconcile.Look(ctx, []*memberships.Client{c}, p.desired, reconcile.LookOptions{}), reconcile.PlanOptions{})
}

// removals returns the ids of the members whom a plan removes.
func removals(p *reconcile.Plan) []string {
	var ids []string
	for _, ch := range p.Groups[0].Changes {
		if ch.Op == memberships.OpRemove {
			ids = append(ids, ch.Member.ID)
		}
	}
	return ids
}

// network puts the fault in front of the emulator for one call, which do makes.
func (p *planCell) network(do func(context.Context, *memberships.Client)) (Observed, error) {
	var stale http.Handler
	if p.fault.Do.StaleReads > 0 {
		other, err := newEmulator()
		if err != nil {
			return Observed{}, err
		}
		stale = other
	}
	n := NewNetwork(&Network{
		Provider: p.in, Addr: p.of.host + ":443", Fault: p.fault, Op: List, Place: p.place, Pages: p.pages,
		Handler: p.emu, Stale: stale, State: func() string { return "" },
	})
	c, err := portable(p.of.name, n)
	if err != nil {
		return Observed{}, err
	}
	ctx, stop := context.WithTimeout(context.Background(), cmp.Or(p.fault.Deadline.Duration, 4*hangLimit))
	defer stop()
	if d := p.fault.Cancel; d.Set && d.Duration == 0 {
		stop()
	} else if d.Set {
		defer time.AfterFunc(d.Duration, stop).Stop()
	}
	do(ctx, c)
	n.Close(synctest.Wait)
	return n.Observed(), nil
}

// listed returns the ids of the group's members.
func (p *planCell) listed() (ids []string, err error) {
	for m, err := range p.direct.List(context.Background(), memberships.Filter{Group: p.clean.Groups[0].Group.Group()}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, m.Member.ID+m.Member.Email)
	}
	slices.Sort(ids)
	return ids, nil
}

// planResult is the result of a cell: the number of problems, and whether the listing
// failed.
type planResult struct {
	met, failed, excused bool
	problems             []string
}

// run plans and applies with the fault.
func (p *planCell) run() (r planResult, err error) {
	r.excused = p.fault.Excused(p.of.name, List)
	var planned *reconcile.Plan
	seen, err := p.network(func(ctx context.Context, c *memberships.Client) { planned, err = p.plan(ctx, c) })
	if err != nil {
		return r, err
	}
	g := planned.Groups[0]
	r.met = seen.Struck > 0
	r.failed = planned.Failed != "" || len(g.Blocked) > 0 || gocmp.Diff(p.truth, g.Observed.Rows) != ""
	for _, id := range removals(planned) {
		if planned.Failed == "" && r.failed && !r.excused {
			r.problems = append(r.problems, fmt.Sprintf("%s is removed after a listing of %d rows with %+v", id, len(g.Observed.Rows), g.Observed.Gaps))
		}
		if !slices.Contains(removals(p.clean), id) {
			r.problems = append(r.problems, fmt.Sprintf("%s is removed, whom the file lists", id))
		}
	}
	before, err := p.listed()
	if err != nil {
		return r, err
	}
	var report *reconcile.Report
	var refused error
	_, err = p.network(func(ctx context.Context, c *memberships.Client) {
		report, refused = reconcile.Apply(ctx, []*memberships.Client{c}, p.clean, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{})
	})
	if err != nil {
		return r, err
	}
	after, err := p.listed()
	if err != nil {
		return r, err
	}
	if r.failed && !r.excused && !slices.Equal(before, after) {
		r.problems = append(r.problems, fmt.Sprintf("the apply has removed %d members after a listing that failed", len(before)-len(after)))
	}
	return r, p.reported(report, refused, len(before)-len(after), &r)
}

// reported compares what has happened with the report of the apply.
func (p *planCell) reported(report *reconcile.Report, refused error, removed int, r *planResult) error {
	if report == nil {
		if refused == nil || removed > 0 {
			return errors.New("no report, and no refusal")
		}
		return nil
	}
	done, unknown := report.Count(reconcile.OutcomeDone, reconcile.OutcomeAlready), report.Count(reconcile.OutcomeUnknown)
	// The fault may meet the removals too. A false answer to them cannot be noticed, nor a
	// surplus answer that net/http takes for that of the next request.
	lies := p.fault.Excused(p.of.name, Remove) || p.fault.Do.Wire == "two-answers"
	if done > removed && !lies || done+unknown < removed {
		r.problems = append(r.problems, fmt.Sprintf("%d members were removed, and the report has %d and %d", removed, done, unknown))
	}
	return nil
}

// planned reports whether a run includes the cell: one of sixty, or all under make deep or
// if FAULT names the fault.
func (c cell) planned() bool {
	if deeptest.Enabled() || os.Getenv("FAULT") != "" {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed + c.String()))
	return h.Sum32()%60 == 0
}

// No removal is planned after a listing that met a fault and did not recover, and none is
// sent by an apply whose reading of the group met one.
func TestPlans(t *testing.T) {
	catalogue := load(t)
	counts := struct{ cells, met, failed, excused int }{}
	for _, a := range adapters {
		if a.resource != "" {
			continue
		}
		pages := planPages(t, catalogue, a)
		for _, f := range catalogue.Faults {
			if only := os.Getenv("FAULT"); only != "" && only != f.Name || !f.Applies(a.name, List) {
				continue
			}
			for _, place := range Places(List) {
				c := cell{f, catalogue.Providers[a.name], a, List, place, pages}
				if !c.planned() {
					continue
				}
				var r planResult
				synctest.Test(t, func(t *testing.T) {
					p, err := newPlanCell(c)
					if err == nil {
						r, err = p.run()
					}
					if err != nil {
						t.Fatalf("%s: %v", c, err)
					}
				})
				counts.cells++
				for n, is := range map[*int]bool{&counts.met: r.met, &counts.failed: r.failed, &counts.excused: r.excused} {
					if is {
						*n++
					}
				}
				for _, problem := range r.problems {
					t.Errorf("%s: %s", c, problem)
				}
			}
		}
	}
	t.Logf("%+v", counts)
	if counts.failed == 0 || counts.cells < deeptest.Count(40, 1000) && os.Getenv("FAULT") == "" {
		t.Errorf("too few cells: %+v", counts)
	}
}

// planPages returns the number of requests of a listing without a fault.
func planPages(t *testing.T, catalogue *Catalogue, a *adapter) (pages int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, err := newPlanCell(cell{&Fault{Name: "none"}, catalogue.Providers[a.name], a, List, EveryPage, 0})
		if err != nil {
			t.Fatal(err)
		}
		seen, err := p.network(func(ctx context.Context, c *memberships.Client) {
			planned, err := p.plan(ctx, c)
			if err != nil || !slices.Equal(removals(planned), removals(p.clean)) {
				t.Errorf("without a fault: %+v, %v", planned, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		pages = seen.Requests
	})
	return pages
}
