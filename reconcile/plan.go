package reconcile

import (
	"time"

	"github.com/memberships-go/memberships"
)

// Plan is the changes that bring groups to their desired state, and the members that were
// left alone. It is data: [Apply] computes no change anew.
type Plan struct {
	// Format is the version of the plan's JSON, PlanFormat in plans of this release.
	Format string `json:"format"`
	// Created is the time of the observation. Expires is the time after which Apply refuses
	// the plan.
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	// Configuration is the hash of the desired state.
	Configuration string `json:"configuration"`
	// Providers are the providers with their callers, in the order of their names.
	Providers []PlanProvider `json:"providers"`
	// Groups are in the order of the desired groups and of the providers' names.
	Groups []GroupPlan `json:"groups"`
	// Blocked are the reasons why no change of the plan may be made.
	Blocked []Note `json:"blocked,omitempty"`
	// Failed is the error that ended the observation early. Such a plan cannot be applied.
	Failed string `json:"failed,omitempty"`
	// AllowedRemovals is the number of removals that the caller of NewPlan allowed, 0 if
	// none was given.
	AllowedRemovals int `json:"allowed_removals,omitempty"`
	// Hash is the SHA-256 hash of the other fields. ReadPlan compares it.
	Hash string `json:"hash"`
}

// PlanFormat is the version of the JSON of plans.
const PlanFormat = "memberships-plan/1"

// PlanProvider is a provider of a plan.
type PlanProvider struct {
	Name string `json:"name"`
	// Caller is the member that the credential authenticates, nil if the provider cannot
	// tell.
	Caller *PlanMember `json:"caller,omitempty"`
}

// PlanMember is a member in a plan.
type PlanMember struct {
	Kind  memberships.MemberKind `json:"kind,omitempty"`
	ID    string                 `json:"id,omitempty"`
	Email string                 `json:"email,omitempty"`
	Name  string                 `json:"name,omitempty"`
}

// Member returns the member in terms of the root package.
func (m PlanMember) Member() memberships.Member {
	return memberships.Member{Kind: m.Kind, ID: m.ID, Email: m.Email, Name: m.Name}
}

func planMember(m memberships.Member) PlanMember {
	return PlanMember{Kind: m.Kind, ID: m.ID, Email: m.Email, Name: m.Name}
}

// GroupPlan is the changes to one group at one provider.
type GroupPlan struct {
	// Name is the group's name in the file.
	Name     string    `json:"name"`
	Provider string    `json:"provider"`
	Group    PlanGroup `json:"group"`
	Mode     Mode      `json:"mode"`
	// Observed is the state that the changes start from.
	Observed GroupState `json:"observed"`
	// Changes are in the order in which Apply makes them. A blocked group has none.
	Changes []PlannedChange `json:"changes,omitempty"`
	// Effects are the changes that the provider makes by itself along with Changes.
	Effects []PlannedChange `json:"effects,omitempty"`
	// Left are the members that the plan leaves alone although the file does not list them
	// in this way.
	Left []LeftAlone `json:"left,omitempty"`
	// Blocked are the reasons why the group is not changed; Held are the changes that they
	// hold back.
	Blocked []Note          `json:"blocked,omitempty"`
	Held    []PlannedChange `json:"held,omitempty"`
	// Removals is the number of changes that the limits count: removals, revoked
	// invitations, and managers who become members.
	Removals int `json:"removals"`
	// Managed is the number of members before the changes, without the ignored ones.
	Managed int `json:"managed"`
}

// PlanGroup is a provider's group in a plan.
type PlanGroup struct {
	Kind memberships.GroupKind `json:"kind"`
	ID   string                `json:"id"`
	Name string                `json:"name,omitempty"`
}

// Group returns the group in terms of the root package.
func (g PlanGroup) Group() memberships.Group {
	return memberships.Group{Kind: g.Kind, ID: g.ID, Name: g.Name}
}

// GroupState is the members of a group in a plan.
type GroupState struct {
	// Hash is the SHA-256 hash of the rows.
	Hash string `json:"hash"`
	// Complete reports whether the listing was complete. Gaps are the parts that it did not
	// show.
	Complete bool      `json:"complete"`
	Gaps     []PlanGap `json:"gaps,omitempty"`
	// Partial reports that Rows are those of the people in the plan alone.
	Partial bool  `json:"partial,omitempty"`
	Rows    []Row `json:"rows"`
}

