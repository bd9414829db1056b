package memprovider_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// A test gives the code under test a provider in memory in place of a real one, and
// looks at what became of the members.
func Example() {
	ada := memberships.Member{ID: "u1", Email: "ada@example.com", Name: "Ada Lovelace"}
	alan := memberships.Member{ID: "u2", Email: "alan@example.com", Name: "Alan Turing"}
	demo := memberships.Group{ID: "demo", Name: "Demo"}
	p := memprovider.New(
		memprovider.WithPeople(alan),
		memprovider.WithGroup(demo, memberships.Membership{Member: ada, Role: memberships.RoleOwner}),
	)
	ctx, client := context.Background(), memberships.New(p)

	if _, err := client.Add(ctx, demo, memberships.Member{Email: "alan@example.com"}, memberships.RoleManager); err != nil {
		log.Fatal(err)
	}
	for m, err := range client.List(ctx, memberships.Filter{Group: demo}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Member.Name, "is", m.Role)
	}
	// Output:
	// Ada Lovelace is owner
	// Alan Turing is manager
}

// A hook makes operations fail, to see what the code under test does then.
func ExampleWithHook() {
	p := memprovider.New(
		memprovider.WithGroup(memberships.Group{ID: "demo"}, memberships.Membership{Member: memberships.Member{ID: "ada"}}),
		memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
			if c.Operation == memberships.OpGet {
				return &memberships.Error{Kind: memberships.ErrRateLimited, RetryAfter: time.Minute}
			}
			return nil
		}),
	)
	presence, err := memberships.New(p).Check(context.Background(), memberships.Group{ID: "demo"}, memberships.Member{ID: "ada"})
	fmt.Println(presence, "-", err)
	// Output:
	// undetermined - memory: get: rate limited (retry after 1m0s)
}

var (
	demo = memberships.Group{Kind: memberships.KindGroup, ID: "demo"}
	ada  = memberships.Member{Kind: memberships.MemberUser, ID: "ada", Email: "ada@example.com"}
)

func list(t *testing.T, p *memprovider.Provider, g memberships.Group) []memberships.Membership {
	t.Helper()
	var all []memberships.Membership
	for m, err := range memberships.New(p).List(t.Context(), memberships.Filter{Group: g}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// Ids and times are the same in every run, so that tests can compare whole values.
func TestDeterministic(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC)
	want := []memberships.Membership{{
		Provider: "memory", ID: "m1", Group: demo, Member: ada, Role: memberships.RoleMember, RoleName: "member",
		State: memberships.StateActive, Created: at, Updated: at,
	}}
	for range 2 {
		p := memprovider.New(memprovider.WithGroup(memberships.Group{ID: "demo"}, memberships.Membership{Member: ada}))
		if diff := cmp.Diff(want, list(t, p, demo)); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
	}
	moon := time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC)
	p := memprovider.New(memprovider.WithName("moon"), memprovider.WithClock(func() time.Time { return moon }),
		memprovider.WithGroup(demo, memberships.Membership{Member: ada}))
	if got := list(t, p, demo)[0]; got.Provider != "moon" || !got.Created.Equal(moon) {
		t.Errorf("got %+v", got)
	}
}

// A service changes by itself: Put is that, and no hook sees it.
func TestPut(t *testing.T) {
	calls := 0
	p := memprovider.New(memprovider.WithHook(func(context.Context, memprovider.Call) error { calls++; return nil }))
	p.PutPeople(ada)
	p.Put(demo, memberships.Membership{Member: memberships.Member{ID: "ada"}, RoleName: "editor"})
	p.Put(demo, memberships.Membership{Member: memberships.Member{ID: "alan"}, State: memberships.StateInvited})
	if calls != 0 {
		t.Errorf("the hook saw %d calls", calls)
	}
	got := list(t, p, demo)
	if len(got) != 2 || got[0].Role != memberships.RoleUnknown || got[0].RoleName != "editor" || got[0].Member != ada || got[1].State != memberships.StateInvited {
		t.Fatalf("got %+v", got)
	}
	before, ok := memberships.Native[*memprovider.Record](got[0])
	if !ok || before.Role != "editor" || before.MemberID != "ada" {
		t.Fatalf("got the native value %+v", before)
	}
	p.Put(demo, memberships.Membership{Member: ada, Role: memberships.RoleOwner, State: "frozen"})
	got = list(t, p, demo)
	if len(got) != 2 || got[0].Role != memberships.RoleOwner || got[0].State != memberships.StateUnknown || got[0].ID != "m1" {
		t.Errorf("got %+v", got)
	}
	if before.Role != "editor" {
		t.Error("a native value changed with the membership")
	}
}

