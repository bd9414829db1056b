package reconcile

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
)

// ModeLeaver is the mode of the groups in the plan of a [Leaving]: its only removals are
// those of the leavers.
const ModeLeaver Mode = "leaver"

// NewLeavePlan returns the plan that takes the leavers out of their groups. A successor
// becomes what the last manager or owner was, before that one leaves. Without a successor,
// the last manager or owner stays, and so does the caller. It sends nothing.
func NewLeavePlan(f *Found, validFor time.Duration) (*Plan, error) {
	if validFor == 0 {
		validFor = DefaultValidFor
	}
	p := &Plan{
		Format: PlanFormat, Created: f.Time.UTC(), Expires: f.Time.Add(validFor).UTC(),
		Providers: planProviders(&Observed{Capabilities: f.Capabilities, Callers: f.Callers}),
	}
	if f.Err != nil {
		p.Failed = f.Err.Error()
	}
	for _, l := range leavesOf(f) {
		p.Groups = append(p.Groups, l.plan())
	}
	return p, p.seal()
}

// leave plans one group of the leavers.
type leave struct {
	f        *Found
	provider string
	group    memberships.Group
	rows     []leaverRow
	observed *Observation // with all members if a leaver is a manager, else nil
	out      GroupPlan
}

// leaverRow is a membership of a leaver.
type leaverRow struct {
	memberships.Membership
	person string // the key, or several with "and"
}

// leavesOf returns the groups of the leavers, sorted by provider and group.
func leavesOf(f *Found) []*leave {
	byGroup := map[string]*leave{}
	var out []*leave
	for _, s := range f.Sightings {
		for _, row := range s.Rows {
			key := s.Provider + "/" + row.Group.String()
			l := byGroup[key]
			if l == nil {
				l = &leave{f: f, provider: s.Provider, group: row.Group}
				byGroup[key] = l
				out = append(out, l)
			}
			l.add(row, s.Person)
		}
	}
	for i := range f.Groups {
		if l := byGroup[f.Groups[i].Provider+"/"+f.Groups[i].Group.String()]; l != nil {
			l.observed = &f.Groups[i]
		}
	}
	slices.SortStableFunc(out, func(a, b *leave) int {
		return strings.Compare(a.provider+"/"+a.group.String(), b.provider+"/"+b.group.String())
	})
	return out
}

// add adds a membership of a person. One that several people have is a single row with all
// their keys.
func (l *leave) add(row memberships.Membership, person string) {
	for i := range l.rows {
		if r := &l.rows[i]; planMember(r.Member).key() == planMember(row.Member).key() {
			r.person += " and " + person
			return
		}
	}
	l.rows = append(l.rows, leaverRow{row, person})
}

// plan returns the plan of the group.
func (l *leave) plan() GroupPlan {
	l.start()
	if l.f.Keeps != nil && l.f.Keeps(l.provider, l.group) {
		l.leaveAll(Note{Reason: ReasonKept}, false)
		return l.out
	}
	if l.observed != nil && l.observed.Err != nil {
		l.out.Blocked = append(l.out.Blocked, Note{Reason: ReasonUnread, Detail: l.observed.Err.Error()})
	}
	var changes []PlannedChange
	for _, r := range l.rows {
		switch {
		case r.Direct:
			l.leaveOne(r, Note{Reason: ReasonDirect}, false)
		case l.isCaller(r.Member):
			l.leaveOne(r, Note{Reason: ReasonCaller}, true)
		default:
			changes = append(changes, PlannedChange{
				Op: memberships.OpRemove, Person: r.person, Member: planMember(r.Member), Membership: r.ID, From: Role{r.Role, r.RoleName},
				Invited: r.State == memberships.StateInvited, Why: Note{Reason: ReasonLeaver, Person: r.person},
			})
		}
	}
	changes = l.handOver(changes)
	c := comparison{obs: &Observation{Provider: l.provider}, out: l.out}
	for i := range changes {
		changes[i].Key = c.key(changes[i])
		if changes[i].counts() {
			l.out.Removals++
		}
	}
	order(changes)
	if len(l.out.Blocked) > 0 {
		l.out.Held = changes
	} else {
		l.out.Changes = changes
	}
	return l.out
}

// start fills in what the plan says about the group itself.
func (l *leave) start() {
	var rows []memberships.Membership
	for _, r := range l.rows {
		rows = append(rows, r.Membership)
	}
	state := GroupState{Complete: true, Partial: true}
	if l.observed != nil && l.observed.Err == nil {
		rows = l.observed.Rows
		state = GroupState{Complete: len(l.observed.Coverage.Hidden()) == 0, Gaps: planGaps(l.observed.Coverage)}
	}
	sortRows(rows)
	for _, m := range rows {
		state.Rows = append(state.Rows, rowOf(m))
	}
	state.Hash = hashRows(state.Rows)
	l.out = GroupPlan{
		Name: groupName(l.group), Provider: l.provider, Mode: ModeLeaver, Managed: len(rows),
		Group:    PlanGroup{Kind: l.group.Kind, ID: l.group.ID, Name: l.group.Name},
		Observed: state,
	}
}

