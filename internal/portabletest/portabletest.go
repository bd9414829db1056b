// Package portabletest runs providertest on the wrappers' providers: over the emulator,
// and over cassettes recorded from it.
package portabletest

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest"
)

// Suite is the provider of one wrapper, with one kind of groups.
type Suite struct {
	// Provider is the provider's name; Kind is the kind of groups.
	Provider string
	Kind     memberships.GroupKind
	Open     func(...option.Option) (memberships.Provider, error)
	// Options are the options of Open besides an HTTP client. Without any, the suite adds
	// a token.
	Options []option.Option
	// Scopes are the scopes of the emulator's token; nil is unrestricted.
	Scopes []string
	// Group and Member return the emulator's id of the n-th group and person in the seed
	// data, counted from one, with the name in lower case.
	Group  func(n int, name string) string
	Member func(n int, name string) string
	// OwnList has the same meaning as in providertest.Fixture.
	OwnList bool
	// Native has the same meaning as in providertest.Harness.
	Native any
	// Tamper changes responses. Clauses with a missing tampering must be exempt.
	Tamper map[providertest.Tampering]func(next RoundTrip) RoundTrip
	// Exempt has the same meaning as in providertest.Harness, for emulator and cassettes.
	Exempt map[string]string
}

// Of returns a wrapper's New as a Suite.Open.
func Of[C interface{ Provider() memberships.Provider }](newClient func(...option.Option) (C, error)) func(...option.Option) (memberships.Provider, error) {
	return func(opts ...option.Option) (memberships.Provider, error) {
		c, err := newClient(opts...)
		if err != nil {
			return nil, err
		}
		return c.Provider(), nil
	}
}

// Run runs the suite over the emulator and over cassettes.
func Run(t *testing.T, s Suite) {
	t.Run("emulator", func(t *testing.T) { Emulator(t, s) })
	t.Run("cassettes", func(t *testing.T) {
		if os.Getenv("MEMBERSHIPS_RECORD") == "live" {
			t.Skip("the suite needs a provider with its own seed data; record the wrapper's own cassettes live instead")
		}
		exempt := maps.Clone(unrecorded)
		maps.Copy(exempt, s.Exempt)
		providertest.Run(t, s.harness(exempt, s.albums(t)))
	})
}

// Emulator runs the suite over the emulator alone.
func Emulator(t *testing.T, s Suite) {
	providertest.Run(t, s.harness(s.Exempt, func(t *testing.T, state emulator.Option) http.RoundTripper {
		e, err := emulator.New(state)
		if err != nil {
			t.Fatal(err)
		}
		return e.Client().Transport
	}))
}

// unrecorded lists the clauses that a cassette cannot replay, with the reasons.
var unrecorded = map[string]string{
	"many/all":           concurrent,
	"many/keep-going":    concurrent,
	"many/first-error":   concurrent,
	"many/break":         concurrent,
	"many/cancelled":     concurrent,
	"bulk/apply":         early,
	"bulk/get":           early,
	"bulk/cancelled":     concurrent,
	"bulk/half-way":      concurrent,
	"bulk/break":         concurrent,
	"all/union":          concurrent,
	"concurrency/safe":   concurrent,
	"concurrency/ranges": concurrent,
	"concurrency/turns":  concurrent,
	"coverage/at-once":   concurrent,
	"coverage/one-range": concurrent,
	"ids/odd":            "a cassette returns recorded responses, so it cannot confuse ids",
}

const (
	concurrent = "concurrent requests have no order to record"
	early      = "a listing that is left early may have fetched its next page"
)

// albums gives each group of clauses a cassette, and each clause a part of it.
func (s *Suite) albums(t *testing.T) func(*testing.T, emulator.Option) http.RoundTripper {
	albums := map[string]*recorded.Album{}
	prefix := t.Name() + "/"
	name, _, _ := strings.Cut(t.Name(), "/")
	return func(clause *testing.T, state emulator.Option) http.RoundTripper {
		part := strings.TrimPrefix(clause.Name(), prefix)
		group, _, ok := strings.Cut(part, "/")
		if !ok || clause == t { // the fixture of Run, which sends nothing
			return silent{}
		}
		if albums[group] == nil {
			albums[group] = recorded.OpenAlbum(t, s.Provider, name+"-"+group)
		}
		return albums[group].Part(clause, part, state)
	}
}

