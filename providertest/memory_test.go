package providertest

import (
	"context"
	"io"
	"iter"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// The provider in memory passes every clause; none is exempt.
func TestMemprovider(t *testing.T) {
	Run(t, memory(nil))
}

// One that takes several at once, and lists all groups at once, passes as well.
func TestMemproviderInBulk(t *testing.T) {
	for _, n := range []int{2, 5} {
		Run(t, memory(nil, memprovider.WithBulk(n)))
	}
}

// One that invites passes as well, one change after the other and several at once.
func TestMemproviderThatInvites(t *testing.T) {
	Run(t, memory(nil, memprovider.WithInvitations(time.Hour)))
	Run(t, memory(nil, memprovider.WithInvitations(0), memprovider.WithBulk(3)))
}

// The suite does without bubbles, too, as it has to where a network is in between.
func TestMemproviderOutOfMemory(t *testing.T) {
	h := memory(nil)
	h.InMemory = false
	Run(t, h)
}

// One that can do less passes what it declares.
func TestMemproviderThatOnlyLists(t *testing.T) {
	Run(t, memory(nil, memprovider.WithCapabilities(memberships.Capabilities{
		Operations: []memberships.Operation{memberships.OpList},
	})))
}

// One that does not search all of its kinds of groups passes as well.
func TestMemproviderThatSearchesOneKind(t *testing.T) {
	all := memprovider.New().Capabilities()
	all.GroupKinds = []memberships.GroupKind{memberships.KindGroup, memberships.KindTeam}
	all.SearchedKinds = all.GroupKinds[:1]
	Run(t, memory(nil, memprovider.WithCapabilities(all)))
}

// One that looks at a member's own list is certain of whoever has no entry of Small in it.
func TestMemproviderWithOwnList(t *testing.T) {
	h := memory(func(p *tampered) memberships.Provider {
		m := &mutant{tampered: p}
		m.get = func(ctx context.Context, r memberships.Ref, opts ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r, opts...)
			if strings.HasPrefix(r.Member.ID+r.Member.Email, "niklaus") {
				err = rekind(err, memberships.ErrUndetermined, memberships.ErrNotMember)
			}
			return v, err
		}
		return m
	})
	open := h.Open
	h.Open = func(t *testing.T) *Fixture {
		w := open(t)
		w.OwnList = true
		return w
	}
	Run(t, h)
}

// unsound declares what cannot be.
type unsound struct{ memberships.Provider }

func (unsound) Capabilities() memberships.Capabilities { return memberships.Capabilities{} }

// Nothing is run that rests on capabilities which make no sense. As that is a failure, a
// process of its own has it.
func TestRunBeginsWithCapabilities(t *testing.T) {
	const child = "PROVIDERTEST_UNSOUND"
	if os.Getenv(child) != "" {
		Run(t, memory(func(p *tampered) memberships.Provider { return unsound{p} }))
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the other clauses depend on capabilities/sound") || strings.Contains(string(out), "native-client/declared") {
		t.Errorf("got %v:\n%s", err, out)
	}
}

