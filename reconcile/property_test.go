package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// random is random providers, and a random file.
type random struct {
	names   []string
	specs   map[string]*randomProvider
	desired *reconcile.Desired
	options reconcile.PlanOptions

	mu    sync.Mutex
	calls []randomCall
}

type randomCall struct {
	provider string
	memprovider.Call
}

// randomProvider is the content of a provider. The order of its rows does not matter.
type randomProvider struct {
	people  []memberships.Member
	groups  map[string][]memberships.Membership
	hidden  map[string]memberships.Member // a hidden member of a group
	failing map[string]error              // of the listing of a group
	bulk    int
	invites bool
}

var (
	randomPeople = []string{"ann", "ben", "cat", "dee", "eli", "fay", "gus", "hal"}
	randomGroups = []string{"red", "blue"}
)

func groupOf(id string) memberships.Group {
	return memberships.Group{Kind: memberships.KindGroup, ID: id}
}

func drawRole(t *rapid.T, label string) memberships.Role {
	return rapid.SampledFrom([]memberships.Role{memberships.RoleMember, memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}).Draw(t, label)
}

func chance(t *rapid.T, of int, label string) bool {
	return rapid.IntRange(1, of).Draw(t, label) == of
}

func drawRandom(t *rapid.T) *random {
	w := &random{specs: map[string]*randomProvider{}}
	w.names = []string{"one", "two"}[:rapid.IntRange(1, 2).Draw(t, "providers")]
	for _, name := range w.names {
		w.specs[name] = drawProvider(t, name)
	}
	w.desired = w.drawDesired(t)
	if chance(t, 4, "allowed") {
		w.options.AllowRemovals = rapid.IntRange(1, 9).Draw(t, "removals")
	}
	return w
}

func drawProvider(t *rapid.T, name string) *randomProvider {
	s := &randomProvider{groups: map[string][]memberships.Membership{}, hidden: map[string]memberships.Member{}, failing: map[string]error{}}
	s.bulk, s.invites = rapid.SampledFrom([]int{0, 3}).Draw(t, name+" bulk"), chance(t, 3, name+" invites")
	for i, person := range randomPeople {
		if chance(t, 8, name+" lacks "+person) {
			continue
		}
		s.people = append(s.people, memberships.Member{Kind: memberships.MemberUser, ID: fmt.Sprintf("%s%d", name, i), Email: address(person)})
	}
	if s.bulk > 0 && chance(t, 6, name+" has an address twice") { // others look up whom no group shows
		s.people = append(s.people, memberships.Member{Kind: memberships.MemberUser, ID: name + "twice", Email: address("ann")})
	}
	for _, g := range randomGroups {
		rows := []memberships.Membership{}
		for _, m := range s.people {
			if rapid.Bool().Draw(t, name+" "+g+" has "+m.ID) {
				rows = append(rows, memberships.Membership{Member: m, Role: drawRole(t, "role")})
			}
		}
		if chance(t, 3, name+" "+g+" has an app") {
			rows = append(rows, memberships.Membership{Member: memberships.Member{Kind: memberships.MemberApp, ID: "bot"}, Role: memberships.RoleMember})
		}
		s.groups[g] = rows
		if len(rows) > 0 && chance(t, 6, name+" hides in "+g) {
			s.hidden[g] = rapid.SampledFrom(rows).Draw(t, "hidden").Member
		}
		if chance(t, 8, name+" fails for "+g) {
			s.failing[g] = rapid.SampledFrom([]error{memberships.ErrListLimit, memberships.ErrUnstable, memberships.ErrUnavailable, memberships.ErrMalformed, memberships.ErrPermissionDenied}).Draw(t, "failure")
		}
	}
	return s
}

