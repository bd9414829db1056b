package cli

import (
	"strconv"

	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/reconcile"
)

var resultSchema = output.Schema[reconcile.ChangeResult]{
	Fields: []output.Field[reconcile.ChangeResult]{
		{Name: "result", Text: func(r reconcile.ChangeResult) string { return string(r.Outcome) }},
		{Name: "op", Text: func(r reconcile.ChangeResult) string { return string(r.Change.Op) }},
		{Name: "provider", Text: func(r reconcile.ChangeResult) string { return r.Provider }},
		{Name: "group", Text: func(r reconcile.ChangeResult) string { return r.Name }},
		{Name: "group_kind", Text: func(r reconcile.ChangeResult) string { return string(r.Group.Kind) }},
		{Name: "group_id", Text: func(r reconcile.ChangeResult) string { return r.Group.ID }},
		{Name: "person", Text: func(r reconcile.ChangeResult) string { return r.Change.Person }},
		{Name: "member_id", Text: func(r reconcile.ChangeResult) string { return r.Change.Member.ID }},
		{Name: "email", Text: func(r reconcile.ChangeResult) string { return r.Change.Member.Email }},
		{Name: "name", Text: func(r reconcile.ChangeResult) string { return r.Change.Member.Name }},
		{Name: "from", Text: func(r reconcile.ChangeResult) string { return string(r.Change.From.Role) }},
		{Name: "to", Text: func(r reconcile.ChangeResult) string { return string(r.Change.To.Role) }},
		{Name: "reason", Text: func(r reconcile.ChangeResult) string { return string(r.Change.Why.Reason) }},
		{Name: "earlier", Text: func(r reconcile.ChangeResult) string { return strconv.FormatBool(r.Earlier) }},
		{Name: "detail", Text: resultDetail},
		{Name: "key", Text: func(r reconcile.ChangeResult) string { return r.Change.Key }},
	},
	Columns: []output.Field[reconcile.ChangeResult]{
		{Name: "result", Text: func(r reconcile.ChangeResult) string { return string(r.Outcome) }},
		{Name: "provider", Text: func(r reconcile.ChangeResult) string { return r.Provider }},
		{Name: "group", Text: func(r reconcile.ChangeResult) string { return r.Name }},
		{Name: "change", Text: func(r reconcile.ChangeResult) string { return string(r.Change.Op) }},
		{Name: "member", Text: resultMember},
		{Name: "role", Text: func(r reconcile.ChangeResult) string { return r.Change.To.String() }},
		{Name: "detail", Text: resultDetail},
	},
}

// resultMember returns the address or id of the member of a result.
func resultMember(r reconcile.ChangeResult) string {
	if r.Change.Member.Email != "" {
		return r.Change.Member.Email
	}
	return output.MemberText(r.Change.Member.Member())
}

// resultDetail returns the reason of a change that was not made.
func resultDetail(r reconcile.ChangeResult) string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.Earlier:
		return "by an earlier run"
	case r.Outcome == reconcile.OutcomeAlready:
		return "another client made the change"
	}
	return ""
}
