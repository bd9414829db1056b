package clerk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Membership is one user in one organization. Its metadata is separate from the user's.
// Its fields are in [github.com/memberships-go/memberships/generated/clerk.Membership].
type Membership = gen.Membership

// PublicUserData has the user of a membership. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.PublicUserData].
type PublicUserData = gen.PublicUserData

// ListMembershipsParams orders a list of all memberships. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.ListMembershipsParams].
type ListMembershipsParams = gen.ListMembershipsParams

// ListOrganizationMembershipsParams filters and orders a list of an organization's
// members. A member has to match every filter; the values of one filter are alternatives,
// and unknown values are ignored. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.ListOrganizationMembershipsParams].
type ListOrganizationMembershipsParams = gen.ListOrganizationMembershipsParams

// ListUserMembershipsParams is empty: the list has neither filters nor orders.
type ListUserMembershipsParams struct{}

// CreateMembershipRequest has a user and a role, such as org:member. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.CreateMembershipRequest].
type CreateMembershipRequest = gen.CreateMembershipRequest

// UpdateMembershipRequest has the new role. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.UpdateMembershipRequest].
type UpdateMembershipRequest = gen.UpdateMembershipRequest

// UpdateMembershipMetadataRequest has the JSON objects to merge; a nil field stays
// unchanged. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.UpdateMembershipMetadataRequest].
type UpdateMembershipMetadataRequest = gen.UpdateMembershipMetadataRequest

// RoleAdmin and RoleMember are the roles of a new instance.
const (
	RoleAdmin  = "org:admin"
	RoleMember = "org:member"
)

// MembershipsService reads and changes memberships.
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.ID }

// List yields the memberships of all organizations, the oldest first by default. It
// restarts if memberships are added or removed during the range. Clerk: GET
// /organization_memberships.
func (s *MembershipsService) List(ctx context.Context, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return listMemberships(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *MembershipsService) ListPage(ctx context.Context, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return listMemberships(s, p, opts).Page(ctx, token)
}

func listMemberships(s *MembershipsService, p ListMembershipsParams, opts []option.Option) *paging.List[Membership] {
	if p.OrderBy == nil {
		p.OrderBy = new(oldestFirst)
	}
	return client.List(s.c, listing(client.Call{
		Name:     "Memberships.List",
		Check:    func() error { return checkList(p) },
		Endpoint: gen.ListMemberships(p),
		Opts:     opts,
	}, readMemberships, membershipKey))
}

// ListByOrganization yields the members of an organization that match p, the oldest
// membership first by default. It restarts if members are added or removed during the
// range. Clerk: GET /organizations/{organization_id}/memberships.
func (s *MembershipsService) ListByOrganization(ctx context.Context, organizationID string, p ListOrganizationMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return client.List(s.c, organizationListing(organizationID, p, opts)).All(ctx)
}

// ListByOrganizationPage returns one page of ListByOrganization. An empty token is the
// first page; a page's Next is the token of the following one. Total counts all members
// that match the filters, so a page of one item is enough to count them.
func (s *MembershipsService) ListByOrganizationPage(ctx context.Context, organizationID string, p ListOrganizationMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return client.List(s.c, organizationListing(organizationID, p, opts)).Page(ctx, token)
}

func organizationListing(organizationID string, p ListOrganizationMembershipsParams, opts []option.Option) client.Listing[gen.MembershipPage, Membership] {
	if p.OrderBy == nil {
		p.OrderBy = new(oldestFirst)
	}
	return listing(client.Call{
		Name:     "Memberships.ListByOrganization",
		Check:    func() error { return checkList(p) },
		Endpoint: gen.ListOrganizationMemberships(organizationID, p),
		Opts:     opts,
	}, readMemberships, membershipKey)
}

// ListByUser yields the memberships of a user in the provider's order. It restarts if the
// user is added to or removed from an organization during the range. Clerk: GET
// /users/{user_id}/organization_memberships.
func (s *MembershipsService) ListByUser(ctx context.Context, userID string, _ ListUserMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return listUserMemberships(s, userID, opts).All(ctx)
}

// ListByUserPage returns one page of ListByUser. An empty token is the first page; a
// page's Next is the token of the following one.
func (s *MembershipsService) ListByUserPage(ctx context.Context, userID string, _ ListUserMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return listUserMemberships(s, userID, opts).Page(ctx, token)
}

func listUserMemberships(s *MembershipsService, userID string, opts []option.Option) *paging.List[Membership] {
	return client.List(s.c, listing(client.Call{
		Name:     "Memberships.ListByUser",
		Endpoint: gen.ListUserMemberships(userID),
		Opts:     opts,
	}, readMemberships, membershipKey))
}

func readMemberships(p *gen.MembershipPage) page[Membership] {
	return page[Membership]{p.Data, p.TotalCount}
}

// Create adds a user to an organization and returns the membership. For an existing
// member, whose role and metadata stay, it fails with memberships.ErrAlreadyExists; for a
// full organization it fails with memberships.ErrConflict. A repeat can undo another
// caller's change: see [option.WithoutRepeat]. Clerk: POST
// /organizations/{organization_id}/memberships.
func (s *MembershipsService) Create(ctx context.Context, organizationID string, r CreateMembershipRequest, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.Create",
		Check: func() error {
			return cmp.Or(transport.CheckID("UserID", r.UserID), checkRole(r.Role), checkObject("PublicMetadata", r.PublicMetadata), checkObject("PrivateMetadata", r.PrivateMetadata))
		},
		Endpoint: gen.CreateMembership(organizationID, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Find(ctx, organizationID, r.UserID, opts...)
		if errors.Is(err, memberships.ErrNotFound) {
			return nil, false, nil
		}
		return m, err == nil && m.Role == r.Role, err
	})
}

