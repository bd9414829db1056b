package providertest

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// checker runs one clause on one fixture.
type checker struct {
	testing.TB
	*Fixture
	harness Harness
	caps    memberships.Capabilities
	client  *memberships.Client
}

func newChecker(t testing.TB, h Harness, w *Fixture) *checker {
	c := memberships.New(w.Provider)
	return &checker{TB: t, Fixture: w, harness: h, caps: c.Capabilities(), client: c}
}

// must returns a function that returns its value, or ends the clause on an error.
func must[V any](t *checker, what string) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: got %v, want success", what, err)
		}
		return v
	}
}

// read collects a sequence, and reports one that continues after an error.
func read[V any](t *checker, what string, seq iter.Seq2[V, error]) (items []V, err error) {
	t.Helper()
	for v, e := range seq {
		if err != nil {
			t.Errorf("%s: the listing went on after its error (%v); yield the error last and return", what, err)
			break
		}
		if err = e; err == nil {
			items = append(items, v)
		}
		if len(items) > 100*(t.LargeSize+10) {
			t.Errorf("%s: the listing does not end; a page that was shown already has to end it with ErrMalformed", what)
			break
		}
	}
	return items, err
}

// list collects a sequence that must succeed.
func list[V any](t *checker, what string, seq iter.Seq2[V, error]) []V {
	t.Helper()
	return must[[]V](t, what)(read(t, what, seq))
}

// members lists a group.
func (t *checker) members(g memberships.Group) []memberships.Membership {
	t.Helper()
	return list(t, "List of "+g.String(), t.client.List(t.Context(), memberships.Filter{Group: g}))
}

// ref returns the reference to a member of a group.
func ref(g memberships.Group, m memberships.Member) memberships.Ref {
	return memberships.Ref{Group: g, Member: m}
}

// byID and byEmail return a member with one identity alone.
func byID(m memberships.Member) memberships.Member { return memberships.Member{Kind: m.Kind, ID: m.ID} }
func byEmail(m memberships.Member) memberships.Member {
	return memberships.Member{Kind: m.Kind, Email: m.Email}
}

// identities returns a member in each form that the provider accepts.
func (t *checker) identities(m memberships.Member) []memberships.Member {
	if !t.caps.Email {
		return []memberships.Member{byID(m)}
	}
	return []memberships.Member{byID(m), byEmail(m)}
}

// get returns a membership that must exist.
func (t *checker) get(g memberships.Group, m memberships.Member) memberships.Membership {
	t.Helper()
	return must[memberships.Membership](t, "Get of "+m.String()+" in "+g.String())(t.client.Get(t.Context(), ref(g, byID(m))))
}

// wantKind checks that err is an *Error of the provider with one of the kinds.
func (t *checker) wantKind(what string, err error, kinds ...error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: got no error, want %v", what, kinds)
		return
	}
	var e *memberships.Error
	if !errors.As(err, &e) {
		t.Errorf("%s: got %T (%v), want a *memberships.Error", what, err, err)
		return
	}
	if !slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) }) {
		t.Errorf("%s: got %v, want one of the kinds %v", what, err, kinds)
	}
	if e.Provider != t.Provider.Name() || !opForms.MatchString(e.Op) || e.Kind == nil {
		t.Errorf("%s: the error %v has the Provider %q, the Op %q and the Kind %v; see memberships.Error", what, e, e.Provider, e.Op, e.Kind)
	}
}

// opForms matches the two forms of memberships.Error.Op.
var opForms = regexp.MustCompile(`^([a-z]+|[A-Z][0-9A-Za-z]*(\.[A-Z][0-9A-Za-z]*)?)$`)

// wantNotFound checks that err is an ErrNotFound without certainty about a membership.
func (t *checker) wantNotFound(what string, err error) {
	t.Helper()
	t.wantKind(what, err, memberships.ErrNotFound)
	t.wantOpen(what, err)
}

