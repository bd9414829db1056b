package box

import (
	"cmp"
	"context"
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// nowhere has the form of an id, and nothing has it.
const nowhere = "0"

const (
	grantScope = "the scope manage_groups"
	grantAdmin = grantScope + ", and to the user the role of an admin or co-admin"
)

// Diagnose reads one group with its members and all groups of the caller, and tries a
// change on a membership that does not exist, which tells about the scope. Who runs
// the enterprise, the list of groups tells, which is for nobody else; others may run
// single groups.
func (p *provider) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	p = p.with(opts)
	me, err := p.c.Users.GetMe(ctx, GetMeParams{Fields: []string{"name", "login", "role"}}, p.opts...)
	if err != nil {
		return memberships.Diagnosis{}, err
	}
	d := memberships.Diagnosis{Identity: me.Name + " <" + me.Login + ">"}
	if me.Role != "" {
		d.Identity += " (" + me.Role + ")"
	}
	groups, notAdmin := p.c.Groups.ListPage(ctx, ListGroupsParams{}, "", client.SizedOptions(p.opts, 1)...)
	groupID, runs, notOf := p.own(ctx, me.ID)
	if notAdmin == nil && len(groups.Items) > 0 {
		groupID = groups.Items[0].ID
	}
	list, get := p.reads(ctx, groupID)
	of := portable.FindingOf(memberships.OpListByMember, notOf, grantScope)
	if of.Verdict == memberships.VerdictAllowed && errors.Is(notAdmin, memberships.ErrPermissionDenied) {
		of.Detail, of.Grant = "the caller's own alone", grantAdmin
	}
	d.Findings = append(d.Findings, portable.FindingOf(memberships.OpGroups, notAdmin, grantAdmin), list, of, get)

	_, err = p.c.Memberships.Update(ctx, nowhere, UpdateMembershipRequest{Role: RoleMember}, UpdateMembershipParams{}, p.opts...)
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		f := portable.FindingOf(op, cmp.Or(ignore(err, memberships.ErrNotFound), notAdmin), grantAdmin)
		if f.Verdict == memberships.VerdictDenied && runs != "" && errors.Is(err, memberships.ErrNotFound) {
			f.Verdict, f.Detail = memberships.VerdictAllowed, "in groups that the caller is an admin of, such as "+runs
		}
		if f.Verdict == memberships.VerdictDenied && notOf != nil && errors.Is(err, memberships.ErrNotFound) {
			f.Verdict = memberships.VerdictUndetermined // the caller may be an admin of some group
		}
		d.Findings = append(d.Findings, f)
	}
	return d, nil
}

// own returns a group of a user, and the name of one that the user is an admin of.
func (p *provider) own(ctx context.Context, userID string) (groupID, runs string, _ error) {
	for m, err := range p.c.Memberships.ListByUser(ctx, userID, ListUserMembershipsParams{}, client.SearchOptions(p.opts)...) {
		if err != nil {
			return groupID, runs, err
		}
		groupID = cmp.Or(groupID, m.Group.ID)
		if m.Role == RoleAdmin {
			return m.Group.ID, cmp.Or(m.Group.Name, m.Group.ID), nil
		}
	}
	return groupID, "", nil
}

// reads tries to list a group and to get one of its members.
func (p *provider) reads(ctx context.Context, groupID string) (list, get memberships.Finding) {
	if groupID == "" {
		const why = "there is no group to try it on"
		return memberships.Finding{Operation: memberships.OpList, Verdict: memberships.VerdictUndetermined, Detail: why},
			memberships.Finding{Operation: memberships.OpGet, Verdict: memberships.VerdictUndetermined, Detail: why}
	}
	page, err := p.c.Memberships.ListByGroupPage(ctx, groupID, ListGroupMembershipsParams{}, "", client.SizedOptions(p.opts, 1)...)
	list = portable.FindingOf(memberships.OpList, err, grantAdmin)
	get = portable.FindingOf(memberships.OpGet, err, grantAdmin)
	if err == nil && len(page.Items) > 0 {
		_, err = p.c.Memberships.Get(ctx, page.Items[0].ID, GetMembershipParams{}, p.opts...)
		get = portable.FindingOf(memberships.OpGet, err, grantAdmin)
		if get.Verdict == memberships.VerdictDenied {
			get.Verdict, get.Detail = memberships.VerdictAllowed, "by group and member; by its id for admins alone"
		}
	}
	return list, get
}

// ignore is err unless it is of a kind.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
