package googlechat

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// nowhere is a well-formed name without a membership.
const nowhere = "spaces/AAAAAAAAAAA/members/0"

// Diagnose reads one space and one of its members, and tries to update a membership that
// does not exist: Google checks scopes before it looks the membership up. The Identity is
// empty, because Google Chat does not show the owner of a token.
func (p *provider) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	p = p.with(opts)
	grants := grantsOf(p.app)
	var d memberships.Diagnosis
	spaces, closed := p.c.Spaces.ListPage(ctx, ListSpacesParams{}, "", client.SizedOptions(p.opts, 1)...)
	if s := client.PermissionOf(closed); s != nil && s.Certain && s != unapproved { // of all methods
		for _, op := range memberships.Operations() {
			f := memberships.Finding{Operation: op, Verdict: memberships.VerdictDenied, Detail: portable.Evidence(closed)}
			portable.Require(&f, *s)
			d.Findings = append(d.Findings, f)
		}
		return d, nil
	}
	if closed != nil && !errors.Is(closed, memberships.ErrPermissionDenied) {
		return d, closed
	}
	groups := portable.FindingOf(memberships.OpGroups, closed, grants.spaces)

	name, judge := nowhere, unseen
	if closed == nil && len(spaces.Items) > 0 {
		name, judge = MembershipName(spaces.Items[0].Name, "0"), portable.FindingOf
	}
	page, err := p.c.Memberships.ListBySpacePage(ctx, spaceIn(memberships.Ref{ID: name}), p.params(), "", client.SizedOptions(p.opts, 1)...)
	list := judge(memberships.OpList, err, grants.read, memberships.ErrNotFound)
	if err == nil && len(page.Items) > 0 {
		name = page.Items[0].Name
	}
	_, err = p.c.Memberships.Get(ctx, name, GetMembershipParams{}, p.opts...)
	get := judge(memberships.OpGet, err, grants.read, memberships.ErrNotFound)
	byMember := get
	if closed != nil { // the listing by member reads the spaces first
		byMember = groups
	}
	byMember.Operation = memberships.OpListByMember
	d.Findings = append(d.Findings, groups, list, byMember, get)

	_, err = p.c.Memberships.Update(ctx, nowhere, UpdateMembershipRequest{Role: RoleMember}, UpdateMembershipParams{}, p.opts...)
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		f := unseen(op, err, grants.write, memberships.ErrNotFound)
		if f.Verdict == memberships.VerdictAllowed {
			f.Detail = "the token has the scope; the caller's role in each space decides"
		}
		d.Findings = append(d.Findings, f)
	}
	return d, nil
}

// unseen is portable.FindingOf for a space that the caller may not see. Google Chat may
// hide it with the status of a missing scope, which leaves the verdict undetermined.
func unseen(op memberships.Operation, err error, grant client.Permission, harmless ...error) memberships.Finding {
	f := portable.FindingOf(op, err, grant, harmless...)
	var e *memberships.Error
	if f.Verdict == memberships.VerdictDenied && errors.As(err, &e) && e.Code == "PERMISSION_DENIED" && client.PermissionOf(err) == nil {
		f.Verdict = memberships.VerdictUndetermined
		portable.Require(&f, client.Permission{})
	}
	return f
}

// grants are the permissions of an app or of a user.
type grants struct{ spaces, read, write client.Permission }

func grantsOf(app bool) grants {
	if app {
		g := grants{scope("chat.bot"), scope("chat.bot"), scope("chat.app.memberships")}
		g.read.Grant = "the scope chat.bot, or chat.app.memberships with an administrator's approval"
		return g
	}
	g := grants{scope("chat.spaces.readonly"), scope("chat.memberships.readonly"), scope("chat.memberships")}
	g.read.Grant += "; for an app's token, the option WithAppAuth"
	return g
}
