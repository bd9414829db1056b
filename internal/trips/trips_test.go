package trips

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providers"
)

// TestTrips measures every row. One request more or less than the table has is a failure,
// and so is a row above its budget without a reason.
func TestTrips(t *testing.T) {
	above := 0
	for _, r := range Rows() {
		t.Run(r.Name(), func(t *testing.T) {
			if r.AboveBudget() {
				above++
				t.Logf("above its budget: %d requests of %d, a chain of %d of %d: %s", r.Now.Requests, r.Budget.Requests, r.Now.Chain, r.Budget.Chain, r.Over)
			}
			if r.AboveBudget() && r.Over == "" {
				t.Error("the row is above its budget without a reason")
			}
			if r.Least > r.Budget.Requests || r.Least > r.Now.Requests {
				t.Errorf("the least possible is %d, with a budget of %d and %d now", r.Least, r.Budget.Requests, r.Now.Requests)
			}
			want := r.Now
			got := measure(t, r)
			if r.Job.lanes > 1 { // without latency, the order of its requests is a matter of luck
				want.Chain = got.Chain
			}
			if got != want {
				t.Errorf("%d requests in a chain of %d, the table has %d in %d", got.Requests, got.Chain, want.Requests, want.Chain)
			}
		})
	}
	t.Logf("%d of %d rows are above their budgets", above, len(Rows()))
}

// measure measures a row in memory, under a clock that costs no time. A command needs a
// network and gets no latency.
func measure(t *testing.T, r Row) (got Trips) {
	t.Helper()
	var err error
	if r.Job.command {
		got, _, err = r.Measure(t.Context(), Conditions{})
	} else {
		synctest.Test(t, func(t *testing.T) {
			got, _, err = r.Measure(t.Context(), Conditions{Latency: 50 * time.Millisecond})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestTable checks that the table is whole: every job of every provider once, and a reason
// where one is needed.
func TestTable(t *testing.T) {
	seen := map[string]int{}
	jobs := map[*Job]bool{}
	for _, e := range table {
		seen[e.job.Name+" "+e.provider]++
		jobs[e.job] = true
		over := false
		for _, m := range e.now {
			over = over || Row{Now: m.Trips, Budget: e.budget(m.Size)}.AboveBudget()
		}
		if over != (e.over != "") || e.why == "" || len(e.now) == 0 {
			t.Errorf("%s %s: above its budget is %t, over is %q, why is %q", e.job.Name, e.provider, over, e.over, e.why)
		}
	}
	for j := range jobs {
		for _, provider := range providers.Names() {
			want := 1
			if j == cmdRemoveID && !hasIDs(t, provider) {
				want = 0
			}
			if got := seen[j.Name+" "+provider]; got != want {
				t.Errorf("%s %s has %d entries, want %d", j.Name, provider, got, want)
			}
		}
	}
}

// hasIDs reports whether the memberships of a provider have ids.
func hasIDs(t *testing.T, provider string) bool {
	t.Helper()
	c := &counter{}
	s, stop, err := open(provider, Size{N: 1}, state(1, 0, 0), c, false)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := s.find(t.Context(), club); err != nil {
		t.Fatal(err)
	}
	return s.people[0].ID != ""
}

// TestChain counts the longest chain of requests that waited for each other.
func TestChain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		order string // a capital letter begins a request, the small one ends it
		want  Trips
	}{
		{"none", "", Trips{0, 0}},
		{"one", "Aa", Trips{1, 1}},
		{"in turn", "AaBbCc", Trips{3, 3}},
		{"at once", "ABCabc", Trips{3, 1}},
		{"two lanes", "ABaCbDcd", Trips{4, 2}},
		{"a long one beside", "ABbCcDda", Trips{4, 3}},
		{"after a long one", "ABbCcaDd", Trips{4, 3}},
		{"without an end", "AaBbC", Trips{3, 2}},
	} {
		var c counter
		places := map[rune]int{}
		for _, l := range tt.order {
			if l < 'a' {
				places[l+'a'-'A'] = c.begin()
			} else {
				c.end(places[l])
			}
		}
		if got := c.trips(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// A request through the network counts as one in memory does.
func TestNetwork(t *testing.T) {
	for _, provider := range providers.Names() {
		seed := state(4, 0, 0)
		got := map[bool]string{}
		for _, network := range []bool{false, true} {
			c := &counter{}
			s, stop, err := open(provider, Size{N: 5}, seed, c, network)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.find(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			err = listClub(t.Context(), s)
			stop()
			if err != nil {
				t.Fatal(err)
			}
			got[network] = fmt.Sprint(c.trips())
		}
		if got[false] != got[true] {
			t.Errorf("%s: %s in memory, %s through the network", provider, got[false], got[true])
		}
	}
}

// A job whose result is wrong is an error and no measurement.
func TestWrongResult(t *testing.T) {
	r := Row{Job: list, Provider: "box", Size: Size{N: 3}}
	c := &counter{}
	s, stop, err := open(r.Provider, r.Size, state(1, 0, 0), c, false)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := s.find(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := listClub(t.Context(), s); err == nil {
		t.Error("two members are three")
	}
	r.Provider = "slack"
	if _, _, err := r.Measure(t.Context(), Conditions{}); err == nil {
		t.Error("an unknown provider is measured")
	}
}

// A job that changes nothing is no measurement either.
func TestChangesAreMade(t *testing.T) {
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpRemove} {
		from, seed, want := crowd, state(0, 3, 0), 4
		if op == memberships.OpRemove {
			from, seed, want = club, state(3, 0, 0), 1
		}
		for _, provider := range providers.Names() {
			s, stop, err := open(provider, Size{N: 3}, seed, &counter{}, false)
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			if err := s.find(t.Context(), from); err != nil {
				t.Fatal(err)
			}
			if err := change(op, byAddress)(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if err := drain(s.setup.List(t.Context(), memberships.Filter{Group: s.club}), want, 0); err != nil {
				t.Errorf("%s after %s: %v", provider, op, err)
			}
		}
	}
}
