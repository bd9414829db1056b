package events_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	verifier "github.com/memberships-go/memberships/events/googlechat"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// day is a day at an emulator: a script changes memberships in all providers, and a process
// hears of them over a network that fails.
type day struct {
	t       *testing.T
	seed    uint64
	dir     string
	rng     *rand.Rand
	api     *tcpProxy
	proxy   *deliveryProxy
	sources []*source

	mu sync.Mutex
	// heard counts the events by provider, subject and the id of the delivery or event.
	heard map[string]map[string]map[string]int
}

// source is a provider of the day.
type source struct {
	name string
	// direct changes memberships, and client reads them through the network that fails.
	direct, client *memberships.Client
	opts           []memberships.Option
	deliveries     memberships.Deliveries // nil for a stream
	webex          *webex.Client
	hook           *webex.Webhook

	groups  []memberships.Group
	people  []memberships.Member
	roles   map[string]memberships.Role // by subject
	changes map[string]int              // by subject
	once    sync.Once
	watched chan struct{} // closed at the first position of the stream
}

func (s *source) ready() { s.once.Do(func() { close(s.watched) }) }

// subject is the text that identifies a membership of the day.
func subject(g memberships.Group, m memberships.Member) string { return g.ID + " " + m.ID }

// hear counts an event.
func (d *day) hear(e memberships.Event, id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	of := subject(e.Membership.Group, e.Membership.Member)
	if d.heard[e.Provider] == nil {
		d.heard[e.Provider] = map[string]map[string]int{}
	}
	if d.heard[e.Provider][of] == nil {
		d.heard[e.Provider][of] = map[string]int{}
	}
	d.heard[e.Provider][of][id]++
}

func (d *day) errorf(format string, args ...any) {
	d.t.Errorf("seed %d: %s", d.seed, fmt.Sprintf(format, args...))
}

// newDay starts an emulator with the people and groups of the day.
func newDay(t *testing.T, seed uint64) *day {
	t.Helper()
	d := &day{
		t: t, seed: seed, dir: t.TempDir(), rng: rand.New(rand.NewPCG(seed, 4)), proxy: newDeliveryProxy(t, seed),
		heard: map[string]map[string]map[string]int{},
	}
	state := "people: [{name: Ada, email: ada@example.com}"
	members := "[{email: ada@example.com, role: owner}"
	for i := range 8 {
		state += fmt.Sprintf(", {name: P%d, email: p%d@example.com}", i, i)
		members += fmt.Sprintf(", {email: p%d@example.com}", i)
	}
	state += "]\ngroups: [{name: Roster, members: " + members + "]}"
	for _, name := range []string{"Alpha", "Beta"} {
		state += ", {name: " + name + ", members: [{email: ada@example.com, role: owner}]}"
	}
	state += fmt.Sprintf("]\ndeliveries: {clerk: {url: %q, secret: %q}, googlechat: {url: %q}}\n", d.proxy.srv.URL+"/clerk", clerkSecret, d.proxy.srv.URL+"/googlechat")
	srv := emulator.NewServer(emulator.WithState("day.yaml", []byte(state)), emulator.WithLogger(slog.New(slog.DiscardHandler)))
	t.Cleanup(srv.Close)
	d.api = newTCPProxy(t, srv.URL)
	const account = "push@emulator.iam.gserviceaccount.com"
	deliveries := map[string]memberships.Deliveries{
		"webex": webex.Deliveries(secret), "clerk": clerk.Deliveries(clerkSecret),
		"googlechat": verifier.Deliveries(d.proxy.srv.URL+"/googlechat", account, verifier.WithKeysURL(srv.URL+"/service_accounts/v1/jwk/"+account)),
	}
	for _, name := range providers.Names() {
		s := &source{name: name, direct: d.open(name, srv.URL), client: d.open(name, d.api.url()), roles: map[string]memberships.Role{}, changes: map[string]int{}, watched: make(chan struct{})}
		switch caps := s.client.Capabilities(); {
		case caps.Watch:
			d.populate(s)
			if caps.WatchesGroups {
				s.opts = append(s.opts, memberships.WithWatchedGroups(s.groups...))
			}
		case deliveries[name] != nil:
			s.deliveries = deliveries[name]
			d.populate(s)
			s.ready()
		default:
			continue // no events
		}
		if name == "webex" {
			d.register(s, srv.URL)
		}
		d.sources = append(d.sources, s)
	}
	return d
}

