package clerk

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// noOrganization and noUser are well-formed ids without an organization or a user.
const (
	noOrganization = "org_000000000000000000000000000"
	noUser         = "user_000000000000000000000000000"
)

// Diagnose lists one organization, its members and the organizations of a user that does
// not exist, and tries to update a membership that does not exist. A secret key permits
// everything that its instance has enabled, so one write shows the verdict of all.
func (p *provider) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	p = p.with(opts)
	const grant = "the secret key of an instance that has organizations enabled"
	organizations, err := p.c.Organizations.ListPage(ctx, ListOrganizationsParams{}, "", client.SizedOptions(p.opts, 1)...)
	if err != nil && !errors.Is(err, memberships.ErrPermissionDenied) {
		return memberships.Diagnosis{}, err
	}
	d := memberships.Diagnosis{Identity: "a secret key; Clerk does not tell of which instance"}
	d.Findings = append(d.Findings, portable.FindingOf(memberships.OpGroups, err, grant))
	organizationID := noOrganization
	if err == nil && len(organizations.Items) > 0 {
		organizationID = organizations.Items[0].ID
	}
	_, list := p.c.Memberships.ListByOrganizationPage(ctx, organizationID, ListOrganizationMembershipsParams{}, "", client.SizedOptions(p.opts, 1)...)
	_, of := p.c.Memberships.ListByUserPage(ctx, noUser, ListUserMembershipsParams{}, "", client.SizedOptions(p.opts, 1)...)
	_, change := p.c.Memberships.Update(ctx, noOrganization, noUser, UpdateMembershipRequest{Role: RoleMember}, p.opts...)
	for _, try := range []struct {
		op  memberships.Operation
		err error
	}{
		{memberships.OpList, list}, {memberships.OpListByMember, of}, {memberships.OpGet, list},
		{memberships.OpAdd, change}, {memberships.OpUpdate, change}, {memberships.OpRemove, change},
	} {
		d.Findings = append(d.Findings, portable.FindingOf(try.op, try.err, grant, memberships.ErrNotFound, memberships.ErrInvalidArgument))
	}
	return d, nil
}
