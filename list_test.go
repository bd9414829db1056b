package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// paged is a provider whose pages are the test's, by token.
func paged(pages map[string]*page) *memberships.Client {
	return memberships.New(&stub{caps: able(), listPage: func(_ context.Context, _ memberships.Query, r memberships.PageRequest) (*page, error) {
		if p, ok := pages[r.Token]; ok {
			return p, nil
		}
		return nil, fmt.Errorf("no page %q", r.Token)
	}})
}

func of(names ...string) []membership {
	var out []membership
	for _, n := range names {
		out = append(out, membership{Member: member(n)})
	}
	return out
}

func TestListEnds(t *testing.T) {
	tests := []struct {
		name  string
		pages map[string]*page
		want  []string
		kind  error
	}{
		{"one page", map[string]*page{"": {Items: of("a")}}, []string{"a"}, nil},
		{"pages", map[string]*page{"": {Items: of("a"), Next: "2"}, "2": {Items: of("b")}}, []string{"a", "b"}, nil},
		{"an empty page between", map[string]*page{"": {Items: of("a"), Next: "2"}, "2": {Next: "3"}, "3": {Items: of("b")}}, []string{"a", "b"}, nil},
		{"an empty page last", map[string]*page{"": {Items: of("a"), Next: "2"}, "2": {}}, []string{"a"}, nil},
		{"no page", map[string]*page{"": {Items: of("a"), Next: "2"}, "2": nil}, []string{"a"}, memberships.ErrMalformed},
		{"the same page again", map[string]*page{"": {Items: of("a"), Next: "2"}, "2": {Items: of("b"), Next: "2"}}, []string{"a"}, memberships.ErrMalformed},
		{
			"a page from before", map[string]*page{"": {Items: of("a"), Next: "2"}, "2": {Items: of("b"), Next: "3"}, "3": {Items: of("c"), Next: "2"}},
			[]string{"a", "b"}, memberships.ErrMalformed,
		},
		{"an error", map[string]*page{"": {Items: of("a"), Next: "2"}}, []string{"a"}, memberships.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantEnd(t, paged(tt.pages).List(t.Context(), inGroup("r")), tt.want, tt.kind)
		})
	}
}

