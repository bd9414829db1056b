package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
)

// A second client makes one change at any request of an apply, at all five providers. No
// member ends otherwise than the results say, or than the second client wants.
func TestSecondClientOfProviders(t *testing.T) {
	ran := map[string]int{}
	random := rand.New(rand.NewPCG(3, 4))
	for _, provider := range providers.Names() {
		for range deeptest.Count(4, 200) {
			if testSecondOf(t, provider, random) {
				ran[provider]++
			}
		}
		if ran[provider] == 0 {
			t.Errorf("%s: no change of the second client", provider)
		}
	}
	t.Logf("changes of the second client: %v", ran)
}

// everyone returns the seed data of a world with one more group, which everybody is in.
func everyone() []byte {
	b := worldState()
	b = append(b, "- name: Everyone\n  members:\n  - {email: ada@example.com, role: owner}\n"...)
	for _, p := range worldPeople() {
		b = fmt.Appendf(b, "  - {email: %s, role: member}\n", address(p))
	}
	return b
}

// people returns the ids of people by their names.
func (w *world) people(t *testing.T) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, name := range append(worldPeople(), "ada") {
		m, err := w.direct.Get(t.Context(), memberships.Ref{Group: w.groups["Everyone"], Member: memberships.Member{Kind: memberships.MemberUser, Email: address(name)}})
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = m.Member.ID
	}
	return ids
}

// testSecondOf reports whether the second client has made its change.
func testSecondOf(t *testing.T, provider string, random *rand.Rand) bool {
	t.Helper()
	w := openWorld(t, provider, everyone())
	ids := w.people(t)
	client := w.open(t)
	p := planOf(t, w.desired(), client)
	before, err := w.state()
	if err != nil {
		t.Fatal(err)
	}
	group := worldGroups[random.IntN(len(worldGroups))]
	person := worldPeople()[random.IntN(len(worldPeople()))] // ada reads the groups
	role := []memberships.Role{"", memberships.RoleMember, memberships.RoleManager}[random.IntN(3)]
	at, n, changed := 1+random.IntN(40), 0, false
	var trace []string
	w.before = func(r *http.Request) {
		if n++; n == at {
			changed = w.change(group, person, role, before[group+"/"+ids[person]] != "") == nil
		}
		trace = append(trace, r.Method)
	}
	report, err := reconcile.Apply(t.Context(), []*memberships.Client{client}, p, &reconcile.MemoryJournal{}, reconcile.ApplyOptions{Concurrency: 1, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if !changed {
		return false
	}
	about := fmt.Sprintf("%s: %s of %s becomes %q at request %d of %s", provider, person, group, role, at, strings.Join(trace, " "))
	after, err := w.state()
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]reconcile.ChangeResult{}
	for _, r := range report.Results {
		name, _, _ := strings.Cut(r.Change.Member.Email, "@")
		if name == "" {
			for of, id := range ids {
				if id == r.Change.Member.ID {
					name = of
				}
			}
		}
		results[r.Name+"/"+ids[name]] = r
	}
	touched := group + "/" + ids[person]
	for _, name := range worldGroups {
		for _, id := range ids {
			key := name + "/" + id
			r, planned := results[key]
			made := r.Outcome == reconcile.OutcomeDone || r.Outcome == reconcile.OutcomeAlready
			allowed := []string{before[key]}
			if key == touched {
				allowed = []string{string(role)}
			}
			switch target := string(r.Change.To.Role); {
			case made && key == touched:
				allowed = append(allowed, target)
			case made:
				allowed = []string{target}
			case planned && r.Err == nil:
				t.Errorf("%s: %s is %s without a reason", about, key, r.Outcome)
			}
			if !slices.Contains(allowed, after[key]) {
				t.Errorf("%s: %s is %q, want one of %q (%s, %v)", about, key, after[key], allowed, r.Outcome, r.Err)
			}
		}
	}
	return true
}

// change gives a person a role in a group, or removes the person.
func (w *world) change(group, person string, role memberships.Role, isMember bool) error {
	ch := memberships.Change{Op: memberships.OpUpdate, Role: role, Ref: memberships.Ref{Group: w.groups[group], Member: memberships.Member{Kind: memberships.MemberUser, Email: address(person)}}}
	switch {
	case role == "":
		ch.Op = memberships.OpRemove
	case !isMember:
		ch.Op = memberships.OpAdd
	}
	var failed error
	for r, err := range w.direct.Apply(context.Background(), slices.Values([]memberships.Change{ch}), memberships.BulkOptions{}) {
		failed = errors.Join(failed, err, r.Err)
	}
	return failed
}
