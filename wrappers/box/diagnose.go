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

// nowhere is a well-formed id without a membership.
const nowhere = "0"

// Diagnose reads one group with its members and the groups of the caller, and tries to
// update a membership that does not exist, to see the scope. Only administrators of the
// enterprise may list its groups; other callers may be admins of single groups.
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
	groupID, adminOf, ownErr := p.ownGroup(ctx, me.ID)
	if notAdmin == nil && len(groups.Items) > 0 {
		groupID = groups.Items[0].ID
	}
	list, get := p.reads(ctx, groupID)
	byMember := portable.FindingOf(memberships.OpListByMember, ownErr, groupScope)
	if byMember.Verdict == memberships.VerdictAllowed && errors.Is(notAdmin, memberships.ErrPermissionDenied) {
		byMember.Detail = "only the caller's own memberships"
		portable.Require(&byMember, groupAdmin)
	}
	d.Findings = append(d.Findings, portable.FindingOf(memberships.OpGroups, notAdmin, groupAdmin), list, byMember, get)

	_, err = p.c.Memberships.Update(ctx, nowhere, UpdateMembershipRequest{Role: RoleMember}, UpdateMembershipParams{}, p.opts...)
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		f := portable.FindingOf(op, cmp.Or(ignore(err, memberships.ErrNotFound), notAdmin), groupAdmin)
		if f.Verdict == memberships.VerdictDenied && adminOf != "" && errors.Is(err, memberships.ErrNotFound) {
			f.Verdict, f.Detail = memberships.VerdictAllowed, "in groups that the caller is an admin of, such as "+adminOf
		}
		if f.Verdict == memberships.VerdictDenied && ownErr != nil && errors.Is(err, memberships.ErrNotFound) {
			f.Verdict = memberships.VerdictUndetermined // the caller may be an admin of some group
		}
		d.Findings = append(d.Findings, f)
	}
	return d, nil
}

// ownGroup returns the id of a group of a user, and the name of a group that the user is an
// admin of.
func (p *provider) ownGroup(ctx context.Context, userID string) (groupID, adminOf string, _ error) {
	for m, err := range p.c.Memberships.ListByUser(ctx, userID, ListUserMembershipsParams{}, client.SearchOptions(p.opts)...) {
		if err != nil {
			return groupID, adminOf, err
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
	list = portable.FindingOf(memberships.OpList, err, groupAdmin)
	get = portable.FindingOf(memberships.OpGet, err, groupAdmin)
	if err == nil && len(page.Items) > 0 {
		_, err = p.c.Memberships.Get(ctx, page.Items[0].ID, GetMembershipParams{}, p.opts...)
		get = portable.FindingOf(memberships.OpGet, err, groupAdmin)
		if get.Verdict == memberships.VerdictDenied {
			get.Verdict, get.Detail = memberships.VerdictAllowed, "by group and member; only admins may get it by its id"
		}
	}
	return list, get
}

// ignore returns nil for an error of the kind, and err otherwise.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
