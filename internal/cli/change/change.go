package change

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/text"
)

// change is one membership to add, update or remove.
type change struct {
	line  int    // in the input file
	named string // the member as the user named it
	ref   memberships.Ref
	role  memberships.Role
	email string // of the member, if the row has it
	rank  int    // of the member's current role, if the row has it
	// repeated reports that an earlier line, first, has the same change.
	repeated bool
	first    int
}

// outcome is the result of a change.
type outcome struct {
	change
	provider string
	result   string
	got      memberships.Membership
	detail   string
	rights   string // permissions of a planned manager
	err      error
}

// failed reports whether a change was not made as requested.
func (o outcome) failed() bool {
	return o.result == output.ResultPartly || o.result == output.ResultFailed || o.result == output.ResultUnknown
}

func (o outcome) member() memberships.Member {
	m := o.got.Member
	if m.ID == "" {
		m.ID = o.ref.Member.ID
	}
	if m.Email == "" {
		m.Email = o.ref.Member.Email
	}
	return m
}

func (o outcome) group() memberships.Group {
	if o.got.Group.ID != "" {
		return o.got.Group
	}
	return o.ref.Group
}

var (
	outcomeFields = []output.Field[outcome]{
		{Name: "result", Text: func(o outcome) string { return o.result }},
		{Name: "provider", Text: func(o outcome) string { return o.provider }},
		{Name: "group_kind", Text: func(o outcome) string { return string(o.group().Kind) }},
		{Name: "group_id", Text: func(o outcome) string { return o.group().ID }},
		{Name: "member", Text: func(o outcome) string { return o.named }},
		{Name: "member_id", Text: func(o outcome) string { return o.member().ID }},
		{Name: "email", Text: func(o outcome) string { return o.member().Email }},
		{Name: "name", Text: func(o outcome) string { return o.member().Name }},
		{Name: "role", Text: func(o outcome) string { return string(o.got.Role) }},
		{Name: "role_name", Text: func(o outcome) string { return o.got.RoleName }},
		{Name: "state", Text: func(o outcome) string { return string(o.got.State) }},
		{Name: "detail", Text: func(o outcome) string { return o.detail }},
	}
	outcomeColumns = []output.Field[outcome]{
		{Name: "result", Text: func(o outcome) string { return o.result }},
		{Name: "member", Text: func(o outcome) string { return o.named }},
		{Name: "role", Text: func(o outcome) string { return output.RoleText(o.got.Role, o.got.RoleName) }},
		{Name: "detail", Text: func(o outcome) string { return o.detail }},
	}
	outcomeGroup = output.Field[outcome]{Name: "group", Text: func(o outcome) string { return o.group().String() }}
)

// outcomes returns the columns of the report. The changes and the longest result determine
// the widths, and a group column is added if there are several groups.
func outcomes(changes []change, result string) output.Schema[outcome] {
	s := output.Schema[outcome]{Fields: outcomeFields, Columns: outcomeColumns}
	widest := change{}
	for _, ch := range changes {
		if len(ch.named) > len(widest.named) {
			widest.named = ch.named
		}
		if ch.ref.Group != changes[0].ref.Group && len(s.Columns) == len(outcomeColumns) {
			s.Columns = slices.Insert(slices.Clone(s.Columns), 1, outcomeGroup)
		}
		if len(ch.ref.Group.ID) > len(widest.ref.Group.ID) {
			widest.ref.Group = ch.ref.Group
		}
	}
	sample := outcome{change: widest, result: result, got: memberships.Membership{Role: memberships.RoleManager}}
	for _, c := range s.Columns {
		s.Widths = append(s.Widths, output.CellWidth(text.Line(c.Text(sample))))
	}
	return s
}

// changer carries out changes of one operation.
type changer struct {
	client      *memberships.Client
	conn        *connect.Flags
	op          memberships.Operation
	strict      bool // a change that is already in effect is a failure
	dryRun      bool
	invite      bool // addresses without an account are invited, invitations replaced
	concurrency int
	groups      newGroups
	permissions *permissionsFlag
}

// outcomes carries out changes and yields their outcomes in their order. It begins no
// change after ctx or stop has ended; the changes in flight end by work. A change that was
// not begun has no outcome.
func (c *changer) outcomes(ctx, work context.Context, stop <-chan struct{}, changes []change) iter.Seq[outcome] {
	return func(yield func(outcome) bool) {
		c.readGroups(ctx, work, stop, changes)
		held := holder{c: c, ctx: work, yield: yield}
		do := c.make
		if c.dryRun {
			do = c.plan
		}
		for o := range do(work, stop, changes) {
			if !held.add(o) {
				return
			}
		}
		held.flush()
	}
}

