// Package row has the JSON of one membership and of the line that ends a listing. The
// command prints it, and package snapshot reads it.
package row

import (
	"fmt"
	"time"

	"github.com/memberships-go/memberships"
)

// Field is one value of a membership's row.
type Field struct {
	Name string
	Text func(memberships.Membership) string
	set  func(*memberships.Membership, string) error
}

// Fields are the fields of a row, in their order. Every row has all of them, "" for a
// missing value.
var Fields = []Field{
	textField("provider", func(m *memberships.Membership) *string { return &m.Provider }),
	textField("group_kind", func(m *memberships.Membership) *memberships.GroupKind { return &m.Group.Kind }),
	textField("group_id", func(m *memberships.Membership) *string { return &m.Group.ID }),
	textField("group_name", func(m *memberships.Membership) *string { return &m.Group.Name }),
	textField("member_kind", func(m *memberships.Membership) *memberships.MemberKind { return &m.Member.Kind }),
	textField("member_id", func(m *memberships.Membership) *string { return &m.Member.ID }),
	textField("email", func(m *memberships.Membership) *string { return &m.Member.Email }),
	textField("name", func(m *memberships.Membership) *string { return &m.Member.Name }),
	textField("role", func(m *memberships.Membership) *memberships.Role { return &m.Role }),
	textField("role_name", func(m *memberships.Membership) *string { return &m.RoleName }),
	textField("state", func(m *memberships.Membership) *memberships.State { return &m.State }),
	timeField("created", func(m *memberships.Membership) *time.Time { return &m.Created }),
	timeField("updated", func(m *memberships.Membership) *time.Time { return &m.Updated }),
	timeField("expires", func(m *memberships.Membership) *time.Time { return &m.Expires }),
	textField("id", func(m *memberships.Membership) *string { return &m.ID }),
}

// textField returns the field of a text.
func textField[T ~string](name string, at func(*memberships.Membership) *T) Field {
	return Field{
		Name: name,
		Text: func(m memberships.Membership) string { return string(*at(&m)) },
		set:  func(m *memberships.Membership, s string) error { *at(m) = T(s); return nil },
	}
}

// timeField returns the field of a time.
func timeField(name string, at func(*memberships.Membership) *time.Time) Field {
	return Field{
		Name: name,
		Text: func(m memberships.Membership) string { return Time(*at(&m)) },
		set: func(m *memberships.Membership, s string) error {
			if s == "" {
				return nil
			}
			t, err := time.Parse(time.RFC3339, s)
			if err != nil {
				return fmt.Errorf("%s is %.40q; expected a time such as 2026-01-05T10:00:00Z", name, s)
			}
			*at(m) = t.UTC()
			return nil
		},
	}
}

// Time returns a time as rows have it, in UTC and without fractions of a second; "" for the
// zero value.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Append appends the row of a membership, without a line end.
func Append(b []byte, m memberships.Membership) []byte {
	for i, f := range Fields {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		b = AppendString(append(b, sep), f.Name)
		b = AppendString(append(b, ':'), f.Text(m))
	}
	return append(b, '}')
}