// wantOpen checks that err is none of the certain kinds.
func (t *checker) wantOpen(what string, err error) {
	t.Helper()
	if errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("%s: got ErrNotMember (%v) although the group was not read whole", what, err)
	}
	if errors.Is(err, memberships.ErrNoSuchMember) {
		t.Errorf("%s: got ErrNoSuchMember (%v); that is for a good answer of a search for a member, and a status 404 is none", what, err)
	}
}

// wantSame compares two lists of memberships.
func (t *checker) wantSame(what string, want, got []memberships.Membership) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// quiet checks that do sends no request.
func (t *checker) quiet(what string, do func()) {
	t.Helper()
	before := t.Requests()
	do()
	t.settle()
	if n := t.Requests() - before; n != 0 {
		t.Errorf("%s: %d requests were sent, want none", what, n)
	}
}

// settle lets background work finish, in virtual time only.
func (t *checker) settle() {
	if t.harness.InMemory {
		time.Sleep(time.Minute)
		synctest.Wait()
	}
}

// unchanged checks that do leaves the members of a group as they are.
func (t *checker) unchanged(what string, g memberships.Group, do func()) {
	t.Helper()
	if !t.caps.Can(memberships.OpList) {
		do()
		return
	}
	before := t.members(g)
	do()
	t.wantSame(what+" changed the members of "+g.String(), before, t.members(g))
}

// operation is a method of the client with valid arguments.
type operation struct {
	name  string
	op    memberships.Operation
	write bool
	do    func(context.Context, ...memberships.Option) error
}

// operations returns the declared operations. Each works by itself on a new fixture.
func (t *checker) operations() []operation {
	all := []operation{
		{"Groups", memberships.OpGroups, false, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := read(t, "Groups", t.client.Groups(ctx, opts...))
			return err
		}},
		{"List", memberships.OpList, false, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := read(t, "List", t.client.List(ctx, memberships.Filter{Group: t.Large}, opts...))
			return err
		}},
		{"Pages", memberships.OpList, false, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := read(t, "Pages", t.client.Pages(ctx, memberships.Filter{Group: t.Small}, memberships.PageRequest{}, opts...))
			return err
		}},
		{"MembershipsOf", memberships.OpListByMember, false, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := read(t, "MembershipsOf", t.client.MembershipsOf(ctx, byID(t.Ada), opts...))
			return err
		}},
		{"Get", memberships.OpGet, false, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := t.client.Get(ctx, ref(t.Small, byID(t.Alan)), opts...)
			return err
		}},
		{"Add", memberships.OpAdd, true, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := t.client.Add(ctx, t.Small, byID(t.Niklaus), "", opts...)
			return err
		}},
		{"Update", memberships.OpUpdate, true, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := t.client.Update(ctx, ref(t.Small, byID(t.Alan)), t.otherRole(), opts...)
			return err
		}},
		{"Remove", memberships.OpRemove, true, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := t.client.Remove(ctx, ref(t.Small, byID(t.Alan)), opts...)
			return err
		}},
	}
	// Capabilities declare Resolve as Email.
	out := slices.DeleteFunc(all, func(o operation) bool { return !t.caps.Can(o.op) })
	if t.caps.Email {
		out = append(out, operation{"Resolve", opResolve, false, func(ctx context.Context, opts ...memberships.Option) error {
			_, err := t.client.Resolve(ctx, byEmail(t.Niklaus), opts...)
			return err
		}})
	}
	return out
}

// Operations of methods that Capabilities declare by a field of their own.
const (
	opResolve  memberships.Operation = "resolve"
	opDiagnose memberships.Operation = "diagnose"
	opWatch    memberships.Operation = "watch"
)

// otherRole returns a role that Alan does not have, if the provider has a second one.
func (t *checker) otherRole() memberships.Role {
	for _, r := range t.caps.Roles {
		if r != memberships.RoleMember {
			return r
		}
	}
	return memberships.RoleMember
}
