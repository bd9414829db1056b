package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
)

// ApplyOptions sets how Apply makes the changes of a plan.
type ApplyOptions struct {
	// Resume goes on with the run that the journal has begun.
	Resume bool
	// Concurrency is the number of changes in flight at each provider, the provider's own
	// number if it is below one.
	Concurrency int
	// Stop, once closed, lets the changes in flight end and begins no other.
	Stop <-chan struct{}
	// Actor is the text about the user, host and process for the journal.
	Actor string
	// Now returns the present time, time.Now if it is nil.
	Now func() time.Time
	// Pause is the time between two readings that settle an open change, DefaultPause if it
	// is 0.
	Pause time.Duration
	// Progress is called with every result; it may be nil. Calls do not overlap.
	Progress func(ChangeResult)
}

// DefaultPause is the time between two readings that settle an open change. Providers may
// show a change late.
const DefaultPause = time.Second

// The reasons for which Apply refuses a plan. It has sent nothing then.
var (
	ErrPlanExpired   = errors.New("the plan has expired: make it anew")
	ErrPlanBlocked   = errors.New("the plan is blocked as a whole")
	ErrPlanFailed    = errors.New("the observation of the plan ended early: make it anew")
	ErrPlanApplied   = errors.New("the plan is applied already")
	ErrOtherPlan     = errors.New("the journal belongs to another plan")
	ErrUnfinished    = errors.New("the journal has an unfinished run: resume it")
	ErrNothingBegun  = errors.New("the journal is empty: there is nothing to resume, and a new run can begin")
	ErrOtherCaller   = errors.New("the credential is that of another account than in the plan")
	ErrJournalFailed = errors.New("the journal could not be written")
)

// ChangeResult is the result of one planned change.
type ChangeResult struct {
	Name     string // of the group in the file
	Provider string
	Group    memberships.Group
	Change   PlannedChange
	Outcome  Outcome
	// Err is the reason of OutcomeFailed, OutcomeUnknown, OutcomeMoved and OutcomeNotBegun.
	Err error
	// RequestID is the provider's id of the request that made or refused the change, empty
	// if the provider has none.
	RequestID string
	// Earlier reports that an earlier run has made the change.
	Earlier bool
}

// Report is the results of an Apply.
type Report struct {
	// Results are in the order of the plan.
	Results []ChangeResult
	// Moved are the groups that were refused because they are no longer as the plan has
	// observed them.
	Moved []MovedGroup
}

// Count returns the number of results with one of the outcomes.
func (r *Report) Count(outcomes ...Outcome) int {
	n := 0
	for _, res := range r.Results {
		for _, o := range outcomes {
			if res.Outcome == o {
				n++
			}
		}
	}
	return n
}

// Apply makes the changes of a plan, all providers at once. It reads every group again
// first, and refuses a group that is no longer as the plan has observed it. An intent lasts
// in the journal before its change is sent, and the result after it.
//
// In each group, additions and promotions come before demotions and removals, which are not
// begun after a failed one of the former. A credential that is refused ends the changes of
// its provider. The end of ctx cancels the requests in flight, whose changes stay open.
//
// The report has a result for every change of the plan. The error is one of the refusals
// above, or that of the journal; failed changes are in the report alone.
func Apply(ctx context.Context, clients []*memberships.Client, p *Plan, j Journal, o ApplyOptions) (*Report, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == 0 {
		o.Pause = DefaultPause
	}
	a := &applier{p: p, j: j, o: o, clients: map[string]*memberships.Client{}, past: histories(j.Entries())}
	for _, c := range clients {
		a.clients[c.Name()] = c
	}
	if err := a.check(ctx); err != nil {
		return nil, err
	}
	if err := a.begin(); err != nil {
		return nil, err
	}
	a.results = make([][]ChangeResult, len(p.Groups))
	var wg sync.WaitGroup
	for _, name := range a.providers() {
		wg.Go(func() { a.provider(ctx, name) })
	}
	wg.Wait()
	return a.report(), a.end()
}

// applier makes the changes of one Apply.
type applier struct {
	p       *Plan
	j       Journal
	o       ApplyOptions
	clients map[string]*memberships.Client
	past    map[string]history

	mu      sync.Mutex
	results [][]ChangeResult // by group
	moved   []MovedGroup
	failed  error            // of the journal
	refused map[string]error // credentials, by provider
}

// check returns the reason to refuse the plan.
func (a *applier) check(ctx context.Context) error {
	hash, err := a.p.contentHash()
	entries := a.j.Entries()
	switch {
	case err != nil:
		return err
	case a.p.Format != PlanFormat || hash != a.p.Hash:
		return ErrEdited
	case a.p.Failed != "":
		return fmt.Errorf("%w: %s", ErrPlanFailed, a.p.Failed)
	case len(a.p.Blocked) > 0:
		return fmt.Errorf("%w: %s", ErrPlanBlocked, a.p.Blocked[0])
	case len(entries) > 0 && entries[0].Plan != a.p.Hash:
		return ErrOtherPlan
	case isApplied(entries):
		return ErrPlanApplied
	case len(entries) > 0 && !a.o.Resume:
		return ErrUnfinished
	case len(entries) == 0 && a.o.Resume:
		return ErrNothingBegun
	case len(entries) == 0 && a.expired():
		return fmt.Errorf("%w (%s)", ErrPlanExpired, a.p.Expires.Format(time.RFC3339))
	}
	return a.checkCallers(ctx)
}