// The page that a listing was resumed from is one that it had, too.
func TestPagesEndAtTheirStart(t *testing.T) {
	c := paged(map[string]*page{"": {Next: "1"}, "1": {Items: of("a"), Next: "2"}, "2": {Items: of("b"), Next: "1"}})
	var token string
	for p := range c.Pages(t.Context(), inGroup("r"), memberships.PageRequest{}) {
		token = p.Next
		break
	}
	var got []string
	var last error
	for p, err := range c.Pages(t.Context(), inGroup("r"), memberships.PageRequest{Token: token}) {
		if last = err; err == nil {
			got = append(got, p.Items[0].Member.ID)
		}
	}
	wantKind(t, "Pages", last, memberships.ErrMalformed)
	if diff := cmp.Diff([]string{"a"}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// A token goes on with its listing in another client, with any page size, and with no
// other listing.
func TestPageTokens(t *testing.T) {
	groups := map[string]string{"demo": "ada alan barbara claude donald", "other": "ada alan barbara claude"}
	c, asked := memory(t, groups)
	var token string
	for p, err := range c.Pages(t.Context(), inGroup("demo"), memberships.PageRequest{}) {
		if err != nil || p.Total != memberships.TotalOf(5) {
			t.Fatal(p, err)
		}
		token = p.Next
		break
	}
	later, _ := memory(t, groups)
	var rest []string
	for p, err := range later.Pages(t.Context(), memberships.Filter{Group: memberships.Group{Kind: memberships.KindGroup, ID: "demo", Name: "Demo"}}, memberships.PageRequest{Token: token, Size: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Items {
			rest = append(rest, m.Member.ID)
		}
	}
	if diff := cmp.Diff([]string{"claude", "donald"}, rest); diff != "" {
		t.Errorf("the rest (-want +got):\n%s", diff)
	}

	*asked = 0
	renamed := memberships.New(memprovider.New(memprovider.WithName("renamed"), memprovider.WithGroup(group("demo"))))
	tests := map[string]struct {
		c      *memberships.Client
		filter memberships.Filter
		token  string
	}{
		"another group":    {c, inGroup("other"), token},
		"another role":     {c, memberships.Filter{Group: group("demo"), Role: memberships.RoleMember}, token},
		"a member's":       {c, memberships.Filter{Member: member("demo")}, token},
		"another provider": {renamed, inGroup("demo"), token},
		"cut in front":     {c, inGroup("demo"), token[1:]},
		"short":            {c, inGroup("demo"), token[:5]},
		"nothing behind":   {c, inGroup("demo"), token[:14]},
		"no base64":        {c, inGroup("demo"), token[:14] + "!"},
		"the provider's":   {c, inGroup("demo"), "2"},
	}
	for name, tt := range tests {
		for p, err := range tt.c.Pages(t.Context(), tt.filter, memberships.PageRequest{Token: tt.token}) {
			if p != nil {
				t.Errorf("%s: got a page", name)
			}
			wantKind(t, name, err, memberships.ErrInvalidArgument)
		}
	}
	if *asked != 0 {
		t.Errorf("%d requests for tokens that do not fit", *asked)
	}
}

// FuzzPageToken tries tokens: the client takes only its own.
func FuzzPageToken(f *testing.F) {
	var made string
	c := paged(map[string]*page{"": {Items: of("a"), Next: "2"}, "2": {Items: of("b")}})
	for p := range c.Pages(f.Context(), inGroup("r"), memberships.PageRequest{}) {
		made = p.Next
		break
	}
	for _, seed := range []string{"", "2", "m1", made, made + "A", made[:len(made)-1], made[:len(made)-1] + "h", made + "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		for p, err := range c.Pages(t.Context(), inGroup("r"), memberships.PageRequest{Token: token}) {
			var e *memberships.Error
			switch {
			case err == nil && (token == "" || token == made):
			case err == nil:
				t.Errorf("%q was taken: %v", token, p)
			case !errors.As(err, &e):
				t.Errorf("%q: %v is not an *Error", token, err)
			case token == made || token == "":
				t.Errorf("%q was refused: %v", token, err)
			}
		}
	})
}

func TestListRole(t *testing.T) {
	p := memprovider.New(memprovider.WithPageSize(2), memprovider.WithGroup(group("demo"),
		membership{Member: member("ada"), Role: memberships.RoleOwner}, membership{Member: member("alan")},
		membership{Member: member("barbara"), RoleName: "editor"}, membership{Member: member("claude"), RoleName: "reviewer"}, membership{Member: member("donald")}))
	c := memberships.New(p)
	for role, want := range map[memberships.Role][]string{
		"": {"ada", "alan", "barbara", "claude", "donald"}, memberships.RoleMember: {"alan", "donald"}, memberships.RoleOwner: {"ada"},
		memberships.RoleUnknown: {"barbara", "claude"}, "editor": {"barbara"}, "captain": nil,
	} {
		f := memberships.Filter{Group: group("demo"), Role: role}
		got, err := ids(t, c.List(t.Context(), f))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", role, err, diff)
		}
		var paged []string
		for p, err := range c.Pages(t.Context(), f, memberships.PageRequest{}) {
			if err != nil || p.Total != memberships.TotalOf(5) {
				t.Fatalf("%q: total %v, %v", role, p.Total, err)
			}
			for _, m := range p.Items {
				paged = append(paged, m.Member.ID)
			}
		}
		if diff := cmp.Diff(want, paged); diff != "" {
			t.Errorf("%q by pages (-want +got):\n%s", role, diff)
		}
	}
	if got := len(slicesOf(c.Pages(t.Context(), inGroup("demo"), memberships.PageRequest{}))); got != 3 {
		t.Errorf("got %d pages, want 3", got)
	}
}

func slicesOf[T any](seq iter.Seq2[T, error]) (out []T) {
	for v := range seq {
		out = append(out, v)
	}
	return out
}