// readGroups finds out which groups the additions create.
func (c *changer) readGroups(ctx, work context.Context, stop <-chan struct{}, changes []change) {
	if c.op != memberships.OpAdd || !c.client.Capabilities().CreatesGroups {
		return
	}
	seen := map[memberships.Group]bool{}
	var groups []memberships.Group
	for _, ch := range changes {
		if !seen[ch.ref.Group] && !ch.repeated {
			seen[ch.ref.Group] = true
			groups = append(groups, ch.ref.Group)
		}
	}
	for range inOrder(ctx, work, stop, groups, c.concurrency, func(ctx context.Context, g memberships.Group) struct{} {
		_, _ = c.groups.makes(ctx, g) // keeps its result
		return struct{}{}
	}) {
	}
}

// bulk returns the options of a bulk call.
func (c *changer) bulk(stop <-chan struct{}) memberships.BulkOptions {
	return memberships.BulkOptions{Concurrency: c.concurrency, Stop: stop}
}

// make makes changes.
func (c *changer) make(work context.Context, stop <-chan struct{}, changes []change) iter.Seq[outcome] {
	return func(yield func(outcome) bool) {
		evidence := c.evidence(work, stop, changes)
		next, end := iter.Pull2(c.client.Apply(work, c.portable(changes), c.bulk(stop), c.options()...))
		defer end()
		for i, ch := range changes {
			o := outcome{change: ch, provider: c.client.Name()}
			if !ch.repeated {
				r, _, ok := next()
				if !ok {
					return
				}
				if r.Skipped || r.Change.Op == "" { // no further change is begun
					continue
				}
				o.got, o.err = r.Membership, r.Err
				c.settle(&o, evidence[i])
			}
			if !yield(o) {
				return
			}
		}
	}
}

// portable yields the changes that are not repeated.
func (c *changer) portable(changes []change) iter.Seq[memberships.Change] {
	return func(yield func(memberships.Change) bool) {
		for _, ch := range changes {
			if !ch.repeated && !yield(memberships.Change{Op: c.op, Ref: ch.ref, Role: ch.role}) {
				return
			}
		}
	}
}

