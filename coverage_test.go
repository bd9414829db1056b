package memberships_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

var (
	withheld = memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 2, Text: "entries are withheld: %d"}
	scope    = memberships.Gap{Level: memberships.GapScope, Code: memberships.GapInvitations, Text: "invitations were not listed"}
)

// in is a gap of one group.
func in(g memberships.Gap, id string) memberships.Gap {
	g.Group = memberships.Group{Kind: memberships.KindGroup, ID: id}
	return g
}

// partial is a client of two groups, the second of which hides a part.
func partial(t *testing.T) *memberships.Client {
	t.Helper()
	whole, part := group("whole"), group("part")
	ada, grace := membership{Member: memberships.Member{ID: "ada", Name: "Ada"}}, membership{Member: memberships.Member{ID: "grace", Name: "Grace"}}
	return memberships.New(memprovider.New(
		memprovider.WithPageSize(1),
		memprovider.WithPeople(memberships.Member{ID: "alan", Email: "alan@example.com"}),
		memprovider.WithGroup(whole, ada, grace),
		memprovider.WithGroup(part, ada, grace),
		memprovider.WithGap(part, withheld), memprovider.WithGap(part, scope), memprovider.WithGap(whole, scope),
	))
}

func TestCoverageOfListings(t *testing.T) {
	c := partial(t)
	byPages := func(f memberships.Filter, o memberships.Option) error {
		for _, err := range c.Pages(t.Context(), f, memberships.PageRequest{}, o) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	byList := func(f memberships.Filter, o memberships.Option) error {
		_, err := ids(t, c.List(t.Context(), f, o))
		return err
	}
	many := func(groups ...memberships.Group) func(memberships.Filter, memberships.Option) error {
		return func(_ memberships.Filter, o memberships.Option) error {
			_, err := ids(t, c.ListMany(t.Context(), groups, memberships.ManyOptions{}, o))
			return err
		}
	}
	ofPart := []memberships.Gap{in(withheld, "part"), scope}
	for name, tt := range map[string]struct {
		read   func(memberships.Filter, memberships.Option) error
		filter memberships.Filter
		want   []memberships.Gap
		total  int64
	}{
		"the whole group":                      {byList, inGroup("whole"), []memberships.Gap{scope}, 2},
		"a part":                               {byList, inGroup("part"), ofPart, 2},
		"the pages of a part":                  {byPages, inGroup("part"), ofPart, 2},
		"many groups":                          {many(group("whole"), group("part")), memberships.Filter{}, ofPart, 4},
		"a group and a member who is there":    {byList, memberships.Filter{Group: group("part"), Member: member("ada")}, nil, -1},
		"a group and a member who may be":      {byList, memberships.Filter{Group: group("part"), Member: member("alan")}, ofPart, -1},
		"a group and a member who is not":      {byList, memberships.Filter{Group: group("whole"), Member: member("alan")}, nil, -1},
		"a role that nobody of the part has":   {byList, memberships.Filter{Group: group("part"), Role: memberships.RoleOwner}, ofPart, 2},
		"a group that is listed twice at once": {many(group("part"), group("part")), memberships.Filter{}, []memberships.Gap{{Level: withheld.Level, Code: withheld.Code, Group: in(withheld, "part").Group, Count: 4, Text: withheld.Text}, scope}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			pass := memberships.Summary{Total: memberships.TotalOf(99), Coverage: memberships.Coverage{Gaps: []memberships.Gap{{Text: "of another range"}}}}
			if err := tt.read(tt.filter, memberships.WithSummary(&pass)); err != nil {
				t.Fatal(err)
			}
			got := memberships.Coverage{}
			got.Add(pass.Coverage.Hidden()...) // ListMany takes groups as they come
			got.Add(pass.Coverage.Scope()...)
			if diff := cmp.Diff(tt.want, got.Gaps); diff != "" || pass.Total != memberships.TotalOf(tt.total) {
				t.Errorf("total %v, want %d; gaps (-want +got):\n%s", pass.Total, tt.total, diff)
			}
		})
	}
}

// A listing without WithSummary yields the same.
func TestCoverageNobodyAsksFor(t *testing.T) {
	wantEnd(t, partial(t).List(t.Context(), inGroup("part")), []string{"ada", "grace"}, nil)
}

// The pass of one range says nothing about another one.
func TestPassIsOfOneRange(t *testing.T) {
	c := partial(t)
	var wg sync.WaitGroup
	for _, id := range []string{"whole", "part", "whole", "part"} {
		wg.Go(func() {
			var pass memberships.Summary
			seq := c.List(t.Context(), inGroup(id), memberships.WithSummary(&pass))
			for range 3 {
				for range seq {
				}
				if got := len(pass.Coverage.Hidden()) > 0; got != (id == "part") || pass.Total != memberships.TotalOf(2) {
					t.Errorf("%s: %+v", id, pass)
				}
			}
		})
	}
	wg.Wait()
}