func (w *random) drawDesired(t *rapid.T) *reconcile.Desired {
	d := &reconcile.Desired{People: map[string]reconcile.Person{}, Hash: "random"}
	limit := func(label string) *reconcile.Limit {
		if rapid.Bool().Draw(t, label) {
			return nil
		}
		return &reconcile.Limit{Count: rapid.IntRange(0, 4).Draw(t, "count"), Percent: rapid.SampledFrom([]int{0, 10, 50, 100}).Draw(t, "percent")}
	}
	for _, person := range randomPeople {
		p := reconcile.Person{Key: person, Email: address(person)}
		if ids := w.idsOf("one", person); chance(t, 4, person+" has an id") && len(ids) > 0 {
			p.IDs = map[string]memberships.Member{"one": {Kind: memberships.MemberUser, ID: ids[0]}}
		}
		d.People[person] = p
	}
	d.People["bot"] = reconcile.Person{Key: "bot", IDs: map[string]memberships.Member{"one": {Kind: memberships.MemberApp, ID: "bot"}, "two": {Kind: memberships.MemberApp, ID: "bot"}}}
	d.Protected = slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.SampledFrom(randomPeople), 0, 1, rapid.ID).Draw(t, "protected")))
	d.MaxRunRemovals = limit("run limit")
	for _, name := range randomGroups {
		g := reconcile.Group{
			Name: name, In: map[string]memberships.Group{}, Mode: rapid.SampledFrom(reconcile.Modes()).Draw(t, name+" mode"),
			MinManagers: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "min"), MaxRemovals: limit("limit"), Ceiling: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "ceiling"),
			AllowEmpty: chance(t, 3, "allow empty"), Invite: rapid.Bool().Draw(t, "invite"),
			Ignore: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"app:*", "cat@*", "one3", "x*"}), 0, 2, rapid.ID).Draw(t, "ignore"),
		}
		for _, provider := range w.names {
			if !chance(t, 4, name+" not in "+provider) {
				g.In[provider] = groupOf(name)
			}
		}
		members := rapid.SliceOfNDistinct(rapid.SampledFrom(append(slices.Clone(randomPeople), "bot")), 0, 8, rapid.ID).Draw(t, "members")
		slices.Sort(members)
		for _, person := range members {
			g.Members = append(g.Members, reconcile.Wanted{Person: person, Role: drawRole(t, person+" role")})
		}
		d.Groups = append(d.Groups, g)
	}
	return d
}

// open makes the providers. With reversed, all of their rows came in the opposite order.
func (w *random) open(reversed bool) ([]*memberships.Client, map[string]*memprovider.Provider) {
	var clients []*memberships.Client
	providers := map[string]*memprovider.Provider{}
	for _, name := range w.names {
		spec := w.specs[name]
		opts := []memprovider.Option{memprovider.WithName(name), memprovider.WithPageSize(3), memprovider.WithHook(func(_ context.Context, c memprovider.Call) error { return w.called(name, c) })}
		if spec.bulk > 0 {
			opts = append(opts, memprovider.WithBulk(spec.bulk))
		}
		if spec.invites {
			opts = append(opts, memprovider.WithInvitations(0))
		}
		people := append(slices.Clone(spec.people), memberships.Member{Kind: memberships.MemberApp, ID: "bot"})
		for _, g := range randomGroups {
			rows := slices.Clone(spec.groups[g])
			if reversed {
				slices.Reverse(rows)
			}
			opts = append(opts, memprovider.WithGroup(groupOf(g), rows...))
			if m, ok := spec.hidden[g]; ok {
				opts = append(opts, memprovider.WithGap(groupOf(g), memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "a part"}, m))
			}
		}
		p := memprovider.New(append(opts, memprovider.WithPeople(people...))...)
		providers[name] = p
		clients = append(clients, memberships.New(p))
	}
	if reversed {
		slices.Reverse(clients)
	}
	return clients, providers
}

func (w *random) called(provider string, c memprovider.Call) error {
	w.mu.Lock()
	w.calls = append(w.calls, randomCall{provider, c})
	w.mu.Unlock()
	if err := w.specs[provider].failing[c.Group.ID]; err != nil && c.Operation == memberships.OpList {
		return &memberships.Error{Kind: err}
	}
	return nil
}

// rolesIn returns the roles of a group, hidden members too, by the id of a member.
func rolesIn(p *memprovider.Provider, spec *randomProvider, g string) map[string]string {
	out := map[string]string{}
	for _, m := range append(slices.Clone(spec.people), memberships.Member{Kind: memberships.MemberApp, ID: "bot"}) {
		for row, err := range p.List(context.Background(), memberships.Query{Member: memberships.Member{ID: m.ID}}, nil) {
			if err == nil && row.Group.ID == g {
				out[m.ID] = string(row.Role)
			}
		}
	}
	return out
}

// A plan of any file holds what it promises, judged by what happens to the groups.
func TestPlansOfRandomWorlds(t *testing.T) {
	for range deeptest.Count(1, 100) {
		rapid.Check(t, testRandomWorld)
	}
}

