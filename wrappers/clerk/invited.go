package clerk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
)

// invitationPrefix begins the id of every invitation. A portable membership with such an ID
// is an invitation; other memberships have no ID in Clerk.
const invitationPrefix = "orginv_"

// isInvitation reports whether ref names an invitation by its id.
func isInvitation(ref memberships.Ref) bool {
	return ref.Group.ID != "" && strings.HasPrefix(ref.ID, invitationPrefix)
}

// invites reports whether the call has memberships.WithInvite.
func (p *provider) invites() bool {
	cfg, err := p.c.Invitations.c.Config(p.opts)
	return err == nil && cfg.Invite
}

// invitation returns a pending invitation by its id.
func (p *provider) invitation(ctx context.Context, op memberships.Operation, ref memberships.Ref) (memberships.Membership, error) {
	i, err := p.getInvitation(ctx, op, ref)
	return portable.One(i, err, fromInvitation)
}

// getInvitation returns a pending invitation by its id. One that has ended is
// memberships.ErrNotMember.
func (p *provider) getInvitation(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Invitation, error) {
	i, err := p.c.Invitations.Get(ctx, ref.Group.ID, ref.ID, p.opts...)
	if err == nil && i.Status != InvitationPending {
		return nil, api.NotMember(op)
	}
	return i, err
}

// findInvitation returns the pending invitation of an address in an organization whose list
// of members lacks the address. Without one, the error is memberships.ErrNotMember if the
// organization exists.
func (p *provider) findInvitation(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, *Invitation, error) {
	params := ListOrganizationInvitationsParams{Status: pending, Email: &ref.Member.Email}
	page, err := listOrganizationInvitations(p.c.Invitations, ref.Group.ID, params, client.SizedOptions(p.opts, 2)).Page(ctx, "")
	if gap := unreadInvitations(err); gap != nil {
		if err := p.exists(ctx, op, ref.Group); err != nil {
			return nil, nil, err
		}
		return nil, nil, api.Hidden(op, *gap)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, i := range page.Items {
		if strings.EqualFold(i.EmailAddress, ref.Member.Email) {
			return nil, i, nil
		}
	}
	if err := p.exists(ctx, op, ref.Group); err != nil {
		return nil, nil, err
	}
	return nil, nil, api.NotMember(op)
}

// invitationOf returns the pending invitation of a user in an organization after
// memberships.ErrNotMember, nil after another error and without one. The error is that of the
// search.
func (p *provider) invitationOf(ctx context.Context, g memberships.Group, userID string, missing error) (*Invitation, error) {
	if !errors.Is(missing, memberships.ErrNotMember) || errors.Is(missing, memberships.ErrOutcomeUnknown) {
		return nil, nil
	}
	for i, err := range listUserInvitations(p.c.Invitations, userID, ListUserInvitationsParams{Status: pending}, p.opts).All(ctx) {
		switch {
		case errors.Is(err, memberships.ErrNotFound): // a user who does not exist has no list
			return nil, nil
		case unreadInvitations(err) != nil:
			return nil, api.Hidden(memberships.OpGet, *unreadInvitations(err))
		case err != nil:
			return nil, err
		case i.OrganizationID == g.ID:
			return i, nil
		}
	}
	return nil, nil
}

// invitedKey is the key of an organization's invited addresses in memberships.OncePerBulk.
type invitedKey string

// uninvited returns memberships.ErrAlreadyExists if an invitation of the address of ref is
// pending: Clerk would add the user and keep the invitation. Calls that share readings read
// the invitations of an organization once. Without the right to read them, none is known.
func (p *provider) uninvited(ctx context.Context, ref memberships.Ref) error {
	type addresses struct {
		invited map[string]bool // in lower case
		err     error
	}
	read := func(email *string) addresses {
		params := ListOrganizationInvitationsParams{Status: pending, Email: email}
		a := addresses{invited: map[string]bool{}}
		for i, err := range listOrganizationInvitations(p.c.Invitations, ref.Group.ID, params, p.opts).All(ctx) {
			if err != nil {
				if unreadInvitations(err) == nil {
					a.err = err
				}
				return a
			}
			a.invited[strings.ToLower(i.EmailAddress)] = true
		}
		return a
	}
	var found addresses
	if memberships.SharesReadings(ctx) {
		found = memberships.OncePerBulk(ctx, invitedKey(ref.Group.ID), func() addresses { return read(nil) })
	} else {
		found = read(&ref.Member.Email)
	}
	if found.err == nil && found.invited[strings.ToLower(ref.Member.Email)] {
		return api.Fail(memberships.OpAdd, memberships.ErrAlreadyExists, "the address is invited")
	}
	return found.err
}

// invite invites an address that has no account.
func (p *provider) invite(ctx context.Context, ref memberships.Ref, role string) (memberships.Membership, error) {
	made, err := p.c.Invitations.Create(ctx, ref.Group.ID, CreateInvitationRequest{Email: ref.Member.Email, Role: role}, p.opts...)
	return portable.One(made, err, fromInvitation)
}

// reinvite replaces an invitation by one with another role. Clerk cannot change an
// invitation, and each one sends a mail, so the caller asks for it with WithInvite.
func (p *provider) reinvite(ctx context.Context, ref memberships.Ref, was *Invitation, role string) (memberships.Membership, error) {
	switch {
	case was.Role == role:
		return fromInvitation(was), nil
	case !p.invites():
		return memberships.Membership{}, api.Fail(memberships.OpUpdate, memberships.ErrConflict, "the person is invited, and Clerk cannot change an invitation; WithInvite revokes it and sends another one")
	}
	if _, err := p.revoke(ctx, ref, was); err != nil {
		return memberships.Membership{}, err
	}
	ref.Member.Email = was.EmailAddress
	made, err := p.invite(ctx, ref, role)
	var e *memberships.Error
	if errors.As(err, &e) {
		partly := *e
		if partly.Err = errors.New("the former invitation was revoked"); e.Err != nil {
			partly.Err = fmt.Errorf("%w: %w", partly.Err, e.Err)
		}
		made, err = fromInvitation(was), &partly
		made.State = memberships.StateAbsent
	}
	return made, err
}

// revoke ends an invitation and returns it as it was.
func (p *provider) revoke(ctx context.Context, ref memberships.Ref, was *Invitation) (memberships.Membership, error) {
	if _, err := p.c.Invitations.Revoke(ctx, ref.Group.ID, was.ID, RevokeInvitationRequest{}, p.opts...); err != nil {
		return memberships.Membership{}, err
	}
	return fromInvitation(was), nil
}

func fromInvitation(i *Invitation) memberships.Membership {
	return memberships.Membership{
		Provider: api.Name, ID: i.ID,
		Group:  memberships.Group{Kind: memberships.KindOrganization, ID: i.OrganizationID, Name: i.PublicOrganizationData.Name},
		Member: memberships.Member{Kind: memberships.MemberUser, Email: i.EmailAddress},
		Role:   role(i.Role), RoleName: i.Role,
		State: memberships.StateInvited, Created: date(i.CreatedAt), Updated: date(i.UpdatedAt), Expires: date(i.ExpiresAt),
	}.WithNative(i)
}
