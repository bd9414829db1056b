package providertest

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/memberships-go/memberships"
)

// listing is one way to list memberships, for different options.
type listing struct {
	what string
	list func(...memberships.Option) iter.Seq2[memberships.Membership, error]
}

// listings returns the ways to list a group: List, Pages and ListMany.
func (t *checker) listings(ctx context.Context, g memberships.Group) []listing {
	return []listing{
		{"List of " + g.String(), func(opts ...memberships.Option) iter.Seq2[memberships.Membership, error] {
			return t.client.List(ctx, t.filter(g), opts...)
		}},
		{"Pages of " + g.String(), func(opts ...memberships.Option) iter.Seq2[memberships.Membership, error] {
			return itemsIn(t.client.Pages(ctx, t.filter(g), memberships.PageRequest{}, opts...))
		}},
		{"ListMany of " + g.String(), func(opts ...memberships.Option) iter.Seq2[memberships.Membership, error] {
			return t.client.ListMany(ctx, []memberships.Group{g}, memberships.ManyOptions{}, opts...)
		}},
	}
}

// itemsIn yields the items of pages.
func itemsIn(pages iter.Seq2[*memberships.Page[memberships.Membership], error]) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		for p, err := range pages {
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			for _, m := range p.Items {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// wantCoverage checks the gaps of a range and returns the hidden ones.
func (t *checker) wantCoverage(what string, c memberships.Coverage) []memberships.Gap {
	t.Helper()
	type key struct {
		level memberships.GapLevel
		code  memberships.GapCode
		kind  memberships.GroupKind
		id    string
	}
	keys := map[key]bool{}
	for _, g := range c.Gaps {
		if g.Level != memberships.GapScope && g.Level != memberships.GapHidden || g.Code == "" || g.Text == "" || g.Count < 0 {
			t.Errorf("%s: the gap %+v lacks its Level, Code or Text, or counts less than nothing", what, g)
		}
		k := key{g.Level, g.Code, g.Group.Kind, g.Group.ID}
		if keys[k] {
			t.Errorf("%s: the gap %+v comes twice; Coverage.Add joins those", what, g)
		}
		keys[k] = true
	}
	return c.Hidden()
}

// wantWhole checks that a listing has no hidden gap.
func (t *checker) wantWhole(what string, c memberships.Coverage) {
	t.Helper()
	if hidden := t.wantCoverage(what, c); len(hidden) > 0 {
		t.Errorf("%s: got the hidden gaps %v, and everything was shown; a gap at the level hidden keeps callers from every removal", what, hidden)
	}
}

// wantHidden checks that a listing has a hidden gap in Small, and in no other group.
func (t *checker) wantHidden(what string, c memberships.Coverage) {
	t.Helper()
	hidden := t.wantCoverage(what, c)
	if len(hidden) == 0 {
		t.Errorf("%s: got the coverage %+v, want a gap at the level hidden: Alan is there and was not shown", what, c)
	}
	for _, g := range hidden {
		if g.Group.Kind != t.Small.Kind || g.Group.ID != t.Small.ID {
			t.Errorf("%s: the gap %+v is in %s, want %s", what, g, g.Group, t.Small)
		}
	}
}

// wantUndetermined checks that err has the hidden gaps and no certain kind.
func (t *checker) wantUndetermined(what string, err error) {
	t.Helper()
	t.wantKind(what, err, memberships.ErrUndetermined)
	if errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("%s: got %v, which is an ErrNotFound as well; what is hidden may be there", what, err)
	}
	var hidden *memberships.HiddenError
	if err != nil && (!errors.As(err, &hidden) || len(hidden.Coverage.Hidden()) == 0) {
		t.Errorf("%s: %v is not a *HiddenError with a gap at the level hidden", what, err)
	}
}

func coverageComplete(t *checker) {
	sizes := map[memberships.Group]int{t.Small: 2, t.Large: t.LargeSize}
	if t.Empty.ID != "" {
		sizes[t.Empty] = 0
	}
	for g, size := range sizes {
		for _, r := range t.listings(t.Context(), g) {
			var summary memberships.Summary
			got := list(t, r.what, r.list(memberships.WithSummary(&summary)))
			t.wantWhole(r.what, summary.Coverage)
			t.wantMembers(r.what, got, size)
			if want := t.total(size); summary.Total != want {
				t.Errorf("%s: got the total %v, want %v", r.what, summary.Total, want)
			}
		}
		var summary memberships.Summary
		list(t, "Provider.List", t.Provider.List(t.Context(), query(g), &summary))
		t.wantWhole("Provider.List of "+g.String(), summary.Coverage)
		list(t, "Provider.List without a Pass", t.Provider.List(t.Context(), query(g), nil))
	}
	if t.caps.Can(memberships.OpGet) {
		for _, who := range []memberships.Member{t.Alan, t.Niklaus} {
			var summary memberships.Summary
			f := memberships.Filter{Group: t.Small, Member: byID(who)}
			list(t, "List of one membership", t.client.List(t.Context(), f, memberships.WithSummary(&summary)))
			t.wantWhole("List of "+who.String()+" in "+t.Small.String(), summary.Coverage)
		}
	}
	if t.caps.Can(memberships.OpListByMember) {
		var summary memberships.Summary
		list(t, "MembershipsOf", t.client.MembershipsOf(t.Context(), byID(t.Ada), memberships.WithSummary(&summary)))
		t.wantWhole("MembershipsOf "+t.Ada.String(), summary.Coverage)
	}
	if t.caps.Can(memberships.OpGroups) {
		var summary memberships.Summary
		list(t, "Groups", t.client.Groups(t.Context(), memberships.WithSummary(&summary)))
		t.wantWhole("Groups", summary.Coverage)
	}
}

func coverageHidden(t *checker) {
	ctx, c := t.Context(), t.client
	for _, r := range t.listings(ctx, t.Small) {
		var summary memberships.Summary
		for _, m := range list(t, r.what, r.list(memberships.WithSummary(&summary))) {
			if m.Member.ID == t.Alan.ID {
				t.Fatalf("%s: Alan comes; the tampering %q has to hide him", r.what, Hidden)
			}
		}
		t.wantHidden(r.what, summary.Coverage)
	}
	for _, r := range t.listings(ctx, t.Large) {
		var summary memberships.Summary
		t.wantMembers(r.what, list(t, r.what, r.list(memberships.WithSummary(&summary))), t.LargeSize, t.Ada, t.Alan)
		t.wantWhole(r.what, summary.Coverage)
	}
	var summary memberships.Summary
	both := []memberships.Group{t.Small, t.Large}
	list(t, "ListMany", c.ListMany(ctx, both, memberships.ManyOptions{}, memberships.WithSummary(&summary)))
	t.wantHidden("ListMany of two groups", summary.Coverage)
	summary = memberships.Summary{}
	list(t, "Provider.List", t.Provider.List(ctx, query(t.Small), &summary))
	if len(t.wantCoverage("Provider.List", summary.Coverage)) == 0 {
		t.Errorf("Provider.List: got the coverage %+v, want a gap at the level hidden", summary.Coverage)
	}

	maybe := t.identities(t.Alan)
	if !t.OwnList {
		maybe = slices.Concat(maybe, t.identities(t.Niklaus))
	}
	for _, who := range maybe {
		one, at := memberships.Filter{Group: t.Small, Member: who}, ref(t.Small, who)
		if _, err := c.Get(ctx, at); errors.Is(err, memberships.ErrNotMember) && !t.isAlan(who) {
			continue // a list of Niklaus's own groups, which is whole, tells as well
		}
		in := who.String() + " in a group of which a part is hidden"
		if t.caps.Can(memberships.OpGet) {
			var summary memberships.Summary
			if got := list(t, "List of "+in, c.List(ctx, one, memberships.WithSummary(&summary))); len(got) != 0 {
				t.Errorf("List of %s: got %d memberships", in, len(got))
			}
			t.wantHidden("List of "+in, summary.Coverage)
			_, err := read(t, "List of "+in, c.List(ctx, one))
			t.wantUndetermined("List without WithSummary of "+in, err)
			_, err = c.Get(ctx, at)
			t.wantUndetermined("Get of "+in, err)
			presence, err := c.Check(ctx, t.Small, who)
			if presence != memberships.PresenceUndetermined {
				t.Errorf("Check of %s: got %v, want %v", in, presence, memberships.PresenceUndetermined)
			}
			t.wantUndetermined("Check of "+in, err)
		}
		t.uncertain("Update", memberships.Change{Op: memberships.OpUpdate, Ref: at, Role: t.otherRole()})
		t.uncertain("Remove", memberships.Change{Op: memberships.OpRemove, Ref: at})
	}
	if t.caps.Can(memberships.OpGet) {
		_, err := c.Get(ctx, ref(t.Large, byID(t.Niklaus)))
		t.wantKind("Get of Niklaus in a group that is whole, beside one that is not", err, memberships.ErrNotMember)
	}
}

func (t *checker) isAlan(m memberships.Member) bool {
	return m.ID == t.Alan.ID && m.ID != "" || m.Email == t.Alan.Email && m.Email != ""
}

// uncertain checks that the change of a possibly hidden member fails without a certain
// kind.
func (t *checker) uncertain(what string, ch memberships.Change) {
	t.Helper()
	if !t.caps.Can(ch.Op) {
		return
	}
	what += " of " + ch.Ref.Member.String() + ", who may be hidden"
	var err error
	if ch.Op == memberships.OpRemove {
		_, err = t.client.Remove(t.Context(), ch.Ref)
	} else {
		_, err = t.client.Update(t.Context(), ch.Ref, ch.Role)
	}
	var e *memberships.Error
	switch {
	case err == nil:
		t.Errorf("%s: got no error, and nobody can say what was done", what)
	case !errors.As(err, &e):
		t.Errorf("%s: got %T (%v), want a *memberships.Error", what, err, err)
	case errors.Is(err, memberships.ErrNotMember), errors.Is(err, memberships.ErrNoSuchMember):
		t.Errorf("%s: got %v, want ErrUndetermined or another error that leaves it open", what, err)
	}
}

// coverageOneRange nests a range over one group in a range over another, which exposes
// shared state independent of goroutine scheduling.
func coverageOneRange(t *checker) {
	hidden := t.Tamper[Hidden] != nil
	if hidden {
		t.Tamper[Hidden]()
	}
	ctx := t.Context()
	want := func(what string, summary memberships.Summary, whole bool) {
		t.Helper()
		if hidden && !whole {
			t.wantHidden(what, summary.Coverage)
		} else {
			t.wantWhole(what, summary.Coverage)
		}
		if n := t.total(t.LargeSize); whole && summary.Total != n {
			t.Errorf("%s: got the total %v, want %v", what, summary.Total, n)
		}
	}

	of := []listing{t.listings(ctx, t.Small)[0], t.listings(ctx, t.Large)[0]}
	for i, r := range t.listings(ctx, t.Small) {
		stale := memberships.Summary{Total: memberships.TotalOf(1 << 40), Coverage: memberships.Coverage{Gaps: []memberships.Gap{
			{Level: memberships.GapHidden, Code: "stale", Group: t.Large, Text: "what another range has found"},
		}}}
		summary, first := stale, memberships.Summary{}
		seq := r.list(memberships.WithSummary(&summary))
		for n := range 3 {
			list(t, r.what, seq)
			if slices.ContainsFunc(summary.Coverage.Gaps, func(g memberships.Gap) bool { return g.Code == "stale" }) || summary.Total == stale.Total {
				t.Errorf("%s: got %+v; every range begins with an empty Pass", r.what, summary)
			}
			want(r.what, summary, false)
			if n == 0 {
				first = summary
				continue
			}
			if len(summary.Coverage.Gaps) != len(first.Coverage.Gaps) || summary.Total != first.Total {
				t.Errorf("%s: range %d fills in %+v, and the first one %+v", r.what, n+1, summary, first)
			}
			for i, g := range summary.Coverage.Gaps {
				if i < len(first.Coverage.Gaps) && g.Count != first.Coverage.Gaps[i].Count {
					t.Errorf("%s: range %d counts %d, and the first one %d", r.what, n+1, g.Count, first.Coverage.Gaps[i].Count)
				}
			}
		}
		before := summary
		list(t, r.what, r.list())
		var other memberships.Summary
		list(t, r.what, t.listings(ctx, t.Large)[i].list(memberships.WithSummary(&other)))
		if len(summary.Coverage.Gaps) != len(before.Coverage.Gaps) || summary.Total != before.Total {
			t.Errorf("%s: a range with another Pass, or none, made %+v of %+v", r.what, summary, before)
		}
		want("a listing of Large behind "+r.what, other, true)
	}

	for _, outer := range []int{0, 1} {
		var summaries [2]memberships.Summary
		inner := 1 - outer
		once := false
		for _, err := range of[outer].list(memberships.WithSummary(&summaries[outer])) {
			if err != nil {
				t.Fatalf("%s: %v", of[outer].what, err)
			}
			if !once {
				once = true
				list(t, of[inner].what, of[inner].list(memberships.WithSummary(&summaries[inner])))
			}
		}
		want("List of Small, in turns with one of Large", summaries[0], false)
		want("List of Large, in turns with one of Small", summaries[1], true)
	}
}

// coverageKinds compares the memberships of a member with Capabilities.SearchedKinds.
func coverageKinds(t *checker) {
	left := slices.DeleteFunc(slices.Clone(t.caps.GroupKinds), func(k memberships.GroupKind) bool { return slices.Contains(t.caps.SearchedKinds, k) })
	ctx := t.Context()
	for _, who := range t.identities(t.Ada) {
		for what, seq := range map[string]func(memberships.Option) iter.Seq2[memberships.Membership, error]{
			"MembershipsOf": func(o memberships.Option) iter.Seq2[memberships.Membership, error] {
				return t.client.MembershipsOf(ctx, who, o)
			},
			"Pages": func(o memberships.Option) iter.Seq2[memberships.Membership, error] {
				return itemsIn(t.client.Pages(ctx, memberships.Filter{Member: who}, memberships.PageRequest{}, o))
			},
		} {
			what += " of " + who.String()
			var summary memberships.Summary
			for _, m := range list(t, what, seq(memberships.WithSummary(&summary))) {
				if !slices.Contains(t.caps.SearchedKinds, m.Group.Kind) {
					t.Errorf("%s: got a membership of %s; SearchedKinds are %v", what, m.Group, t.caps.SearchedKinds)
				}
			}
			t.wantCoverage(what, summary.Coverage)
			told := 0
			for _, g := range summary.Coverage.Gaps {
				if g.Code != memberships.GapGroupKinds {
					continue
				}
				told++
				if g.Level != memberships.GapScope {
					t.Errorf("%s: the gap %+v is at the level %q, want %q", what, g, g.Level, memberships.GapScope)
				}
			}
			if want := min(len(left), 1); told != want {
				t.Errorf("%s: got the gaps %v, want %d of the code %q: SearchedKinds lacks %v", what, summary.Coverage.Gaps, want, memberships.GapGroupKinds, left)
			}
		}
	}
}
