package providertest

import (
	"slices"

	"github.com/memberships-go/memberships"
)

func tokensResume(t *checker) {
	all := t.members(t.Large)
	first, sealed := t.first()
	rest := must[*memberships.Page[memberships.Membership]](t, "ListPage of another instance with the token of the first")(
		t.Again().ListPage(t.Context(), query(t.Large), memberships.PageRequest{Token: first.Next}))
	got := slices.Concat(first.Items, rest.Items)
	t.wantSame("two pages by two instances", all[:min(len(got), len(all))], got)
	later := t.pages(memberships.New(t.Again()), t.filter(t.Large), memberships.PageRequest{Token: sealed, Size: 1})
	t.wantSame("a listing that another instance went on with", all, slices.Concat(first.Items, itemsOf(later)))
}

// tokensOtherListing tries tokens of the provider and of the client, which wrap them.
func tokensOtherListing(t *checker) {
	ctx := t.Context()
	first, sealed := t.first()
	others := map[string]memberships.Filter{
		"another group":       {Group: t.Small},
		"another role":        {Group: t.Large, Role: memberships.RoleMember},
		"another state":       {Group: t.Large, State: memberships.StateActive},
		"a group not there":   {Group: t.Unknown},
		"a member's listing":  {Member: byID(t.Ada)},
		"one membership only": {Group: t.Large, Member: byID(t.Ada)},
	}
	if !t.caps.Can(memberships.OpListByMember) {
		delete(others, "a member's listing")
	}
	if !t.caps.Can(memberships.OpGet) {
		delete(others, "one membership only")
	}
	for what, f := range others {
		t.quiet("Pages with a token of another listing", func() {
			_, err := read(t, "Pages", t.client.Pages(ctx, f, memberships.PageRequest{Token: sealed}))
			t.wantKind("Pages of "+what+" with a token of Large", err, memberships.ErrInvalidArgument)
		})
	}
	t.quiet("ListPage with a token of another listing", func() {
		_, err := t.Provider.ListPage(ctx, query(t.Small), memberships.PageRequest{Token: first.Next})
		t.wantKind("ListPage of Small with a token of Large; bind tokens to their listing, as memprovider/store.go does", err, memberships.ErrInvalidArgument)
	})
}

func tokensDamaged(t *checker) {
	ctx := t.Context()
	first, sealed := t.first()
	for _, token := range []string{"2", "next", "€", "a\nb", sealed[1:], sealed[:4], "x" + sealed, first.Next} {
		t.quiet("Pages with a token that is none", func() {
			_, err := read(t, "Pages", t.client.Pages(ctx, t.filter(t.Large), memberships.PageRequest{Token: token}))
			t.wantKind("Pages with the token "+token, err, memberships.ErrInvalidArgument)
		})
	}
	for _, token := range []string{"next", "€", "a\nb", first.Next[1:], first.Next[:1], "x" + first.Next, sealed} {
		t.quiet("ListPage with a token that is none", func() {
			_, err := t.Provider.ListPage(ctx, query(t.Large), memberships.PageRequest{Token: token})
			t.wantKind("ListPage with the token "+token, err, memberships.ErrInvalidArgument)
		})
	}
}