// The hook is told what is about to be done, and its error is what comes of it, as the
// provider's own.
func TestHook(t *testing.T) {
	var calls []memprovider.Call
	fail := errors.New("no route")
	p := memprovider.New(memprovider.WithGroup(demo, memberships.Membership{Member: ada}), memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
		calls = append(calls, c)
		return fail
	}))
	ctx, c := t.Context(), memberships.New(p)
	errs := map[memberships.Operation]error{}
	for _, errs["list"] = range c.List(ctx, memberships.Filter{Group: demo}) {
	}
	for _, errs["of"] = range c.MembershipsOf(ctx, ada) {
	}
	for _, errs["groups"] = range c.Groups(ctx) {
	}
	_, errs["get"] = c.Get(ctx, memberships.Ref{ID: "m1"})
	_, errs["add"] = c.Add(ctx, demo, ada, "")
	_, errs["update"] = c.Update(ctx, memberships.Ref{ID: "m1"}, memberships.RoleOwner)
	_, errs["remove"] = c.Remove(ctx, memberships.Ref{Group: demo, Member: ada})
	_, errs["resolve"] = c.Resolve(ctx, ada)
	_, errs["diagnose"] = c.Diagnose(ctx)
	for op, err := range errs {
		var e *memberships.Error
		if !errors.As(err, &e) || e.Kind != memberships.ErrUnavailable || e.Op != string(op) || e.Provider != "memory" || !errors.Is(err, fail) {
			t.Errorf("%s: got %v", op, err)
		}
	}
	want := []memprovider.Call{
		{Operation: "list", Group: demo}, {Operation: "of", Member: ada}, {Operation: "groups"},
		{Operation: "get", Group: memberships.Group{Kind: memberships.KindGroup}, MembershipID: "m1"}, {Operation: "add", Group: demo, Member: ada},
		{Operation: "update", Group: memberships.Group{Kind: memberships.KindGroup}, MembershipID: "m1"}, {Operation: "remove", Group: demo, Member: ada},
		{Operation: "resolve", Member: ada}, {Operation: "diagnose"},
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	fail = nil
	if got := list(t, p, demo); len(got) != 1 || got[0].Role != memberships.RoleMember {
		t.Errorf("operations that failed left %+v", got)
	}
}

// Kinds of groups are those of the groups that there are, and two kinds may have the
// same id.
func TestKinds(t *testing.T) {
	room, team := memberships.Group{Kind: memberships.KindRoom, ID: "x"}, memberships.Group{Kind: memberships.KindTeam, ID: "x"}
	p := memprovider.New(memprovider.WithGroup(room, memberships.Membership{Member: ada}), memprovider.WithGroup(team))
	if diff := cmp.Diff([]memberships.GroupKind{memberships.KindRoom, memberships.KindTeam}, p.Capabilities().GroupKinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if got := list(t, p, room); len(got) != 1 {
		t.Errorf("the room has %d members", len(got))
	}
	if got := list(t, p, team); len(got) != 0 {
		t.Errorf("the team has %d members", len(got))
	}
	if _, err := p.Get(t.Context(), memberships.Ref{ID: "m1", Group: team}); !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("the room's membership by the team's kind: got %v", err)
	}
}

// A part that is hidden is neither listed nor denied, and the rest stays as it is.
func TestHide(t *testing.T) {
	alan := memberships.Member{Kind: memberships.MemberUser, ID: "alan", Email: "alan@example.com"}
	gap := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 1, Text: "%d is withheld"}
	other := memberships.Group{Kind: memberships.KindGroup, ID: "other"}
	p := memprovider.New(
		memprovider.WithGroup(demo, memberships.Membership{Member: ada}, memberships.Membership{Member: alan}),
		memprovider.WithGroup(other, memberships.Membership{Member: alan}), memprovider.WithGap(memberships.Group{ID: "demo"}, gap, alan),
	)
	ctx, c := t.Context(), memberships.New(p)
	if got := list(t, p, demo); len(got) != 1 || got[0].Member != ada {
		t.Errorf("List: got %+v, want Ada alone", got)
	}
	var hidden *memberships.HiddenError
	for what, do := range map[string]func() error{
		"Get":       func() error { _, err := c.Get(ctx, memberships.Ref{Group: demo, Member: alan}); return err },
		"Get by id": func() error { _, err := c.Get(ctx, memberships.Ref{ID: "m2", Group: demo}); return err },
		"Get of nobody": func() error {
			_, err := c.Get(ctx, memberships.Ref{Group: demo, Member: memberships.Member{ID: "x"}})
			return err
		},
		"Update": func() error {
			_, err := c.Update(ctx, memberships.Ref{Group: demo, Member: alan}, memberships.RoleOwner)
			return err
		},
		"Remove": func() error { _, err := c.Remove(ctx, memberships.Ref{Group: demo, Member: alan}); return err },
	} {
		if err := do(); !errors.Is(err, memberships.ErrUndetermined) || !errors.As(err, &hidden) {
			t.Errorf("%s: got %v, want undetermined", what, err)
		} else if diff := cmp.Diff([]memberships.Gap{gap}, hidden.Coverage.Gaps); diff != "" {
			t.Errorf("%s: gaps (-want +got):\n%s", what, diff)
		}
	}
	if _, err := c.Add(ctx, demo, alan, ""); !errors.Is(err, memberships.ErrAlreadyExists) {
		t.Errorf("Add of somebody who is hidden: got %v", err)
	}
	if got, err := c.Check(ctx, other, ada); got != memberships.PresenceNotMember || err != nil {
		t.Errorf("Check in a group that is whole: got %v, %v", got, err)
	}
	scope := memberships.Gap{Level: memberships.GapScope, Code: memberships.GapInvitations, Text: "invitations are not listed"}
	p.Hide(other, scope, alan)
	if got := list(t, p, other); len(got) != 1 {
		t.Errorf("a gap of the scope hides members: got %+v", got)
	}
	if got, err := c.Check(ctx, other, ada); got != memberships.PresenceNotMember || err != nil {
		t.Errorf("Check in a group with a gap of the scope: got %v, %v", got, err)
	}
}