// open returns a client at an address.
func (d *day) open(name, address string) *memberships.Client {
	d.t.Helper()
	opts := []option.Option{option.WithBaseURL(address), option.WithLogger(slog.New(slog.DiscardHandler))}
	if name == "box" {
		opts = append(opts, box.WithPollInterval(100*time.Millisecond))
	}
	p, err := providers.OpenWith(name, emulated.Settings(name), opts...)
	if err != nil {
		d.t.Fatal(err)
	}
	return memberships.New(p)
}

// register makes the webhook of Webex.
func (d *day) register(s *source, address string) {
	d.t.Helper()
	var err error
	if s.webex, err = webex.New(option.WithBaseURL(address), option.WithToken(emulated.Token)); err != nil {
		d.t.Fatal(err)
	}
	if s.hook, err = s.webex.Webhooks.Create(d.t.Context(), webex.CreateWebhookRequest{
		Name: "day", TargetURL: d.proxy.srv.URL + "/webex", Resource: webex.ResourceMemberships, Event: webex.EventAll, Secret: secret,
	}); err != nil {
		d.t.Fatal(err)
	}
}

// populate reads the groups of the day, and the people from the roster.
func (d *day) populate(s *source) {
	d.t.Helper()
	var roster memberships.Group
	for g, err := range s.direct.Groups(d.t.Context()) {
		switch {
		case err != nil:
			d.t.Fatal(err)
		case g.Name == "Roster":
			roster = g
		default:
			s.groups = append(s.groups, memberships.Group{Kind: g.Kind, ID: g.ID})
		}
	}
	first := s.roleAt(0)
	for m, err := range s.direct.List(d.t.Context(), memberships.Filter{Group: roster}) {
		if err != nil {
			d.t.Fatal(err)
		}
		if m.Role == first {
			s.people = append(s.people, memberships.Member{Kind: m.Member.Kind, ID: m.Member.ID})
		}
	}
	if len(s.groups) != 2 || len(s.people) != 8 {
		d.t.Fatalf("%s: %d groups and %d people", s.name, len(s.groups), len(s.people))
	}
}

// roleAt returns the weakest role for 0, and the strongest one for 1.
func (s *source) roleAt(n int) memberships.Role {
	roles := s.direct.Capabilities().Roles
	return []memberships.Role{roles[0], roles[len(roles)-1]}[n]
}

// change adds, updates or removes one member somewhere. No change is empty.
func (d *day) change(ctx context.Context) {
	d.t.Helper()
	s := d.sources[d.rng.IntN(len(d.sources))]
	ref := memberships.Ref{Group: s.groups[d.rng.IntN(len(s.groups))], Member: s.people[d.rng.IntN(len(s.people))]}
	of := subject(ref.Group, ref.Member)
	role := s.roles[of]
	var err error
	switch next := s.roleAt(0); {
	case role == "":
		s.roles[of] = next
		_, err = s.direct.Add(ctx, ref.Group, ref.Member, next)
	case d.rng.IntN(2) == 0:
		if role == next {
			next = s.roleAt(1)
		}
		s.roles[of] = next
		_, err = s.direct.Update(ctx, ref, next)
	default:
		delete(s.roles, of)
		_, err = s.direct.Remove(ctx, ref)
	}
	if err != nil {
		d.t.Fatalf("seed %d: %s: %v", d.seed, s.name, err)
	}
	s.changes[of]++
}

// faultsOf returns the differences between the day and all that was heard of it.
func (d *day) faultsOf(s *source) (faults []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for of, want := range s.changes {
		ids := d.heard[s.name][of]
		got := len(ids)
		// Webex sends a delivery that failed no second time.
		if exact := s.deliveries != nil && s.hook == nil; got < want && s.hook == nil || got > want && (exact || s.hook != nil) {
			faults = append(faults, fmt.Sprintf("%s: %d changes of %s, and %d deliveries or events", s.name, want, of, got))
		}
		for id, n := range ids {
			if s.deliveries != nil && n != 1 {
				faults = append(faults, fmt.Sprintf("%s: the function had %s %d times", s.name, id, n))
			}
		}
	}
	return faults
}

