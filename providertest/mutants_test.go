package providertest

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

type (
	membership = memberships.Membership
	page       = memberships.Page[membership]
)

// mutant is the provider in memory with one mistake.
type mutant struct {
	*tampered
	name         func() string
	capabilities func(memberships.Capabilities) memberships.Capabilities
	native       func() any
	list         func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error]
	listPage     func(context.Context, memberships.Query, memberships.PageRequest) (*page, error)
	get          func(context.Context, memberships.Ref, ...memberships.Option) (membership, error)
	add          func(context.Context, memberships.Group, memberships.Member, memberships.Role) (membership, error)
	update       func(context.Context, memberships.Ref, memberships.Role) (membership, error)
	remove       func(context.Context, memberships.Ref) (membership, error)
	apply        func(context.Context, []memberships.Change, ...memberships.Option) iter.Seq2[memberships.Result, error]
	groups       func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[memberships.Group, error]
	resolve      func(context.Context, memberships.Member) (memberships.Resolution, error)
	resolveAll   func(context.Context, []memberships.Member) ([]memberships.Resolution, error)
	diagnose     func(context.Context, ...memberships.Option) (memberships.Diagnosis, error)
	watch        func(context.Context, memberships.Position, ...memberships.Option) iter.Seq2[memberships.Event, error]
}

func (m *mutant) Name() string {
	if m.name != nil {
		return m.name()
	}
	return m.Provider.Name()
}

func (m *mutant) Capabilities() memberships.Capabilities {
	if m.capabilities != nil {
		return m.capabilities(m.Provider.Capabilities())
	}
	return m.Provider.Capabilities()
}

func (m *mutant) Native() any {
	if m.native != nil {
		return m.native()
	}
	return m.Provider.Native()
}

func (m *mutant) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
	if m.list != nil {
		return m.list(ctx, q, summary)
	}
	return byPages(ctx, m, q, summary)
}

func (m *mutant) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
	if m.listPage != nil {
		return m.listPage(ctx, q, r)
	}
	return m.tampered.ListPage(ctx, q, r)
}

func (m *mutant) Get(ctx context.Context, ref memberships.Ref, opts ...memberships.Option) (membership, error) {
	if m.get != nil {
		return m.get(ctx, ref, opts...)
	}
	return m.Provider.Get(ctx, ref, opts...)
}

// Apply makes a change by the mistake that there is for it, and the others as memprovider
// does.
func (m *mutant) Apply(ctx context.Context, changes []memberships.Change, opts ...memberships.Option) iter.Seq2[memberships.Result, error] {
	if m.apply != nil {
		return m.apply(ctx, changes, opts...)
	}
	return memberships.ApplyEach(ctx, changes, func(ctx context.Context, ch memberships.Change) (membership, error) {
		switch {
		case ch.Op == memberships.OpAdd && m.add != nil:
			return m.add(ctx, ch.Ref.Group, ch.Ref.Member, ch.Role)
		case ch.Op == memberships.OpUpdate && m.update != nil:
			return m.update(ctx, ch.Ref, ch.Role)
		case ch.Op == memberships.OpRemove && m.remove != nil:
			return m.remove(ctx, ch.Ref)
		}
		return m.change(ctx, ch, opts...)
	})
}

// change makes one change as memprovider does.
func (m *mutant) change(ctx context.Context, ch memberships.Change, opts ...memberships.Option) (membership, error) {
	for r, err := range m.Provider.Apply(ctx, []memberships.Change{ch}, opts...) {
		return r.Membership, cmp.Or(err, r.Err)
	}
	return membership{}, errors.New("no result")
}

func (m *mutant) rightAdd(ctx context.Context, g memberships.Group, who memberships.Member, r memberships.Role) (membership, error) {
	return m.change(ctx, memberships.Change{Op: memberships.OpAdd, Ref: memberships.Ref{Group: g, Member: who}, Role: r})
}

func (m *mutant) rightUpdate(ctx context.Context, ref memberships.Ref, r memberships.Role) (membership, error) {
	return m.change(ctx, memberships.Change{Op: memberships.OpUpdate, Ref: ref, Role: r})
}

func (m *mutant) rightRemove(ctx context.Context, ref memberships.Ref) (membership, error) {
	return m.change(ctx, memberships.Change{Op: memberships.OpRemove, Ref: ref})
}

func (m *mutant) Groups(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
	if m.groups != nil {
		return m.groups(ctx, q, summary)
	}
	return m.Provider.Groups(ctx, q, summary)
}

func (m *mutant) Resolve(ctx context.Context, members []memberships.Member, opts ...memberships.Option) ([]memberships.Resolution, error) {
	switch {
	case m.resolveAll != nil:
		return m.resolveAll(ctx, members)
	case m.resolve != nil:
		out := make([]memberships.Resolution, len(members))
		for i, who := range members {
			out[i], out[i].Err = m.resolve(ctx, who)
		}
		return out, nil
	}
	return m.Provider.Resolve(ctx, members, opts...)
}

// rightResolve resolves one as memprovider does.
func (m *mutant) rightResolve(ctx context.Context, who memberships.Member) (memberships.Resolution, error) {
	found, err := m.Provider.Resolve(ctx, []memberships.Member{who})
	if err != nil {
		return memberships.Resolution{}, err
	}
	err, found[0].Err = found[0].Err, nil
	return found[0], err
}

