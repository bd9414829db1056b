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

// Membership is one user in one group. Listings omit ConfigurablePermissions and both
// times.
//
// ConfigurablePermissions has the permissions of an admin of the group by name, and is null
// for a member. It is unspecified if the response lacks it.
// Its fields are in [github.com/memberships-go/memberships/generated/box.Membership].
type Membership = gen.Membership

// MembershipRole is the role of a user in a group: [RoleMember], [RoleAdmin] or a newer one.
// Its values are in [github.com/memberships-go/memberships/generated/box.MembershipRole].
type MembershipRole = gen.MembershipRole

// The known roles. Valid reports whether a role is one of them.
const (
	RoleMember = gen.MembershipRoleMember
	RoleAdmin  = gen.MembershipRoleAdmin
)

// UserMini has the fields of a membership's user.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UserMini].
type UserMini = gen.UserMini

// GroupMini has the fields of a membership's group.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GroupMini].
type GroupMini = gen.GroupMini

// UserRef names a user by id.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UserRef].
type UserRef = gen.UserRef

// GroupRef names a group by id.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GroupRef].
type GroupRef = gen.GroupRef

// ListGroupMembershipsParams has no field: the list has no filters.
type ListGroupMembershipsParams struct{}

// ListUserMembershipsParams has no field: the list has no filters.
type ListUserMembershipsParams struct{}

// CreateMembershipRequest has a user, a group and a role; an empty role is RoleMember.
//
// ConfigurablePermissions applies to RoleAdmin only. Unspecified, it grants all
// permissions; null, made by nullable.NewNullNullable of github.com/oapi-codegen/nullable,
// grants none. A map sets the permissions that it names and grants the others.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateMembershipRequest].
type CreateMembershipRequest = gen.CreateMembershipRequest

// CreateMembershipParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateMembershipParams].
type CreateMembershipParams = gen.CreateMembershipParams

// GetMembershipParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetMembershipParams].
type GetMembershipParams = gen.GetMembershipParams

// UpdateMembershipRequest has the new values; an empty field stays unchanged.
//
// ConfigurablePermissions applies to RoleAdmin only. Unspecified, it changes nothing; null,
// made by nullable.NewNullNullable, grants no permissions. A map sets the permissions that
// it names and grants the others.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UpdateMembershipRequest].
type UpdateMembershipRequest = gen.UpdateMembershipRequest

// UpdateMembershipParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.UpdateMembershipParams].
type UpdateMembershipParams = gen.UpdateMembershipParams

// MembershipsService reads and changes group memberships.
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.ID }

// ListByGroup yields the members of a group in the provider's order. If members are added
// or removed during a range, the list restarts. After about 11,000 members it ends with
// memberships.ErrListLimit. Box: GET /groups/{group_id}/memberships.
func (s *MembershipsService) ListByGroup(ctx context.Context, groupID string, _ ListGroupMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return fullList(s.c, groupListing(groupID, opts)).All(ctx)
}

// ListByGroupPage returns one page of ListByGroup. An empty token is the first page; a
// page's Next is the token of the following one.
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

// ListByUser yields the memberships of a user in the provider's order. If memberships are
// added or removed during a range, the list restarts. After about 11,000 memberships it
// ends with memberships.ErrListLimit. Box: GET /users/{user_id}/memberships.
func (s *MembershipsService) ListByUser(ctx context.Context, userID string, _ ListUserMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return fullList(s.c, userListing(userID, opts)).All(ctx)
}

// ListByUserPage returns one page of ListByUser. An empty token is the first page; a
// page's Next is the token of the following one.
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

// Create adds a user to a group and returns the membership. For an existing member it fails
// with memberships.ErrAlreadyExists and changes nothing; Find returns the existing
// membership. A repeat can undo another caller's change: see [option.WithoutRepeat]. Box:
// POST /group_memberships.
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

// compare returns a membership and reports whether it has the role and, for an admin, the
// permissions. An empty role matches any role.
func (s *MembershipsService) compare(ctx context.Context, membershipID string, role MembershipRole, permissions nullable.Nullable[map[string]bool], fields []string, opts []option.Option) (*Membership, bool, error) {
	m, err := s.Get(ctx, membershipID, GetMembershipParams{Fields: withFields(fields, "role", "configurable_permissions")}, opts...)
	if err != nil {
		return nil, false, err
	}
	done := (role == "" || m.Role == role) && (m.Role != RoleAdmin || permitted(permissions, m.ConfigurablePermissions))
	return m, done, nil
}

// permitted reports whether an admin has the permissions got after a request for want.
func permitted(want, got nullable.Nullable[map[string]bool]) bool {
	if !want.IsSpecified() {
		return true
	}
	named, _ := want.Get()
	are, err := got.Get()
	if err != nil {
		return want.IsNull() // Box may show no permissions as null
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

// Find returns the membership of a user in a group, with the fields of ListByUser. If the
// user is not in the group, it fails with memberships.ErrNotFound; the StatusCode is 0 if
// the user exists. Box has no operation for this. Box: GET /users/{user_id}/memberships.
func (s *MembershipsService) Find(ctx context.Context, groupID, userID string, opts ...option.Option) (*Membership, error) {
	const name = "Memberships.Find"
	if err := transport.CheckID("groupID", groupID); err != nil {
		return nil, &memberships.Error{Provider: api.Name, Op: name, Kind: memberships.ErrInvalidArgument, Err: err}
	}
	for m, err := range fullList(s.c, named(name, userListing(userID, client.SearchOptions(opts)))).All(ctx) {
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

// Update changes one membership and returns it. RoleMember removes the permissions of an
// admin. A repeat can undo another caller's change: see [option.WithoutRepeat].
// Box: PUT /group_memberships/{group_membership_id}.
func (s *MembershipsService) Update(ctx context.Context, membershipID string, r UpdateMembershipRequest, p UpdateMembershipParams, opts ...option.Option) (*Membership, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.Update",
		Check: func() error {
			if r.Role == "" && !r.ConfigurablePermissions.IsSpecified() {
				return errors.New("the request is empty: Role is empty and ConfigurablePermissions is unspecified")
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