func testRandomWorld(t *rapid.T) {
	w := drawRandom(t)
	clients, providers := w.open(false)
	plan := func(clients []*memberships.Client, concurrency int) *reconcile.Plan {
		seen := reconcile.Look(context.Background(), clients, w.desired, reconcile.LookOptions{Concurrency: concurrency})
		seen.Time = noon
		p, err := reconcile.NewPlan(w.desired, seen, w.options)
		if wrong := (*reconcile.RemovalsError)(nil); errors.As(err, &wrong) {
			w.options.AllowRemovals = wrong.Planned
			p, err = reconcile.NewPlan(w.desired, seen, w.options)
		}
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := plan(clients, 1)
	w.checkOrder(t, p, plan)
	checkWritten(t, p)
	before := map[string]map[string]string{}
	for name, provider := range providers {
		for _, g := range randomGroups {
			before[name+"/"+g] = rolesIn(provider, w.specs[name], g)
		}
	}
	w.calls = nil
	report, err := reconcile.Apply(context.Background(), clients, p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{Now: func() time.Time { return noon }, Pause: time.Millisecond})
	if len(p.Blocked) > 0 != errors.Is(err, reconcile.ErrPlanBlocked) || len(p.Blocked) == 0 && err != nil {
		t.Fatalf("blocked by %v: %v", p.Blocked, err)
	}
	if err == nil {
		w.checkResults(t, report)
	}
	w.checkCalls(t, p)
	removals, listed := 0, 0
	for name, provider := range providers {
		for _, g := range w.desired.Groups {
			was, is := before[name+"/"+g.Name], rolesIn(provider, w.specs[name], g.Name)
			if g.In[name].ID == "" || g.Mode == reconcile.ModeUnmanaged {
				if diff := cmp.Diff(was, is); diff != "" {
					t.Fatalf("%s in %s is not in the file (-before +after):\n%s", g.Name, name, diff)
				}
				continue
			}
			removals += w.checkGroup(t, name, g, was, is)
			listed += w.listed(name, g.Name, was)
		}
	}
	if limit := w.desired.MaxRunRemovals.Or(reconcile.DefaultMaxRunRemovals()); w.options.AllowRemovals == 0 && removals > limit.Count && removals*100 > limit.Percent*listed {
		t.Fatalf("%d removals of %d memberships, and the limit is %+v", removals, listed, limit)
	}
	if w.options.AllowRemovals > 0 && removals != w.options.AllowRemovals {
		t.Fatalf("%d removals, and %d were allowed", removals, w.options.AllowRemovals)
	}
	if len(p.Blocked) > 0 {
		return
	}
	w.options.AllowRemovals = 0
	again := plan(clients, 1)
	for _, g := range again.Groups {
		for _, ch := range g.Changes {
			if !w.isHidden(g.Provider, g.Name, ch.Member.ID) {
				t.Fatalf("the next plan has %v", lines(again))
			}
		}
	}
}

func (w *random) isHidden(provider, group, id string) bool {
	return id != "" && w.specs[provider].hidden[group].ID == id
}

// checkResults checks that all changes were made, but for additions of members whom the
// listing hides.
func (w *random) checkResults(t *rapid.T, report *reconcile.Report) {
	for _, r := range report.Results {
		if want := map[bool]reconcile.Outcome{true: reconcile.OutcomeFailed, false: reconcile.OutcomeDone}[w.isHidden(r.Provider, r.Name, r.Change.Member.ID)]; r.Outcome != want {
			t.Fatalf("%s is %s: %v", r.Change.Key, r.Outcome, r.Err)
		}
	}
}

// listed returns the number of rows that a listing of a group shows.
func (w *random) listed(provider, group string, was map[string]string) int {
	spec := w.specs[provider]
	switch _, hidden := spec.hidden[group]; {
	case spec.failing[group] != nil:
		return 0
	case hidden:
		return len(was) - 1
	}
	return len(was)
}

// checkOrder plans the same world, whose rows came in another order.
func (w *random) checkOrder(t *rapid.T, p *reconcile.Plan, plan func([]*memberships.Client, int) *reconcile.Plan) {
	reversed, _ := w.open(true)
	ids := cmp.Options{
		cmpopts.IgnoreFields(reconcile.Row{}, "Membership", "Since"), cmpopts.IgnoreFields(reconcile.PlannedChange{}, "Membership"), cmpopts.IgnoreFields(reconcile.Plan{}, "Hash"),
	}
	if diff := cmp.Diff(p, plan(reversed, 5), ids); diff != "" {
		t.Fatalf("in another order (-first +second):\n%s", diff)
	}
}

// checkWritten reads a plan that was written.
func checkWritten(t *rapid.T, p *reconcile.Plan) {
	var text strings.Builder
	if err := p.Write(&text); err != nil {
		t.Fatal(err)
	}
	read, err := reconcile.ReadPlan(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, read, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("written and read (-want +got):\n%s", diff)
	}
}

// checkCalls compares the changes that the providers were asked for with the plan.
func (w *random) checkCalls(t *rapid.T, p *reconcile.Plan) {
	planned := map[string]int{}
	for _, g := range p.Groups {
		for _, ch := range g.Changes {
			planned[fmt.Sprint(g.Provider, ch.Op, g.Group.ID, ch.Member.ID, ch.Member.Email)]++
		}
	}
	for _, c := range w.calls {
		if c.Operation != memberships.OpAdd && c.Operation != memberships.OpUpdate && c.Operation != memberships.OpRemove {
			continue
		}
		key := fmt.Sprint(c.provider, c.Operation, c.Group.ID, c.Member.ID, c.Member.Email)
		if planned[key]--; planned[key] < 0 {
			t.Fatalf("%s was not in the plan, or was asked for twice", key)
		}
	}
}

// checkGroup compares what has happened to a group with the limits of the file, and returns
// the number of removals.
func (w *random) checkGroup(t *rapid.T, provider string, g reconcile.Group, was, is map[string]string) (removals int) {
	about := g.Name + " in " + provider
	spec := w.specs[provider]
	var removed, demoted []string
	managed, left := 0, 0
	for id, role := range was {
		now, stays := is[id]
		switch {
		case !stays:
			removed = append(removed, id)
		case role != "member" && (now == "member" || role == "owner" && now == "manager"):
			demoted = append(demoted, id)
		}
		if !w.ignores(g, provider, id) && id != spec.hidden[g.Name].ID {
			managed++
		}
	}
	for id := range is {
		if !w.ignores(g, provider, id) {
			left++
		}
	}
	n := len(removed) + len(demoted)
	touched := slices.Concat(removed, demoted)
	_, hidden := spec.hidden[g.Name]
	limit := g.MaxRemovals.Or(reconcile.DefaultMaxRemovals())
	switch {
	case n > 0 && (hidden || spec.failing[g.Name] != nil):
		t.Fatalf("%s: removals of %v after a listing that was not complete", about, touched)
	case g.Mode == reconcile.ModeAdditive && n > 0:
		t.Fatalf("%s is additive: removals of %v", about, touched)
	case g.Mode == reconcile.ModeNoRemovals && len(removed) > 0:
		t.Fatalf("%s has the mode no-removals: removals of %v", about, removed)
	case w.options.AllowRemovals == 0 && n > limit.Count && n*100 > limit.Percent*managed:
		t.Fatalf("%s: %d removals of %d exceed %+v", about, n, managed, limit)
	case w.options.AllowRemovals == 0 && (g.Ceiling > 0 && n > g.Ceiling || n > reconcile.DefaultCeiling):
		t.Fatalf("%s: %d removals exceed the ceiling %d", about, n, g.Ceiling)
	case w.options.AllowRemovals == 0 && n*2 > managed && (left > 0 || !g.AllowEmpty):
		t.Fatalf("%s: %d removals of %d are more than half", about, n, managed)
	case len(removed) > 0 && left == 0 && !g.AllowEmpty:
		t.Fatalf("%s: no member is left of %v but %v, the file has %v and ignores %v", about, was, is, names(g.Members), g.Ignore)
	}
	for _, id := range touched {
		if w.ignores(g, provider, id) {
			t.Fatalf("%s: %s is ignored, and was removed or demoted", about, id)
		}
		for _, person := range w.desired.Protected {
			if slices.Contains(w.idsOf(provider, person), id) {
				t.Fatalf("%s: %s is protected, and was removed or demoted", about, person)
			}
		}
	}
	w.checkManagers(t, about, g, hidden, was, is)
	return n
}

// checkManagers checks that a group keeps its last owner and manager, and min_managers. The
// addition of a hidden member fails.
func (w *random) checkManagers(t *rapid.T, about string, g reconcile.Group, hidden bool, was, is map[string]string) {
	count := func(roles map[string]string, least ...string) (n int) {
		for _, role := range roles {
			if slices.Contains(least, role) {
				n++
			}
		}
		return n
	}
	for _, least := range [][]string{{"owner"}, {"owner", "manager"}} {
		if count(was, least...) > 0 && count(is, least...) == 0 {
			t.Fatalf("%s: no %s is left of %v", about, least[len(least)-1], was)
		}
	}
	if managers := count(is, "owner", "manager"); !hidden && !maps.Equal(was, is) && managers < g.MinManagers {
		t.Fatalf("%s: %d managers are left, and min_managers is %d: %v, then %v", about, managers, g.MinManagers, was, is)
	}
}

// idsOf returns the ids of a person at a provider.
func (w *random) idsOf(provider, person string) (ids []string) {
	for _, m := range w.specs[provider].people {
		if m.Email == address(person) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// ignores reports whether the file ignores a member, or an app, that it does not list.
func (w *random) ignores(g reconcile.Group, provider, id string) bool {
	email := ""
	for _, m := range w.specs[provider].people {
		if m.ID == id {
			email = m.Email
		}
	}
	for _, person := range g.Members {
		if slices.Contains(w.idsOf(provider, person.Person), id) || person.Person == id {
			return false
		}
	}
	if id == "bot" {
		return true
	}
	for _, pattern := range g.Ignore {
		if pattern == "cat@*" && email == address("cat") || pattern == id {
			return true
		}
	}
	return false
}
