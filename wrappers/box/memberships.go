package box

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Membership is one user in one group. Listings leave out ConfigurablePermissions and
// both times.
//
// ConfigurablePermissions is null for a member and says for an admin of the group what
// that admin may do, by name. It is unspecified where the answer does not tell.
// Its fields are in [github.com/memberships-go/memberships/generated/box.Membership].
type Membership = gen.Membership

// MembershipRole is what a user may do in a group.
// Its values are in [github.com/memberships-go/memberships/generated/box.MembershipRole].
type MembershipRole = gen.MembershipRole

// The roles of today. Valid reports whether a role is one of them.
const (
	RoleMember = gen.MembershipRoleMember
	RoleAdmin  = gen.MembershipRoleAdmin
)

// UserMini is what a membership says about its user.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UserMini].
type UserMini = gen.UserMini

// GroupMini is what a membership says about its group.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GroupMini].
type GroupMini = gen.GroupMini

// UserRef points to a user by id.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UserRef].
type UserRef = gen.UserRef

// GroupRef points to a group by id.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GroupRef].
type GroupRef = gen.GroupRef

// ListGroupMembershipsParams has no field: the list has no filters.
type ListGroupMembershipsParams struct{}

// ListUserMembershipsParams has no field: the list has no filters.
type ListUserMembershipsParams struct{}

// CreateMembershipRequest names a user, a group and a role, without one RoleMember.
//
// ConfigurablePermissions counts for RoleAdmin alone and can be three things, told
// apart by the package github.com/oapi-codegen/nullable. Left as it is, the admin may
// do everything. nullable.NewNullNullable takes all permissions away. A map sets those
// it names, and those it does not name are given.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateMembershipRequest].
type CreateMembershipRequest = gen.CreateMembershipRequest

// CreateMembershipParams names the fields to answer with; id and type always come.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateMembershipParams].
type CreateMembershipParams = gen.CreateMembershipParams

// GetMembershipParams names the fields to answer with; id and type always come.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetMembershipParams].
type GetMembershipParams = gen.GetMembershipParams

// UpdateMembershipRequest holds what is to change; an empty field stays as it is.
//
// ConfigurablePermissions counts for RoleAdmin alone and can be three things, as in
// CreateMembershipRequest. Left as it is, nothing changes. nullable.NewNullNullable
// takes all permissions away. A map sets those it names, and those it does not name
// are given.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UpdateMembershipRequest].
type UpdateMembershipRequest = gen.UpdateMembershipRequest

// UpdateMembershipParams names the fields to answer with; id and type always come.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UpdateMembershipParams].
type UpdateMembershipParams = gen.UpdateMembershipParams

// MembershipsService reads and changes who belongs to which group.
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.ID }

// ListByGroup yields the members of a group, in the provider's order, and starts again
// where somebody joins or leaves while it runs. Behind some 11,000 members it ends with
// memberships.ErrListLimit. Box: GET /groups/{group_id}/memberships.
func (s *MembershipsService) ListByGroup(ctx context.Context, groupID string, _ ListGroupMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return whole(s.c, groupListing(groupID, opts)).All(ctx)
}

// ListByGroupPage returns one page of ListByGroup: the first for the token "", then the
// one that the Next of the page before names.
func (s *MembershipsService) ListByGroupPage(ctx context.Context, groupID string, _ ListGroupMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return client.List(s.c, groupListing(groupID, opts)).Page(ctx, token)
}

func groupListing(groupID string, opts []option.Option) client.Listing[gen.MembershipPage, Membership] {
	return listing(client.Call{
		Name:     "Memberships.ListByGroup",
		Endpoint: gen.ListGroupMembers(groupID),
		Opts:     opts,
	}, readMemberships, membershipKey)
}

// ListByUser yields the memberships of a user, in the provider's order, and starts again
// where the user comes into a group or out of one while it runs.
// Box: GET /users/{user_id}/memberships.
func (s *MembershipsService) ListByUser(ctx context.Context, userID string, _ ListUserMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return whole(s.c, userListing(userID, opts)).All(ctx)
}

// ListByUserPage returns one page of ListByUser. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *MembershipsService) ListByUserPage(ctx context.Context, userID string, _ ListUserMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return client.List(s.c, userListing(userID, opts)).Page(ctx, token)
}

func userListing(userID string, opts []option.Option) client.Listing[gen.MembershipPage, Membership] {
	return listing(client.Call{
		Name:     "Memberships.ListByUser",
		Endpoint: gen.ListUserGroups(userID),
		Opts:     opts,
	}, readMemberships, membershipKey)
}

