package cli

import (
	"cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
)

// leaverRow is a membership of a leaver, or a provider without one.
type leaverRow struct {
	result, detail string
	evidence.Membership
}

// Results of an offboarding beside those of a change.
const (
	resultStays        = "stays"
	resultUndetermined = "undetermined"
)

var leaverSchema = output.Schema[leaverRow]{
	Fields: []output.Field[leaverRow]{
		{Name: "result", Text: func(r leaverRow) string { return r.result }},
		{Name: "person", Text: func(r leaverRow) string { return r.Person }},
		{Name: "provider", Text: func(r leaverRow) string { return r.Provider }},
		{Name: "group_kind", Text: func(r leaverRow) string { return string(r.GroupKind) }},
		{Name: "group_id", Text: func(r leaverRow) string { return r.GroupID }},
		{Name: "group_name", Text: func(r leaverRow) string { return r.GroupName }},
		{Name: "member_id", Text: func(r leaverRow) string { return r.MemberID }},
		{Name: "email", Text: func(r leaverRow) string { return r.Email }},
		{Name: "role", Text: func(r leaverRow) string { return r.Role }},
		{Name: "since", Text: func(r leaverRow) string { return instantText(r.Since) }},
		{Name: "read_back", Text: func(r leaverRow) string { return string(r.ReadBack) }},
		{Name: "request_id", Text: func(r leaverRow) string { return r.RequestID }},
		{Name: "detail", Text: func(r leaverRow) string { return r.detail }},
	},
	Columns: []output.Field[leaverRow]{
		{Name: "result", Text: func(r leaverRow) string { return r.result }},
		{Name: "person", Text: func(r leaverRow) string { return r.Person }},
		{Name: "provider", Text: func(r leaverRow) string { return r.Provider }},
		{Name: "group", Text: func(r leaverRow) string { return cmp.Or(r.GroupName, r.GroupID) }},
		{Name: "role", Text: func(r leaverRow) string { return r.Role }},
		{Name: "detail", Text: func(r leaverRow) string { return r.detail }},
	},
}

// leaverRows returns the rows of evidence: the memberships, then the providers that have
// none or could not tell.
func leaverRows(e *evidence.Evidence, dryRun bool) []leaverRow {
	var rows []leaverRow
	for _, m := range e.Memberships {
		rows = append(rows, membershipRow(m, dryRun))
	}
	for _, s := range e.Searches {
		r := leaverRow{Membership: evidence.Membership{Provider: s.Provider, Person: s.Person}}
		switch s.Verdict {
		case evidence.VerdictNone:
			r.result, r.detail = output.ResultAbsent, "has no membership"
		case evidence.VerdictUnknown:
			r.result, r.detail = output.ResultAbsent, "the provider does not know the person"
		case evidence.VerdictUndetermined:
			r.result, r.detail = resultUndetermined, undeterminedText(s)
		default:
			continue
		}
		rows = append(rows, r)
	}
	return rows
}

// undeterminedText returns the reason why a provider could not tell.
func undeterminedText(s evidence.Search) string {
	if s.Error != "" {
		return s.Error
	}
	for _, g := range s.Gaps {
		if g.Level == memberships.GapHidden {
			return "hidden: " + g.Text
		}
	}
	return ""
}

func membershipRow(m evidence.Membership, dryRun bool) leaverRow {
	r := leaverRow{Membership: m, detail: cmp.Or(m.Left, m.Error)}
	switch {
	case m.Left != "":
		r.result = resultStays
	case dryRun:
		r.result = map[memberships.Operation]string{
			memberships.OpAdd: output.ResultWouldAdd, memberships.OpUpdate: output.ResultWouldUpdate, memberships.OpRemove: output.ResultWouldRemove,
		}[m.Op]
	case m.Outcome == reconcile.OutcomeDone || m.Outcome == reconcile.OutcomeAlready:
		r.result = map[memberships.Operation]string{
			memberships.OpAdd: output.ResultAdded, memberships.OpUpdate: output.ResultUpdated, memberships.OpRemove: output.ResultRemoved,
		}[m.Op]
		if m.Op == memberships.OpRemove && m.ReadBack != reconcile.ReadBackAbsent {
			r.result, r.detail = output.ResultUnknown, "a reading afterwards: "+string(m.ReadBack)
		}
	case m.Outcome == reconcile.OutcomeUnknown:
		r.result = output.ResultUnknown
	default:
		r.result = output.ResultFailed
		r.detail = cmp.Or(r.detail, string(m.Outcome))
	}
	if m.Op != memberships.OpRemove && m.Op != "" && m.Left == "" {
		r.detail = cmp.Or(r.detail, "takes over as "+m.To)
	}
	return r
}
