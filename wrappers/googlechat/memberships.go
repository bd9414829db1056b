package googlechat

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Membership is one person, app or Google group in one space. The Email of a person is
// optional: Google Chat sends it at its discretion.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Membership].
type Membership = gen.Membership

// MembershipRole is the role of a member, such as [RoleMember]. Groups and invited people
// have an empty role.
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.MembershipRole].
type MembershipRole = gen.MembershipRole

// MembershipState is the state of a membership, such as [StateJoined].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.MembershipState].
type MembershipState = gen.MembershipState

// User is the person or app of a membership.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.User].
type User = gen.User

// UserType is [UserHuman] or [UserBot].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.UserType].
type UserType = gen.UserType

// UserRef names a person or the calling app in a request.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UserRef].
type UserRef = gen.UserRef

// Group is the Google group of a membership.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Group].
type Group = gen.Group

// The known roles, states and types of members. Other values pass through.
const (
	RoleMember           = gen.MembershipRoleMember
	RoleAssistantManager = gen.MembershipRoleAssistantManager
	RoleManager          = gen.MembershipRoleManager
	StateJoined          = gen.MembershipStateJoined
	StateInvited         = gen.MembershipStateInvited
	StateNotAMember      = gen.MembershipStateNotAMember
	UserHuman            = gen.UserTypeHuman
	UserBot              = gen.UserTypeBot
)

// ListMembershipsParams filters a list of members; see [MembershipFilter]. ShowInvited and
// ShowGroups include invited people and Google groups, and require a user's token.
// UseAdminAccess requires a Filter without apps.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.ListMembershipsParams].
type ListMembershipsParams = gen.ListMembershipsParams

// CreateMembershipRequest has a person, the calling app or a Google group; see
// [UserMember], [AppMember] and [GroupMember].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateMembershipRequest].
type CreateMembershipRequest = gen.CreateMembershipRequest

// CreateMembershipParams selects an administrator's access for an addition.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateMembershipParams].
type CreateMembershipParams = gen.CreateMembershipParams

// GetMembershipParams selects an administrator's access for a read.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.GetMembershipParams].
type GetMembershipParams = gen.GetMembershipParams

// UpdateMembershipRequest has the new role.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UpdateMembershipRequest].
type UpdateMembershipRequest = gen.UpdateMembershipRequest

// UpdateMembershipParams selects the fields of a change, by default the role, and an
// administrator's access.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UpdateMembershipParams].
type UpdateMembershipParams = gen.UpdateMembershipParams

// DeleteMembershipParams selects an administrator's access for a removal.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.DeleteMembershipParams].
type DeleteMembershipParams = gen.DeleteMembershipParams

// UserMember returns a request that adds a person by id, as users/{id}, or by address. For
// people of other organizations, user must be an address.
func UserMember(user string) CreateMembershipRequest {
	return CreateMembershipRequest{Member: UserRef{Name: userName(user), Type: UserHuman}}
}

// AppMember returns a request that adds the calling app. The call requires a user's token.
func AppMember() CreateMembershipRequest {
	return CreateMembershipRequest{Member: UserRef{Name: userName("app"), Type: UserBot}}
}

// GroupMember returns a request that adds a Google group by id or as groups/{id}. The id is
// that of Cloud Identity; an address is not accepted.
func GroupMember(group string) CreateMembershipRequest {
	return CreateMembershipRequest{GroupMember: Group{Name: "groups/" + strings.TrimPrefix(group, "groups/")}}
}

// MembershipsService reads and changes memberships of spaces.
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.Name }

// ListBySpace yields the members of a space that match p, in no order. A Google group is
// one entry; the people in it are not listed. An app's token lists no apps, not even the
// app itself. For a space without the caller it ends with memberships.ErrNotFound or
// memberships.ErrPermissionDenied. Google Chat: GET /spaces/{space}/members.
func (s *MembershipsService) ListBySpace(ctx context.Context, space string, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return listMemberships(s, space, p, opts).All(ctx)
}

// ListBySpacePage returns one page of ListBySpace. An empty token is the first page; a
// page's Next is the token of the following one.
func (s *MembershipsService) ListBySpacePage(ctx context.Context, space string, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return listMemberships(s, space, p, opts).Page(ctx, token)
}

func listMemberships(s *MembershipsService, space string, p ListMembershipsParams, opts []option.Option) *paging.List[Membership] {
	in := spaceOf(space)
	return client.List(s.c, listing(client.Call{
		Name: "Memberships.ListBySpace",
		Check: func() error {
			if p.UseAdminAccess && p.Filter == nil {
				return cmp.Or(in.err, errors.New("UseAdminAccess requires a Filter that excludes apps, such as MemberType(UserHuman)"))
			}
			return in.err
		},
		Endpoint: gen.ListMemberships(in.id(0), p),
		Opts:     opts,
	}, "memberships", func(p *gen.MembershipPage) page[Membership] {
		return page[Membership]{p.Memberships, p.NextPageToken, p.Error}
	}, membershipKey))
}

