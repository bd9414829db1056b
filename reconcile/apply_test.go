package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// site is some providers in memory, and the changes that they were asked for.
type site struct {
	t         *testing.T
	providers map[string]*memprovider.Provider
	clients   []*memberships.Client

	mu    sync.Mutex
	calls []string // changes and listings, in their order
	hook  func(provider string, c memprovider.Call) error
}

var team = memberships.Group{Kind: memberships.KindGroup, ID: "team"}

// newSite returns providers whose group team has ada as manager, bob, cid and dan.
func newSite(t *testing.T, names ...string) *site {
	s := &site{t: t, providers: map[string]*memprovider.Provider{}}
	for _, name := range names {
		p := memprovider.New(
			memprovider.WithName(name),
			memprovider.WithPeople(member("ada").Member, member("bob").Member, member("cid").Member, member("dan").Member, member("eve").Member, member("fay").Member),
			memprovider.WithGroup(team, manager("ada"), member("bob"), member("cid"), member("dan")),
			memprovider.WithHook(func(_ context.Context, c memprovider.Call) error { return s.called(name, c) }),
		)
		s.providers[name] = p
		s.clients = append(s.clients, memberships.New(p))
	}
	return s
}

func (s *site) called(provider string, c memprovider.Call) error {
	s.mu.Lock()
	who := c.Member.String()
	if c.MembershipID != "" {
		who = map[string]string{"m1": "ada", "m2": "bob", "m3": "cid", "m4": "dan", "m5": "eve"}[c.MembershipID]
	}
	s.calls = append(s.calls, fmt.Sprintf("%s %s %s", provider, c.Operation, who))
	hook := s.hook
	s.mu.Unlock()
	if hook != nil {
		return hook(provider, c)
	}
	return nil
}

// made returns the changes that the providers were asked for, and forgets them.
func (s *site) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, c := range s.calls {
		if op := strings.Fields(c)[1]; op == "add" || op == "update" || op == "remove" {
			out = append(out, c)
		}
	}
	s.calls = nil
	return out
}

// desired returns a file with one group of all providers.
func (s *site) desired(members ...string) *reconcile.Desired {
	g := reconcile.Group{Name: "team", Mode: reconcile.ModeAuthoritative, In: map[string]memberships.Group{}, Members: wants(members...)}
	for name := range s.providers {
		g.In[name] = team
	}
	d := &reconcile.Desired{People: map[string]reconcile.Person{}, Hash: "h", Groups: []reconcile.Group{g}, MaxRunRemovals: &reconcile.Limit{Count: 100, Percent: 100}}
	for _, w := range g.Members {
		d.People[w.Person] = reconcile.Person{Key: w.Person, Email: w.Person + "@example.com"}
	}
	return d
}

