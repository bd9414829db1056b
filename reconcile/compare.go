package reconcile

import (
	"errors"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// comparison plans one group at one provider.
type comparison struct {
	d      *Desired
	g      *Group
	obs    *Observation
	caps   memberships.Capabilities
	caller memberships.Member
	lifted bool // the caller of NewPlan allows the number of removals

	rows []Row
	// byID and byAddress are the indexes of the rows: those with an id, by member, and those
	// without, by address in lower case. kept are those of protected people, by index.
	byID      map[string]int
	byAddress map[string]int
	kept      map[int]string
	// wanted is the desired state of every row. A member that is left alone is in it with
	// the present role, so the comparison cannot touch it.
	wanted []wantedRow
	adds   []PlannedChange
	out    GroupPlan
}

// wantedRow is the desired state of a row: absent, or present with a role.
type wantedRow struct {
	present bool
	role    Role
	person  string // the key of a person of the file
	matched MatchedBy
}

// plan returns the plan of the group.
func (c *comparison) plan() GroupPlan {
	c.start()
	if !c.read() {
		return c.out
	}
	c.want()
	c.protect()
	c.countManaged()
	c.leaveRows()
	c.leaveRoles()
	c.keepManagers()
	changes := c.changes()
	c.guard(changes)
	if len(c.out.Blocked) > 0 {
		c.out.Held = changes
	} else {
		c.out.Changes = changes
		c.out.Effects = c.effects(changes)
	}
	return c.out
}

// start fills in what the plan says about the group itself.
func (c *comparison) start() {
	obs := c.obs
	c.byID, c.byAddress, c.kept = map[string]int{}, map[string]int{}, map[int]string{}
	for i, m := range obs.Rows {
		r := rowOf(m)
		c.rows = append(c.rows, r)
		if index := c.byID; r.ID != "" && !has(index, r.key()) {
			index[r.key()] = i
		}
		if address := strings.ToLower(r.Email); r.ID == "" && address != "" && !has(c.byAddress, address) {
			c.byAddress[address] = i
		}
	}
	c.wanted = make([]wantedRow, len(c.rows))
	c.out = GroupPlan{
		Name: c.g.Name, Provider: obs.Provider, Mode: c.g.Mode,
		Group: PlanGroup{Kind: obs.Group.Kind, ID: obs.Group.ID, Name: obs.Group.Name},
		Observed: GroupState{
			Hash: hashRows(c.rows), Complete: obs.Err == nil && len(obs.Coverage.Hidden()) == 0, Gaps: planGaps(obs.Coverage), Rows: c.rows,
		},
	}
	c.countManaged()
}

// countManaged counts the members that the file manages.
func (c *comparison) countManaged() {
	c.out.Managed = 0
	for i := range c.rows {
		if c.manages(i) {
			c.out.Managed++
		}
	}
}

// manages reports whether the file lists a row. A person without a pattern of ignore counts
// too.
func (c *comparison) manages(i int) bool {
	_, ignored := c.ignored(i)
	return c.wanted[i].person != "" || c.isPerson(i) && !ignored
}

func planGaps(cov memberships.Coverage) []PlanGap {
	var out []PlanGap
	for _, g := range cov.Gaps {
		out = append(out, PlanGap{Level: g.Level, Code: g.Code, Count: g.Count, Text: g.String()})
	}
	return out
}

// read reports whether the group was read. It blocks a group that was not.
func (c *comparison) read() bool {
	switch {
	case c.obs.Err == nil:
	case isIncomplete(c.obs.Err):
		c.block(Note{Reason: ReasonIncomplete, Detail: c.obs.Err.Error()})
		return false
	case errors.Is(c.obs.Err, memberships.ErrNotFound):
		c.block(Note{Reason: ReasonNoGroup, At: c.g.At.String(), Detail: c.obs.Err.Error()})
		return false
	default:
		c.block(Note{Reason: ReasonUnread, Detail: c.obs.Err.Error()})
		return false
	}
	if len(c.rows) == 0 && len(c.g.Members) > 0 && c.g.Mode == ModeAuthoritative && !c.g.AllowEmpty {
		c.block(Note{Reason: ReasonEmptyListing})
	}
	return true
}

func (c *comparison) block(n Note) { c.out.Blocked = append(c.out.Blocked, n) }

// want sets the desired state of the members in the file.
func (c *comparison) want() {
	accounts := map[string]string{}
	for _, w := range c.g.Members {
		match := c.obs.Matches[w.Person]
		i := c.rowFor(w.Person, match)
		if errors.Is(match.Err, memberships.ErrAmbiguous) || match.Err != nil && i < 0 && !c.mayInvite(match) {
			c.block(unresolved(w.Person, match.Err))
			continue
		}
		account := match.Member.String()
		if i >= 0 {
			account = c.rows[i].Member().String()
		}
		if other, taken := accounts[account]; taken {
			c.block(Note{Reason: ReasonSameAccount, Person: other, Detail: w.Person})
			continue
		}
		accounts[account] = w.Person
		role := c.role(w.Role)
		if i >= 0 && w.hasAnyRole() {
			role = Role{c.rows[i].Role, c.rows[i].RoleName}
		}
		if i >= 0 {
			c.wanted[i] = wantedRow{present: true, role: role, person: w.Person, matched: match.How}
			continue
		}
		c.adds = append(c.adds, PlannedChange{
			Op: memberships.OpAdd, Person: w.Person, Member: planMember(match.Member), Matched: match.How, To: role,
			Invite: match.Err != nil, Why: Note{Reason: ReasonListed, Person: w.Person},
		})
	}
}

// hasAnyRole reports whether the file leaves the role open.
func (w Wanted) hasAnyRole() bool { return w.Role == "" || w.Role == RoleAny }

// mayInvite reports whether a person without an account is invited.
func (c *comparison) mayInvite(m Match) bool {
	return errors.Is(m.Err, memberships.ErrNoSuchMember) && m.Member.Email != "" && c.caps.Invites && c.g.Invite
}

// unresolved returns the reason that a person without a match blocks the group.
func unresolved(person string, err error) Note {
	n := Note{Reason: ReasonUnresolved, Person: person, Detail: err.Error()}
	switch {
	case errors.Is(err, memberships.ErrNoSuchMember):
		n.Reason = ReasonNoAccount
	case errors.Is(err, memberships.ErrAmbiguous):
		n.Reason = ReasonAmbiguous
	}
	return n
}

// role returns the role of the file in terms of the provider.
func (c *comparison) role(r memberships.Role) Role {
	if r == "" || r == RoleAny {
		r = memberships.RoleMember
	}
	to := c.g.roleAt(c.obs.Provider, r)
	if name, ok := c.caps.RoleNames[to]; ok {
		return Role{to, name}
	}
	for role, name := range c.caps.RoleNames {
		if name == string(to) {
			return Role{role, name}
		}
	}
	return Role{Name: string(to)}
}

// rowFor returns the index of a person's row, -1 without one. Rows without an id are
// matched by address.
func (c *comparison) rowFor(person string, m Match) int {
	if m.Member.ID != "" {
		if i, ok := c.byID[planMember(m.Member).key()]; ok {
			return i
		}
	}
	for _, address := range c.d.People[person].addresses() {
		if i, ok := c.byAddress[strings.ToLower(address)]; ok {
			return i
		}
	}
	return -1
}

func hasFold(texts []string, text string) bool {
	return text != "" && slices.ContainsFunc(texts, func(t string) bool { return strings.EqualFold(t, text) })
}

// ignored returns the pattern that ignores a row. A member of the file is not ignored.
func (c *comparison) ignored(i int) (pattern string, ok bool) {
	if c.wanted[i].person != "" {
		return "", false
	}
	for _, p := range c.g.Ignore {
		if matches(p, c.rows[i].Member()) {
			return p, true
		}
	}
	return "", false
}

func (c *comparison) isPerson(i int) bool {
	return c.rows[i].Kind == memberships.MemberUser || c.rows[i].Kind == ""
}

// leaveRows copies the rows that are left alone into the desired state.
func (c *comparison) leaveRows() {
	for i, r := range c.rows {
		if c.wanted[i].present {
			continue
		}
		pattern, ignored := c.ignored(i)
		person, protected := c.protected(i)
		switch {
		case ignored:
			c.leave(i, Note{Reason: ReasonIgnored, Person: pattern}, false)
		case !c.isPerson(i):
			c.leave(i, Note{Reason: ReasonNoPerson}, false)
		case r.ID == "" && r.Email == "":
			c.leave(i, Note{Reason: ReasonUnnamed}, c.removes())
		case !c.removes():
			c.leave(i, Note{Reason: ReasonMode, Person: string(c.g.Mode)}, false)
		case protected:
			c.leave(i, Note{Reason: ReasonProtected, Person: person}, true)
		case c.isCaller(i):
			c.leave(i, Note{Reason: ReasonCaller}, true)
		}
	}
}

func (c *comparison) removes() bool { return c.g.Mode == ModeAuthoritative }

// leave gives a row its present role as the desired one.
func (c *comparison) leave(i int, why Note, blocked bool) {
	r := c.rows[i]
	c.wanted[i].present, c.wanted[i].role = true, Role{r.Role, r.RoleName}
	c.out.Left = append(c.out.Left, LeftAlone{Person: c.wanted[i].person, Member: r.PlanMember, Role: Role{r.Role, r.RoleName}, Why: why, Blocked: blocked})
}

// protect finds the rows of protected people, by account and by address.
func (c *comparison) protect() {
	keys := map[string]string{}
	for _, key := range c.d.Protected {
		if i := c.rowFor(key, c.obs.Matches[key]); i >= 0 {
			c.kept[i] = key
		}
		for _, address := range c.d.People[key].addresses() {
			keys[strings.ToLower(address)] = key
		}
	}
	for i, r := range c.rows {
		if key, ok := keys[strings.ToLower(r.Email)]; ok && r.Email != "" {
			c.kept[i] = key
		}
	}
}

// protected returns the key of the protected person of a row.
func (c *comparison) protected(i int) (string, bool) {
	key, ok := c.kept[i]
	return key, ok
}

// isCaller reports whether a row is that of the caller.
func (c *comparison) isCaller(i int) bool {
	r := c.rows[i]
	switch {
	case c.caller.ID != "" && r.ID != "":
		return r.ID == c.caller.ID
	case c.caller.Email != "":
		return strings.EqualFold(r.Email, c.caller.Email)
	}
	return false
}

// leaveRoles copies the roles that are left alone into the desired state.
func (c *comparison) leaveRoles() {
	for i, r := range c.rows {
		w := &c.wanted[i]
		if !w.present || w.role.is(r) {
			continue
		}
		person, protected := c.protected(i)
		raises, lowers := direction(r, w.role)
		switch {
		case r.State == memberships.StateInvited:
			c.leave(i, Note{Reason: ReasonPending}, false)
		case c.g.Mode == ModeAdditive && !raises:
			c.leave(i, Note{Reason: ReasonMode, Person: string(c.g.Mode)}, false)
		case lowers && protected:
			c.leave(i, Note{Reason: ReasonProtected, Person: person}, true)
		case lowers && c.isCaller(i):
			c.leave(i, Note{Reason: ReasonCaller}, true)
		}
	}
}

// keepManagers keeps the last managers and owners of a group.
func (c *comparison) keepManagers() {
	for _, rule := range []struct {
		least memberships.Role
		why   Reason
	}{{memberships.RoleOwner, ReasonLastOwner}, {memberships.RoleManager, ReasonLastManager}} {
		least := power(rule.least)
		before, after := 0, 0
		for i, r := range c.rows {
			if r.State == memberships.StateInvited {
				continue
			}
			if power(r.Role) >= least {
				before++
			}
			if c.wanted[i].present && power(c.wanted[i].role.Role) >= least {
				after++
			}
		}
		for _, add := range c.adds {
			if !add.Invite && power(add.To.Role) >= least {
				after++
			}
		}
		if before == 0 || after > 0 {
			continue
		}
		for i, r := range c.rows {
			if power(r.Role) >= least && r.State != memberships.StateInvited {
				c.leave(i, Note{Reason: rule.why}, true)
			}
		}
	}
}

// changes returns the differences between the rows and the desired state, in the order in
// which they are made.
func (c *comparison) changes() []PlannedChange {
	out := slices.Clone(c.adds)
	for i, r := range c.rows {
		w := c.wanted[i]
		ch := PlannedChange{Person: w.person, Member: r.PlanMember, Matched: w.matched, Membership: r.Membership, From: Role{r.Role, r.RoleName}}
		switch {
		case !w.present:
			ch.Op, ch.Invited = memberships.OpRemove, r.State == memberships.StateInvited
			ch.Why = Note{Reason: ReasonNotListed}
		case !w.role.is(r):
			ch.Op, ch.To = memberships.OpUpdate, w.role
			ch.Why = Note{Reason: ReasonRole, Person: w.person}
		default:
			continue
		}
		out = append(out, ch)
	}
	for i := range out {
		out[i].Key, out[i].OfCaller = c.key(out[i]), c.isCallerMember(out[i].Member)
	}
	order(out)
	return out
}

func (c *comparison) isCallerMember(m PlanMember) bool {
	return c.caller.ID != "" && m.ID == c.caller.ID || c.caller.ID == "" && hasFold([]string{c.caller.Email}, m.Email)
}

// key returns the key of a change, which no other change of a plan has.
func (c *comparison) key(ch PlannedChange) string {
	group := memberships.Group{Kind: c.out.Group.Kind, ID: c.out.Group.ID}
	return strings.Join([]string{c.obs.Provider, group.String(), string(ch.Op), ch.Member.Member().String()}, "/")
}