func TestCheckOfAHiddenPart(t *testing.T) {
	c := partial(t)
	for _, tt := range []struct {
		group, member string
		want          memberships.Presence
	}{
		{"whole", "ada", memberships.PresenceMember},
		{"whole", "alan", memberships.PresenceNotMember},
		{"part", "ada", memberships.PresenceMember},
		{"part", "alan", memberships.PresenceUndetermined},
	} {
		got, err := c.Check(t.Context(), group(tt.group), member(tt.member))
		if got != tt.want || (err != nil) != (tt.want == memberships.PresenceUndetermined) {
			t.Errorf("%s in %s: got %v, %v", tt.member, tt.group, got, err)
		}
		var hidden *memberships.HiddenError
		if err != nil {
			wantKind(t, "Check", err, memberships.ErrUndetermined)
			if !errors.As(err, &hidden) || len(hidden.Coverage.Hidden()) != 1 || errors.Is(err, memberships.ErrNotFound) {
				t.Errorf("%v: the gaps are %+v", err, hidden)
			}
		}
	}
}

// An address without an account is no member of a group that was seen without it.
func TestRemoveOfAnUnknownAddress(t *testing.T) {
	c := partial(t)
	gone := memberships.Member{Email: "gone@example.com"}
	for id, kind := range map[string]error{"whole": memberships.ErrNotMember, "part": memberships.ErrUndetermined, "nowhere": memberships.ErrNotFound} {
		_, err := c.Remove(t.Context(), memberships.Ref{Group: group(id), Member: gone})
		wantKind(t, id, err, kind)
		if errors.Is(err, memberships.ErrNotMember) != (id == "whole") {
			t.Errorf("%s: got %v", id, err)
		}
	}
	if _, err := c.Get(t.Context(), memberships.Ref{Group: group("whole"), Member: gone}); !errors.Is(err, memberships.ErrNoSuchMember) || errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("Get: got %v", err)
	}
}

// shown is a provider whose members show an address that its resolver does not know.
type shown struct{ *memprovider.Provider }

func (*shown) Apply(ctx context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return memberships.ApplyEach(ctx, changes, func(context.Context, memberships.Change) (membership, error) {
		return membership{}, &memberships.Error{Provider: "memory", Op: "remove", Kind: memberships.ErrNoSuchMember}
	})
}

func TestRemoveOfAnAddressThatIsShown(t *testing.T) {
	c := memberships.New(&shown{memprovider.New(memprovider.WithGroup(group("demo"), membership{Member: memberships.Member{ID: "ada", Email: "Ada@example.com"}}))})
	_, err := c.Remove(t.Context(), memberships.Ref{Group: group("demo"), Member: memberships.Member{Email: "ada@example.com"}})
	wantKind(t, "Remove", err, memberships.ErrNoSuchMember)
}

// unclear is a provider of whose removals nobody knows what became of them, whatever the
// last attempt was refused with.
type unclear struct{ *memprovider.Provider }

func (*unclear) Apply(ctx context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return memberships.ApplyEach(ctx, changes, func(context.Context, memberships.Change) (membership, error) {
		return membership{}, &memberships.Error{Provider: "memory", Op: "remove", Kind: memberships.ErrOutcomeUnknown, Err: memberships.ErrNoSuchMember}
	})
}

// A removal that nobody knows the outcome of is not one of somebody who is no member.
func TestRemoveWithoutAnOutcome(t *testing.T) {
	c := memberships.New(&unclear{memprovider.New(memprovider.WithGroup(group("demo")))})
	_, err := c.Remove(t.Context(), memberships.Ref{Group: group("demo"), Member: memberships.Member{Email: "gone@example.com"}})
	wantKind(t, "Remove", err, memberships.ErrOutcomeUnknown)
	if errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("got %v", err)
	}
}

