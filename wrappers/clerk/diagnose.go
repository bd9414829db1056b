package clerk

import (
	"context"
	"errors"
	"strings"

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
	required := client.Permission{Grant: "the secret key of an instance that has organizations enabled", Where: dashboard}
	organizations, err := p.c.Organizations.ListPage(ctx, ListOrganizationsParams{}, "", client.SizedOptions(p.opts, 1)...)
	if err != nil && !errors.Is(err, memberships.ErrPermissionDenied) {
		return memberships.Diagnosis{}, err
	}
	d := memberships.Diagnosis{Identity: p.identity(ctx)}
	d.Findings = append(d.Findings, portable.FindingOf(memberships.OpGroups, err, required))
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
		d.Findings = append(d.Findings, portable.FindingOf(try.op, try.err, required, memberships.ErrNotFound, memberships.ErrInvalidArgument))
	}
	return d, nil
}

// identity describes the key of a provider by its prefix: Clerk has no method for that.
func (p *provider) identity(ctx context.Context) string {
	const unknown = "; Clerk does not tell which one, and does not find the ids of others"
	cfg, err := p.c.Memberships.c.Config(p.opts)
	if err != nil {
		return ""
	}
	key, err := client.Token(ctx, cfg)
	if err != nil {
		return ""
	}
	for _, kind := range []string{"live", "test"} {
		if strings.HasPrefix(key, "sk_"+kind+"_") {
			return "the secret key of a " + kind + " instance" + unknown
		}
	}
	return "the secret key of an instance" + unknown
}