func (m *mutant) Diagnose(ctx context.Context, opts ...memberships.Option) (memberships.Diagnosis, error) {
	if m.diagnose != nil {
		return m.diagnose(ctx, opts...)
	}
	return m.Provider.Diagnose(ctx, opts...)
}

func (m *mutant) Watch(ctx context.Context, from memberships.Position, opts ...memberships.Option) iter.Seq2[memberships.Event, error] {
	if m.watch != nil {
		return m.watch(ctx, from, opts...)
	}
	return m.Provider.Watch(ctx, from, opts...)
}

// mistake is what an author of a provider does wrong, with clauses that notice. It is made
// to the provider of a clause's own world.
type mistake struct {
	make func(*mutant)
	// list makes Provider.List.
	list    func(*mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error]
	opts    []memprovider.Option
	noticed []string
}

// mistakes are all of them.
func mistakes(t *testing.T) map[string]mistake {
	all := map[string]mistake{}
	for _, some := range []map[string]mistake{ordinary, capable, covering, changing, finding, ranging, bulky, inviting, watching} {
		for name, x := range some {
			if _, ok := all[name]; ok {
				t.Errorf("the mistake %q is there twice", name)
			}
			all[name] = x
		}
	}
	return all
}

// TestMistakesAreNoticed makes every mistake, and wants it noticed by the clauses that
// it is made for. Every clause has to notice one: a clause that cannot fail is none.
func TestMistakesAreNoticed(t *testing.T) {
	noticing := map[string]bool{"ids/hostile": true} // Client itself refuses those: see TestClientRefusesHostileIDs
	for name, x := range mistakes(t) {
		t.Run(name, func(t *testing.T) {
			h := memory(func(p *tampered) memberships.Provider {
				m := &mutant{tampered: p}
				if x.make != nil {
					x.make(m)
				}
				if x.list != nil {
					m.list = x.list(m)
				}
				return m
			}, x.opts...)
			for _, want := range x.noticed {
				i := slices.IndexFunc(clauses, func(c clause) bool { return c.name == want })
				if i < 0 {
					t.Fatalf("there is no clause %s", want)
				}
				noticing[want] = true
				noticed := false
				for n := 0; n < 30 && !noticed; n++ { // some mistakes show by chance alone
					noticed = notices(t, &clauses[i], h)
				}
				if !noticed {
					t.Errorf("%s does not notice", want)
				}
			}
		})
	}
	for _, c := range clauses {
		if !noticing[c.name] {
			t.Errorf("%s notices none of the mistakes", c.name)
		}
	}
}

// notices reports whether a clause fails.
func notices(t *testing.T, c *clause, h Harness) (failed bool) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w := h.Open(t)
			if c.skipped(h, w.Provider.Capabilities(), w) == "" {
				c.test(r, h, w)
			}
		}()
		<-done
		time.Sleep(time.Hour) // some mistakes go on
		failed = r.Failed()
	})
	return failed
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; runtime.Goexit() }
func (r *recorder) Failed() bool          { return r.failed }
func (r *recorder) Logf(string, ...any)   {}

// A provider's mistake does not take away what its author is told.
func TestClausesSayWhatTheyPromise(t *testing.T) {
	names := map[string]bool{}
	for _, c := range clauses {
		if c.says == "" || c.run == nil || names[c.name] || strings.ToLower(c.name) != c.name || !strings.Contains(c.name, "/") {
			t.Errorf("%+v is not a clause, or is there twice", c)
		}
		names[c.name] = true
	}
	if got := slices.Sorted(maps.Keys(names)); len(got) < 50 {
		t.Errorf("there are %d clauses", len(got))
	}
}

func unsupported(op string) error {
	return &memberships.Error{Provider: "memory", Op: op, Kind: memberships.ErrUnsupported}
}

// rekind gives an error another kind; nil takes it away.
func rekind(err, from, to error) error {
	var e *memberships.Error
	if !errors.Is(err, from) || !errors.As(err, &e) {
		return err
	}
	if to == nil {
		return nil
	}
	changed := *e
	changed.Kind, changed.Err = to, nil
	return &changed
}

// withOp returns err with another Op.
func withOp(err error, op string) error {
	var e *memberships.Error
	if !errors.As(err, &e) {
		return err
	}
	changed := *e
	changed.Op = op
	return &changed
}

func twice[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			for range 2 {
				if !yield(v, err) {
					return
				}
			}
		}
	}
}

// byPages reads the mutant's pages to the end.
func byPages(ctx context.Context, m *mutant, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
	return walk(ctx, m, q, summary, func(p *page) bool { return p.Next == "" })
}

// pages changes the pages of a mutant, items what they hold, each one membership.
func pages(m *mutant, change func(memberships.PageRequest, *page)) func(context.Context, memberships.Query, memberships.PageRequest) (*page, error) {
	return func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
		p, err := m.Provider.ListPage(ctx, q, r)
		if err == nil {
			change(r, p)
		}
		return p, err
	}
}

func items(m *mutant, change func([]membership) []membership) func(context.Context, memberships.Query, memberships.PageRequest) (*page, error) {
	return pages(m, func(_ memberships.PageRequest, p *page) { p.Items = change(p.Items) })
}

func each(change func(membership) membership) func([]membership) []membership {
	return func(in []membership) []membership {
		out := make([]membership, len(in))
		for i, v := range in {
			out[i] = change(v)
		}
		return out
	}
}