// The options of a call are taken or refused by name, and nothing is done then.
func TestOptions(t *testing.T) {
	calls := 0
	p := memprovider.New(memprovider.WithGroup(demo, memberships.Membership{Member: ada}), memprovider.WithHook(func(context.Context, memprovider.Call) error { calls++; return nil }))
	ctx, ref := t.Context(), memberships.Ref{Group: demo, Member: ada}
	for name, want := range map[string]struct {
		o     memberships.Option
		error string
	}{
		"of package option":   {o: option.WithTimeout(time.Second)},
		"of another provider": {memberships.NewOption("box", 1), "memory: get: invalid argument: an option of box was given to memory"},
		"empty":               {memberships.Option{}, "memory: get: invalid argument: an option is empty"},
		"of the Client":       {memberships.WithSummary(new(memberships.Summary)), "memory: get: invalid argument: an option (memberships.summaryOption) is for the listings of memberships.Client alone"},
		"of its name":         {memberships.NewOption("memory", 1), "memory: get: invalid argument: an option (int) is for the listings of memberships.Client alone"},
	} {
		t.Run(name, func(t *testing.T) {
			calls = 0
			_, err := p.Get(ctx, ref, want.o)
			switch {
			case want.error == "" && (err != nil || calls != 1):
				t.Errorf("got %v after %d calls, want success", err, calls)
			case want.error != "" && (err == nil || err.Error() != want.error || !errors.Is(err, memberships.ErrInvalidArgument) || calls != 0):
				t.Errorf("got %v after %d calls, want %s", err, calls, want.error)
			}
		})
	}
}

// A change that is none of the three is made by nobody.
func TestUnknownChange(t *testing.T) {
	p := memprovider.New(memprovider.WithGroup(demo, memberships.Membership{Member: ada}))
	for r, err := range p.Apply(t.Context(), []memberships.Change{{Op: "promote", Ref: memberships.Ref{Group: demo, Member: ada}}}) {
		if err != nil || !errors.Is(r.Err, memberships.ErrUnsupported) {
			t.Errorf("got %+v, %v", r, err)
		}
	}
	if got := list(t, p, demo); len(got) != 1 {
		t.Errorf("the group has %d members, want 1", len(got))
	}
}

// The memberships of a member are those in groups of Capabilities.SearchedKinds.
func TestOfKinds(t *testing.T) {
	room, team := memberships.Group{Kind: memberships.KindRoom, ID: "x"}, memberships.Group{Kind: memberships.KindTeam, ID: "y"}
	p := memprovider.New(
		memprovider.WithCapabilities(memberships.Capabilities{Operations: memberships.Operations(), SearchedKinds: []memberships.GroupKind{memberships.KindRoom}}),
		memprovider.WithPageSize(10), memprovider.WithGroup(room, memberships.Membership{Member: ada}), memprovider.WithGroup(team, memberships.Membership{Member: ada}),
	)
	var got []memberships.Group
	var pass memberships.Summary
	for m, err := range memberships.New(p).MembershipsOf(t.Context(), memberships.Member{ID: "ada"}, memberships.WithSummary(&pass)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Group)
	}
	if diff := cmp.Diff([]memberships.Group{room}, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if len(pass.Coverage.Gaps) != 1 || pass.Coverage.Gaps[0].Code != memberships.GapGroupKinds {
		t.Errorf("got the gaps %+v, want that teams were not searched", pass.Coverage.Gaps)
	}
	for _, err := range memberships.New(p).MembershipsOf(t.Context(), memberships.Member{ID: "nobody"}) {
		if !errors.Is(err, memberships.ErrNoSuchMember) {
			t.Errorf("the memberships of nobody: got %v", err)
		}
	}
}
