package faulttest

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

type clerkClient struct {
	*clerk.Client
	facts
}

func openClerk(f facts, opts ...option.Option) (client, error) {
	c, err := clerk.New(opts...)
	return &clerkClient{c, f}, err
}

func findClerk(ctx context.Context, opts ...option.Option) (f facts, err error) {
	c, err := clerk.New(opts...)
	if err != nil {
		return f, err
	}
	group, err := first(c.Organizations.List(ctx, clerk.ListOrganizationsParams{}), anyOf)
	if err != nil {
		return f, err
	}
	insider, err := c.Users.FindByEmail(ctx, insiderMail)
	if err != nil {
		return f, err
	}
	newcomer, err := c.Users.FindByEmail(ctx, newcomerMail)
	if err != nil {
		return f, err
	}
	return facts{group: group.ID, insider: insider.ID, newcomer: newcomer.ID}, nil
}

func clerkMember(m *clerk.Membership) member { return member{m.PublicUserData.UserID, m.Role} }

func (c *clerkClient) list(ctx context.Context) iter.Seq2[member, error] {
	return each(c.Memberships.ListByOrganization(ctx, c.group, clerk.ListOrganizationMembershipsParams{}), clerkMember)
}

func (c *clerkClient) get(ctx context.Context) (member, error) {
	m, err := c.Memberships.Find(ctx, c.group, c.insider)
	if err != nil {
		return member{}, err
	}
	return clerkMember(m), nil
}

func (c *clerkClient) add(ctx context.Context) (member, error) {
	m, err := c.Memberships.Create(ctx, c.group, clerk.CreateMembershipRequest{UserID: c.newcomer, Role: clerk.RoleMember})
	if err != nil {
		return member{}, err
	}
	return clerkMember(m), nil
}

func (c *clerkClient) update(ctx context.Context) (member, error) {
	m, err := c.Memberships.Update(ctx, c.group, c.insider, clerk.UpdateMembershipRequest{Role: clerk.RoleAdmin})
	if err != nil {
		return member{}, err
	}
	return clerkMember(m), nil
}

func (c *clerkClient) remove(ctx context.Context) error {
	return c.Memberships.Delete(ctx, c.group, c.insider)
}

// invitationClient performs the operations on the pending invitations of an organization.
// add invites and remove revokes.
type invitationClient struct {
	*clerk.Client
	facts
}

func openInvitations(f facts, opts ...option.Option) (client, error) {
	c, err := clerk.New(opts...)
	return &invitationClient{c, f}, err
}

func findInvitation(ctx context.Context, opts ...option.Option) (f facts, err error) {
	f, err = findClerk(ctx, opts...)
	if err != nil {
		return f, err
	}
	c, err := clerk.New(opts...)
	if err != nil {
		return f, err
	}
	i, err := first(c.Invitations.ListByOrganization(ctx, f.group, clerk.ListOrganizationInvitationsParams{Email: new(invitedMail)}), anyOf)
	if err != nil {
		return f, err
	}
	return facts{group: f.group, insider: invitedMail, newcomer: newInvitee, membership: i.ID}, nil
}

func invitedMember(i *clerk.Invitation) member { return member{i.EmailAddress, i.Role} }

func (c *invitationClient) list(ctx context.Context) iter.Seq2[member, error] {
	return each(c.Invitations.ListByOrganization(ctx, c.group, clerk.ListOrganizationInvitationsParams{Status: new(clerk.InvitationPending)}), invitedMember)
}

func (c *invitationClient) get(ctx context.Context) (member, error) {
	i, err := c.Invitations.Get(ctx, c.group, c.membership)
	if err != nil {
		return member{}, err
	}
	return invitedMember(i), nil
}

func (c *invitationClient) add(ctx context.Context) (member, error) {
	i, err := c.Invitations.Create(ctx, c.group, clerk.CreateInvitationRequest{Email: newInvitee, Role: clerk.RoleMember})
	if err != nil {
		return member{}, err
	}
	return invitedMember(i), nil
}

// update fails: Clerk changes no invitation, and the adapter's ops leave Update out.
func (c *invitationClient) update(context.Context) (member, error) {
	return member{}, errors.ErrUnsupported
}

func (c *invitationClient) remove(ctx context.Context) error {
	_, err := c.Invitations.Revoke(ctx, c.group, c.membership, clerk.RevokeInvitationRequest{})
	return err
}
