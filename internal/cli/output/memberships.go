package output

import (
	"slices"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/row"
)

var membershipFields = fieldsOf(row.Fields)

// fieldsOf returns the fields of a row for a schema.
func fieldsOf(all []row.Field) []Field[memberships.Membership] {
	fields := make([]Field[memberships.Membership], len(all))
	for i, f := range all {
		fields[i] = Field[memberships.Membership]{Name: f.Name, Text: f.Text}
	}
	return fields
}

// Columns of a table. Ids are long and come last.
var (
	roleColumn   = Field[memberships.Membership]{Name: "role", Text: func(m memberships.Membership) string { return RoleText(m.Role, m.RoleName) }}
	stateColumn  = Field[memberships.Membership]{Name: "state", Text: func(m memberships.Membership) string { return string(m.State) }}
	groupColumns = []Field[memberships.Membership]{
		{Name: "provider", Text: func(m memberships.Membership) string { return m.Provider }},
		{Name: "group", Text: func(m memberships.Membership) string { return m.Group.String() }},
	}
	memberColumns = []Field[memberships.Membership]{
		{Name: "name", Text: func(m memberships.Membership) string { return m.Member.Name }},
		{Name: "email", Text: func(m memberships.Membership) string { return m.Member.Email }},
		roleColumn, stateColumn,
		{Name: "since", Text: func(m memberships.Membership) string { return day(m.Created) }},
		{Name: "member", Text: func(m memberships.Membership) string { return MemberText(m.Member) }},
	}
)

// Schemas of memberships: the members of a named group, the groups of a member, and both.
var (
	MembersSchema = Schema[memberships.Membership]{Fields: membershipFields, Columns: memberColumns}
	GroupsSchema  = Schema[memberships.Membership]{Fields: membershipFields, Columns: []Field[memberships.Membership]{
		groupColumns[0], roleColumn, stateColumn,
		{Name: "name", Text: func(m memberships.Membership) string { return m.Group.Name }},
		groupColumns[1],
	}}
	MembershipsSchema = Schema[memberships.Membership]{Fields: membershipFields, Columns: slices.Concat(groupColumns, memberColumns)}
)

// MemberText returns the --member argument for a member, by id if it has one.
func MemberText(m memberships.Member) string {
	if m.ID != "" {
		m.Email = ""
	}
	return m.String()
}

// RoleText returns the portable role, followed by the provider's own if that is a
// different word.
func RoleText(r memberships.Role, name string) string {
	if name == "" || name == string(r) {
		return string(r)
	}
	return string(r) + " (" + name + ")"
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
