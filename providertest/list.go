package providertest

import (
	"iter"
	"slices"

	"github.com/memberships-go/memberships"
)

func (t *checker) filter(g memberships.Group) memberships.Filter { return memberships.Filter{Group: g} }

func query(g memberships.Group) memberships.Query { return memberships.Query{Group: g} }

// first returns the first page of Large from the provider, and the client's page token
// after it.
func (t *checker) first() (*memberships.Page[memberships.Membership], string) {
	t.Helper()
	page := must[*memberships.Page[memberships.Membership]](t, "ListPage")(
		t.Provider.ListPage(t.Context(), query(t.Large), memberships.PageRequest{}))
	sealed := ""
	for p, err := range t.client.Pages(t.Context(), t.filter(t.Large), memberships.PageRequest{}) {
		if err != nil {
			t.Fatalf("Pages: %v", err)
		}
		sealed = p.Next
		break
	}
	if page.Next == "" || sealed == "" {
		t.Fatalf("the first page of Large has no Next; open the provider so that Large takes three pages or more")
	}
	return page, sealed
}

// pages collects a listing by Pages.
func (t *checker) pages(c *memberships.Client, f memberships.Filter, r memberships.PageRequest) []*memberships.Page[memberships.Membership] {
	t.Helper()
	return list(t, "Pages", c.Pages(t.Context(), f, r))
}

func itemsOf(pages []*memberships.Page[memberships.Membership]) []memberships.Membership {
	var all []memberships.Membership
	for _, p := range pages {
		all = append(all, p.Items...)
	}
	return all
}

// wantMembers checks that a listing has size members, each once, and the given ones among
// them.
func (t *checker) wantMembers(what string, got []memberships.Membership, size int, who ...memberships.Member) {
	t.Helper()
	times := map[string]int{}
	for _, m := range got {
		times[m.Member.ID]++
	}
	for id, n := range times {
		if n > 1 {
			t.Errorf("%s: %s comes %d times, want once", what, id, n)
		}
	}
	for _, m := range who {
		if times[m.ID] == 0 {
			t.Errorf("%s: %s is missing", what, m.ID)
		}
	}
	if len(times) != size {
		t.Errorf("%s: got %d members, want %d", what, len(times), size)
	}
}

func groupsHasAll(t *checker) {
	t.quiet("Groups before the first range", func() {
		t.client.Groups(t.Context())
		t.Provider.Groups(t.Context(), memberships.Query{}, new(memberships.Summary))
	})
	times := map[memberships.Group]int{}
	for _, g := range list(t, "Groups", t.client.Groups(t.Context())) {
		if g.ID == "" || !slices.Contains(t.caps.GroupKinds, g.Kind) {
			t.Errorf("Groups: %+v has no id, or a kind that Capabilities.GroupKinds does not name", g)
		}
		g.Name = ""
		times[g]++
	}
	for _, g := range []memberships.Group{t.Small, t.Large} {
		g.Name = ""
		if times[g] != 1 {
			t.Errorf("Groups: %s comes %d times, want once", g, times[g])
		}
	}
}

func listEmpty(t *checker) {
	if got := t.members(t.Empty); len(got) != 0 {
		t.Errorf("List: got %d members of an empty group", len(got))
	}
	pages := t.pages(t.client, t.filter(t.Empty), memberships.PageRequest{})
	if len(pages) == 0 {
		t.Errorf("ListPage: got no page; an empty group has one, without items")
	}
	for _, p := range pages {
		if len(p.Items) != 0 || t.caps.Total && p.Total != memberships.TotalOf(0) {
			t.Errorf("ListPage: got %d items and the total %v of an empty group", len(p.Items), p.Total)
		}
	}
}

func listOnePage(t *checker) {
	t.wantMembers("List", t.members(t.Small), 2, t.Ada, t.Alan)
	page := must[*memberships.Page[memberships.Membership]](t, "ListPage")(
		t.Provider.ListPage(t.Context(), query(t.Small), memberships.PageRequest{}))
	t.wantMembers("ListPage", page.Items, 2, t.Ada, t.Alan)
}