// A group and a member name one membership. One that is over is none, and a look-up that
// failed is an error.
func TestListGroupAndMember(t *testing.T) {
	notMember := &memberships.Error{Provider: "stub", Op: "get", Kind: memberships.ErrNotMember}
	tests := []struct {
		name string
		m    membership
		err  error
		role memberships.Role
		want []string
		kind error
	}{
		{name: "there", m: membership{Member: member("ada"), State: memberships.StateActive}, want: []string{"ada"}},
		{name: "invited", m: membership{Member: member("ada"), State: memberships.StateInvited}, want: []string{"ada"}},
		{name: "in another role", m: membership{Member: member("ada"), Role: memberships.RoleMember}, role: memberships.RoleManager},
		{name: "not a member", err: notMember},
		{name: "not any more", m: membership{Member: member("ada"), State: memberships.StateAbsent}},
		{name: "no group", err: &memberships.Error{Provider: "stub", Op: "get", Kind: memberships.ErrNotFound}, kind: memberships.ErrNotFound},
		{name: "no answer", err: errors.New("lost"), kind: memberships.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := memberships.New(&stub{caps: able(), get: func(context.Context, memberships.Ref) (membership, error) { return tt.m, tt.err }})
			f := memberships.Filter{Group: group("r"), Member: member("ada"), Role: tt.role}
			wantEnd(t, c.List(t.Context(), f), tt.want, tt.kind)
			for _, err := range c.Pages(t.Context(), f, memberships.PageRequest{}) {
				wantKind(t, "Pages", err, memberships.ErrInvalidArgument)
			}
		})
	}
}

// Nothing is asked before the first range, every range starts afresh, and a loop that
// breaks ends it.
func TestListIsLazy(t *testing.T) {
	c, asked := memory(t, map[string]string{"demo": "a b c d e f g"})
	seq := c.List(t.Context(), inGroup("demo"))
	if *asked != 0 {
		t.Errorf("%d requests before the first range", *asked)
	}
	for range 2 {
		*asked = 0
		if got, err := ids(t, seq); len(got) != 7 || err != nil || *asked != 3 {
			t.Errorf("got %v, %v after %d requests", got, err, *asked)
		}
	}
	*asked = 0
	for range seq {
		break
	}
	if *asked != 1 {
		t.Errorf("%d requests of a loop that breaks, want 1", *asked)
	}
}

// lister is a provider that reads listings by itself.
type lister struct {
	stub
	list func(memberships.Query, *memberships.Summary) iter.Seq2[membership, error]
}

func (l *lister) List(_ context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[membership, error] {
	return l.list(q, pass)
}

func TestListOfLister(t *testing.T) {
	c := memberships.New(&lister{stub{caps: able()}, func(f memberships.Query, pass *memberships.Summary) iter.Seq2[membership, error] {
		return func(yield func(membership, error) bool) {
			if f.Group.Kind != memberships.KindRoom {
				t.Errorf("the kind of %+v is not complete", f.Group)
			}
			pass.SetTotal(memberships.TotalOf(2))
			_ = yield(of("a")[0], nil) && yield(membership{}, errors.New("lost")) && yield(of("b")[0], nil)
		}
	}})
	var pass memberships.Summary
	got, err := ids(t, c.List(t.Context(), inGroup("r"), memberships.WithSummary(&pass)))
	wantKind(t, "List", err, memberships.ErrUnavailable)
	if diff := cmp.Diff([]string{"a"}, got) + cmp.Diff(memberships.TotalOf(2), pass.Total); diff != "" {
		t.Errorf("members and totals (-want +got):\n%s", diff)
	}
}

// The total is there with the first member.
func TestListTotal(t *testing.T) {
	c, _ := memory(t, map[string]string{"demo": "a b c d"})
	var pass memberships.Summary
	for _, err := range c.List(t.Context(), inGroup("demo"), memberships.WithSummary(&pass)) {
		if err != nil || pass.Total != memberships.TotalOf(4) {
			t.Errorf("got the total %v, %v", pass.Total, err)
		}
	}
}

func TestListRefusesFilters(t *testing.T) {
	c, asked := memory(t, map[string]string{"demo": "a"})
	for name, f := range map[string]memberships.Filter{
		"nothing": {}, "a role alone": {Role: memberships.RoleMember}, "a kind of group": {Group: memberships.Group{Kind: memberships.KindGroup}},
		"a name": {Group: memberships.Group{Name: "Demo"}}, "a kind of member": {Member: memberships.Member{Kind: memberships.MemberUser}},
		"a group of another kind":     {Group: memberships.Group{Kind: "galaxy", ID: "demo"}},
		"a group and a member's name": {Group: group("demo"), Member: memberships.Member{Name: "Ada"}},
	} {
		_, err := ids(t, c.List(t.Context(), f))
		wantKind(t, name, err, memberships.ErrInvalidArgument)
	}
	for _, err := range c.Pages(t.Context(), inGroup("demo"), memberships.PageRequest{Size: -1}) {
		wantKind(t, "size -1", err, memberships.ErrInvalidArgument)
	}
	if *asked != 0 {
		t.Errorf("%d requests", *asked)
	}
}
