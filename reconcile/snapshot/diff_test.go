package snapshot_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// describe returns a line for each change.
func describe(changes []snapshot.Change) []string {
	var all []string
	for _, c := range changes {
		m := c.Old
		if m == nil {
			m = c.New
		}
		text := fmt.Sprintf("%s %s %s %s", c.Kind, m.Provider, m.Group.ID, m.Member)
		switch c.Kind {
		case snapshot.Changed:
			text += " " + strings.Join(c.Fields, ",")
		case snapshot.NotSeen:
			text += " " + c.Gap.String()
		}
		all = append(all, text)
	}
	return all
}

func of(rows ...memberships.Membership) *snapshot.Snapshot {
	return &snapshot.Snapshot{Providers: []string{"box"}, Rows: rows}
}

// hiding returns the snapshot with a gap.
func hiding(s *snapshot.Snapshot, g memberships.Gap) *snapshot.Snapshot {
	s.Coverage.Gaps = append(s.Coverage.Gaps, g)
	return s
}

func with(m memberships.Membership, change func(*memberships.Membership)) memberships.Membership {
	change(&m)
	return m
}

func TestDiff(t *testing.T) {
	ada, eva := member("1", "ada", memberships.RoleManager), member("1", "eva", memberships.RoleMember)
	gap := func(level memberships.GapLevel, text, group string) memberships.Gap {
		g := memberships.Gap{Level: level, Code: memberships.GapWithheld, Text: text}
		if group != "" {
			g.Group = memberships.Group{Kind: memberships.KindGroup, ID: group}
		}
		return g
	}
	const hidden, scope = memberships.GapHidden, memberships.GapScope
	invitation := with(eva, func(m *memberships.Membership) {
		m.Member.ID, m.Member.Email, m.State = "", "EVA@example.com", memberships.StateInvited
	})
	anonymous := with(eva, func(m *memberships.Membership) { m.ID, m.Member = "", memberships.Member{} })
	for name, tt := range map[string]struct {
		old, new *snapshot.Snapshot
		want     []string
	}{
		"equal":   {of(ada, eva), of(eva, ada), nil},
		"empty":   {of(), of(), nil},
		"added":   {of(ada), of(ada, eva), []string{"added box 1 eva"}},
		"removed": {of(ada, eva), of(ada), []string{"removed box 1 eva"}},
		"a role": {of(ada), of(with(ada, func(m *memberships.Membership) { m.Role, m.RoleName = "owner", "owner" })),
			[]string{"changed box 1 ada role"}},
		"a role of the provider's own": {of(ada), of(with(ada, func(m *memberships.Membership) { m.RoleName = "auditor" })),
			[]string{"changed box 1 ada role"}},
		"a state and a group's name": {of(ada), of(with(ada, func(m *memberships.Membership) { m.State, m.Group.Name = "invited", "Other" })),
			[]string{"changed box 1 ada state,group_name"}},
		"a group's name that is not returned": {of(ada), of(with(ada, func(m *memberships.Membership) { m.Group.Name = "" })), nil},
		"another group":                       {of(ada), of(member("2", "ada", memberships.RoleManager)), []string{"removed box 1 ada", "added box 2 ada"}},
		"an accepted invitation":              {of(invitation), of(eva), []string{"changed box 1 EVA@example.com state"}},
		"another person with the address":     {of(eva), of(with(eva, func(m *memberships.Membership) { m.Member.ID = "eve" })), []string{"removed box 1 eva", "added box 1 eve"}},
		"a group partly hidden now":           {of(ada, eva), hiding(of(ada), gap(hidden, "box: some", "1")), []string{"not_seen box 1 eva group:1: box: some"}},
		"a group partly hidden before":        {hiding(of(ada), gap(hidden, "box: some", "1")), of(ada, eva), []string{"not_seen box 1 eva group:1: box: some"}},
		"another group partly hidden":         {of(ada, eva), hiding(of(ada), gap(hidden, "box: some", "2")), []string{"removed box 1 eva"}},
		"a provider hidden":                   {of(ada, eva), hiding(of(ada), gap(hidden, "box: all", "")), []string{"not_seen box 1 eva box: all"}},
		"another provider hidden": {of(ada, eva), hiding(&snapshot.Snapshot{Providers: []string{"box", "webex"}, Rows: []memberships.Membership{ada}}, gap(hidden, "webex: all", "")),
			[]string{"removed box 1 eva"}},
		"a gap of no provider":                  {of(ada, eva), hiding(of(ada), gap(hidden, "all", "")), []string{"not_seen box 1 eva all"}},
		"a scope gap beside a group with rows":  {of(ada, eva), hiding(of(ada), gap(scope, "box: own groups only", "")), []string{"removed box 1 eva"}},
		"a scope gap and a group without rows":  {of(ada), hiding(of(), gap(scope, "box: own groups only", "")), []string{"not_seen box 1 ada box: own groups only"}},
		"a provider that was not read":          {of(ada), &snapshot.Snapshot{Providers: []string{"webex"}}, []string{"not_seen box 1 ada box: not all groups of the provider were read"}},
		"a provider that was not read before":   {&snapshot.Snapshot{Providers: []string{"webex"}}, of(ada), []string{"not_seen box 1 ada box: not all groups of the provider were read"}},
		"a listing of the group":                {of(ada, eva, member("2", "eva", memberships.RoleMember)), &snapshot.Snapshot{Rows: []memberships.Membership{ada}}, []string{"removed box 1 eva", "not_seen box 2 eva box: not all groups of the provider were read"}},
		"a member without an identity":          {of(ada, anonymous), of(ada), []string{"unmatched box 1 email:"}},
		"the same person twice, with two roles": {of(ada, with(ada, func(m *memberships.Membership) { m.ID = "z" })), of(ada), []string{"removed box 1 ada"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, describe(snapshot.Diff(tt.old, tt.new))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// inClerk returns the person's membership of an organization in Clerk.
func inClerk(name, person string, role memberships.Role) memberships.Membership {
	m := member("org_"+name, "user_"+person, role)
	m.Provider, m.Group.Kind, m.Group.Name, m.Member.Email = "clerk", memberships.KindOrganization, name, strings.ToUpper(person)+"@example.com"
	m.RoleName = "org:" + string(role)
	return m
}

func TestCompare(t *testing.T) {
	ada, eva := member("1", "ada", memberships.RoleManager), member("1", "eva", memberships.RoleMember)
	clerk := func(rows ...memberships.Membership) *snapshot.Snapshot {
		return &snapshot.Snapshot{Providers: []string{"clerk"}, Rows: rows}
	}
	noAddress := with(eva, func(m *memberships.Membership) { m.Member.Email = "" })
	byName := snapshot.Matching{ByAddress: true, Groups: snapshot.GroupsByName}
	asOne := snapshot.Matching{ByAddress: true, Groups: snapshot.GroupsAsOne}
	for name, tt := range map[string]struct {
		old, new *snapshot.Snapshot
		matching snapshot.Matching
		want     []string
	}{
		"two providers by name": {of(ada, eva), clerk(inClerk("group 1", "ada", memberships.RoleMember), inClerk("group 1", "grace", memberships.RoleMember)), byName,
			[]string{"changed box 1 ada role", "removed box 1 eva", "added clerk org_group 1 user_grace"}},
		"two groups of one name": {of(ada, with(member("2", "ada", memberships.RoleManager), func(m *memberships.Membership) { m.Group.Name = "GROUP 1" })), clerk(inClerk("group 1", "ada", memberships.RoleManager)), byName,
			[]string{"removed box 1 ada", "removed box 2 ada", "added clerk org_group 1 user_ada"}},
		"a gap of another provider": {of(ada, eva), hiding(clerk(inClerk("group 1", "ada", memberships.RoleManager)), memberships.Gap{Level: memberships.GapHidden, Text: "clerk: some", Group: memberships.Group{Kind: memberships.KindOrganization, ID: "org_group 1"}}), byName,
			[]string{"not_seen box 1 eva organization:org_group 1: clerk: some"}},
		"a group that the other may hide": {of(ada), hiding(clerk(), memberships.Gap{Level: memberships.GapScope, Text: "clerk: own groups"}), byName,
			[]string{"not_seen box 1 ada clerk: own groups"}},
		"two groups": {of(ada, eva), clerk(inClerk("other", "ada", memberships.RoleManager)), asOne, []string{"removed box 1 eva"}},
		"two groups, one hidden": {of(ada, eva), hiding(clerk(inClerk("other", "ada", memberships.RoleManager)), memberships.Gap{Level: memberships.GapHidden, Text: "clerk: some"}), asOne,
			[]string{"not_seen box 1 eva clerk: some"}},
		"a member without an address": {of(ada, noAddress), clerk(inClerk("other", "ada", memberships.RoleManager)), asOne, []string{"unmatched box 1 eva"}},
		"two groups of one provider, by id": {of(ada, noAddress), of(member("2", "ada", memberships.RoleManager)), snapshot.Matching{Groups: snapshot.GroupsAsOne},
			[]string{"removed box 1 eva"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, describe(snapshot.Compare(tt.old, tt.new, tt.matching))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Only keeps the rows and the gaps of one provider or group.
func TestOnly(t *testing.T) {
	s := example()
	for name, tt := range map[string]struct {
		provider   string
		group      memberships.Group
		rows, gaps int
	}{
		"a provider":      {"box", memberships.Group{}, 2, 2},
		"a group":         {"box", memberships.Group{Kind: memberships.KindGroup, ID: "1"}, 2, 2},
		"another group":   {"box", memberships.Group{Kind: memberships.KindGroup, ID: "2"}, 0, 1},
		"a failed one":    {"webex", memberships.Group{}, 0, 1},
		"none of the two": {"pubnub", memberships.Group{}, 0, 0},
	} {
		got := s.Only(tt.provider, tt.group)
		if len(got.Rows) != tt.rows || len(got.Coverage.Gaps) != tt.gaps {
			t.Errorf("%s: %d rows and %d gaps, want %d and %d", name, len(got.Rows), len(got.Coverage.Gaps), tt.rows, tt.gaps)
		}
	}
}
