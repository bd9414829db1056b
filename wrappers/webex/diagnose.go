package webex

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
const nowhere = "Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"

// Diagnose reads one room, one team and one membership, and tries to update a membership
// that does not exist: Webex checks scopes before it looks the membership up. A token
// without spark:people_read has an empty Identity.
func (p *provider) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	p = p.with(opts)
	var d memberships.Diagnosis
	me, meErr := p.c.People.GetMe(ctx, GetMeParams{}, p.opts...)
	switch {
	case meErr == nil && len(me.Emails) > 0:
		d.Identity = me.DisplayName + " <" + me.Emails[0] + "> (" + string(me.Type) + ")"
	case meErr == nil:
		d.Identity = me.DisplayName + " (" + string(me.Type) + ")"
	case !errors.Is(meErr, memberships.ErrPermissionDenied):
		return d, meErr
	}
	_, rooms := p.c.Rooms.ListPage(ctx, ListRoomsParams{}, "", client.SizedOptions(p.opts, 1)...)
	_, teams := p.c.Teams.ListPage(ctx, ListTeamsParams{}, "", client.SizedOptions(p.opts, 1)...)
	d.Findings = append(d.Findings, portable.FindingOf(memberships.OpGroups, cmp.Or(rooms, teams), missing([]string{"spark:rooms_read", "spark:teams_read"}, rooms, teams)))
	_, err := p.c.Memberships.ListPage(ctx, ListMembershipsParams{}, "", client.SizedOptions(p.opts, 1)...)
	read := forTeams("spark:memberships_read", "spark:team_memberships_read")
	byMember := portable.FindingOf(memberships.OpListByMember, cmp.Or(meErr, err), missing([]string{"spark:people_read", "spark:memberships_read"}, meErr, err))
	if byMember.Verdict == memberships.VerdictAllowed {
		byMember.Detail = "of the owner of the token; of others, in the rooms and teams that the owner is in, or in all rooms with spark-compliance:memberships_read"
	}
	d.Findings = append(d.Findings, portable.FindingOf(memberships.OpList, err, read), byMember, portable.FindingOf(memberships.OpGet, err, read))
	_, err = p.c.Memberships.Update(ctx, nowhere, UpdateMembershipRequest{IsModerator: new(false)}, p.opts...)
	write := forTeams("spark:memberships_write", "spark:team_memberships_write")
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		d.Findings = append(d.Findings, portable.FindingOf(op, err, write, memberships.ErrNotFound))
	}
	return d, nil
}

// forTeams returns the permission of a scope for rooms and its counterpart for teams.
func forTeams(rooms, teams string) client.Permission {
	p := scopes(rooms, teams)
	p.Grant = "the scopes " + rooms + " and, for teams, " + teams
	return p
}
