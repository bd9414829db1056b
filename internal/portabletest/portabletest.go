// Package portabletest holds the providers of this module's wrappers to
// providertest: over the emulator, and over cassettes that were recorded from it.
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

// Suite is one wrapper's provider, for one kind of its groups.
type Suite struct {
	// Provider is the wrapper's name; Kind is the kind of groups.
	Provider string
	Kind     memberships.GroupKind
	Open     func(...option.Option) (memberships.Provider, error)
	// Options are those that Open needs besides a client and, if there are none, a token.
	Options []option.Option
	// Scopes are what the emulator grants the token; none is everything.
	Scopes []string
	// Group and Member are what the emulator calls the n-th group and person of a state,
	// counted from one, with the given name in small letters.
	Group  func(n int, name string) string
	Member func(n int, name string) string
	// OwnList is as in providertest.World.
	OwnList bool
	// Native is as in providertest.Harness.
	Native any
	// Tamper changes answers. Those that are not there are to be exempt.
	Tamper map[providertest.Tampering]func(next RoundTrip) RoundTrip
	// Exempt is as in providertest.Harness; both harnesses have it.
	Exempt map[string]string
}

// Of is a wrapper's New as Suite.Open.
func Of[C interface{ Provider() memberships.Provider }](newClient func(...option.Option) (C, error)) func(...option.Option) (memberships.Provider, error) {
	return func(opts ...option.Option) (memberships.Provider, error) {
		c, err := newClient(opts...)
		if err != nil {
			return nil, err
		}
		return c.Provider(), nil
	}
}

// Run runs the suite over the emulator, and over cassettes.
func Run(t *testing.T, s Suite) {
	t.Run("emulator", func(t *testing.T) { Emulator(t, s) })
	t.Run("cassettes", func(t *testing.T) {
		if os.Getenv("MEMBERSHIPS_RECORD") == "live" {
			t.Skip("the suite needs a service whose groups and people it can set up; the wrapper's own cassettes are for live ones")
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

// unrecorded are the clauses that a recording can say nothing about.
var unrecorded = map[string]string{
	"many/all":           together,
	"many/keep-going":    together,
	"many/first-error":   together,
	"many/break":         together,
	"many/cancelled":     together,
	"concurrency/safe":   together,
	"concurrency/ranges": together,
	"concurrency/turns":  together,
	"coverage/at-once":   together,
	"coverage/one-range": together,
	"ids/odd":            "a recording answers what was recorded, so it cannot take one id for another",
}

const together = "what is sent at once has no order to be recorded in"

// albums gives each group of clauses a cassette, and each clause a part of it.
func (s *Suite) albums(t *testing.T) func(*testing.T, emulator.Option) http.RoundTripper {
	albums := map[string]*recorded.Album{}
	prefix := t.Name() + "/"
	name, _, _ := strings.Cut(t.Name(), "/")
	return func(clause *testing.T, state emulator.Option) http.RoundTripper {
		part := strings.TrimPrefix(clause.Name(), prefix)
		group, _, ok := strings.Cut(part, "/")
		if !ok || clause == t { // only looks at what there is
			return silent{}
		}
		if albums[group] == nil {
			albums[group] = recorded.OpenAlbum(t, s.Provider, name+"-"+group)
		}
		return albums[group].Part(clause, part, state)
	}
}

// silent is a transport for a provider that is not to send anything.
type silent struct{}

func (silent) RoundTrip(req *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("%s %s is sent by no clause", req.Method, req.URL)
}

// people are those of the state, in its order. All but the second are in Large. He has
// written to the first, which is how Google Chat knows his address.
var people = []string{"ada", "niklaus", "alan", "barbara", "claude", "donald"}

const (
	pageSize  = 2
	largeSize = 5 // three pages, the last of which is short
	nowhere   = 99
)

// state is what the emulator starts from: three groups, and one person in none.
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
	return providertest.Harness{InMemory: true, Native: s.Native, Exempt: exempt, Open: func(t *testing.T) *providertest.World {
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
		w := &providertest.World{
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

// network is the way to the service. It counts requests, and makes them fail.
type network struct {
	mu    sync.Mutex
	next  RoundTrip
	n     int
	fault *providertest.Fault
	until int // requests that pass
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

// RoundTrip sends a request, unless it is to fail.
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
