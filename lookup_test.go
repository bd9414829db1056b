package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// GetMany reads a group once where several members of it are asked for, and asks for the
// rest one by one.
func TestGetMany(t *testing.T) {
	gap := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld}
	tests := []struct {
		name    string
		set     func(*bulk)
		members []string
		want    []string
		calls   []string
	}{
		{"one member", nil, []string{"ada"}, []string{"ada"}, []string{"get ada"}},
		{
			"several members", nil, []string{"ada", "eve", "bob@example.com"},
			[]string{"ada", "not a member", "bob"}, []string{"list g"},
		},
		{"the reading ends after the last of them", func(b *bulk) { b.listErr = errors.New("unread") }, []string{"ada", "bob"}, []string{"ada", "bob"}, []string{"list g"}},
		{
			"an address that no member shows is resolved", nil, []string{"ada", "alias-of-bob@example.com", "eve@example.com"},
			[]string{"ada", "bob", "not a member"}, []string{"list g", "resolve alias-of-bob@example.com eve@example.com"},
		},
		{
			"an address without an account", func(b *bulk) {
				b.resolve = func(string) (string, error) { return "", &memberships.Error{Kind: memberships.ErrNoSuchMember} }
			},
			[]string{"ada", "x@example.com"}, []string{"ada", "no such member"}, []string{"list g", "resolve x@example.com"},
		},
		{
			"no directory", func(b *bulk) { b.caps.Directory = false }, []string{"ada", "bob", "eve@example.com"},
			[]string{"ada", "bob", "eve@example.com"}, []string{"list g", "get eve@example.com"},
		},
		{
			"addresses without a directory", func(b *bulk) { b.caps.Directory = false }, []string{"ada", "eve@example.com"},
			[]string{"ada", "eve@example.com"}, []string{"get ada", "get eve@example.com"},
		},
		{"a hidden part", func(b *bulk) { b.gaps = []memberships.Gap{gap} }, []string{"ada", "eve"}, []string{"ada", "eve"}, []string{"list g", "get eve"}},
		{"a failed reading", func(b *bulk) { b.listErr = errors.New("no route") }, []string{"ada", "eve"}, []string{"ada", "eve"}, []string{"list g", "get eve"}},
		{
			"a group that is too large", func(b *bulk) {
				b.caps.MaxPageSize = 1
				b.members = slices.Insert(slices.Clone(b.members), 0, row("u1"), row("u2"))
			},
			[]string{"ada", "bob"}, []string{"ada", "bob"}, []string{"list g", "get ada", "get bob"},
		},
		{"an invalid member", nil, []string{"ada", "a\x00", "bob"}, []string{"ada", "invalid argument", "bob"}, []string{"list g"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &bulk{caps: able(), members: []membership{row("ada"), row("bob")}}
			b.caps.Directory, b.caps.ResolveBatch = true, 10
			b.resolve = func(email string) (string, error) {
				if email == "alias-of-bob@example.com" {
					return "bob", nil
				}
				return "other", nil
			}
			if tt.set != nil {
				tt.set(b)
			}
			var refs []memberships.Ref
			for _, m := range tt.members {
				refs = append(refs, memberships.Ref{Group: group("g"), Member: memberships.ParseMember(m)})
			}
			found, err := memberships.New(b).GetMany(t.Context(), refs, memberships.BulkOptions{Concurrency: 1})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				text := f.Membership.Member.String()
				if f.Err != nil {
					var e *memberships.Error
					if !errors.As(f.Err, &e) || e.Provider == "" || e.Op == "" {
						t.Errorf("got %v, want an *Error with provider and operation", f.Err)
						continue
					}
					text = e.Kind.Error()
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.calls, b.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// ResolveMany asks for every address once, in as few calls as the provider allows.
func TestResolveMany(t *testing.T) {
	b := &bulk{caps: able()}
	b.caps.ResolveBatch = 2
	var members []memberships.Member
	for _, text := range []string{"ada@example.com", "bob@example.com", "", "ada@example.com", "eve@example.com"} {
		members = append(members, memberships.Member{Kind: memberships.MemberUser, Email: text})
	}
	found, err := memberships.New(b).ResolveMany(t.Context(), members, memberships.BulkOptions{Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprint(f.Member.ID, " ", errors.Is(f.Err, memberships.ErrInvalidArgument)))
	}
	if diff := cmp.Diff([]string{"ada false", "bob false", " true", "ada false", "eve false"}, got); diff != "" {
		t.Errorf("resolutions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"resolve ada@example.com bob@example.com", "resolve eve@example.com"}, b.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if found, err := memberships.New(b).ResolveMany(t.Context(), nil, memberships.BulkOptions{}); err != nil || len(found) != 0 {
		t.Errorf("no members: got %v, %v", found, err)
	}
}

// ResolveMany and GetMany send nothing more once the credential was refused, or the look-ups
// were stopped. Every look-up has a result.
func TestLookUpsEnd(t *testing.T) {
	refused := &memberships.Error{Provider: "bulk", Kind: memberships.ErrUnauthenticated}
	for _, tt := range []struct {
		name string
		want error
	}{{"refused", memberships.ErrUnauthenticated}, {"stopped", context.Canceled}} {
		t.Run(tt.name, func(t *testing.T) {
			var stop chan struct{}
			end := func() error {
				if tt.want == memberships.ErrUnauthenticated {
					return refused
				}
				close(stop)
				return nil
			}
			b := &bulk{caps: able()}
			b.resolve = func(string) (string, error) { return "", end() }
			b.get = end
			c := memberships.New(b)
			var members []memberships.Member
			var refs []memberships.Ref
			for i := range 10 {
				members = append(members, memberships.ParseMember(fmt.Sprintf("u%d@example.com", i)))
				refs = append(refs, memberships.Ref{ID: fmt.Sprint("m", i), Group: group("g")})
			}
			check := func(what string, n int, err func(int) error) {
				t.Helper()
				if n != 10 || !errors.Is(err(9), tt.want) || len(b.calls) != 1 {
					t.Errorf("%s: %d results, the last one with %v; calls %q", what, n, err(9), b.calls)
				}
				b.calls = nil
			}
			stop = make(chan struct{})
			resolved, err := c.ResolveMany(t.Context(), members, memberships.BulkOptions{Concurrency: 1, Stop: stop})
			if err != nil {
				t.Fatal(err)
			}
			check("ResolveMany", len(resolved), func(i int) error { return resolved[i].Err })
			stop = make(chan struct{})
			got, err := c.GetMany(t.Context(), refs, memberships.BulkOptions{Concurrency: 1, Stop: stop})
			if err != nil {
				t.Fatal(err)
			}
			check("GetMany", len(got), func(i int) error { return got[i].Err })
		})
	}
}

// ListAll lists members while groups are still being listed, and passes on the gaps and
// the error of the list of groups.
func TestListAll(t *testing.T) {
	c, _ := memory(t, map[string]string{"a": "ada bob eve fay", "b": "", "c": "ada gil"})
	var summary memberships.Summary
	got, err := ids(t, c.ListAll(t.Context(), memberships.ManyOptions{Concurrency: 1}, memberships.WithSummary(&summary)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ada", "bob", "eve", "fay", "ada", "gil"}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if total, ok := summary.Total.Get(); !ok || total != 6 {
		t.Errorf("the total is %d, %t", total, ok)
	}
	got, err = ids(t, c.ListAll(t.Context(), memberships.ManyOptions{Role: memberships.RoleOwner}))
	if err != nil || len(got) != 0 {
		t.Errorf("owners: got %v, %v", got, err)
	}
}

// A provider that lists all groups at once gets one call, and the filter by role applies.
func TestListAllAtOnce(t *testing.T) {
	b := &bulk{caps: able(), members: []membership{row("ada"), row("bob")}, gaps: []memberships.Gap{{Level: memberships.GapScope, Code: memberships.GapInvitations}}}
	b.caps.ListsAll = true
	b.members[1].Role = memberships.RoleManager
	var summary memberships.Summary
	got, err := ids(t, memberships.New(b).ListAll(t.Context(), memberships.ManyOptions{Role: memberships.RoleManager}, memberships.WithSummary(&summary)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"bob"}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"list "}, b.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if len(summary.Coverage.Gaps) != 1 {
		t.Errorf("got the gaps %v", summary.Coverage.Gaps)
	}
}
