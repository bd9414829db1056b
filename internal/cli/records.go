package cli

import (
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

var membershipFields = []field[memberships.Membership]{
	{name: "provider", text: func(m memberships.Membership) string { return m.Provider }},
	{name: "group_kind", text: func(m memberships.Membership) string { return string(m.Group.Kind) }},
	{name: "group_id", text: func(m memberships.Membership) string { return m.Group.ID }},
	{name: "group_name", text: func(m memberships.Membership) string { return m.Group.Name }},
	{name: "member_kind", text: func(m memberships.Membership) string { return string(m.Member.Kind) }},
	{name: "member_id", text: func(m memberships.Membership) string { return m.Member.ID }},
	{name: "email", text: func(m memberships.Membership) string { return m.Member.Email }},
	{name: "name", text: func(m memberships.Membership) string { return m.Member.Name }},
	{name: "role", text: func(m memberships.Membership) string { return string(m.Role) }},
	{name: "role_name", text: func(m memberships.Membership) string { return m.RoleName }},
	{name: "state", text: func(m memberships.Membership) string { return string(m.State) }},
	{name: "created", text: func(m memberships.Membership) string { return when(m.Created) }},
	{name: "updated", text: func(m memberships.Membership) string { return when(m.Updated) }},
	{name: "id", text: func(m memberships.Membership) string { return m.ID }},
}

// The columns of a table. Ids, which are long, come last.
var (
	roleColumn   = field[memberships.Membership]{name: "role", text: func(m memberships.Membership) string { return roleText(m.Role, m.RoleName) }}
	stateColumn  = field[memberships.Membership]{name: "state", text: func(m memberships.Membership) string { return string(m.State) }}
	groupColumns = []field[memberships.Membership]{
		{name: "provider", text: func(m memberships.Membership) string { return m.Provider }},
		{name: "group", text: func(m memberships.Membership) string { return m.Group.String() }},
	}
	memberColumns = []field[memberships.Membership]{
		{name: "name", text: func(m memberships.Membership) string { return m.Member.Name }},
		{name: "email", text: func(m memberships.Membership) string { return m.Member.Email }},
		roleColumn, stateColumn,
		{name: "since", text: func(m memberships.Membership) string { return day(m.Created) }},
		{name: "member", text: func(m memberships.Membership) string { return memberText(m.Member) }},
	}
)

// Three ways to show memberships: the members of a group that the user has named, the
// groups of a member, and both.
var (
	membersSchema = schema[memberships.Membership]{fields: membershipFields, columns: memberColumns}
	groupsSchema  = schema[memberships.Membership]{fields: membershipFields, columns: []field[memberships.Membership]{
		groupColumns[0], roleColumn, stateColumn,
		{name: "name", text: func(m memberships.Membership) string { return m.Group.Name }},
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
