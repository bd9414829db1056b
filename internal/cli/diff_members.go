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
	own := strings.Trim(in.Text("provider"), input.Space) != ""
	for _, name := range input.UsedColumns {
		c, ok := in.Cells[name]
		if !ok || c.Text == "" || strings.HasPrefix(name, "group") {
			continue
		}
		text, err := r.cleaner.Clean(name, c, own, in.Json)
		if err != nil {
			return &input.Error{Line: c.Line, Column: c.Column, Text: err.Error()}
		}
		c.Text = text
		in.Cells[name] = c
	}
	m := memberships.Membership{Provider: in.Text("provider"), Member: memberOfRow(in)}
	if m.Member.ID == "" && m.Member.Email == "" {
		return &input.Error{Line: in.Line, Column: 1, Text: "there is no member, member_id or email"}
	}
	if m.Provider == "" && r.client != nil {
		m.Provider = r.client.Name()
	}
	var err error
	if m.Role, m.RoleName, err = r.role(in); err != nil {
		at := in.Cells["role"]
		return &input.Error{Line: at.Line, Column: at.Column, Text: err.Error()}
	}
	r.rows = append(r.rows, m)
	return nil
}

// memberOfRow returns the member of a row, with its id and its address.
func memberOfRow(in input.Row) memberships.Member {
	m := memberships.Member{Kind: memberships.MemberUser}
	if text := in.Text("member"); text != "" {
		m = memberships.ParseMember(text)
	}
	if id := in.Text("member_id"); id != "" {
		m.ID = id
		m.Kind = cmp.Or(memberships.MemberKind(in.Text("member_kind")), m.Kind)
	}
	m.Email = cmp.Or(m.Email, in.Text("email"))
	return m
}

// role returns the role of a row in the form of a listing, "" for a row without one.
func (r *membersReader) role(in input.Row) (memberships.Role, string, error) {
	text, name := in.Text("role"), in.Text("role_name")
	if text == "" || r.client == nil || in.Text("provider") != "" {
		return memberships.Role(strings.ToLower(text)), name, nil
	}
	role, err := argument.ParseRole(r.client, text)
	caps := r.client.Capabilities()
	if err != nil || slices.Contains(caps.Roles, role) {
		return role, caps.RoleNames[role], err
	}
	return memberships.RoleUnknown, string(role), nil
}
