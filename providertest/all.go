package providertest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/memberships-go/memberships"
)

func listsNoGroups(c memberships.Capabilities, _ *Fixture) string {
	if c.ListsAll || c.Can(memberships.OpGroups) {
		return ""
	}
	return fmt.Sprintf("not declared: %s, or all groups at once", memberships.OpGroups)
}

// allIsUnion compares ListAll with the listings of the groups, whole and with a hidden part.
func allIsUnion(t *checker) {
	t.quiet("ListAll before the first range", func() { t.client.ListAll(t.Context(), memberships.ManyOptions{}) })
	t.wantAll("ListAll")
	if t.caps.Invites && t.caps.Can(memberships.OpAdd) && t.caps.Email {
		made := t.invite("")
		t.wantAll("ListAll with an invitation")
		t.revoke(made.Ref())
	}
	if hide := t.Tamper[Hidden]; hide != nil { // else coverage/hidden says why
		hide()
		t.wantAll("ListAll with a part that is hidden")
	}
}

// wantAll checks the memberships and the gaps of ListAll, and its filters by role and
// state.
func (t *checker) wantAll(what string) {
	t.Helper()
	groups := t.groups()
	var listed memberships.Summary
	if t.caps.Can(memberships.OpGroups) {
		groups = list(t, "Groups", t.client.Groups(t.Context(), memberships.WithSummary(&listed)))
	}
	var union memberships.Summary
	each := list(t, "ListMany", t.client.ListMany(t.Context(), groups, memberships.ManyOptions{}, memberships.WithSummary(&union)))
	var got memberships.Summary
	all := list(t, what, t.client.ListAll(t.Context(), memberships.ManyOptions{}, memberships.WithSummary(&got)))
	t.wantSet(what, each, all)
	t.wantCoverage(what, got.Coverage)
	union.Add(listed.Coverage.Gaps...)
	if diff, ok := sameSet(gapsOf(union.Coverage), gapsOf(got.Coverage)); !ok {
		t.Errorf("%s: the gaps differ from those of the groups' listings: %s", what, diff)
	}
	if n, known := got.Total.Get(); known && n != int64(len(all)) && len(got.Coverage.Hidden()) == 0 {
		t.Errorf("%s: got the total %d, and %d memberships", what, n, len(all))
	}
	role := memberships.ManyOptions{Role: memberships.RoleMember}
	t.wantSet(what+" of one role", slices.DeleteFunc(slices.Clone(each), func(m memberships.Membership) bool {
		return m.Role != role.Role && m.RoleName != string(role.Role)
	}), list(t, what, t.client.ListAll(t.Context(), role)))
	state := memberships.ManyOptions{State: memberships.StateInvited}
	t.wantSet(what+" of one state", slices.DeleteFunc(slices.Clone(each), func(m memberships.Membership) bool {
		return m.State != state.State
	}), list(t, what, t.client.ListAll(t.Context(), state)))
}

// wantSet checks that got has the memberships of want, each once, in any order.
func (t *checker) wantSet(what string, want, got []memberships.Membership) {
	t.Helper()
	texts := func(in []memberships.Membership) []string {
		var out []string
		for _, m := range in {
			out = append(out, fmt.Sprintf("%s in %s:%s as %s (%s, %s)", m.Member, m.Group.Kind, m.Group.ID, m.Role, m.RoleName, m.State))
		}
		return out
	}
	if diff, ok := sameSet(texts(want), texts(got)); !ok {
		t.Errorf("%s: got other memberships than the listings of the groups: %s", what, diff)
	}
}

// gapsOf describes gaps without their texts and counts.
func gapsOf(c memberships.Coverage) []string {
	var out []string
	for _, g := range c.Gaps {
		out = append(out, fmt.Sprintf("%s %s %s:%s", g.Level, g.Code, g.Group.Kind, g.Group.ID))
	}
	return out
}

// sameSet reports whether two lists have the same texts as often, and how they differ.
func sameSet(want, got []string) (diff string, ok bool) {
	n := map[string]int{}
	for _, s := range want {
		n[s]++
	}
	for _, s := range got {
		n[s]--
	}
	maps.DeleteFunc(n, func(_ string, n int) bool { return n == 0 })
	return fmt.Sprintf("%v (above 0: missing; below: too many)", n), len(n) == 0
}