// evidence reads the memberships that are removed by id, so that the rows name the members.
// A provider that does not need the id reads them itself.
func (c *changer) evidence(work context.Context, stop <-chan struct{}, changes []change) map[int]memberships.Membership {
	if c.op != memberships.OpRemove || !c.client.Capabilities().ChangesByID {
		return nil
	}
	var at []int
	var refs []memberships.Ref
	for i, ch := range changes {
		if ch.ref.ID != "" && !ch.repeated {
			at, refs = append(at, i), append(refs, ch.ref)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	out := map[int]memberships.Membership{}
	found, _ := c.client.GetMany(work, refs, c.bulk(stop)) // Apply returns the errors
	for j, f := range found {
		if f.Err == nil {
			out[at[j]] = f.Membership
		}
	}
	return out
}

// settle sets the result of a change that was sent. was is the membership before a removal.
func (c *changer) settle(o *outcome, was memberships.Membership) {
	switch c.op {
	case memberships.OpAdd:
		o.settle(output.ResultAdded)
		if o.result == output.ResultAdded && o.got.State == memberships.StateInvited {
			o.result = output.ResultInvited
		}
		if o.result != output.ResultUnknown && errors.Is(o.err, memberships.ErrAlreadyExists) && !c.strict {
			o.result, o.err = output.ResultAlready, nil
		}
	case memberships.OpUpdate:
		o.settle(output.ResultUpdated)
	default:
		o.settle(output.ResultRemoved)
		if o.err == nil && was.ID != "" {
			o.got = was
		}
		if o.result != output.ResultUnknown && errors.Is(o.err, memberships.ErrNotMember) && !c.strict {
			o.result, o.err = output.ResultAbsent, nil
		}
	}
}

// finish fills in the detail of an outcome.
func (c *changer) finish(o *outcome) {
	ch := o.change
	if ch.repeated {
		o.result, o.detail = output.ResultRepeated, fmt.Sprintf("see line %d", ch.first)
	}
	if o.result == output.ResultUnknown {
		o.err = &openOutcome{o.err, findOut(c.conn, c.client, c.op, ch)}
	}
	c.tellInvitation(o)
	if o.detail == "" && o.err != nil {
		o.detail = o.err.Error()
	}
	if o.detail == "" && ch.ref.Member.ID == "" && o.got.Member.ID != "" {
		o.detail = "is " + output.MemberText(o.got.Member)
	}
	if o.rights != "" {
		o.addDetail(o.rights)
	}
	if c.op == memberships.OpAdd && !ch.repeated {
		made, unseen := c.groups.makes(context.Background(), ch.ref.Group) // as readGroups has found out
		c.groups.note(o, made, unseen)
	}
	o.ref.Group = argument.FullGroup(c.client, o.ref.Group)
	c.addEnd(o)
	if rights := managerRights(o.got); rights != "" && (o.result == output.ResultAdded || o.result == output.ResultUpdated || o.result == output.ResultAlready) {
		o.addDetail(rights)
	}
}

// addDetail appends text to the detail.
func (o *outcome) addDetail(text string) { o.detail = strings.TrimPrefix(o.detail+"; "+text, "; ") }

// settle sets the result of a change that was sent. ErrOutcomeUnknown overrides all other
// kinds in the error, because the failure of a retry does not show how the first attempt
// ended.
func (o *outcome) settle(done string) {
	switch {
	case o.err == nil:
		o.result = done
	case errors.Is(o.err, memberships.ErrOutcomeUnknown):
		o.result = output.ResultUnknown
	case o.got.Group.ID != "":
		o.result = output.ResultPartly
	default:
		o.result = output.ResultFailed
	}
}

// present sets the result of an addition of a member or an invited person. It adds the
// present role to the detail if that differs from the requested one.
func (c *changer) present(o *outcome) {
	o.result = output.ResultAlready
	by := "'memberships update' changes a role"
	if o.got.State == memberships.StateInvited {
		o.result = output.ResultAlreadyInvited
		if c.client.Capabilities().Invites {
			by = "'memberships update --invite' sends an invitation with another role"
		}
	}
	if o.role != "" && o.role != o.got.Role && string(o.role) != o.got.RoleName {
		o.detail = fmt.Sprintf("stays %s: %s", output.RoleText(o.got.Role, o.got.RoleName), by)
	}
}

// plan determines the outcomes of changes without making them.
func (c *changer) plan(work context.Context, stop <-chan struct{}, changes []change) iter.Seq[outcome] {
	return func(yield func(outcome) bool) {
		var asked []int
		var refs []memberships.Ref
		newcomers := map[int]bool{} // in groups that the additions create
		for i, ch := range changes {
			if ch.repeated {
				continue
			}
			if newcomers[i] = c.creates(ch.ref.Group); !newcomers[i] {
				asked, refs = append(asked, i), append(refs, ch.ref)
			}
		}
		found := make([]memberships.Lookup, len(changes))
		got, err := c.client.GetMany(work, refs, c.bulk(stop))
		for j, i := range asked {
			if found[i].Err = err; err == nil {
				found[i] = got[j]
			}
		}
		c.planNewcomers(work, stop, changes, newcomers, found)
		c.checkAbsent(work, changes, found)
		for i, ch := range changes {
			o := outcome{change: ch, provider: c.client.Name(), got: found[i].Membership, err: found[i].Err}
			switch {
			case ch.repeated:
			case errors.Is(o.err, context.Canceled) || work.Err() != nil && errors.Is(o.err, work.Err()):
				continue // was not looked up
			default:
				c.planned(&o, found[i].Member)
			}
			if !yield(o) {
				return
			}
		}
	}
}

// creates reports whether the additions create a group.
func (c *changer) creates(g memberships.Group) bool {
	if c.op != memberships.OpAdd {
		return false
	}
	made, _ := c.groups.makes(context.Background(), g) // as readGroups has found out
	return made
}

// planNewcomers fills in the look-ups of members whose group does not exist: they are not
// members, and their addresses may be unknown.
func (c *changer) planNewcomers(work context.Context, stop <-chan struct{}, changes []change, newcomers map[int]bool, found []memberships.Lookup) {
	var asked []int
	var members []memberships.Member
	for i, ch := range changes {
		if newcomers[i] {
			found[i] = memberships.Lookup{Member: ch.ref.Member, Err: memberships.ErrNotMember}
			if ch.ref.Member.ID == "" {
				asked, members = append(asked, i), append(members, ch.ref.Member)
			}
		}
	}
	if len(members) == 0 {
		return
	}
	resolved, err := c.client.ResolveMany(work, members, c.bulk(stop))
	for j, i := range asked {
		switch {
		case err != nil:
			found[i].Err = err
		case resolved[j].Err != nil:
			found[i].Err = resolved[j].Err
		default:
			found[i].Member = resolved[j].Member
		}
	}
}

// takesOutsider reports whether the provider adds an address that no look-up finds.
func (c *changer) takesOutsider(o *outcome) bool {
	return c.op == memberships.OpAdd && o.ref.Member.ID == "" && c.client.Capabilities().AddsByEmail && errors.Is(o.err, memberships.ErrNoSuchMember)
}

// checkAbsent looks for the groups of removals whose address has no account, as the removals
// do: the group may not exist, or hide members. It sets the errors of the look-ups.
func (c *changer) checkAbsent(work context.Context, changes []change, found []memberships.Lookup) {
	if c.op != memberships.OpRemove {
		return
	}
	read := map[memberships.Group]error{}
	for i, ch := range changes {
		if ch.repeated || errors.Is(found[i].Err, memberships.ErrNotMember) || !errors.Is(found[i].Err, memberships.ErrNoSuchMember) {
			continue
		}
		err, known := read[ch.ref.Group]
		if !known {
			err = c.readWhole(work, ch.ref.Group)
			read[ch.ref.Group] = err
		}
		if err != nil {
			found[i].Err = err
		}
	}
}

// readWhole returns an error if a group cannot be read, or hides members.
func (c *changer) readWhole(work context.Context, g memberships.Group) error {
	var summary memberships.Summary
	for _, err := range c.client.List(work, memberships.Filter{Group: g}, memberships.WithSummary(&summary)) {
		if err != nil {
			return err
		}
	}
	if hidden := summary.Coverage.Hidden(); len(hidden) > 0 {
		return &memberships.Error{Provider: c.client.Name(), Op: string(c.op), Kind: memberships.ErrUndetermined, Err: &memberships.HiddenError{Coverage: summary.Coverage}}
	}
	return nil
}

// planned sets the result of a change that is not made, from the membership or the error of
// a look-up. who is the member that the look-up resolved.
func (c *changer) planned(o *outcome, who memberships.Member) {
	absent := errors.Is(o.err, memberships.ErrNotMember) || c.takesOutsider(o)
	switch {
	case absent && c.op == memberships.OpAdd:
		o.result, o.err = output.ResultWouldAdd, nil
		c.planAddition(o, who)
		c.rights(o)
	case c.mayInvite(o):
		c.planInvitation(o)
	case (absent || errors.Is(o.err, memberships.ErrNoSuchMember)) && c.op == memberships.OpRemove && !c.strict:
		o.result, o.err = output.ResultAbsent, nil
	case o.err != nil:
		o.result = output.ResultFailed
	case c.op == memberships.OpRemove:
		o.result = output.ResultWouldRemove
	case c.op == memberships.OpUpdate && c.keepsInvitation(o):
		o.result, o.detail = output.ResultFailed, "is invited, and an invitation keeps its role: --invite sends a new one"
		o.err = fmt.Errorf("%s %s", o.named, o.detail)
	case c.op == memberships.OpUpdate:
		o.result = output.ResultWouldUpdate
		o.detail = fmt.Sprintf("from %s to %s", output.RoleText(o.got.Role, o.got.RoleName), o.role)
		stays := o.got.Role == o.role && !c.permissions.given()
		o.got.Role, o.got.RoleName = c.shownRole(o.role)
		if c.invite && c.client.Capabilities().Invites && o.got.State == memberships.StateInvited {
			o.addDetail("a new invitation replaces the present one")
		}
		if !stays {
			c.rights(o)
		}
	case c.strict:
		o.result, o.detail = output.ResultFailed, "is a member already"
		if o.got.State == memberships.StateInvited {
			o.detail = "is invited already"
		}
		o.err = errors.New(o.named + " " + o.detail)
	default:
		c.present(o)
	}
	if o.got.Member.ID == "" && who.ID != "" && o.ref.Member.ID == "" {
		o.got.Member = who
	}
}
