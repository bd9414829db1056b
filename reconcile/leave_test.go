package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

func person(key string) reconcile.Person {
	return reconcile.Person{Key: key, Email: key + "@example.com"}
}

// leaving returns the plan of a leaver in the groups of one provider.
func leaving(t *testing.T, l reconcile.Leaving, groups map[string][]memberships.Membership, opts ...memprovider.Option) (*reconcile.Plan, *reconcile.Found, *memberships.Client) {
	t.Helper()
	people := []memberships.Member{member("ada").Member, member("bob").Member, member("cid").Member, member("eve").Member}
	options := append([]memprovider.Option{memprovider.WithName("one"), memprovider.WithPeople(people...)}, opts...)
	for _, id := range slices.Sorted(func(yield func(string) bool) {
		for id := range groups {
			if !yield(id) {
				return
			}
		}
	}) {
		options = append(options, memprovider.WithGroup(memberships.Group{ID: id}, groups[id]...))
	}
	c := memberships.New(memprovider.New(options...))
	found := reconcile.Find(t.Context(), []*memberships.Client{c}, l)
	p, err := reconcile.NewLeavePlan(found, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p, found, c
}

func TestNewLeavePlan(t *testing.T) {
	owner := func(id string) memberships.Membership { return member(id, memberships.RoleOwner) }
	eve := person("eve")
	for name, tt := range map[string]struct {
		leaving reconcile.Leaving
		groups  map[string][]memberships.Membership
		want    []string
	}{
		"a member":                           {reconcile.Leaving{}, map[string][]memberships.Membership{"a": {member("ada"), manager("bob")}, "b": {member("ada")}, "c": {member("bob")}}, []string{"- ada member", "- ada member"}},
		"one of two managers":                {reconcile.Leaving{}, map[string][]memberships.Membership{"a": {manager("ada"), manager("bob")}}, []string{"- ada manager"}},
		"the last manager":                   {reconcile.Leaving{}, map[string][]memberships.Membership{"a": {manager("ada"), member("bob")}}, []string{"! ada last_manager"}},
		"a successor outside":                {reconcile.Leaving{Successor: &eve}, map[string][]memberships.Membership{"a": {manager("ada"), member("bob")}}, []string{"+ eve manager", "- ada manager"}},
		"a successor in the group":           {reconcile.Leaving{Successor: &eve}, map[string][]memberships.Membership{"a": {manager("ada"), member("eve")}}, []string{"~ eve member to manager", "- ada manager"}},
		"a successor is not needed":          {reconcile.Leaving{Successor: &eve}, map[string][]memberships.Membership{"a": {manager("ada"), manager("bob")}}, []string{"- ada manager"}},
		"an unknown successor":               {reconcile.Leaving{Successor: new(person("zoe"))}, map[string][]memberships.Membership{"a": {manager("ada")}}, []string{"# no_account zoe"}},
		"the last owner":                     {reconcile.Leaving{}, map[string][]memberships.Membership{"a": {owner("ada"), manager("bob")}}, []string{"! ada last_owner"}},
		"a successor of the owner":           {reconcile.Leaving{Successor: &eve}, map[string][]memberships.Membership{"a": {owner("ada"), manager("eve")}}, []string{"~ eve manager to owner", "- ada owner"}},
		"two leavers, both managers":         {reconcile.Leaving{People: []reconcile.Person{person("ada"), person("bob")}}, map[string][]memberships.Membership{"a": {manager("ada"), manager("bob"), member("cid")}}, []string{"! ada last_manager", "! bob last_manager"}},
		"a successor who leaves, by address": {reconcile.Leaving{Successor: &eve, People: []reconcile.Person{{Key: "ada", Email: "ada@example.com", Aliases: []string{"Eve@example.com"}}}}, map[string][]memberships.Membership{"a": {manager("ada"), member("eve")}}, []string{"- eve member", "! ada last_manager"}},
		"a successor who leaves, by id":      {reconcile.Leaving{Successor: &eve, People: []reconcile.Person{person("ada"), {Key: "x", IDs: map[string]memberships.Member{"one": {ID: "eve"}}}}}, map[string][]memberships.Membership{"a": {manager("ada"), manager("eve"), member("bob")}}, []string{"! ada last_manager", "! eve last_manager"}},
		"a successor who leaves elsewhere":   {reconcile.Leaving{Successor: &eve, People: []reconcile.Person{person("ada"), {Key: "x", IDs: map[string]memberships.Member{"one": {ID: "eve"}}}}}, map[string][]memberships.Membership{"a": {manager("ada")}, "b": {member("eve")}}, []string{"! ada last_manager", "- eve member"}},
		"a kept group":                       {reconcile.Leaving{Keeps: func(_ string, g memberships.Group) bool { return g.ID == "a" }}, map[string][]memberships.Membership{"a": {manager("ada")}, "b": {member("ada")}}, []string{"= ada kept", "- ada member"}},
		"an alias":                           {reconcile.Leaving{People: []reconcile.Person{{Key: "x", Email: "x@example.com", Aliases: []string{"ADA@example.com"}}}}, map[string][]memberships.Membership{"a": {member("ada")}}, []string{"- ada member"}},
		"an id":                              {reconcile.Leaving{People: []reconcile.Person{{Key: "x", IDs: map[string]memberships.Member{"one": {ID: "ada"}}}}}, map[string][]memberships.Membership{"a": {member("ada")}}, []string{"- ada member"}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.leaving.People == nil {
				tt.leaving.People = []reconcile.Person{person("ada")}
			}
			p, _, _ := leaving(t, tt.leaving, tt.groups)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// One account of two leavers is removed once.
func TestLeaversWithOneAccount(t *testing.T) {
	l := reconcile.Leaving{People: []reconcile.Person{person("ada"), {Key: "x", IDs: map[string]memberships.Member{"one": {ID: "ada"}}}}}
	p, _, _ := leaving(t, l, map[string][]memberships.Membership{"a": {member("ada"), member("bob")}})
	changes := p.Groups[0].Changes
	if len(changes) != 1 || changes[0].Person != "ada and x" || len(p.Groups[0].Observed.Rows) != 1 {
		t.Errorf("got %d changes of %d rows: %+v", len(changes), len(p.Groups[0].Observed.Rows), changes)
	}
}

// A group is read as a whole where the leaver manages it. Of any other group the plan has the
// leaver alone.
func TestLeavePlanObserved(t *testing.T) {
	p, _, _ := leaving(t, reconcile.Leaving{People: []reconcile.Person{person("ada")}}, map[string][]memberships.Membership{
		"a": {member("ada"), manager("bob")}, "b": {manager("ada"), manager("bob"), member("cid")},
	})
	var got []string
	for _, g := range p.Groups {
		got = append(got, fmt.Sprintf("%s: %d rows, complete %t, partial %t", g.Group.ID, len(g.Observed.Rows), g.Observed.Complete, g.Observed.Partial))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"a: 1 rows, complete true, partial true", "b: 3 rows, complete true, partial false"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A provider that does not know the person and one that cannot tell are two things.
func TestSightings(t *testing.T) {
	for name, tt := range map[string]struct {
		person                reconcile.Person
		opts                  []memprovider.Option
		unknown, undetermined bool
		rows                  int
	}{
		"known":                 {person: person("ada"), rows: 1},
		"known, without groups": {person: person("bob")},
		"unknown":               {person: person("zoe"), unknown: true},
		"no address":            {person: reconcile.Person{Key: "x"}, undetermined: true},
		"an unknown alias":      {person: reconcile.Person{Key: "x", Email: "ada@example.com", Aliases: []string{"zoe@example.com"}}, rows: 1},
		"a known alias":         {person: reconcile.Person{Key: "x", Email: "zoe@example.com", Aliases: []string{"ada@example.com"}}, rows: 1},
		"no known address":      {person: reconcile.Person{Key: "x", Email: "zoe@example.com", Aliases: []string{"zac@example.com"}}, unknown: true},
		"a failed search": {person: person("ada"), undetermined: true, opts: []memprovider.Option{memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
			if c.Operation == memberships.OpListByMember {
				return memberships.ErrUnavailable
			}
			return nil
		})}},
	} {
		t.Run(name, func(t *testing.T) {
			_, found, _ := leaving(t, reconcile.Leaving{People: []reconcile.Person{tt.person}}, map[string][]memberships.Membership{"a": {member("ada")}}, tt.opts...)
			s := found.Sightings[0]
			if s.IsUnknown() != tt.unknown || s.IsUndetermined() != tt.undetermined || len(s.Rows) != tt.rows {
				t.Errorf("got unknown %v, undetermined %v, %d rows, %v", s.IsUnknown(), s.IsUndetermined(), len(s.Rows), s.Err)
			}
		})
	}
}

// The plan of a leaver is applied as any other, and the memberships are read back.
func TestApplyLeavePlan(t *testing.T) {
	eve := person("eve")
	l := reconcile.Leaving{People: []reconcile.Person{person("ada")}, Successor: &eve}
	p, _, c := leaving(t, l, map[string][]memberships.Membership{"a": {manager("ada"), member("bob")}, "b": {member("ada"), manager("bob")}})
	clients := []*memberships.Client{c}
	r, err := reconcile.Apply(t.Context(), clients, p, &reconcile.MemoryJournal{}, fast)
	if err != nil {
		t.Fatal(err)
	}
	if r.Count(reconcile.OutcomeDone) != 3 {
		t.Fatalf("got %v", outcomes(r))
	}
	for key, state := range reconcile.ReadBackRemovals(t.Context(), clients, r) {
		if state != reconcile.ReadBackAbsent {
			t.Errorf("%s: %s", key, state)
		}
	}
	again, err := reconcile.NewLeavePlan(reconcile.Find(t.Context(), clients, l), 0)
	if err != nil || len(again.Groups) != 0 {
		t.Errorf("the next plan: %v, %v", lines(again), err)
	}
	m, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "a"}, Member: memberships.Member{ID: "eve"}})
	if err != nil || m.Role != memberships.RoleManager {
		t.Errorf("the successor: %v, %v", m, err)
	}
	if _, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "a"}, Member: memberships.Member{ID: "ada"}}); !errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("the leaver: %v", err)
	}
}

// hiding reports a hidden part of every search for a member.
type hiding struct{ memberships.Provider }

func (p hiding) List(ctx context.Context, q memberships.Query, s *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		for m, err := range p.Provider.List(ctx, q, s) {
			if !yield(m, err) || err != nil {
				return
			}
		}
		s.Add(memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapUnreadGroup, Text: "one group"})
	}
}

// A search with a hidden part is undetermined, and its memberships are still planned.
func TestHiddenSighting(t *testing.T) {
	c := memberships.New(hiding{memprovider.New(memprovider.WithName("one"), memprovider.WithGroup(memberships.Group{ID: "a"}, member("ada"), manager("bob")))})
	f := reconcile.Find(t.Context(), []*memberships.Client{c}, reconcile.Leaving{People: []reconcile.Person{person("ada")}})
	p, err := reconcile.NewLeavePlan(f, 0)
	if err != nil || !f.Sightings[0].IsUndetermined() || p.Summary().Remove != 1 {
		t.Errorf("got undetermined %v, %v, %v", f.Sightings[0].IsUndetermined(), lines(p), err)
	}
}