// plan returns the plan of a file.
func (s *site) plan(d *reconcile.Desired) *reconcile.Plan {
	s.t.Helper()
	if wrong := d.Check(s.clients); len(wrong) > 0 {
		s.t.Fatal(wrong)
	}
	p, err := reconcile.NewPlan(d, reconcile.Look(s.t.Context(), s.clients, d, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// members returns the members of the group at a provider.
func (s *site) members(provider string) []string {
	s.t.Helper()
	var out []string
	for m, err := range memberships.New(s.providers[provider]).List(s.t.Context(), memberships.Filter{Group: team}) {
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, m.Member.ID+":"+string(m.Role))
	}
	slices.Sort(out)
	return out
}

// outcomes returns the results of a report by the change.
func outcomes(r *reconcile.Report) map[string]reconcile.Outcome {
	out := map[string]reconcile.Outcome{}
	for _, res := range r.Results {
		out[res.Provider+" "+line(res.Change)] = res.Outcome
	}
	return out
}

func (s *site) apply(p *reconcile.Plan, j reconcile.Journal, o reconcile.ApplyOptions) *reconcile.Report {
	s.t.Helper()
	r, err := reconcile.Apply(s.t.Context(), s.clients, p, j, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

var fast = reconcile.ApplyOptions{Pause: time.Millisecond}

func TestApply(t *testing.T) {
	s := newSite(t, "one", "two")
	d := s.desired("ada", "bob:manager", "cid", "eve")
	p := s.plan(d)
	s.made()
	j := &reconcile.MemoryJournal{}
	r := s.apply(p, j, fast)
	for _, name := range []string{"one", "two"} {
		if diff := cmp.Diff([]string{"ada:member", "bob:manager", "cid:member", "eve:member"}, s.members(name)); diff != "" {
			t.Errorf("members of %s (-want +got):\n%s", name, diff)
		}
		var of []string
		for _, m := range s.calls {
			if strings.HasPrefix(m, name) && !strings.Contains(m, " list ") && !strings.Contains(m, " get ") {
				of = append(of, m)
			}
		}
		slices.Sort(of[:2]) // at the same time
		slices.Sort(of[2:])
		want := []string{name + " add eve", name + " update bob", name + " remove dan", name + " update ada"}
		if diff := cmp.Diff(want, of); diff != "" {
			t.Errorf("changes of %s in their order (-want +got):\n%s", name, diff)
		}
	}
	if r.Count(reconcile.OutcomeDone) != 8 || len(r.Results) != 8 {
		t.Errorf("got %v", outcomes(r))
	}
	begun := map[string]bool{}
	for _, e := range j.Entries() {
		switch e.Kind {
		case reconcile.EntryIntent:
			begun[e.Key] = true
		case reconcile.EntryResult:
			if !begun[e.Key] {
				t.Errorf("%s has a result before its intent", e.Key)
			}
		}
	}
	if again := s.plan(d); again.Summary().Changes() != 0 || again.IsBlocked() {
		t.Errorf("the next plan has %v", lines(again))
	}
	if _, err := reconcile.Apply(t.Context(), s.clients, p, j, fast); !errors.Is(err, reconcile.ErrPlanApplied) {
		t.Errorf("applied again: got %v", err)
	}
	moved := s.apply(p, &reconcile.MemoryJournal{}, fast)
	if moved.Count(reconcile.OutcomeMoved) != 8 || len(moved.Moved) != 2 {
		t.Errorf("applied with another journal: got %v", outcomes(moved))
	}
}

func TestApplyRefuses(t *testing.T) {
	s := newSite(t, "one")
	whole := s.plan(s.desired("ada:manager", "bob", "cid"))
	s.made()
	begun := func(hash string) *reconcile.MemoryJournal {
		j := &reconcile.MemoryJournal{}
		_ = j.Record(reconcile.Entry{Kind: reconcile.EntryBegin, Plan: hash})
		return j
	}
	for name, tt := range map[string]struct {
		plan    func(*reconcile.Plan)
		journal *reconcile.MemoryJournal
		options reconcile.ApplyOptions
		want    error
	}{
		"edited":               {plan: func(p *reconcile.Plan) { p.Groups[0].Changes[0].Member.ID = "ada" }, want: reconcile.ErrEdited},
		"expired":              {options: reconcile.ApplyOptions{Now: func() time.Time { return time.Now().Add(25 * time.Hour) }}, want: reconcile.ErrPlanExpired},
		"another plan's":       {journal: begun("other"), want: reconcile.ErrOtherPlan},
		"unfinished":           {journal: begun(whole.Hash), want: reconcile.ErrUnfinished},
		"nothing to resume":    {options: reconcile.ApplyOptions{Resume: true}, want: reconcile.ErrNothingBegun},
		"another plan resumed": {journal: begun("other"), options: reconcile.ApplyOptions{Resume: true}, want: reconcile.ErrOtherPlan},
	} {
		t.Run(name, func(t *testing.T) {
			p := *whole
			p.Groups = slices.Clone(p.Groups)
			p.Groups[0].Changes = slices.Clone(p.Groups[0].Changes)
			if tt.plan != nil {
				tt.plan(&p)
			}
			j := tt.journal
			if j == nil {
				j = &reconcile.MemoryJournal{}
			}
			if _, err := reconcile.Apply(t.Context(), s.clients, &p, j, tt.options); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	blocked := s.desired("eve")
	blocked.Groups[0].Members[0].Role = memberships.RoleManager
	p := s.plan(blocked)
	if len(p.Groups[0].Blocked) == 0 {
		t.Fatal("the plan is not blocked")
	}
	if r := s.apply(p, &reconcile.MemoryJournal{}, fast); len(r.Results) != 0 {
		t.Errorf("a blocked group has the results %v", outcomes(r))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	d := s.desired("ada:manager", "bob")
	failed, err := reconcile.NewPlan(d, reconcile.Look(ended, s.clients, d, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err != nil || failed.Failed == "" {
		t.Fatalf("got %+v, %v", failed, err)
	}
	if _, err := reconcile.Apply(t.Context(), s.clients, failed, &reconcile.MemoryJournal{}, fast); !errors.Is(err, reconcile.ErrPlanFailed) {
		t.Errorf("a plan of a reading that ended early: got %v", err)
	}
	if made := s.made(); made != nil {
		t.Errorf("the provider got %v", made)
	}
}

// A group that another client has changed since the plan is refused, and the report says what
// changed. The other groups go on.
func TestMovedGroups(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*memprovider.Provider, *memberships.Client) error
		want   string
	}{
		"a member joined": {func(p *memprovider.Provider, _ *memberships.Client) error { p.Put(team, member("fay")); return nil }, "fay@example.com joined as member"},
		"a member left": {func(_ *memprovider.Provider, c *memberships.Client) error {
			_, err := c.Remove(context.Background(), memberships.Ref{Group: team, Member: memberships.Member{ID: "cid"}})
			return err
		}, "cid@example.com, member, is gone"},
		"a role changed":                  {func(p *memprovider.Provider, _ *memberships.Client) error { p.Put(team, manager("cid")); return nil }, "cid@example.com was member and is manager"},
		"the removed member was promoted": {func(p *memprovider.Provider, _ *memberships.Client) error { p.Put(team, manager("dan")); return nil }, "dan@example.com was member and is manager"},
		"the removed member is gone": {func(_ *memprovider.Provider, c *memberships.Client) error {
			_, err := c.Remove(context.Background(), memberships.Ref{Group: team, Member: memberships.Member{ID: "dan"}})
			return err
		}, "dan@example.com, member, is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "one", "two")
			p := s.plan(s.desired("ada:manager", "bob:manager", "cid"))
			if err := tt.change(s.providers["one"], s.clients[0]); err != nil {
				t.Fatal(err)
			}
			s.made()
			r := s.apply(p, &reconcile.MemoryJournal{}, fast)
			if len(r.Moved) != 1 || r.Moved[0].Provider != "one" || len(r.Moved[0].Moves) != 1 || r.Moved[0].Moves[0].String() != tt.want {
				t.Fatalf("got %v, want that %s", r.Moved, tt.want)
			}
			if diff := cmp.Diff([]string{"two update bob", "two remove dan"}, s.made()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if r.Count(reconcile.OutcomeMoved) != 2 || r.Count(reconcile.OutcomeDone) != 2 {
				t.Errorf("got %v", outcomes(r))
			}
		})
	}
}

// Another client changes the group right before one of the changes of a plan.
func TestConflicts(t *testing.T) {
	for name, tt := range map[string]struct {
		at     string // the change
		change func(*memprovider.Provider)
		want   map[string]reconcile.Outcome // where it is not done
		left   []string
	}{
		"the added member joined":     {"add eve", func(p *memprovider.Provider) { p.Put(team, member("eve")) }, map[string]reconcile.Outcome{"one + eve member": reconcile.OutcomeAlready}, []string{"ada:manager", "bob:manager", "eve:member"}},
		"the added member is manager": {"add eve", func(p *memprovider.Provider) { p.Put(team, manager("eve")) }, map[string]reconcile.Outcome{"one + eve member": reconcile.OutcomeFailed, "one - cid member": reconcile.OutcomeNotBegun, "one - dan member": reconcile.OutcomeNotBegun}, []string{"ada:manager", "bob:manager", "cid:member", "dan:member", "eve:manager"}},
		"a third member joined":       {"update bob", func(p *memprovider.Provider) { p.Put(team, member("fay")) }, map[string]reconcile.Outcome{"one - cid member": reconcile.OutcomeMoved, "one - dan member": reconcile.OutcomeMoved}, []string{"ada:manager", "bob:manager", "cid:member", "dan:member", "eve:member", "fay:member"}},
		"a leaver was promoted":       {"update bob", func(p *memprovider.Provider) { p.Put(team, manager("cid")) }, map[string]reconcile.Outcome{"one - cid member": reconcile.OutcomeMoved, "one - dan member": reconcile.OutcomeMoved}, []string{"ada:manager", "bob:manager", "cid:manager", "dan:member", "eve:member"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "one")
			p := s.plan(s.desired("ada:manager", "bob:manager", "eve"))
			s.hook = func(_ string, c memprovider.Call) error {
				if tt.change != nil && string(c.Operation)+" "+c.Member.ID == tt.at {
					change := tt.change
					tt.change = nil
					change(s.providers["one"])
				}
				return nil
			}
			r := s.apply(p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{Concurrency: 1})
			want := map[string]reconcile.Outcome{}
			for ch := range outcomes(r) {
				want[ch] = reconcile.OutcomeDone
			}
			for ch, o := range tt.want {
				want[ch] = o
			}
			if diff := cmp.Diff(want, outcomes(r)); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, s.members("one")); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
		})
	}
}

// A refused credential ends the changes of its provider; those of the other go on.
func TestRefusedCredential(t *testing.T) {
	s := newSite(t, "one", "two")
	p := s.plan(s.desired("ada:manager", "bob:manager", "eve"))
	s.hook = func(provider string, c memprovider.Call) error {
		if provider == "one" && c.Operation == memberships.OpAdd {
			return &memberships.Error{Kind: memberships.ErrUnauthenticated}
		}
		return nil
	}
	s.made()
	r := s.apply(p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{Concurrency: 1})
	want := map[string]reconcile.Outcome{
		"one + eve member": reconcile.OutcomeFailed, "one ~ bob member to manager": reconcile.OutcomeNotBegun,
		"one - cid member": reconcile.OutcomeNotBegun, "one - dan member": reconcile.OutcomeNotBegun,
		"two + eve member": reconcile.OutcomeDone, "two ~ bob member to manager": reconcile.OutcomeDone,
		"two - cid member": reconcile.OutcomeDone, "two - dan member": reconcile.OutcomeDone,
	}
	if diff := cmp.Diff(want, outcomes(r)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	for _, res := range r.Results {
		if !slices.Contains([]reconcile.Outcome{reconcile.OutcomeDone}, res.Outcome) && res.Err == nil {
			t.Errorf("%s of %s has no reason", res.Change.Key, res.Outcome)
		}
	}
}

// A provider adds a manager in two requests, and a run can end between them, by a kill or by
// a failure. The resumed run sends the second one alone.
func TestHalfMadeAddition(t *testing.T) {
	for name, result := range map[string][]reconcile.Entry{
		"without a result":    nil,
		"of unknown outcome":  {{Kind: reconcile.EntryResult, Outcome: reconcile.OutcomeUnknown}},
		"with a failed raise": {{Kind: reconcile.EntryResult, Outcome: reconcile.OutcomeFailed}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "one")
			d := s.desired("ada:manager", "bob", "cid", "eve:manager")
			p := s.plan(d)
			key := p.Groups[0].Changes[0].Key
			j := &reconcile.MemoryJournal{}
			_ = j.Record(reconcile.Entry{Kind: reconcile.EntryBegin, Plan: p.Hash}, reconcile.Entry{Kind: reconcile.EntryIntent, Key: key})
			for _, e := range result {
				e.Key = key
				_ = j.Record(e)
			}
			s.providers["one"].Put(team, member("eve"))
			s.made()
			r := s.apply(p, j, reconcile.ApplyOptions{Resume: true, Pause: time.Millisecond})
			want := map[string]reconcile.Outcome{"one + eve manager": reconcile.OutcomeDone, "one - dan member": reconcile.OutcomeDone}
			if diff := cmp.Diff(want, outcomes(r)); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"one update eve", "one remove dan"}, s.made()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if next := s.plan(d); next.Summary().Changes() != 0 {
				t.Errorf("the next plan has %v", lines(next))
			}
		})
	}
}

// A member whom another client adds before the run has begun the same addition is a move.
func TestForeignAddition(t *testing.T) {
	s := newSite(t, "one")
	p := s.plan(s.desired("ada:manager", "bob", "cid", "eve:manager"))
	s.providers["one"].Put(team, member("eve"))
	s.made()
	r := s.apply(p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{})
	if r.Count(reconcile.OutcomeMoved) != 2 || s.made() != nil {
		t.Errorf("got %v", outcomes(r))
	}
}

// After Stop the changes in flight end, and a resumed run makes the others.
func TestStopAndResume(t *testing.T) {
	s := newSite(t, "one")
	d := s.desired("ada:manager", "bob:manager", "eve", "fay")
	p := s.plan(d)
	stop := make(chan struct{})
	s.hook = func(_ string, c memprovider.Call) error {
		if c.Operation == memberships.OpUpdate {
			close(stop)
		}
		return nil
	}
	j := &reconcile.MemoryJournal{}
	r := s.apply(p, j, reconcile.ApplyOptions{Concurrency: 1, Stop: stop})
	if r.Count(reconcile.OutcomeDone) != 3 || r.Count(reconcile.OutcomeNotBegun) != 2 {
		t.Fatalf("got %v", outcomes(r))
	}
	s.hook = nil
	s.made()
	again := s.apply(p, j, reconcile.ApplyOptions{Resume: true, Pause: time.Millisecond})
	if again.Count(reconcile.OutcomeDone) != 5 {
		t.Errorf("resumed: got %v", outcomes(again))
	}
	var runs []reconcile.EntryKind
	for _, e := range j.Entries() {
		if e.Kind != reconcile.EntryIntent && e.Kind != reconcile.EntryResult {
			runs = append(runs, e.Kind)
		}
	}
	if diff := cmp.Diff([]reconcile.EntryKind{reconcile.EntryBegin, reconcile.EntryEnd, reconcile.EntryResume, reconcile.EntryEnd}, runs); diff != "" {
		t.Errorf("the journal (-want +got):\n%s", diff)
	}
	made := s.made()
	slices.Sort(made)
	if diff := cmp.Diff([]string{"one remove cid", "one remove dan"}, made); diff != "" {
		t.Errorf("changes of the resumed run (-want +got):\n%s", diff)
	}
	if next := s.plan(d); next.Summary().Changes() != 0 {
		t.Errorf("the next plan has %v", lines(next))
	}
}

// An intent without a result is settled by reading: a change that was made is not made
// again, and one that was not is made.
func TestSettling(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(*site)
		fails  bool // the reading
		want   map[string]reconcile.Outcome
		made   []string
	}{
		"made": {
			func(s *site) { s.providers["one"].Put(team, member("eve")) }, false,
			map[string]reconcile.Outcome{"one + eve member": reconcile.OutcomeDone, "one - dan member": reconcile.OutcomeDone}, []string{"one remove dan"},
		},
		"not made": {
			func(*site) {}, false,
			map[string]reconcile.Outcome{"one + eve member": reconcile.OutcomeDone, "one - dan member": reconcile.OutcomeDone}, []string{"one add eve", "one remove dan"},
		},
		"made, and more by another client": {
			func(s *site) { s.providers["one"].Put(team, manager("eve")) }, false,
			map[string]reconcile.Outcome{"one + eve member": reconcile.OutcomeUnknown, "one - dan member": reconcile.OutcomeMoved}, nil,
		},
		"unread": {
			func(*site) {}, true,
			map[string]reconcile.Outcome{"one + eve member": reconcile.OutcomeUnknown, "one - dan member": reconcile.OutcomeFailed}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "one")
			p := s.plan(s.desired("ada:manager", "bob", "cid", "eve"))
			j := &reconcile.MemoryJournal{}
			_ = j.Record(reconcile.Entry{Kind: reconcile.EntryBegin, Plan: p.Hash}, reconcile.Entry{Kind: reconcile.EntryIntent, Key: p.Groups[0].Changes[0].Key})
			tt.before(s)
			s.made()
			s.hook = func(_ string, c memprovider.Call) error {
				if tt.fails && c.Operation == memberships.OpList {
					return errors.New("down")
				}
				return nil
			}
			r := s.apply(p, j, reconcile.ApplyOptions{Resume: true, Pause: time.Millisecond})
			if diff := cmp.Diff(tt.want, outcomes(r)); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.made, s.made()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// failingJournal fails from the n-th record on.
type failingJournal struct {
	reconcile.MemoryJournal
	n int
}

func (j *failingJournal) Record(entries ...reconcile.Entry) error {
	if j.n--; j.n < 0 {
		return errors.New("no space left on device")
	}
	return j.MemoryJournal.Record(entries...)
}

// No change is sent whose intent does not last.
func TestFailingJournal(t *testing.T) {
	for n := range 7 {
		s := newSite(t, "one")
		d := s.desired("ada:manager", "bob:manager", "cid", "eve")
		p := s.plan(d)
		s.made()
		j := &failingJournal{n: n}
		_, err := reconcile.Apply(t.Context(), s.clients, p, j, reconcile.ApplyOptions{Concurrency: 1})
		if n < 6 && !errors.Is(err, reconcile.ErrJournalFailed) {
			t.Errorf("record %d fails: got %v", n, err)
		}
		intents := 0
		for _, e := range j.Entries() {
			if e.Kind == reconcile.EntryIntent {
				intents++
			}
		}
		if made := len(s.made()); made != intents {
			t.Errorf("record %d fails: %d changes were sent with %d intents", n, made, intents)
		}
		if intents == 0 {
			continue
		}
		r := s.apply(p, &j.MemoryJournal, reconcile.ApplyOptions{Resume: true, Pause: time.Millisecond})
		if r.Count(reconcile.OutcomeDone) != 3 || len(s.made()) != 3-intents {
			t.Errorf("record %d failed, then resumed: got %v", n, outcomes(r))
		}
	}
}