func (a *applier) expired() bool { return a.o.Now().After(a.p.Expires) }

// isApplied reports whether a journal has the end of a run that left nothing.
func isApplied(entries []Entry) bool {
	if len(entries) == 0 {
		return false
	}
	last := entries[len(entries)-1]
	return last.Kind == EntryEnd && last.Left == 0
}

// checkCallers compares the callers with those of the plan.
func (a *applier) checkCallers(ctx context.Context) error {
	for _, planned := range a.p.Providers {
		c := a.clients[planned.Name]
		if planned.Caller == nil || c == nil || !a.changes(planned.Name) {
			continue
		}
		caller, err := callerOf(ctx, c, nil)
		if err == nil && (caller == (memberships.Member{}) || planMember(caller).same(*planned.Caller)) {
			continue // a provider that cannot tell has nothing to compare
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOtherCaller, err)
		}
		return fmt.Errorf("%w: %s is %s, and the plan was made by %s", ErrOtherCaller, planned.Name, caller, planned.Caller.Member())
	}
	return nil
}

// changes reports whether the plan changes a group of a provider.
func (a *applier) changes(provider string) bool {
	for _, g := range a.p.Groups {
		if g.Provider == provider && len(g.Changes) > 0 {
			return true
		}
	}
	return false
}

// providers returns the names of the providers whose groups change.
func (a *applier) providers() []string {
	var names []string
	seen := map[string]bool{}
	for _, g := range a.p.Groups {
		if len(g.Changes) > 0 && !seen[g.Provider] {
			seen[g.Provider] = true
			names = append(names, g.Provider)
		}
	}
	return names
}

func (a *applier) begin() error {
	e := Entry{Kind: EntryBegin, Plan: a.p.Hash, Actor: a.o.Actor}
	if a.o.Resume {
		e.Kind = EntryResume
	}
	return a.record(e)
}

// record records entries with the present time. After its first error it records nothing,
// and the run begins no change.
func (a *applier) record(entries ...Entry) error {
	now := a.o.Now().UTC()
	for i := range entries {
		entries[i].Time = now
	}
	if err := a.journalError(); err != nil {
		return err
	}
	if err := a.j.Record(entries...); err != nil {
		err = fmt.Errorf("%w: %w", ErrJournalFailed, err)
		a.mu.Lock()
		a.failed = err
		a.mu.Unlock()
		return err
	}
	return nil
}

func (a *applier) journalError() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failed
}

// end records the end of the run.
func (a *applier) end() error {
	if err := a.journalError(); err != nil {
		return err
	}
	done, left := 0, 0
	for _, results := range a.results {
		for _, r := range results {
			if r.Outcome.isFinal() {
				done++
			} else {
				left++
			}
		}
	}
	return a.record(Entry{Kind: EntryEnd, Done: done, Left: left})
}

// report returns the results in the order of the plan.
func (a *applier) report() *Report {
	r := &Report{Moved: a.moved}
	for _, results := range a.results {
		r.Results = append(r.Results, results...)
	}
	sortMoved(r.Moved, a.p)
	return r
}

// ended returns the reason to begin no further change at a provider, nil if there is none.
func (a *applier) ended(ctx context.Context, provider string) error {
	select {
	case <-a.o.Stop:
		return errStopped
	default:
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if a.o.Resume && a.expired() {
		return ErrPlanExpired
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed != nil {
		return a.failed
	}
	return a.refused[provider]
}

var errStopped = errors.New("the run was stopped")

// refuse ends the changes of a provider.
func (a *applier) refuse(provider string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused == nil {
		a.refused = map[string]error{}
	}
	if a.refused[provider] == nil {
		a.refused[provider] = err
	}
}

// provider makes the changes of one provider, several groups at once.
func (a *applier) provider(ctx context.Context, name string) {
	var at []int
	for i := range a.p.Groups {
		if a.p.Groups[i].Provider == name && len(a.p.Groups[i].Changes) > 0 {
			at = append(at, i)
		}
	}
	c := a.clients[name]
	if c == nil {
		for _, i := range at {
			a.results[i] = newGroupRun(a, nil, i).unbegun(errNoClient)
		}
		return
	}
	inFlight := a.o.Concurrency
	if inFlight < 1 {
		inFlight = concurrencyOf(c)
	}
	groups := min(inFlight, len(at))
	inParallel(groups, at, func(i int) {
		run := newGroupRun(a, c, i)
		run.inFlight = max(1, inFlight/groups)
		a.results[i] = run.run(ctx)
	})
}

// tell reports a result.
func (a *applier) tell(r ChangeResult) {
	if a.o.Progress == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.o.Progress(r)
}
