// Package evidence records what became of the memberships of people who left: lines of JSON,
// each with the checksum of the line before, that a signature can cover.
package evidence

import (
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// Format is the version of the lines.
const Format = "memberships-evidence/1"

// Evidence is the record of one run.
type Evidence struct {
	// Actor is the user, host and process of the run.
	Actor             string
	Started, Finished time.Time
	// Plan is the hash of the plan, empty for a run that planned no change.
	Plan string
	// People are the leavers.
	People []Person
	// Searches are what each provider knows about each person.
	Searches []Search
	// Memberships are the memberships of the leavers, and those of a successor.
	Memberships []Membership
}

// Person is a leaver.
type Person struct {
	Key     string            `json:"key"`
	Email   string            `json:"email,omitempty"`
	Aliases []string          `json:"aliases,omitempty"`
	IDs     map[string]string `json:"ids,omitempty"`
}

// Verdict is what a provider knows about a person.
type Verdict string

// The verdicts.
const (
	VerdictFound        Verdict = "found"        // with at least one membership
	VerdictNone         Verdict = "none"         // an account without memberships
	VerdictUnknown      Verdict = "unknown"      // certainly no account
	VerdictUndetermined Verdict = "undetermined" // the provider could not tell everything
)

// Search is the search for one person at one provider.
type Search struct {
	Provider string  `json:"provider"`
	Person   string  `json:"person"`
	Verdict  Verdict `json:"verdict"`
	// Caller is the account of the credential, as far as the provider tells it.
	Caller string `json:"caller,omitempty"`
	// Error is the reason of VerdictUndetermined and VerdictUnknown.
	Error string `json:"error,omitempty"`
	// Gaps are the parts that were not seen.
	Gaps []Gap `json:"gaps,omitempty"`
}

// Gap is a part that a provider did not show.
type Gap struct {
	Level memberships.GapLevel `json:"level"`
	Code  memberships.GapCode  `json:"code"`
	Text  string               `json:"text"`
}

// Membership is a membership before and after the run.
type Membership struct {
	Provider  string                `json:"provider"`
	GroupKind memberships.GroupKind `json:"group_kind"`
	GroupID   string                `json:"group_id"`
	GroupName string                `json:"group_name,omitempty"`
	Person    string                `json:"person"`
	MemberID  string                `json:"member_id,omitempty"`
	Email     string                `json:"email,omitempty"`
	// Op is the planned change, empty if the membership was left alone.
	Op memberships.Operation `json:"op,omitempty"`
	// Role is the role before the run, empty for an added successor. To is the role after
	// it, empty for a removal.
	Role string `json:"role,omitempty"`
	To   string `json:"to,omitempty"`
	// Invited reports that the membership was a pending invitation.
	Invited bool `json:"invited,omitempty"`
	// Since is the beginning of the membership, zero if the provider does not tell it.
	Since time.Time `json:"since,omitzero"`
	// Outcome is that of the change. Left is the reason of a membership that was left alone.
	Outcome reconcile.Outcome `json:"outcome,omitempty"`
	Left    string            `json:"left,omitempty"`
	// Excluded reports that the run leaves such a membership out: one of a group that was not
	// selected, or of a conversation of two people.
	Excluded bool   `json:"excluded,omitempty"`
	Error    string `json:"error,omitempty"`
	// RequestID is the provider's id of the request that made the change, if it has ids.
	RequestID string `json:"request_id,omitempty"`
	// ReadBack is what a reading after the run has found.
	ReadBack reconcile.ReadBack `json:"read_back,omitempty"`
}

// New returns the evidence of a run. report is nil if nothing was applied.
func New(f *reconcile.Found, p *reconcile.Plan, report *reconcile.Report, readBack map[string]reconcile.ReadBack) *Evidence {
	e := &Evidence{Started: f.Time.UTC()}
	if p != nil && p.Summary().Changes() > 0 {
		e.Plan = p.Hash
	}
	for _, person := range f.People {
		e.People = append(e.People, personOf(person))
	}
	for _, s := range f.Sightings {
		e.Searches = append(e.Searches, searchOf(f, &s))
	}
	since := map[string]time.Time{}
	for _, g := range p.Groups {
		for _, r := range g.Observed.Rows {
			since[rowKey(g.Provider, g.Group, r.PlanMember)] = r.Since
		}
	}
	results := map[string]reconcile.ChangeResult{}
	if report != nil {
		for _, r := range report.Results {
			results[r.Change.Key] = r
		}
	}
	for _, g := range p.Groups {
		for _, ch := range append(g.Changes, g.Held...) {
			m := membershipOf(g, ch)
			m.Since = since[rowKey(g.Provider, g.Group, ch.Member)]
			m.ReadBack = readBack[ch.Key]
			if r, ok := results[ch.Key]; ok {
				m.Outcome, m.RequestID = r.Outcome, r.RequestID
				if r.Err != nil {
					m.Error = r.Err.Error()
				}
			}
			for _, b := range g.Blocked {
				m.Left = b.String()
			}
			e.Memberships = append(e.Memberships, m)
		}
		for _, l := range g.Left {
			m := membershipOf(g, reconcile.PlannedChange{Person: l.Person, Member: l.Member, From: l.Role})
			m.Since, m.Left, m.Excluded = since[rowKey(g.Provider, g.Group, l.Member)], l.Why.String(), !l.Blocked
			e.Memberships = append(e.Memberships, m)
		}
	}
	return e
}

func rowKey(provider string, g reconcile.PlanGroup, m reconcile.PlanMember) string {
	return provider + " " + g.Group().String() + " " + m.Member().String()
}

func personOf(p reconcile.Person) Person {
	out := Person{Key: p.Key, Email: p.Email, Aliases: p.Aliases}
	for provider, m := range p.IDs {
		if out.IDs == nil {
			out.IDs = map[string]string{}
		}
		out.IDs[provider] = m.String()
	}
	return out
}

func searchOf(f *reconcile.Found, s *reconcile.Sighting) Search {
	out := Search{Provider: s.Provider, Person: s.Person, Verdict: VerdictNone}
	if caller, ok := f.Callers[s.Provider]; ok {
		out.Caller = caller.String()
	}
	switch {
	case s.IsUndetermined():
		out.Verdict = VerdictUndetermined
	case s.IsUnknown():
		out.Verdict = VerdictUnknown
	case len(s.Rows) > 0:
		out.Verdict = VerdictFound
	}
	if s.Err != nil {
		out.Error = s.Err.Error()
	}
	for _, g := range s.Coverage.Gaps {
		out.Gaps = append(out.Gaps, Gap{g.Level, g.Code, g.String()})
	}
	return out
}

func membershipOf(g reconcile.GroupPlan, ch reconcile.PlannedChange) Membership {
	return Membership{
		Provider: g.Provider, GroupKind: g.Group.Kind, GroupID: g.Group.ID, GroupName: g.Group.Name,
		Person: ch.Person, MemberID: ch.Member.ID, Email: ch.Member.Email, Op: ch.Op, Role: ch.From.String(), To: ch.To.String(), Invited: ch.Invited,
	}
}

// IsComplete reports whether every provider could tell, and no membership of a leaver is
// left but the excluded ones.
func (e *Evidence) IsComplete() bool {
	for _, s := range e.Searches {
		if s.Verdict == VerdictUndetermined {
			return false
		}
	}
	for _, m := range e.Memberships {
		if m.Left != "" && !m.Excluded || m.Op == memberships.OpRemove && m.ReadBack != reconcile.ReadBackAbsent {
			return false
		}
	}
	return true
}
