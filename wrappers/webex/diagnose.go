package webex

import (
	"context"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/core"
)

// nowhere has the form of an id, and nobody has it.
const nowhere = "Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"

// Diagnose reads one room and its members, and tries a change on a membership that
// does not exist: scopes are checked before the membership is looked for.
func (p *provider) Diagnose(ctx context.Context) (memberships.Diagnosis, error) {
	me, err := p.c.People.Me(ctx)
	if err != nil {
		return memberships.Diagnosis{}, err
	}
	d := memberships.Diagnosis{Identity: me.DisplayName + " (" + string(me.Type) + ")"}
	if len(me.Emails) > 0 {
		d.Identity = me.DisplayName + " <" + me.Emails[0] + "> (" + string(me.Type) + ")"
	}
	_, err = p.c.Rooms.ListPage(ctx, ListRoomsParams{Max: pageSize(1)}, "")
	d.Findings = append(d.Findings, core.Sends(memberships.OpGroups, err, "the scopes spark:rooms_read and spark:teams_read"))
	_, err = p.c.Memberships.ListPage(ctx, ListMembershipsParams{Max: pageSize(1)}, "")
	for _, op := range []memberships.Operation{memberships.OpList, memberships.OpOf, memberships.OpGet} {
		d.Findings = append(d.Findings, core.Sends(op, err, "the scopes spark:memberships_read and, for teams, spark:team_memberships_read"))
	}
	_, err = p.c.Memberships.Update(ctx, nowhere, UpdateMembershipRequest{IsModerator: new(false)})
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		d.Findings = append(d.Findings, core.Sends(op, err, "the scopes spark:memberships_write and, for teams, spark:team_memberships_write", memberships.ErrNotFound))
	}
	return d, nil
}
