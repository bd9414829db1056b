package input

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/phrase"
)

// CleanRow replaces the cells of a row with the values that they mean. check returns the
// caller's own error for a cell. An error comes with the column of its cell.
func (c *Cleaner) CleanRow(in Row, check func(column string, cell Cell) error) (column string, _ error) {
	own := in.Own()
	for _, name := range slices.Concat(UsedColumns, []string{TypeColumn}) {
		cell, ok := in.Cells[name]
		if !ok || cell.Text == "" {
			continue
		}
		text, err := c.Clean(name, cell, own, in.JSON)
		if err == nil {
			err = check(name, cell)
		}
		if err != nil {
			return name, err
		}
		cell.Text = text
		in.Cells[name] = cell
	}
	if kind := in.Text(TypeColumn); kind != "" && !strings.EqualFold(kind, "user") {
		return TypeColumn, fmt.Errorf("this member is of type %s and no person", phrase.Quote(kind))
	}
	return "", nil
}

// Own reports whether the command printed the row: only its own output names a provider.
func (r Row) Own() bool { return strings.Trim(r.Text("provider"), Space) != "" }

// Contrary returns the error for a row whose columns name two members.
func Contrary(in Row) (column string, _ error) {
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

// MemberOf returns the row's member and its name in the row. In rows of another provider,
// only the e-mail address identifies the member.
func MemberOf(in Row, foreign bool) (m memberships.Member, named string, _ error) {
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