// Find returns the membership of a user in an organization, or memberships.ErrNotFound.
// The StatusCode of that error is 0 if the user is not a member, and 404 if Clerk does
// not know the organization. Clerk has no operation for one membership: GET
// /organizations/{organization_id}/memberships?user_id=.
func (s *MembershipsService) Find(ctx context.Context, organizationID, userID string, opts ...option.Option) (*Membership, error) {
	const name = "Memberships.Find"
	p := ListOrganizationMembershipsParams{UserID: []string{userID}}
	l := organizationListing(organizationID, p, client.SizedOptions(opts, 1))
	l.Call.Name = name
	l.Call.Check = func() error {
		if strings.HasPrefix(userID, "+") || strings.HasPrefix(userID, "-") {
			return errors.New("userID begins with + or -, which Clerk reads as include or exclude")
		}
		return transport.CheckID("userID", userID)
	}
	next := l.Next
	l.Next = func(p client.PageInfo[gen.MembershipPage]) (string, error) {
		for _, m := range p.Page.Data {
			if m.PublicUserData.UserID != userID {
				return "", errors.New("the response has the membership of another user")
			}
		}
		return next(p)
	}
	page, err := client.List(s.c, l).Page(ctx, "")
	if err != nil {
		return nil, err
	}
	if len(page.Items) == 0 {
		return nil, &memberships.Error{
			Provider: api.Name, Op: name, Kind: memberships.ErrNotFound,
			Err: errors.New("the user is not a member of the organization"),
		}
	}
	return page.Items[0], nil
}

// Update changes the role of a member and returns the membership. An unknown role is
// memberships.ErrInvalidArgument, the last administrator memberships.ErrConflict. A
// repeat can undo another caller's change: see [option.WithoutRepeat]. Clerk: PATCH
// /organizations/{organization_id}/memberships/{user_id}.
func (s *MembershipsService) Update(ctx context.Context, organizationID, userID string, r UpdateMembershipRequest, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name:     "Memberships.Update",
		Check:    func() error { return checkRole(r.Role) },
		Endpoint: gen.UpdateMembership(organizationID, userID, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Find(ctx, organizationID, userID, opts...)
		return m, err == nil && m.Role == r.Role, err
	})
}

// UpdateMetadata merges r into the metadata of a membership, key by key at every depth,
// and returns the membership. A null deletes its key; an array replaces the old one. A
// repeat can undo another caller's change: see [option.WithoutRepeat]. Clerk: PATCH
// /organizations/{organization_id}/memberships/{user_id}/metadata.
func (s *MembershipsService) UpdateMetadata(ctx context.Context, organizationID, userID string, r UpdateMembershipMetadataRequest, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.UpdateMetadata",
		Check: func() error {
			if len(r.PublicMetadata) == 0 && len(r.PrivateMetadata) == 0 {
				return errors.New("the request is empty: PublicMetadata and PrivateMetadata are empty")
			}
			return cmp.Or(checkObject("PublicMetadata", r.PublicMetadata), checkObject("PrivateMetadata", r.PrivateMetadata))
		},
		Endpoint: gen.UpdateMembershipMetadata(organizationID, userID, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Find(ctx, organizationID, userID, opts...)
		return m, err == nil && merged(m.PublicMetadata, r.PublicMetadata) && merged(m.PrivateMetadata, r.PrivateMetadata), err
	})
}

// Delete removes a member from an organization. [option.WithDeleted] stores the former
// membership, with the ids of organization and user only if the response was lost. The
// last administrator is memberships.ErrConflict. A repeat can undo another caller's
// change: see [option.WithoutRepeat]. Clerk: DELETE
// /organizations/{organization_id}/memberships/{user_id}.
func (s *MembershipsService) Delete(ctx context.Context, organizationID, userID string, opts ...option.Option) error {
	_, err := s.remove(ctx, organizationID, userID, opts)
	return err
}

func (s *MembershipsService) remove(ctx context.Context, organizationID, userID string, opts []option.Option) (*Membership, error) {
	return client.RemoveOne(ctx, s.c, client.Call{
		Name:     "Memberships.Delete",
		Endpoint: gen.DeleteMembership(organizationID, userID),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		gone, err := client.Gone(s.Find(ctx, organizationID, userID, opts...))
		return &Membership{
			Organization: Organization{ID: organizationID}, PublicUserData: PublicUserData{UserID: userID},
		}, gone, err
	})
}

func checkRole(role string) error {
	if role == "" {
		return errors.New("Role is empty")
	}
	return nil
}

// checkObject rejects metadata that is neither empty nor a JSON object.
func checkObject(name string, raw json.RawMessage) error {
	if len(raw) > 0 && (!json.Valid(raw) || bytes.TrimSpace(raw)[0] != '{') {
		return fmt.Errorf("%s is not a JSON object", name)
	}
	return nil
}