func readMemberships(p *gen.MembershipPage) page[Membership] {
	return page[Membership]{p.Entries, p.Limit, p.TotalCount}
}

// Create adds a user to a group and returns the membership. Someone who is already in the
// group is memberships.ErrAlreadyExists and keeps the role; the error does not name that
// membership, but Find does. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Box: POST /group_memberships.
func (s *MembershipsService) Create(ctx context.Context, r CreateMembershipRequest, p CreateMembershipParams, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.Create",
		Check: func() error {
			return cmp.Or(transport.CheckID("User.ID", r.User.ID), transport.CheckID("Group.ID", r.Group.ID))
		},
		Endpoint: gen.CreateMembership(p, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Find(ctx, r.Group.ID, r.User.ID, opts...)
		if errors.Is(err, memberships.ErrNotFound) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		return s.compare(ctx, m.ID, cmp.Or(r.Role, RoleMember), r.ConfigurablePermissions, p.Fields, opts)
	})
}

// compare reads a membership and whether it has a role, unless that is empty, and an
// admin's permissions.
func (s *MembershipsService) compare(ctx context.Context, membershipID string, role MembershipRole, permissions nullable.Nullable[map[string]bool], fields []string, opts []option.Option) (*Membership, bool, error) {
	m, err := s.Get(ctx, membershipID, GetMembershipParams{Fields: withFields(fields, "role", "configurable_permissions")}, opts...)
	if err != nil {
		return nil, false, err
	}
	done := (role == "" || m.Role == role) && (m.Role != RoleAdmin || permitted(permissions, m.ConfigurablePermissions))
	return m, done, nil
}

// permitted reports whether got is what a request for want makes of an admin's
// permissions.
func permitted(want, got nullable.Nullable[map[string]bool]) bool {
	if !want.IsSpecified() {
		return true
	}
	named, _ := want.Get()
	are, err := got.Get()
	if err != nil {
		return want.IsNull() // null may be shown for none at all
	}
	for name, is := range are {
		if should, ok := named[name]; is != (should || !ok && !want.IsNull()) {
			return false
		}
	}
	for name, should := range named {
		if should && !are[name] {
			return false
		}
	}
	return true
}

// Find returns the membership of a user in a group, as ListByUser shows it. A user who is
// not in the group is memberships.ErrNotFound; StatusCode tells the two ways apart, as
// it is 0 unless Box did not know the user either. Box has no operation for
// this: GET /users/{user_id}/memberships, to its end if need be.
func (s *MembershipsService) Find(ctx context.Context, groupID, userID string, opts ...option.Option) (*Membership, error) {
	const name = "Memberships.Find"
	if err := transport.CheckID("groupID", groupID); err != nil {
		return nil, &memberships.Error{Provider: api.Name, Op: name, Kind: memberships.ErrInvalidArgument, Err: err}
	}
	for m, err := range whole(s.c, named(name, userListing(userID, client.SearchOptions(opts)))).All(ctx) {
		if err != nil {
			return nil, err
		}
		if m.Group.ID == groupID {
			return m, nil
		}
	}
	return nil, &memberships.Error{
		Provider: api.Name, Op: name, Kind: memberships.ErrNotFound,
		Err: errors.New("the user is not a member of the group"),
	}
}

// Get returns one membership. Box: GET /group_memberships/{group_membership_id}.
func (s *MembershipsService) Get(ctx context.Context, membershipID string, p GetMembershipParams, opts ...option.Option) (*Membership, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Memberships.Get",
		Endpoint: gen.GetMembership(membershipID, p),
		Opts:     opts,
	}, membershipKey)
}

// Update changes one membership and returns it. Who is made a member loses the permissions
// of an admin. A repeat can undo another caller's change: see [option.WithoutRepeat].
// Box: PUT /group_memberships/{group_membership_id}.
func (s *MembershipsService) Update(ctx context.Context, membershipID string, r UpdateMembershipRequest, p UpdateMembershipParams, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.Update",
		Check: func() error {
			if r.Role == "" && !r.ConfigurablePermissions.IsSpecified() {
				return errors.New("nothing is to change: Role is empty and ConfigurablePermissions is not specified")
			}
			return nil
		},
		Endpoint: gen.UpdateMembership(membershipID, p, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		return s.compare(ctx, membershipID, r.Role, r.ConfigurablePermissions, p.Fields, opts)
	})
}

// Delete removes a user from a group. Box: DELETE /group_memberships/{group_membership_id}.
func (s *MembershipsService) Delete(ctx context.Context, membershipID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Memberships.Delete",
		Endpoint: gen.DeleteMembership(membershipID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, membershipID, GetMembershipParams{}, opts...))
	})
}
