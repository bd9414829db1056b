package reconcile_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/reconcile"
)

// world is the emulator with two groups of one provider, and a record of the writes that
// reach it.
type world struct {
	provider string
	url      string
	groups   map[string]memberships.Group
	direct   *memberships.Client // not recorded
	owner    memberships.Role    // of ada

	mu     sync.Mutex
	writes []write
	before func(*http.Request) // is called before each request
}

// write has a request that changes something, and the members that it changed.
type write struct {
	text   string
	status int
	// moved are the members with another role afterwards, as "group/address".
	moved []string
}

// The groups of a world. Each has ada as its owner and a dozen members.
var worldGroups = []string{"Alpha", "Beta"}

const inWorldGroup = 12

func inGroup(group string, i int) string {
	return fmt.Sprintf("%s-%02d", strings.ToLower(group), i)
}
func outside(i int) string         { return fmt.Sprintf("new-%02d", i) }
func address(person string) string { return person + "@example.com" }

// worldState returns the seed data of a world.
func worldState() []byte {
	var b strings.Builder
	b.WriteString("people:\n")
	person := func(name string) { fmt.Fprintf(&b, "- {name: %s, email: %s}\n", name, address(name)) }
	for _, name := range append([]string{"ada"}, worldPeople()...) {
		person(name)
	}
	b.WriteString("groups:\n")
	group := func(name string, members []string) {
		fmt.Fprintf(&b, "- name: %s\n  members:\n  - {email: ada@example.com, role: owner}\n", name)
		for _, m := range members {
			fmt.Fprintf(&b, "  - {email: %s, role: member}\n", address(m))
		}
	}
	for _, g := range worldGroups {
		var members []string
		for i := range inWorldGroup {
			members = append(members, inGroup(g, i))
		}
		group(g, members)
	}
	group("Others", []string{outside(0), inGroup("Alpha", 0)})
	return []byte(b.String())
}

// worldPeople returns the people of a world but ada.
func worldPeople() (people []string) {
	for _, g := range worldGroups {
		for i := range inWorldGroup {
			people = append(people, inGroup(g, i))
		}
	}
	for i := range inWorldGroup {
		people = append(people, outside(i))
	}
	return people
}

// newWorld starts the emulator of a provider.
func newWorld(t *testing.T, provider string) *world {
	t.Helper()
	return openWorld(t, provider, worldState())
}

func openWorld(t *testing.T, provider string, state []byte) *world {
	t.Helper()
	e, err := emulator.New(emulator.WithState("world", state))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{provider: provider, groups: map[string]memberships.Group{}}
	srv := httptest.NewServer(w.recorded(e))
	t.Cleanup(srv.Close)
	w.url = srv.URL
	if w.direct, err = credentials.OpenEmulator(provider, option.WithHTTPClient(e.Client())); err != nil {
		t.Fatal(err)
	}
	for g, err := range w.direct.Groups(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		w.groups[g.Name] = memberships.Group{Kind: g.Kind, ID: g.ID}
	}
	ada, err := w.direct.Get(t.Context(), memberships.Ref{Group: w.groups["Alpha"], Member: memberships.Member{Email: address("ada")}})
	if err != nil {
		t.Fatal(err)
	}
	w.owner = ada.Role
	return w
}

// open returns a client whose requests are recorded.
func (w *world) open(t *testing.T, opts ...option.Option) *memberships.Client {
	t.Helper()
	c, err := credentials.OpenEmulator(w.provider, append(opts, option.WithBaseURL(w.url))...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// recorded records the writes to next, one at a time.
func (w *world) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.before != nil {
			w.before(r)
		}
		if r.Method == http.MethodGet {
			next.ServeHTTP(out, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		before, _ := w.state()
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		after, _ := w.state()
		w.writes = append(w.writes, write{r.Method + " " + r.URL.Path + " " + string(body), answer.Code, moved(before, after)})
		maps.Copy(out.Header(), answer.Header())
		out.WriteHeader(answer.Code)
		_, _ = out.Write(answer.Body.Bytes())
	})
}

// made returns the writes so far.
func (w *world) made() []write {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.writes)
}

// state returns the roles of the members of all groups, by "group/id".
func (w *world) state() (map[string]string, error) {
	out := map[string]string{}
	for name, g := range w.groups {
		for m, err := range w.direct.List(context.Background(), memberships.Filter{Group: g}) {
			if err != nil {
				return nil, err
			}
			out[name+"/"+m.Member.ID] = string(m.Role)
		}
	}
	return out, nil
}

// moved returns the keys whose values differ.
func moved(before, after map[string]string) []string {
	var out []string
	for key, role := range after {
		if before[key] != role {
			out = append(out, key)
		}
	}
	for key := range before {
		if _, ok := after[key]; !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// desired returns a file in which each group of the world gets five new members, one of them a
// manager, and four new managers, and loses five members: 28 changes.
func (w *world) desired() *reconcile.Desired {
	d := &reconcile.Desired{People: map[string]reconcile.Person{}, Hash: "world", MaxRunRemovals: &reconcile.Limit{Count: 100, Percent: 100}}
	person := func(key string) string {
		d.People[key] = reconcile.Person{Key: key, Email: address(key)}
		return key
	}
	for n, name := range worldGroups {
		g := reconcile.Group{Name: name, Mode: reconcile.ModeAuthoritative, In: map[string]memberships.Group{w.provider: w.groups[name]}}
		add := func(key string, role memberships.Role) {
			g.Members = append(g.Members, reconcile.Wanted{Person: person(key), Role: role})
		}
		add("ada", w.owner)
		for i := range inWorldGroup - 5 {
			role := memberships.RoleMember
			if i < 4 {
				role = memberships.RoleManager
			}
			add(inGroup(name, i), role)
		}
		for i := range 5 {
			role := memberships.RoleMember
			if i == 2 {
				role = memberships.RoleManager
			}
			add(outside(5*n+i), role)
		}
		slices.SortFunc(g.Members, func(a, b reconcile.Wanted) int { return strings.Compare(a.Person, b.Person) })
		d.Groups = append(d.Groups, g)
	}
	return d
}

// planOf returns the plan of a file.
func planOf(t *testing.T, d *reconcile.Desired, clients ...*memberships.Client) *reconcile.Plan {
	t.Helper()
	if wrong := d.Check(clients); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	p, err := reconcile.NewPlan(d, reconcile.Look(t.Context(), clients, d, reconcile.LookOptions{}), reconcile.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
