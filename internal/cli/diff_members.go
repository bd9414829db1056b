package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// membersReader reads a file of members.
type membersReader struct {
	client  *memberships.Client // knows the names of roles; nil without one
	cleaner input.Cleaner
	rows    []memberships.Membership
}

// readMembers reads a file of members, as add --from does. Its rows have no group.
func readMembers(f io.Reader, name string, c *memberships.Client) (_ *snapshot.Snapshot, notices []string, _ error) {
	r := membersReader{client: c}
	source := &input.Source{}
	err := input.Read(f, "-", source, r.row)
	for _, id := range r.cleaner.RoundedIDs() {
		err = cmp.Or(err, error(&input.Error{Line: id.Line, Column: id.Column, Text: input.ChangedNumber(id.Text).Error()}))
	}
	source.Name = name
	for _, text := range append(source.Notices(), r.cleaner.Notice(name)) {
		if text != "" {
			notices = append(notices, text)
		}
	}
	return &snapshot.Snapshot{Rows: r.rows}, notices, named(name, err)
}

// named returns err with the name of its file.
func named(file string, err error) error {
	if err == nil {
		return nil
	}
	if at := (*input.Error)(nil); errors.As(err, &at) {
		at.File = file
		return at
	}
	return fmt.Errorf("%s: %w", file, err)
}

// row reads one row.
func (r *membersReader) row(in input.Row) error {
	column, err := r.cleaner.CleanRow(in, func(string, input.Cell) error { return nil })
	if err == nil && !in.Own() {
		column, err = input.Contrary(in)
	}
	if err != nil {
		return wrongCell(in, err, column)
	}
	m := memberships.Membership{Provider: in.Text("provider")}
	if m.Member, _, err = input.MemberOf(in, false); err != nil {
		return wrongCell(in, err, "member")
	}
	m.Member.ID, m.Member.Email = cmp.Or(m.Member.ID, in.Text("member_id")), cmp.Or(m.Member.Email, in.Text("email"))
	if m.Provider == "" && r.client != nil {
		m.Provider = r.client.Name()
	}
	if m.Role, m.RoleName, err = r.role(in); err != nil {
		return wrongCell(in, err, "role")
	}
	r.rows = append(r.rows, m)
	return nil
}

// wrongCell returns an error with the position of a cell, or of its row if the row lacks it.
func wrongCell(in input.Row, err error, column string) error {
	at, ok := in.Cells[column]
	if !ok {
		at = input.Cell{Line: in.Line, Column: 1}
	}
	return &input.Error{Line: at.Line, Column: at.Column, Text: err.Error()}
}

// role returns the role of a row in the form of a listing, "" for a row without one.
func (r *membersReader) role(in input.Row) (memberships.Role, string, error) {
	text, name := in.Text("role"), in.Text("role_name")
	if text == "" || r.client == nil || in.Own() {
		return memberships.Role(strings.ToLower(text)), name, nil
	}
	role, err := argument.ParseRole(r.client, text)
	caps := r.client.Capabilities()
	if err != nil || slices.Contains(caps.Roles, role) {
		return role, caps.RoleNames[role], err
	}
	return memberships.RoleUnknown, string(role), nil
}