// A member who is shown by an id alone may have any address.
func TestRemoveOfAnAddressThatMayBeAnybodys(t *testing.T) {
	ada := membership{Member: memberships.Member{ID: "ada", Name: "Ada"}}
	bare := func(id string) membership { return membership{Member: memberships.Member{ID: id}} }
	for name, tt := range map[string]struct {
		members []membership
		want    error
		count   int64
	}{
		"a name":            {[]membership{ada}, memberships.ErrNotMember, 0},
		"ids alone":         {[]membership{ada, bare("u1"), bare("u2")}, memberships.ErrUndetermined, 2},
		"a group by its id": {[]membership{{Member: memberships.Member{Kind: memberships.MemberGroup, ID: "sales"}}}, memberships.ErrNotMember, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := memberships.New(&shown{memprovider.New(memprovider.WithGroup(group("demo"), tt.members...))})
			_, err := c.Remove(t.Context(), memberships.Ref{Group: group("demo"), Member: memberships.Member{Email: "gone@example.com"}})
			wantKind(t, "Remove", err, tt.want)
			var hidden *memberships.HiddenError
			if errors.As(err, &hidden) != (tt.count > 0) {
				t.Fatalf("got %v", err)
			}
			if tt.count > 0 {
				want := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapAnonymous, Group: in(withheld, "demo").Group, Count: tt.count}
				got := hidden.Coverage.Gaps
				if len(got) == 1 {
					want.Text = got[0].Text
				}
				if diff := cmp.Diff([]memberships.Gap{want}, got); diff != "" || want.Text == "" {
					t.Errorf("gaps (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// A membership that does not say whose it is, or of which group, may be anybody's.
func TestNamelessMembershipsAreTold(t *testing.T) {
	ada := membership{Member: memberships.Member{ID: "ada"}, Group: memberships.Group{Kind: memberships.KindRoom, ID: "r"}}
	nobody, nowhere := ada, ada
	nobody.Member, nowhere.Group = memberships.Member{Kind: memberships.MemberUser}, memberships.Group{Kind: memberships.KindRoom}
	for name, tt := range map[string]struct {
		filter memberships.Filter
		row    membership
		want   []memberships.Gap
	}{
		"a member":           {inGroup("r"), ada, nil},
		"no member":          {inGroup("r"), nobody, []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapAnonymous, Group: memberships.Group{Kind: memberships.KindRoom, ID: "r"}, Count: 2}}},
		"no member, by role": {memberships.Filter{Group: group("r"), Role: memberships.RoleManager}, nobody, []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapAnonymous, Group: memberships.Group{Kind: memberships.KindRoom, ID: "r"}, Count: 2}}},
		"a group":            {memberships.Filter{Member: member("ada")}, ada, nil},
		"no group":           {memberships.Filter{Member: member("ada")}, nowhere, []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.filter.Group.Kind = ""
			caps := able()
			caps.SearchedKinds = caps.GroupKinds
			c := memberships.New(&stub{caps: caps, listPage: func(context.Context, memberships.Query, memberships.PageRequest) (*page, error) {
				return &page{Items: []membership{ada, tt.row, tt.row}}, nil
			}})
			var listed, paged memberships.Summary
			for _, err := range c.List(t.Context(), tt.filter, memberships.WithSummary(&listed)) {
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, err := range c.Pages(t.Context(), tt.filter, memberships.PageRequest{}, memberships.WithSummary(&paged)) {
				if err != nil {
					t.Fatal(err)
				}
			}
			for what, pass := range map[string]memberships.Summary{"List": listed, "Pages": paged} {
				if len(tt.want) > 0 && len(pass.Coverage.Gaps) > 0 {
					tt.want[0].Text = pass.Coverage.Gaps[0].Text
				}
				if diff := cmp.Diff(tt.want, pass.Coverage.Gaps); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
		})
	}
}

// Kinds of groups that OpListByMember does not cover are a gap of every listing of a member.
func TestOfKindsAreTold(t *testing.T) {
	c := memberships.New(&stub{caps: able(), listPage: func(context.Context, memberships.Query, memberships.PageRequest) (*page, error) {
		items := of("a")
		items[0].Group = memberships.Group{Kind: memberships.KindRoom, ID: "r"}
		return &page{Items: items}, nil
	}})
	want := []memberships.Gap{{Level: memberships.GapScope, Code: memberships.GapGroupKinds, Text: "groups of some kinds were not searched: team"}}
	var listed, paged memberships.Summary
	wantEnd(t, c.MembershipsOf(t.Context(), member("ada"), memberships.WithSummary(&listed)), []string{"a"}, nil)
	for range c.Pages(t.Context(), memberships.Filter{Member: member("ada")}, memberships.PageRequest{}, memberships.WithSummary(&paged)) {
	}
	if diff := cmp.Diff(want, listed.Coverage.Gaps) + cmp.Diff(want, paged.Coverage.Gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	wantEnd(t, c.List(t.Context(), inGroup("r"), memberships.WithSummary(&listed)), []string{"a"}, nil)
	if !listed.Coverage.Complete() {
		t.Errorf("a group has the gaps %v", listed.Coverage.Gaps)
	}
}

func TestGapString(t *testing.T) {
	for want, g := range map[string]memberships.Gap{
		"entries are withheld: 2":             withheld,
		"group:demo: entries are withheld: 2": in(withheld, "demo"),
		"invitations were not listed":         scope,
		"odd":                                 {Code: "odd"},
	} {
		if g.String() != want {
			t.Errorf("got %q, want %q", g, want)
		}
	}
}
