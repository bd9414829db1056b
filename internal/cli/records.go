package cli

import (
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

var membershipFields = []field[memberships.Membership]{
	{"provider", func(m memberships.Membership) string { return m.Provider }},
	{"group_kind", func(m memberships.Membership) string { return string(m.Group.Kind) }},
	{"group_id", func(m memberships.Membership) string { return m.Group.ID }},
	{"group_name", func(m memberships.Membership) string { return m.Group.Name }},
	{"member_kind", func(m memberships.Membership) string { return string(m.Member.Kind) }},
	{"member_id", func(m memberships.Membership) string { return m.Member.ID }},
	{"email", func(m memberships.Membership) string { return m.Member.Email }},
	{"name", func(m memberships.Membership) string { return m.Member.Name }},
	{"role", func(m memberships.Membership) string { return string(m.Role) }},
	{"role_name", func(m memberships.Membership) string { return m.RoleName }},
	{"state", func(m memberships.Membership) string { return string(m.State) }},
	{"created", func(m memberships.Membership) string { return when(m.Created) }},
	{"updated", func(m memberships.Membership) string { return when(m.Updated) }},
	{"id", func(m memberships.Membership) string { return m.ID }},
}

// The columns of a table. Ids, which are long, come last.
var (
	roleColumn   = field[memberships.Membership]{"role", func(m memberships.Membership) string { return roleText(m.Role, m.RoleName) }}
	stateColumn  = field[memberships.Membership]{"state", func(m memberships.Membership) string { return string(m.State) }}
	groupColumns = []field[memberships.Membership]{
		{"provider", func(m memberships.Membership) string { return m.Provider }},
		{"group", func(m memberships.Membership) string { return m.Group.String() }},
	}
	memberColumns = []field[memberships.Membership]{
		{"name", func(m memberships.Membership) string { return m.Member.Name }},
		{"email", func(m memberships.Membership) string { return m.Member.Email }},
		roleColumn, stateColumn,
		{"since", func(m memberships.Membership) string { return day(m.Created) }},
		{"member", func(m memberships.Membership) string { return memberText(m.Member) }},
	}
)

// Three ways to show memberships: the members of a group that the user has named, the
// groups of a member, and both.
var (
	membersSchema = schema[memberships.Membership]{fields: membershipFields, columns: memberColumns}
	groupsSchema  = schema[memberships.Membership]{fields: membershipFields, columns: []field[memberships.Membership]{
		groupColumns[0], roleColumn, stateColumn,
		{"name", func(m memberships.Membership) string { return m.Group.Name }},
		groupColumns[1],
	}}
	bothSchema = schema[memberships.Membership]{fields: membershipFields, columns: slices.Concat(groupColumns, memberColumns)}
)

// memberText names a member as --member takes it, by id.
func memberText(m memberships.Member) string {
	m.Email = ""
	return m.String()
}

// roleText is the portable role, with the provider's own where that is another word.
func roleText(r memberships.Role, name string) string {
	if name == "" || name == string(r) {
		return string(r)
	}
	return string(r) + " (" + name + ")"
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