func (l *leave) leaveAll(why Note, blocked bool) {
	for _, r := range l.rows {
		l.leaveOne(r, why, blocked)
	}
}

func (l *leave) leaveOne(r leaverRow, why Note, blocked bool) {
	l.out.Left = append(l.out.Left, LeftAlone{Person: r.person, Member: planMember(r.Member), Role: Role{r.Role, r.RoleName}, Why: why, Blocked: blocked})
}

func (l *leave) isCaller(m memberships.Member) bool {
	caller, ok := l.f.Callers[l.provider]
	return ok && planMember(caller).same(planMember(m))
}

// handOver adds the change that makes the successor what a leaving last owner or manager is.
// Without a successor, it takes their removals out.
func (l *leave) handOver(changes []PlannedChange) []PlannedChange {
	if l.observed == nil || l.observed.Err != nil {
		return changes
	}
	for _, rule := range []struct {
		least memberships.Role
		why   Reason
	}{{memberships.RoleOwner, ReasonLastOwner}, {memberships.RoleManager, ReasonLastManager}} {
		leaving := slices.DeleteFunc(slices.Clone(changes), func(ch PlannedChange) bool {
			return ch.Op != memberships.OpRemove || ch.Invited || power(ch.From.Role) < power(rule.least)
		})
		if len(leaving) == 0 || l.othersWith(rule.least, changes) {
			continue
		}
		if ch, ok := l.succession(leaving[0].From); ok {
			return append(changes, ch)
		}
		if len(l.out.Blocked) > 0 {
			return changes
		}
		for _, ch := range leaving {
			l.out.Left = append(l.out.Left, LeftAlone{Person: ch.Person, Member: ch.Member, Role: ch.From, Why: Note{Reason: rule.why}, Blocked: true})
		}
		changes = slices.DeleteFunc(changes, func(ch PlannedChange) bool {
			return slices.ContainsFunc(leaving, func(l PlannedChange) bool { return l.Member == ch.Member })
		})
	}
	return changes
}

// othersWith reports whether a member who stays has at least a role.
func (l *leave) othersWith(least memberships.Role, changes []PlannedChange) bool {
	return slices.ContainsFunc(l.observed.Rows, func(m memberships.Membership) bool {
		leaves := slices.ContainsFunc(changes, func(ch PlannedChange) bool {
			return ch.Op == memberships.OpRemove && ch.Member.same(planMember(m.Member))
		})
		return !leaves && m.State != memberships.StateInvited && power(m.Role) >= power(least)
	})
}

// isLeaver reports whether a member is the account of a leaver, by id or by address.
func (l *leave) isLeaver(m PlanMember) bool {
	for _, p := range l.f.People {
		if id, ok := p.IDs[l.provider]; ok && planMember(id).same(m) || hasFold(p.addresses(), m.Email) {
			return true
		}
	}
	return slices.ContainsFunc(l.f.Sightings, func(s Sighting) bool {
		return s.Provider == l.provider && slices.ContainsFunc(s.Rows, func(row memberships.Membership) bool {
			return planMember(row.Member).same(m)
		})
	})
}

// succession returns the change that gives the successor a role, which no leaver gets. It
// blocks the group if the successor cannot be found.
func (l *leave) succession(role Role) (PlannedChange, bool) {
	s := l.f.Successor
	if s == nil {
		return PlannedChange{}, false
	}
	match := l.observed.Matches[s.Key]
	if l.isLeaver(planMember(match.Member)) {
		return PlannedChange{}, false
	}
	ch := PlannedChange{Op: memberships.OpAdd, Person: s.Key, Member: planMember(match.Member), Matched: match.How, To: role, Why: Note{Reason: ReasonSuccessor, Person: s.Key}}
	for _, m := range l.observed.Rows {
		if planMember(m.Member).same(planMember(match.Member)) {
			ch.Op, ch.Membership, ch.From, ch.Member = memberships.OpUpdate, m.ID, Role{m.Role, m.RoleName}, planMember(m.Member)
			return ch, m.State != memberships.StateInvited
		}
	}
	if match.Err != nil {
		n := unresolved(s.Key, match.Err)
		if errors.Is(match.Err, memberships.ErrNoSuchMember) {
			n.Reason = ReasonNoAccount
		}
		l.out.Blocked = append(l.out.Blocked, n)
		return PlannedChange{}, false
	}
	return ch, true
}