// memory is a harness over memprovider. change may put another provider in its place.
func memory(change func(*tampered) memberships.Provider, opts ...memprovider.Option) Harness {
	if change == nil {
		change = func(p *tampered) memberships.Provider { return p }
	}
	return Harness{
		InMemory: true,
		Native:   (*memprovider.Provider)(nil),
		Open: func(*testing.T) *Fixture {
			group := func(id string) memberships.Group { return memberships.Group{Kind: memberships.KindGroup, ID: id} }
			person := func(name string) memberships.Member {
				return memberships.Member{ID: name, Email: name + "@example.com"}
			}
			w := &Fixture{
				Empty: group("empty"), Small: group("small"), Large: group("large"), Unknown: group("unknown"), LargeSize: 7,
				Ada: person("ada"), Alan: person("alan"), Niklaus: person("niklaus"), Nobody: person("nobody"),
			}
			two := []memberships.Membership{{Member: w.Ada, Role: memberships.RoleOwner}, {Member: w.Alan}}
			seven := two
			for _, name := range []string{"barbara", "claude", "donald", "edsger", "frances"} {
				seven = append(seven, memberships.Membership{Member: person(name)})
			}
			l := &line{}
			open := func() *tampered {
				return &tampered{Provider: memprovider.New(append(slices.Clip(opts), memprovider.WithPageSize(3), memprovider.WithHook(l.summary), memprovider.WithPeople(w.Niklaus),
					memprovider.WithGroup(w.Empty), memprovider.WithGroup(w.Small, two...), memprovider.WithGroup(w.Large, seven...))...)}
			}
			t := open()
			w.Provider = change(t)
			w.Again = func() memberships.Provider { return change(open()) }
			w.Requests, w.Inject = l.requests, l.inject
			put := func(m memberships.Membership) func() { return func() { t.Put(w.Small, m) } }
			paged := func(k Tampering) func() { return func() { t.how = k } }
			w.Tamper = map[Tampering]func(){
				EmptyPage:     paged(EmptyPage),
				RepeatedToken: paged(RepeatedToken),
				UnknownRole:   put(memberships.Membership{Member: w.Alan, RoleName: "editor"}),
				UnknownState:  put(memberships.Membership{Member: w.Alan, State: "frozen"}),
				Invitation:    put(memberships.Membership{Member: w.Niklaus, State: memberships.StateInvited}),
				Hidden: func() {
					t.Hide(w.Small, memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1, Text: "members are withheld: %d"}, w.Alan)
				},
				SharedEmail: func() { t.PutPeople(memberships.Member{ID: "other", Email: w.Niklaus.Email}) },
			}
			return w
		},
	}
}

// line is the way to the memory, which may fail.
type line struct {
	mu    sync.Mutex
	n     int
	fault *Fault
	until int // requests that summary
}

func (l *line) requests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

func (l *line) inject(f *Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault = f; f != nil {
		l.until = l.n + f.After
	}
}

func (l *line) summary(ctx context.Context, _ memprovider.Call) error {
	l.mu.Lock()
	l.n++
	f := l.fault
	if l.n <= l.until {
		f = nil
	}
	l.mu.Unlock()
	if f == nil {
		return nil
	}
	e := &memberships.Error{Kind: map[FaultKind]error{
		Unauthenticated: memberships.ErrUnauthenticated, PermissionDenied: memberships.ErrPermissionDenied,
		NotFound: memberships.ErrNotFound, Conflict: memberships.ErrConflict, RateLimited: memberships.ErrRateLimited,
		Unavailable: memberships.ErrUnavailable, HTML: memberships.ErrMalformed, Cut: memberships.ErrUnavailable,
	}[f.Kind]}
	switch f.Kind {
	case Hang:
		<-ctx.Done()
		return ctx.Err()
	case RateLimited:
		e.RetryAfter = f.RetryAfter
	case Cut:
		e.Err = io.ErrUnexpectedEOF
	}
	return e
}

// tampered is the provider in memory, whose service may page in an odd way.
type tampered struct {
	*memprovider.Provider
	how Tampering
}

func (p *tampered) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
	const mark = "empty:"
	if next, ok := strings.CutPrefix(r.Token, mark); ok {
		return &page{Next: next}, nil
	}
	got, err := p.Provider.ListPage(ctx, q, r)
	switch {
	case err != nil:
	case p.how == EmptyPage && r.Token == "" && got.Next != "":
		got.Next = mark + got.Next
	case p.how == RepeatedToken && r.Token != "":
		got.Next = r.Token
	}
	return got, err
}

func (p *tampered) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
	return walk(ctx, p, q, summary, func(p *page) bool { return p.Next == "" })
}

// walk reads the pages of a provider up to the last one.
func walk(ctx context.Context, p memberships.Provider, q memberships.Query, summary *memberships.Summary, last func(*page) bool) iter.Seq2[membership, error] {
	return func(yield func(membership, error) bool) {
		seen := map[string]bool{}
		for r := (memberships.PageRequest{}); ; {
			page, err := p.ListPage(ctx, q, r)
			if err == nil && page.Next != "" && seen[page.Next] {
				err = &memberships.Error{Provider: p.Name(), Op: string(q.Op()), Kind: memberships.ErrMalformed}
			}
			if err != nil {
				yield(membership{}, err)
				return
			}
			summary.SetTotal(page.Total)
			summary.Add(page.Gaps...)
			for _, m := range page.Items {
				if !yield(m, nil) {
					return
				}
			}
			if last(page) {
				return
			}
			r.Token = page.Next
			seen[r.Token] = true
		}
	}
}
