package cli

import (
	"cmp"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// signs begin the rows of a table.
var signs = map[snapshot.Kind]string{
	snapshot.Added: "+", snapshot.Removed: "-", snapshot.Changed: "~", snapshot.NotSeen: "?", snapshot.Unmatched: "?",
}

// shown returns the membership that identifies a change: the new one, if it is there.
func shown(c snapshot.Change) memberships.Membership {
	if c.New != nil {
		return *c.New
	}
	return *c.Old
}

// changeSchema returns the schema of the differences between two sides.
func changeSchema(sides [2]side, m snapshot.Matching) output.Schema[snapshot.Change] {
	type field = output.Field[snapshot.Change]
	of := func(name string, text func(memberships.Membership) string) field {
		return field{Name: name, Text: func(c snapshot.Change) string { return text(shown(c)) }}
	}
	old := func(name string, text func(memberships.Membership) string) field {
		return field{Name: name, Text: func(c snapshot.Change) string {
			if c.Kind != snapshot.Changed {
				return ""
			}
			return text(*c.Old)
		}}
	}
	role := func(m memberships.Membership) string { return string(m.Role) }
	state := func(m memberships.Membership) string { return string(m.State) }
	groupName := func(m memberships.Membership) string { return m.Group.Name }
	detail := field{Name: "detail", Text: func(c snapshot.Change) string { return changeDetail(sides, m, c) }}
	return output.Schema[snapshot.Change]{
		Fields: []field{
			{Name: "change", Text: func(c snapshot.Change) string { return string(c.Kind) }},
			of("provider", func(m memberships.Membership) string { return m.Provider }),
			of("group_kind", func(m memberships.Membership) string { return string(m.Group.Kind) }),
			of("group_id", func(m memberships.Membership) string { return m.Group.ID }),
			of("group_name", groupName),
			of("member_kind", func(m memberships.Membership) string { return string(m.Member.Kind) }),
			of("member_id", func(m memberships.Membership) string { return m.Member.ID }),
			of("email", func(m memberships.Membership) string { return m.Member.Email }),
			of("name", func(m memberships.Membership) string { return m.Member.Name }),
			of("role", role), of("state", state),
			old("old_role", role), old("old_state", state), old("old_group_name", groupName),
			detail,
		},
		Columns: []field{
			{Name: "diff", Text: func(c snapshot.Change) string { return signs[c.Kind] }},
			of("provider", func(m memberships.Membership) string { return m.Provider }),
			of("group", func(m memberships.Membership) string { return cmp.Or(m.Group.Name, m.Group.String()) }),
			of("member", func(m memberships.Membership) string {
				return cmp.Or(m.Member.Email, output.MemberText(m.Member))
			}),
			{Name: "role", Text: beforeAndAfter("role", func(m memberships.Membership) string { return output.RoleText(m.Role, m.RoleName) })},
			{Name: "state", Text: beforeAndAfter("state", state)},
			detail,
		},
	}
}

// beforeAndAfter returns the text of a field, both values if it has changed.
func beforeAndAfter(name string, text func(memberships.Membership) string) func(snapshot.Change) string {
	return func(c snapshot.Change) string {
		if slices.Contains(c.Fields, name) {
			return text(*c.Old) + " -> " + text(*c.New)
		}
		return text(shown(c))
	}
}

// changeDetail explains a change whose row does not show it.
func changeDetail(sides [2]side, m snapshot.Matching, c snapshot.Change) string {
	other := sides[1].name
	if c.Old == nil {
		other = sides[0].name
	}
	switch {
	case c.Kind == snapshot.NotSeen:
		return "not seen in " + other + ": " + c.Gap.String()
	case c.Kind == snapshot.Unmatched && m.ByAddress:
		return "has no address to match by"
	case c.Kind == snapshot.Unmatched:
		return "has no id and no address to match by"
	case slices.Contains(c.Fields, "group_name"):
		return "the group was named " + c.Old.Group.Name
	}
	return ""
}