func listManyPages(t *checker) {
	all := t.members(t.Large)
	t.wantMembers("List", all, t.LargeSize, t.Ada, t.Alan)
	pages := t.pages(t.client, t.filter(t.Large), memberships.PageRequest{})
	if len(pages) < 3 {
		t.Errorf("Pages: got %d pages; open the provider so that Large takes three or more", len(pages))
	}
	t.wantSame("Pages has other members than List", all, itemsOf(pages))
	for i, p := range pages {
		if last := i == len(pages)-1; last != (p.Next == "") {
			t.Errorf("Pages: page %d of %d has Next %q; the last page has none, and the others have one", i+1, len(pages), p.Next)
		}
		if want := t.total(t.LargeSize); p.Total != want {
			t.Errorf("Pages: page %d has the total %v, want %v: Capabilities.Total is %t", i+1, p.Total, want, t.caps.Total)
		}
	}

	var walked []memberships.Membership
	for r := (memberships.PageRequest{}); ; {
		p := must[*memberships.Page[memberships.Membership]](t, "ListPage")(t.Provider.ListPage(t.Context(), query(t.Large), r))
		walked = append(walked, p.Items...)
		if r.Token = p.Next; r.Token == "" || len(walked) > t.LargeSize {
			break
		}
	}
	t.wantSame("ListPage has other members than List", all, walked)
}

// total returns the expected Total of n members.
func (t *checker) total(n int) memberships.Total {
	if !t.caps.Total {
		return memberships.Total{}
	}
	return memberships.TotalOf(int64(n))
}

// listTotal checks the total at every member.
func listTotal(t *checker) {
	want := t.total(t.LargeSize)
	for what, list := range map[string]func(memberships.Option) iter.Seq2[int, error]{
		"List": func(o memberships.Option) iter.Seq2[int, error] {
			return count(t.client.List(t.Context(), t.filter(t.Large), o))
		},
		"Pages": func(o memberships.Option) iter.Seq2[int, error] {
			return count(t.client.Pages(t.Context(), t.filter(t.Large), memberships.PageRequest{}, o))
		},
	} {
		var summary memberships.Summary
		for n, err := range list(memberships.WithSummary(&summary)) {
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if summary.Total != want {
				t.Errorf("%s: got the total %v at item %d, want %v: Capabilities.Total is %t", what, summary.Total, n, want, t.caps.Total)
				break
			}
		}
		if summary.Total != want {
			t.Errorf("%s: got the total %v, want %v: Capabilities.Total is %t", what, summary.Total, want, t.caps.Total)
		}
	}
}

// count yields the index of each item from 1.
func count[T any](seq iter.Seq2[T, error]) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		n := 0
		for _, err := range seq {
			if n++; !yield(n, err) {
				return
			}
		}
	}
}

func listIsLazy(t *checker) {
	var seq iter.Seq2[memberships.Membership, error]
	var pages iter.Seq2[*memberships.Page[memberships.Membership], error]
	t.quiet("List and Pages before the first range", func() {
		seq = t.client.List(t.Context(), t.filter(t.Large))
		pages = t.client.Pages(t.Context(), t.filter(t.Small), memberships.PageRequest{})
	})
	for _, q := range []memberships.Query{query(t.Large), {Member: byID(t.Ada)}} {
		if t.caps.Can(q.Op()) {
			t.quiet("Provider.List before the first range", func() { t.Provider.List(t.Context(), q, new(memberships.Summary)) })
		}
	}
	first, before := list(t, "List", seq), t.Requests()
	t.wantSame("a second range over a List has other members than the first", first, list(t, "List", seq))
	if t.Requests() == before {
		t.Errorf("List: a second range sent nothing; it has to ask anew and not remember")
	}
	t.wantSame("two ranges over Pages differ", itemsOf(list(t, "Pages", pages)), itemsOf(list(t, "Pages", pages)))
}

func listBreaks(t *checker) {
	t.members(t.Large)
	whole := t.Requests()
	for _, err := range t.client.List(t.Context(), t.filter(t.Large)) {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		break
	}
	t.settle()
	if n := t.Requests() - whole; n >= whole {
		t.Errorf("List: a loop that breaks at the first member sent %d requests, as many as the whole listing; ask for a page when its turn comes", n)
	}
	before := t.Requests()
	for _, err := range t.client.Pages(t.Context(), t.filter(t.Large), memberships.PageRequest{}) {
		if err != nil {
			t.Errorf("Pages: %v", err)
		}
		break
	}
	t.settle()
	if n := t.Requests() - before; n != 1 {
		t.Errorf("Pages: a loop that breaks at the first page sent %d requests, want 1", n)
	}
}