// Create adds a member to a space and returns the membership. Its role is [RoleMember];
// Update sets another one. Its State is [StateInvited] for a person who does not accept
// automatically. For an existing member it returns the unchanged membership or fails with
// memberships.ErrAlreadyExists: Google Chat does both. A repeat can undo another caller's
// change: see [option.WithoutRepeat]. Google Chat: POST /spaces/{space}/members.
func (s *MembershipsService) Create(ctx context.Context, space string, r CreateMembershipRequest, p CreateMembershipParams, opts ...option.Option) (*Membership, error) {
	in := spaceOf(space)
	return client.Write(ctx, s.c, client.Call{
		Name:     "Memberships.Create",
		Check:    func() error { return cmp.Or(in.err, checkMember(r)) },
		Endpoint: gen.CreateMembership(in.id(0), p, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		return s.find(ctx, space, r, p.UseAdminAccess, opts)
	})
}

// find reads the membership that a creation would have made, with the same access.
func (s *MembershipsService) find(ctx context.Context, space string, r CreateMembershipRequest, admin bool, opts []option.Option) (*Membership, bool, error) {
	switch {
	case !r.DeleteTime.IsZero():
		return nil, false, errors.New("a former membership cannot be read")
	case r.GroupMember.Name != "":
		return s.findGroup(ctx, space, r.GroupMember.Name, admin, opts)
	}
	m, err := s.Get(ctx, MembershipName(space, r.Member.Name), GetMembershipParams{UseAdminAccess: admin}, opts...)
	if errors.Is(err, memberships.ErrNotFound) {
		return nil, false, nil
	}
	return m, err == nil && present(m), err
}

// findGroup returns the membership of a group, or nil, from the list of members: Google
// Chat does not document the name of its membership.
func (s *MembershipsService) findGroup(ctx context.Context, space, group string, admin bool, opts []option.Option) (*Membership, bool, error) {
	p := ListMembershipsParams{ShowGroups: true, UseAdminAccess: admin}
	if admin {
		filter, err := NotMemberType(UserBot).Build()
		if err != nil {
			return nil, false, err
		}
		p.Filter = &filter
	}
	for m, err := range s.ListBySpace(ctx, space, p, client.SearchOptions(opts)...) {
		switch {
		case err != nil:
			return nil, false, err
		case m.GroupMember.Name == group:
			return m, present(m), nil
		}
	}
	return nil, false, nil
}

// present reports whether a membership exists. A removed one has another state.
func present(m *Membership) bool { return m.State == StateJoined || m.State == StateInvited }

// Get returns one membership or invitation; see [MembershipName].
// Google Chat: GET /spaces/{space}/members/{member}.
func (s *MembershipsService) Get(ctx context.Context, name string, p GetMembershipParams, opts ...option.Option) (*Membership, error) {
	of := membershipOf(name)
	return client.One(ctx, s.c, client.Call{
		Name:     "Memberships.Get",
		Check:    of.check,
		Endpoint: gen.GetMembership(of.id(0), of.id(1), p),
		Opts:     opts,
	}, membershipKey)
}

// Update changes the role of a member and returns the membership. Only named spaces have
// roles other than [RoleMember]. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Google Chat: PATCH /spaces/{space}/members/{member}.
func (s *MembershipsService) Update(ctx context.Context, name string, r UpdateMembershipRequest, p UpdateMembershipParams, opts ...option.Option) (*Membership, error) {
	of := membershipOf(name)
	p.UpdateMask = cmp.Or(p.UpdateMask, "role")
	return client.Write(ctx, s.c, client.Call{
		Name: "Memberships.Update",
		Check: func() error {
			if r.Role == "" {
				return cmp.Or(of.err, errors.New("Role is empty"))
			}
			return of.err
		},
		Endpoint: gen.UpdateMembership(of.id(0), of.id(1), p, r),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Get(ctx, name, GetMembershipParams{UseAdminAccess: p.UseAdminAccess}, opts...)
		return m, err == nil && m.Role == r.Role, err
	})
}

// Delete removes a member or withdraws an invitation. Without a membership it fails with
// memberships.ErrNotFound or, in some spaces, memberships.ErrPermissionDenied.
//
// [option.WithDeleted] returns the former membership. If the response was lost and the
// membership is gone, it has the given Name and the State only. A repeat can undo another
// caller's change: see [option.WithoutRepeat]. Google Chat: DELETE
// /spaces/{space}/members/{member}.
func (s *MembershipsService) Delete(ctx context.Context, name string, p DeleteMembershipParams, opts ...option.Option) error {
	of := membershipOf(name)
	_, err := client.RemoveOne(ctx, s.c, client.Call{
		Name:     "Memberships.Delete",
		Check:    of.check,
		Endpoint: gen.DeleteMembership(of.id(0), of.id(1), p),
		Opts:     opts,
	}, membershipKey, func(ctx context.Context) (*Membership, bool, error) {
		m, err := s.Get(ctx, name, GetMembershipParams{UseAdminAccess: p.UseAdminAccess}, opts...)
		if errors.Is(err, memberships.ErrNotFound) {
			return &Membership{Name: name, State: StateNotAMember}, true, nil
		}
		return m, err == nil && m.State == StateNotAMember, err
	})
	return err
}

func checkMember(r CreateMembershipRequest) error {
	user, group := r.Member.Name, r.GroupMember.Name
	switch {
	case user == "" && group == "":
		return errors.New("Member and GroupMember are both empty")
	case user != "" && group != "":
		return errors.New("Member and GroupMember are both set; a membership has only one")
	case user != "":
		_, err := checkName("Member.Name", user, "users/{user}")
		return err
	}
	id, err := checkName("GroupMember.Name", group, "groups/{group}")
	if err == nil && strings.Contains(id, "@") {
		return errors.New("GroupMember.Name is an address; Google Chat identifies a group by its id")
	}
	return err
}
