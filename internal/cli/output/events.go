package output

import (
	"slices"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/row"
)

// EventSchema is the schema of events. A row of an event that is no change to a membership
// has empty fields of the membership.
var EventSchema = Schema[memberships.Event]{
	Fields: slices.Concat([]Field[memberships.Event]{
		{Name: "event", Text: func(e memberships.Event) string { return string(e.Type) }},
		{Name: "provider", Text: func(e memberships.Event) string { return e.Provider }},
		{Name: "delivery_id", Text: func(e memberships.Event) string { return e.ID }},
		{Name: "time", Text: func(e memberships.Event) string { return instant(e.Time) }},
	}, ofEvent(membershipFields[1:])),
	Columns: slices.Concat([]Field[memberships.Event]{
		{Name: "time", Text: func(e memberships.Event) string { return row.Time(e.Time) }},
		{Name: "event", Text: func(e memberships.Event) string { return string(e.Type) }},
		{Name: "provider", Text: func(e memberships.Event) string { return e.Provider }},
	}, ofEvent([]Field[memberships.Membership]{
		groupColumns[1], {Name: "member", Text: func(m memberships.Membership) string { return MemberText(m.Member) }}, roleColumn, stateColumn,
	})),
	Widths: []int{20, 8, 10, 28, 28, 12},
}

// ofEvent returns fields of an event's membership.
func ofEvent(fields []Field[memberships.Membership]) []Field[memberships.Event] {
	out := make([]Field[memberships.Event], len(fields))
	for i, f := range fields {
		out[i] = Field[memberships.Event]{Name: f.Name, Text: func(e memberships.Event) string { return f.Text(e.Membership) }}
	}
	return out
}

// instant returns a time with the fractions of its second, because several events may be of
// one.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