// PlanGap is a part of a listing that the provider did not show.
type PlanGap struct {
	Level memberships.GapLevel `json:"level"`
	Code  memberships.GapCode  `json:"code"`
	Count int64                `json:"count,omitempty"`
	Text  string               `json:"text"`
}

// Row is a membership in a plan.
type Row struct {
	PlanMember
	// Membership is the provider's id of the membership, if it has ids.
	Membership string            `json:"membership,omitempty"`
	Role       memberships.Role  `json:"role"`
	RoleName   string            `json:"role_name,omitempty"`
	State      memberships.State `json:"state"`
	// Since is the time of the membership's creation, zero if unknown.
	Since time.Time `json:"since,omitzero"`
}

func rowOf(m memberships.Membership) Row {
	return Row{PlanMember: planMember(m.Member), Membership: m.ID, Role: m.Role, RoleName: m.RoleName, State: m.State, Since: m.Created}
}

// PlannedChange is one change of a plan.
type PlannedChange struct {
	// Key identifies the change in its plan and in the journal.
	Key string `json:"key"`
	// Op is memberships.OpAdd, OpUpdate or OpRemove.
	Op memberships.Operation `json:"op"`
	// Person is the key of the person in the file, empty for a member who is not in it.
	Person  string     `json:"person,omitempty"`
	Member  PlanMember `json:"member"`
	Matched MatchedBy  `json:"matched,omitempty"`
	// Membership is the id of the membership that is changed, if the provider has ids.
	Membership string `json:"membership,omitempty"`
	// From is the role before the change, empty for OpAdd. To is the role after it, empty
	// for OpRemove.
	From Role `json:"from,omitzero"`
	To   Role `json:"to,omitzero"`
	// Invited reports that the change revokes a pending invitation; Invite, that it may
	// send one.
	Invited bool `json:"invited,omitempty"`
	Invite  bool `json:"invite,omitempty"`
	// OfCaller reports that the member is the caller. Such a change is made alone, after
	// those before it.
	OfCaller bool `json:"of_caller,omitempty"`
	Why      Note `json:"why"`
}

// Role is a role in a plan: the portable one, and the provider's own name of it.
type Role struct {
	Role memberships.Role `json:"role,omitempty"`
	Name string           `json:"name,omitempty"`
}

// String returns the portable role, followed by the provider's name if that is another word.
func (r Role) String() string {
	switch {
	case r.Name == "" || r.Name == string(r.Role):
		return string(r.Role)
	case r.Role == "":
		return r.Name
	}
	return string(r.Role) + " (" + r.Name + ")"
}

// LeftAlone is a member that a plan does not change.
type LeftAlone struct {
	// Person is the key of the person, empty for a member who is not in the file.
	Person string     `json:"person,omitempty"`
	Member PlanMember `json:"member"`
	Role   Role       `json:"role"`
	Why    Note       `json:"why"`
	// Blocked reports that the file asks for a change that the plan may not make.
	Blocked bool `json:"blocked,omitempty"`
}

// Summary is the numbers of a plan.
type Summary struct {
	Add, Update, Remove int
	// Removals is the number of changes that the limits count.
	Removals int
	// BlockedGroups is the number of groups that are not changed, and LeftBlocked the number
	// of members whose change the plan leaves out for their protection.
	BlockedGroups, LeftBlocked int
	Groups                     int
}

// Summary returns the numbers of the plan.
func (p *Plan) Summary() Summary {
	s := Summary{Groups: len(p.Groups)}
	for _, g := range p.Groups {
		for _, ch := range g.Changes {
			switch ch.Op {
			case memberships.OpAdd:
				s.Add++
			case memberships.OpUpdate:
				s.Update++
			default:
				s.Remove++
			}
		}
		if len(g.Blocked) > 0 {
			s.BlockedGroups++
		} else {
			s.Removals += g.Removals
		}
		for _, left := range g.Left {
			if left.Blocked {
				s.LeftBlocked++
			}
		}
	}
	return s
}

// Changes returns the number of changes that Apply makes.
func (s Summary) Changes() int { return s.Add + s.Update + s.Remove }

// IsBlocked reports whether the plan, one of its groups or one of its members is blocked.
func (p *Plan) IsBlocked() bool {
	s := p.Summary()
	return len(p.Blocked) > 0 || p.Failed != "" || s.BlockedGroups > 0 || s.LeftBlocked > 0
}
