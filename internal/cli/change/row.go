package change

import (
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
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
