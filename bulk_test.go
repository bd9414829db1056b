package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// inMemory returns a client of the groups g, with ada and bob, and h, with ada. In bulk it
// takes three at once and lists all groups at once. Eve and Fay are in the directory.
func inMemory(bulk bool, opts ...memprovider.Option) *memberships.Client {
	person := func(id string) memberships.Member {
		return memberships.Member{Kind: memberships.MemberUser, ID: id, Email: id + "@example.com"}
	}
	opts = append([]memprovider.Option{
		memprovider.WithPageSize(2), memprovider.WithPeople(person("eve"), person("fay")),
		memprovider.WithGroup(group("g"), membership{Member: person("ada")}, membership{Member: person("bob")}),
		memprovider.WithGroup(group("h"), membership{Member: person("ada")}),
	}, opts...)
	if bulk {
		opts = append(opts, memprovider.WithBulk(3))
	}
	return memberships.New(memprovider.New(opts...))
}

// state lists the members of the groups g and h, as "g: ada bob".
func state(t *testing.T, c *memberships.Client) []string {
	t.Helper()
	var out []string
	for _, g := range []string{"g", "h"} {
		got, err := ids(t, c.List(t.Context(), inGroup(g)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(g, ": ", got))
	}
	return out
}

// Every odd list has a result per change, and each bad change fails alone: with the calls of
// a provider that takes one at a time, and of one that takes several.
func TestApplyBadInput(t *testing.T) {
	ofTeam := memberships.Group{Kind: memberships.KindTeam, ID: "g"}
	tests := []struct {
		name    string
		changes []memberships.Change
		want    []string
		state   []string
	}{
		{name: "empty list", state: []string{"g: [ada bob]", "h: [ada]"}},
		{
			name:    "a member twice",
			changes: changesOf("add eve, add eve, remove ada, remove ada, remove bob, add bob"),
			want:    []string{"add eve: ok", "add eve: already exists", "remove ada: ok", "remove ada: not a member", "remove bob: ok", "add bob: ok"},
			state:   []string{"g: [eve bob]", "h: [ada]"},
		},
		{
			name:    "a member by id and by address, in another case",
			changes: changesOf("add eve@example.com, add EVE@example.com"),
			want:    []string{"add eve@example.com: ok", "add EVE@example.com: already exists"},
			state:   []string{"g: [ada bob eve]", "h: [ada]"},
		},
		{
			name:    "a hostile id and a hostile address",
			changes: changesOf("add eve, add ../admin, add x\x00@example.com, remove a\nb, add fay"),
			want: []string{
				"add eve: ok", "add ../admin: invalid argument", "add x\x00@example.com: invalid argument",
				"remove a\nb: invalid argument", "add fay: ok",
			},
			state: []string{"g: [ada bob eve fay]", "h: [ada]"},
		},
		{
			name: "the form of another provider",
			changes: []memberships.Change{
				{Op: memberships.OpAdd, Ref: memberships.Ref{Group: ofTeam, Member: member("eve")}},
				{Op: memberships.OpAdd, Ref: memberships.Ref{Group: group("g"), Member: memberships.Member{Kind: "robot", ID: "eve"}}},
				{Op: memberships.OpUpdate, Ref: memberships.Ref{ID: "Y2lzY29zcGFyazovL3Vz"}, Role: memberships.RoleOwner},
				{Op: memberships.OpRemove, Ref: memberships.Ref{ID: "m1"}},
				{Op: memberships.OpAdd, Ref: memberships.Ref{Group: group("h"), Member: member("users/123")}},
				{Op: memberships.OpAdd, Ref: memberships.Ref{Group: group("h"), Member: member("eve")}},
			},
			want: []string{
				"add eve: invalid argument", "add eve: invalid argument", "update email:: not found", "remove email:: ok",
				"add users/123: not found", "add eve: ok",
			},
			state: []string{"g: [bob]", "h: [ada eve]"},
		},
		{
			name: "nothing to change",
			changes: []memberships.Change{
				{}, {Op: memberships.OpRemove}, {Op: memberships.OpAdd, Ref: memberships.Ref{Group: group("g")}},
				{Op: memberships.OpUpdate, Ref: memberships.Ref{Group: group("g"), Member: member("ada")}},
			},
			want:  []string{" email:: unsupported", "remove email:: invalid argument", "add email:: invalid argument", "update ada: invalid argument"},
			state: []string{"g: [ada bob]", "h: [ada]"},
		},
	}
	for _, tt := range tests {
		for _, bulk := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, in bulk %t", tt.name, bulk), func(t *testing.T) {
				c := inMemory(bulk)
				got, err := results(c.Apply(t.Context(), slices.Values(tt.changes), memberships.BulkOptions{Concurrency: 1}))
				if err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("results (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.state, state(t, c)); diff != "" {
					t.Errorf("members (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A list of look-ups has a result for each, and each bad one fails alone.
func TestLookupsBadInput(t *testing.T) {
	for _, bulk := range []bool{false, true} {
		c, ctx := inMemory(bulk), t.Context()
		in := func(g string, m memberships.Member) memberships.Ref {
			return memberships.Ref{Group: group(g), Member: m}
		}
		refs := []memberships.Ref{
			in("g", member("ada")), in("g", member("..")), in("g", member("ada")), {}, in("x", member("ada")), in("g", member("eve")),
			in("g", memberships.Member{Email: "ADA@example.com"}), {ID: "Y2lzY29zcGFyazovL3Vz"}, {Group: memberships.Group{Kind: memberships.KindTeam, ID: "g"}, Member: member("ada")},
		}
		found, err := c.GetMany(ctx, refs, memberships.BulkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range found {
			got = append(got, kindText(l.Err, l.Membership.Member.ID))
		}
		if diff := cmp.Diff([]string{"ada", "invalid argument", "ada", "invalid argument", "not found", "not a member", "ada", "not found", "invalid argument"}, got); diff != "" {
			t.Errorf("in bulk %t: GetMany (-want +got):\n%s", bulk, diff)
		}

		var asked []memberships.Member
		for _, email := range []string{"ada@example.com", "a\x00@example.com", "eve@example.com", "ada@example.com", "", "zoe@example.com", "Fay@Example.com"} {
			asked = append(asked, memberships.Member{Email: email})
		}
		resolved, err := c.ResolveMany(ctx, asked, memberships.BulkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		for _, r := range resolved {
			got = append(got, kindText(r.Err, r.Member.ID))
		}
		if diff := cmp.Diff([]string{"ada", "invalid argument", "eve", "ada", "invalid argument", "no such member", "fay"}, got); diff != "" {
			t.Errorf("in bulk %t: ResolveMany (-want +got):\n%s", bulk, diff)
		}
		if found, err := c.GetMany(ctx, nil, memberships.BulkOptions{}); len(found) != 0 || err != nil {
			t.Errorf("in bulk %t: GetMany of nothing: got %v, %v", bulk, found, err)
		}
	}
}

// kindText returns the kind of an error, text without one.
func kindText(err error, text string) string {
	var e *memberships.Error
	switch {
	case errors.As(err, &e):
		return e.Kind.Error()
	case err != nil:
		return "an error without a kind"
	}
	return text
}

// ListAll yields the same memberships and gaps by one listing as by one of each group.
func TestListAllEitherWay(t *testing.T) {
	gap := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1, Text: "%d is withheld"}
	for _, bulk := range []bool{false, true} {
		calls := 0
		c := inMemory(bulk, memprovider.WithGap(group("g"), gap, member("bob")), memprovider.WithHook(func(context.Context, memprovider.Call) error { calls++; return nil }))
		var summary memberships.Summary
		got, err := ids(t, c.ListAll(t.Context(), memberships.ManyOptions{Concurrency: 1}, memberships.WithSummary(&summary)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"ada", "ada"}, got); diff != "" {
			t.Errorf("in bulk %t: members (-want +got):\n%s", bulk, diff)
		}
		want := gap
		want.Group = memberships.Group{Kind: memberships.KindGroup, ID: "g"}
		if diff := cmp.Diff([]memberships.Gap{want}, summary.Coverage.Gaps); diff != "" {
			t.Errorf("in bulk %t: gaps (-want +got):\n%s", bulk, diff)
		}
		if want := map[bool]int{false: 3, true: 1}[bulk]; calls != want {
			t.Errorf("in bulk %t: %d calls, want %d", bulk, calls, want)
		}
	}
}

// silentProvider makes every change and keeps nothing, so that a test measures the Client.
type silentProvider struct {
	memberships.Unsupported
	caps memberships.Capabilities
}

func (*silentProvider) Name() string                             { return "silent" }
func (p *silentProvider) Capabilities() memberships.Capabilities { return p.caps }
func (*silentProvider) Apply(_ context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return func(yield func(memberships.Result, error) bool) {
		for range changes {
			if !yield(memberships.Result{}, nil) {
				return
			}
		}
	}
}

// A list of 100,000 changes takes the memory of one chunk of 10,000, whatever its length.
func TestApplyMemory(t *testing.T) {
	const rows = 100_000
	// A chunk takes about 14 MB: each change three times, its result and the keys of maps. All
	// changes together would take ten times as much.
	const limit = 40 << 20
	for _, batch := range []int{1, 100} {
		p := &silentProvider{caps: able()}
		p.caps.ChangeBatch = batch
		var first runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&first)
		most, n, began := uint64(0), 0, time.Now()
		for r, err := range memberships.New(p).Apply(t.Context(), many(rows), memberships.BulkOptions{}) {
			if err != nil || r.Err != nil {
				t.Fatal(r.Err, err)
			}
			if want := fmt.Sprint("u", n); r.Change.Ref.Member.ID != want {
				t.Fatalf("result %d is of %s", n, r.Change.Ref.Member)
			}
			if n++; n%9_999 == 0 { // at another place of each chunk
				var now runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc-min(now.HeapAlloc, first.HeapAlloc))
			}
		}
		t.Logf("batches of %d: %d results, %d KB at most, in %v", batch, n, most>>10, time.Since(began))
		if n != rows || most > limit {
			t.Errorf("batches of %d: %d results, %d KB at most, want %d and %d KB", batch, n, most>>10, rows, limit>>10)
		}
	}
}