// silent is a transport that fails every request.
type silent struct{}

func (silent) RoundTrip(req *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("%s %s was sent outside of a clause", req.Method, req.URL)
}

// people are the seed data's people in order. All but Niklaus are in Large. He has
// written to Ada, so Google Chat knows his address.
var people = []string{"ada", "niklaus", "alan", "barbara", "claude", "donald"}

const (
	pageSize  = 2
	largeSize = 5 // three pages, the last of which is short
	nowhere   = 99
)

// state returns the emulator's seed data: three groups, and one person in none.
func (s *Suite) state() emulator.Option {
	var b strings.Builder
	b.WriteString("people:\n")
	for _, p := range people {
		fmt.Fprintf(&b, "  - {name: %s Example, email: %s@example.com}\n", p, p)
	}
	b.WriteString("groups:\n")
	for _, g := range []struct {
		name string
		size int
	}{{"Empty", 0}, {"Small", 2}, {"Large", largeSize}} {
		fmt.Fprintf(&b, "  - name: %s\n    in: [%s]\n", g.name, s.Provider)
		if s.Kind == memberships.KindTeam {
			b.WriteString("    kind: team\n")
		}
		for i, p := range slices.Concat(people[:1], people[2:])[:g.size] {
			role := "member"
			if i == 0 {
				b.WriteString("    members:\n")
				role = "owner"
			}
			fmt.Fprintf(&b, "      - {email: %s@example.com, role: %s}\n", p, role)
		}
	}
	if len(s.Scopes) > 0 {
		fmt.Fprintf(&b, "credentials:\n  %s:\n    - token: token\n      email: ada@example.com\n      scopes:\n", s.Provider)
		for _, scope := range s.Scopes {
			fmt.Fprintf(&b, "        - %q\n", scope)
		}
	}
	return emulator.WithState("conformance", []byte(b.String()))
}

func (s *Suite) harness(exempt map[string]string, connect func(*testing.T, emulator.Option) http.RoundTripper) providertest.Harness {
	group := func(n int, name string) memberships.Group {
		return memberships.Group{Kind: s.Kind, ID: s.Group(n, name)}
	}
	member := func(n int, name string) memberships.Member {
		return memberships.Member{ID: s.Member(n, name), Email: name + "@example.com"}
	}
	person := func(name string) memberships.Member { return member(slices.Index(people, name)+1, name) }
	return providertest.Harness{InMemory: true, Native: s.Native, Exempt: exempt, Open: func(t *testing.T) *providertest.Fixture {
		n := &network{next: connect(t, s.state()).RoundTrip}
		open := func() memberships.Provider {
			opts := append([]option.Option{option.WithHTTPClient(&http.Client{Transport: n}), option.WithPageSize(pageSize)}, s.Options...)
			if len(s.Options) == 0 {
				opts = append(opts, option.WithToken("token"))
			}
			p, err := s.Open(opts...)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		w := &providertest.Fixture{
			Provider: open(), Again: open, Requests: n.requests, Inject: n.inject, LargeSize: largeSize, OwnList: s.OwnList,
			Empty: group(1, "empty"), Small: group(2, "small"), Large: group(3, "large"), Unknown: group(nowhere, "unknown"),
			Ada: person("ada"), Alan: person("alan"), Niklaus: person("niklaus"), Nobody: member(nowhere, "nobody"),
			Tamper: map[providertest.Tampering]func(){},
		}
		if _, ok := exempt["list/empty"]; ok {
			w.Empty = memberships.Group{}
		}
		for how, tamper := range s.Tamper {
			w.Tamper[how] = func() { n.tamper(tamper) }
		}
		return w
	}}
}

// network is the transport of a fixture. It counts requests and injects faults.
type network struct {
	mu    sync.Mutex
	next  RoundTrip
	n     int
	fault *providertest.Fault
	until int // number of the last request before the fault
}

func (n *network) requests() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.n
}

func (n *network) inject(f *providertest.Fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fault = f; f != nil {
		n.until = n.n + f.After
	}
}

func (n *network) tamper(change func(RoundTrip) RoundTrip) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = change(n.next)
}

// RoundTrip sends a request, or fails it with the injected fault.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.n++
	f, next := n.fault, n.next
	if n.n <= n.until {
		f = nil
	}
	n.mu.Unlock()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if f != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return fail(req, f)
	}
	return next(req)
}
