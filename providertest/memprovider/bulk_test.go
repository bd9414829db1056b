package memprovider_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// A hook fails one change of many, as a service may, and the others are made.
func ExampleWithBulk() {
	person := func(id string) memberships.Member { return memberships.Member{ID: id} }
	demo := memberships.Group{ID: "demo"}
	p := memprovider.New(
		memprovider.WithBulk(100), memprovider.WithGroup(demo),
		memprovider.WithPeople(person("ada"), person("alan"), person("eve")),
		memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
			if c.Operation == memberships.OpAdd && c.Member.ID == "alan" {
				return &memberships.Error{Kind: memberships.ErrUnavailable}
			}
			return nil
		}),
	)
	var changes []memberships.Change
	for _, id := range []string{"ada", "alan", "eve"} {
		changes = append(changes, memberships.Change{Op: memberships.OpAdd, Ref: memberships.Ref{Group: demo, Member: person(id)}})
	}
	for r, err := range memberships.New(p).Apply(context.Background(), slices.Values(changes), memberships.BulkOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Change.Ref.Member, r.Err)
	}
	// Output:
	// ada <nil>
	// alan memory: add: unavailable
	// eve <nil>
}

// all reads the listing of all groups, as "ada in demo".
func all(p *memprovider.Provider, summary *memberships.Summary) (out []string, err error) {
	for m, e := range p.List(context.Background(), memberships.Query{}, summary) {
		if err = e; err == nil {
			out = append(out, m.Member.ID+" in "+m.Group.ID)
		}
	}
	return out, err
}

// The listing of all groups has the visible members of each, and the gaps of each with its
// group.
func TestListsAll(t *testing.T) {
	other := memberships.Group{Kind: memberships.KindTeam, ID: "other"}
	alan := memberships.Member{Kind: memberships.MemberUser, ID: "alan"}
	gap := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1, Text: "%d is withheld"}
	opts := []memprovider.Option{
		memprovider.WithPageSize(2),
		memprovider.WithGroup(demo, memberships.Membership{Member: ada}, memberships.Membership{Member: alan}),
		memprovider.WithGroup(other, memberships.Membership{Member: ada}, memberships.Membership{Member: alan}),
		memprovider.WithGap(other, gap, alan),
	}
	calls := 0
	p := memprovider.New(append(opts, memprovider.WithBulk(7), memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
		calls++
		if c.Operation != memberships.OpList || c.Group != (memberships.Group{}) {
			t.Errorf("got the call %+v", c)
		}
		return nil
	}))...)
	if c := p.Capabilities(); !c.ListsAll || c.ResolveBatch != 7 || c.ChangeBatch != 7 {
		t.Errorf("got the capabilities %+v", c)
	}
	var summary memberships.Summary
	got, err := all(p, &summary)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ada in demo", "alan in demo", "ada in other"}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	gap.Group = other
	if diff := cmp.Diff([]memberships.Gap{gap}, summary.Coverage.Gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if n, _ := summary.Total.Get(); n != 3 || calls != 2 {
		t.Errorf("got the total %d after %d calls, want 3 after 2", n, calls)
	}

	p = memprovider.New(append(opts, memprovider.WithPeople(memberships.Member{ID: "nameless"}), memprovider.WithHook(func(context.Context, memprovider.Call) error {
		t.Error("the hook was called")
		return nil
	}))...)
	if got, err := all(p, nil); len(got) != 0 || !errors.Is(err, memberships.ErrUnsupported) {
		t.Errorf("undeclared: got %v, %v", got, err)
	}
}