// unhandled returns the deliveries that were answered as handled and never reached the
// function.
func (d *day) unhandled() (faults []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	passed := map[string]bool{}
	for _, subjects := range d.heard {
		for _, ids := range subjects {
			for id := range ids {
				passed[id] = true
			}
		}
	}
	d.proxy.mu.Lock()
	defer d.proxy.mu.Unlock()
	for key := range d.proxy.answered {
		if !passed[key] && !d.proxy.repeats(key, passed) {
			faults = append(faults, "answered and not passed on: "+key)
		}
	}
	return faults
}

// difference compares the mirror that the process keeps with the provider.
func (d *day) difference(p *process, s *source) string {
	m, _ := p.loadMirror(s)
	var want []memberships.Membership
	for row, err := range s.direct.ListMany(d.t.Context(), s.groups, memberships.ManyOptions{}) {
		if err != nil {
			d.t.Fatal(err)
		}
		want = append(want, row)
	}
	var rows []memberships.Membership
	for row := range m.known() {
		rows = append(rows, row)
	}
	return cmp.Diff(shown(slices.Values(want)), shown(slices.Values(rows)))
}

// wrong returns all differences at this moment.
func (d *day) wrong(p *process) []string {
	faults := d.unhandled()
	for _, s := range d.sources {
		faults = append(faults, d.faultsOf(s)...)
		if diff := d.difference(p, s); diff != "" {
			faults = append(faults, s.name+": the mirror (-provider +mirror):\n"+diff)
		}
	}
	slices.Sort(faults)
	return faults
}

// TestDay is the day of the five providers. Streams show every change at least once, and a
// handler with a store in a file passes each delivery on exactly once. The mirrors are equal
// to the providers at the end, although connections are cut, deliveries are lost and repeated,
// and the process ends and continues from its files. The times differ between two runs with
// one seed.
func TestDay(t *testing.T) {
	const seed = 14
	d := newDay(t, seed)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	var names []string
	for _, s := range d.sources {
		names = append(names, s.name)
	}
	if !slices.Contains(names, "box") || !slices.Contains(names, "webex") || !slices.Contains(names, "clerk") || !slices.Contains(names, "googlechat") {
		t.Fatalf("the day has the providers %s", names)
	}
	p := d.start(ctx)
	for _, s := range d.sources {
		select {
		case <-s.watched:
		case <-ctx.Done():
			t.Fatalf("%s has no position", s.name)
		}
	}
	restart := func(crash bool) {
		p.stop(crash)
		for range d.rng.IntN(3) {
			d.change(ctx)
		}
		p = d.start(ctx)
	}
	for range deeptest.Count(10, 100) {
		for range 3 + d.rng.IntN(10) {
			d.change(ctx)
			time.Sleep(time.Duration(2+d.rng.IntN(15)) * time.Millisecond)
		}
		switch d.rng.IntN(3) {
		case 0:
			d.api.cut(d.rng.IntN(4))
		case 1:
			restart(false)
		default:
			restart(true)
		}
	}
	d.proxy.mu.Lock()
	d.proxy.calm = true
	injected := len(d.proxy.injected)
	d.proxy.mu.Unlock()
	quiet := time.Now()
	for wrong := d.wrong(p); len(wrong) > 0; wrong = d.wrong(p) {
		time.Sleep(50 * time.Millisecond)
		if time.Since(quiet) > 30*time.Second || t.Failed() {
			d.errorf("the day of %s ends with:\n%s", names, strings.Join(wrong, "\n"))
			break
		}
	}
	time.Sleep(300 * time.Millisecond) // for a delivery too many
	p.stop(false)
	if wrong := d.wrong(p); len(wrong) > 0 && !t.Failed() {
		d.errorf("after the end:\n%s", strings.Join(wrong, "\n"))
	}
	if injected != int(faults) {
		d.errorf("%d of %d kinds of faults happened", injected, faults)
	}
	for _, s := range d.sources {
		if s.deliveries != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(d.dir, s.name+".position")); err != nil {
			d.errorf("%v", err)
		}
	}
}