func listErrorIsLast(t *checker) {
	all := t.members(t.Large)
	t.Inject(&Fault{Kind: PermissionDenied, After: 1})
	got, err := read(t, "List", t.client.List(t.Context(), t.filter(t.Large)))
	t.wantKind("List", err, memberships.ErrPermissionDenied)
	if len(got) == 0 || len(got) >= len(all) {
		t.Errorf("List: got %d of %d members before the error of the second request, want those of the first page", len(got), len(all))
	} else {
		t.wantSame("List before its error", all[:len(got)], got)
	}
	t.Inject(&Fault{Kind: PermissionDenied, After: 1})
	pages, err := read(t, "Pages", t.client.Pages(t.Context(), t.filter(t.Large), memberships.PageRequest{}))
	t.wantKind("Pages", err, memberships.ErrPermissionDenied)
	if len(pages) != 1 {
		t.Errorf("Pages: got %d pages before the error of the second request, want 1", len(pages))
	}
}

func listPageSize(t *checker) {
	all := t.members(t.Small)
	for _, size := range []int{1, 1 << 30} {
		pages := t.pages(t.client, t.filter(t.Small), memberships.PageRequest{Size: size})
		for _, p := range pages {
			if len(p.Items) > size {
				t.Errorf("ListPage: got %d items, want no more than the %d that were asked for", len(p.Items), size)
			}
		}
		t.wantSame("pages of another size have other members", all, itemsOf(pages))
	}
}

func listByRole(t *checker) {
	all := t.members(t.Small)
	roles := []memberships.Role{memberships.RoleMember, memberships.RoleOwner}
	for _, m := range all {
		if name := memberships.Role(m.RoleName); name != "" && !slices.Contains(roles, name) {
			roles = append(roles, name)
		}
	}
	for _, r := range roles {
		var want []memberships.Membership
		for _, m := range all {
			if m.Role == r || m.RoleName == string(r) {
				want = append(want, m)
			}
		}
		f := memberships.Filter{Group: t.Small, Role: r}
		t.wantSame("List of the role "+string(r), want, list(t, "List", t.client.List(t.Context(), f)))
		if r == memberships.RoleMember {
			t.wantSame("Pages of the role "+string(r), want, itemsOf(t.pages(t.client, f, memberships.PageRequest{})))
		}
	}
}

func listGroupAndMember(t *checker) {
	for _, who := range []memberships.Member{t.Alan, t.Niklaus} {
		want := 0
		if who == t.Alan {
			want = 1
		}
		got := list(t, "List", t.client.List(t.Context(), memberships.Filter{Group: t.Small, Member: byID(who)}))
		if len(got) != want || want == 1 && got[0].Member.ID != who.ID {
			t.Errorf("List of %s in Small: got %d memberships, want %d", who, len(got), want)
		}
	}
}

func listUnknownGroup(t *checker) {
	got, err := read(t, "List", t.client.List(t.Context(), t.filter(t.Unknown)))
	if err == nil {
		t.Errorf("List of a group that does not exist: got %d members and no error; an unknown group is not an empty one", len(got))
		return
	}
	t.wantNotFound("List of a group that does not exist", err)
}

func listEmptyPage(t *checker) {
	const advice = "a page without items ended the listing, or broke it; the listing ends with a page that has no Next"
	if got := t.members(t.Large); len(got) != t.LargeSize {
		t.Errorf("List: got %d members, want %d: %s", len(got), t.LargeSize, advice)
	}
	if got := itemsOf(t.pages(t.client, t.filter(t.Large), memberships.PageRequest{})); len(got) != t.LargeSize {
		t.Errorf("ListPage: got %d members, want %d: %s", len(got), t.LargeSize, advice)
	}
}

func listRepeatedToken(t *checker) {
	got, err := read(t, "List", t.client.List(t.Context(), t.filter(t.Large)))
	t.wantRepeated("List", got, err)
	pages, err := read(t, "Pages", t.client.Pages(t.Context(), t.filter(t.Large), memberships.PageRequest{}))
	t.wantRepeated("Pages", itemsOf(pages), err)
}

// wantRepeated checks the error of a listing with a repeated page token.
func (t *checker) wantRepeated(what string, got []memberships.Membership, err error) {
	t.Helper()
	t.wantKind(what+" of pages that repeat", err, memberships.ErrMalformed, memberships.ErrUnstable)
	if len(got) > t.LargeSize {
		t.Errorf("%s: got %d members of %d before the error; no member comes twice", what, len(got), t.LargeSize)
	}
}
