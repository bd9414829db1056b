package change

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/internal/input"
)

// roleAsMember returns the error for a role in place of a member, as in a file without a
// header. Text after the prefix id: is an id.
func (r *reader) roleAsMember(text string) error {
	if _, ok := argument.RoleNames(r.client.Capabilities())[strings.ToLower(text)]; !ok {
		return nil
	}
	return fmt.Errorf("%s is a role and no member: the column of roles is called role; if it is an id, write %s", phrase.Quote(text), input.ShownID(text))
}

// groupOf returns the row's group, or none if the flag's applies. The group in the
// command's own output is the source of the row, not its target.
func (r *reader) groupOf(in input.Row, own, foreign bool) (g argument.Group, at input.Cell, err error) {
	switch {
	case own && r.group.Given():
		return g, at, nil
	case foreign:
		return g, at, fmt.Errorf("the row is of %s and says nothing about a group here: give --group", in.Text("provider"))
	}
	kind := memberships.GroupKind(in.Text("group_kind"))
	for _, column := range []string{"group", "group_id", "group_name"} {
		at, text := in.Cells[column], in.Text(column)
		switch {
		case text == "":
			continue
		case column == "group":
			g, err = argument.ParseGroup(r.client, text)
		case column == "group_id":
			g.Group = memberships.Group{Kind: kind, ID: text}
		default:
			g = argument.Group{Group: memberships.Group{Kind: kind}, Name: text}
		}
		return g, at, err
	}
	if r.group.Given() {
		return g, at, nil
	}
	return g, at, errors.New("there is no group: give the row one, or --group for all")
}

// contrary returns the error for a row whose columns name two members.
func contrary(in input.Row) (column string, _ error) {
	m := memberships.ParseMember(in.Text("member"))
	first := cmp.Or(m.Email, m.ID)
	for _, other := range []struct{ column, known string }{{"email", m.Email}, {"member_id", m.ID}} {
		text := in.Text(other.column)
		same := text == other.known || other.column == "email" && strings.EqualFold(text, other.known)
		if text != "" && other.known != "" && !same {
			return other.column, fmt.Errorf("the row names %s in one column and %s in another", first, text)
		}
	}
	return "", nil
}

// memberOf returns the row's member and its name in the row. In rows of another provider,
// only the e-mail address identifies the member.
func memberOf(in input.Row, foreign bool) (m memberships.Member, named string, _ error) {
	m = memberships.ParseMember(in.Text("member"))
	switch {
	case foreign && in.Text("email") != "":
		m = memberships.Member{Kind: memberships.MemberUser, Email: in.Text("email")}
	case foreign && m.Email == "":
		return m, "", fmt.Errorf("the row is of %s, whose ids mean nothing here, and has no e-mail address", in.Text("provider"))
	case in.Text("member") != "":
		return m, in.Text("member"), nil
	case in.Text("member_id") != "":
		m = memberships.Member{Kind: memberships.MemberKind(in.Text("member_kind")), ID: in.Text("member_id")}
		if m.Kind == "" {
			m.Kind = memberships.MemberUser
		}
	case in.Text("email") != "":
		m = memberships.Member{Kind: memberships.MemberUser, Email: in.Text("email")}
	default:
		return m, "", errors.New("there is no member, member_id or email")
	}
	return m, m.String(), nil
}

// roleOf returns the flag's role or else the row's. A role without a portable name has
// its own.
func (r *reader) roleOf(in input.Row, foreign bool) (memberships.Role, error) {
	role, name := in.Text("role"), in.Text("role_name")
	switch {
	case r.role != "" || r.op == memberships.OpRemove:
		return r.role, nil
	case role == string(memberships.RoleUnknown) && !foreign && name != "" && r.roles[strings.ToLower(name)] == "":
		return memberships.Role(name), nil
	case role == string(memberships.RoleUnknown) && name != "":
		role = name
	}
	return argument.ParseRole(r.client, r.roles.Apply(role))
}
