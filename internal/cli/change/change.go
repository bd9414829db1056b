package change

import (
	"context"
	"errors"
	"fmt"
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

// outcomes returns the columns of the report. The changes determine the widths, and a
// group column is added if there are several groups.
func outcomes(changes []change) output.Schema[outcome] {
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
	sample := outcome{change: widest, result: output.ResultWouldUpdate, got: memberships.Membership{Role: memberships.RoleManager}}
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
	groups      newGroups
	permissions *permissionsFlag
}

// apply carries out one change and returns its outcome, which may be unknown.
func (c *changer) apply(ctx context.Context, ch change) outcome {
	o := outcome{change: ch, provider: c.client.Name()}
	var made bool
	var unseen error // the reason that made is unknown
	if c.op == memberships.OpAdd && !ch.repeated {
		made, unseen = c.groups.makes(ctx, ch.ref.Group)
	}
	switch {
	case ch.repeated:
		o.result, o.detail = output.ResultRepeated, fmt.Sprintf("see line %d", ch.first)
	case c.dryRun:
		c.plan(ctx, &o, made)
	case c.op == memberships.OpAdd:
		c.add(ctx, &o)
	case c.op == memberships.OpUpdate:
		o.got, o.err = c.client.Update(ctx, ch.ref, ch.role)
		o.settle(output.ResultUpdated)
	default:
		c.remove(ctx, &o)
	}
	if o.result == output.ResultUnknown {
		o.err = &openOutcome{o.err, findOut(c.conn, c.client, c.op, ch)}
	}
	c.addMember(ctx, &o)
	if o.detail == "" && o.err != nil {
		o.detail = o.err.Error()
	}
	if o.detail == "" && ch.ref.Member.ID == "" && o.got.Member.ID != "" {
		o.detail = "is " + output.MemberText(o.got.Member)
	}
	if o.rights != "" {
		o.addDetail(o.rights)
	}
	c.groups.note(&o, made, unseen)
	o.ref.Group = argument.FullGroup(c.client, o.ref.Group)
	if rights := managerRights(o.got); rights != "" && (o.result == output.ResultAdded || o.result == output.ResultUpdated || o.result == output.ResultAlready) {
		o.addDetail(rights)
	}
	return o
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

func (c *changer) add(ctx context.Context, o *outcome) {
	o.got, o.err = c.client.Add(ctx, o.ref.Group, o.ref.Member, o.role)
	o.settle(output.ResultAdded)
	if o.result == output.ResultUnknown || !errors.Is(o.err, memberships.ErrAlreadyExists) || c.strict {
		return
	}
	o.result, o.err = output.ResultAlready, nil
	got, err := c.client.Get(ctx, o.ref)
	if err != nil {
		o.detail = "in which role could not be read: " + err.Error()
		return
	}
	o.got = got
	o.compare()
}

// compare adds the present role to the detail if it differs from the requested one.
func (o *outcome) compare() {
	if o.role != "" && o.role != o.got.Role && string(o.role) != o.got.RoleName {
		o.detail = fmt.Sprintf("stays %s: 'memberships update' changes a role", output.RoleText(o.got.Role, o.got.RoleName))
	}
}

// remove removes a membership. It reads a membership named by id first, so that the row
// names the member.
func (c *changer) remove(ctx context.Context, o *outcome) {
	var was memberships.Membership
	if o.ref.ID != "" {
		was, _ = c.client.Get(ctx, o.ref) // Remove returns the error
	}
	o.got, o.err = c.client.Remove(ctx, o.ref)
	o.settle(output.ResultRemoved)
	if o.err == nil && was.ID != "" {
		o.got = was
	}
	if o.result != output.ResultUnknown && errors.Is(o.err, memberships.ErrNotMember) && !c.strict {
		o.result, o.err = output.ResultAbsent, nil
	}
}

// plan determines the outcome of a change without making it.
func (c *changer) plan(ctx context.Context, o *outcome, made bool) {
	o.got, o.err = c.client.Get(ctx, o.ref)
	absent := errors.Is(o.err, memberships.ErrNotMember) || made && !errors.Is(o.err, memberships.ErrNoSuchMember)
	switch {
	case absent && c.op == memberships.OpAdd:
		o.result, o.err = output.ResultWouldAdd, nil
		c.planAddition(ctx, o)
		c.rights(o)
	case absent && c.op == memberships.OpRemove && !c.strict:
		o.result, o.err = output.ResultAbsent, nil
	case o.err != nil:
		o.result = output.ResultFailed
	case c.op == memberships.OpRemove:
		o.result = output.ResultWouldRemove
	case c.op == memberships.OpUpdate:
		o.result = output.ResultWouldUpdate
		o.detail = fmt.Sprintf("from %s to %s", output.RoleText(o.got.Role, o.got.RoleName), o.role)
		stays := o.got.Role == o.role && !c.permissions.given()
		o.got.Role, o.got.RoleName = c.shownRole(o.role)
		if !stays {
			c.rights(o)
		}
	case c.strict:
		o.result, o.detail = output.ResultFailed, "is a member already"
		o.err = errors.New(o.named + " is a member already")
	default:
		o.result = output.ResultAlready
		o.compare()
	}
}
