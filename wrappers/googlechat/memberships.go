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
// there only if Google Chat chose to send it.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Membership].
type Membership = gen.Membership

// MembershipRole is what a member may do: [RoleMember] and the like. "" is the role of
// groups and of people who are invited.
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.MembershipRole].
type MembershipRole = gen.MembershipRole

// MembershipState is whether a member is in: [StateJoined] and the like.
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.MembershipState].
type MembershipState = gen.MembershipState

// User is the person or app that a membership is of.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.User].
type User = gen.User

// UserType is [UserHuman] or [UserBot].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.UserType].
type UserType = gen.UserType

// UserRef names a person or the calling app in a request.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UserRef].
type UserRef = gen.UserRef

// Group is the Google group that a membership is of.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Group].
type Group = gen.Group

// Roles, states and types of members. Other values may come and are kept as they are.
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

// ListMembershipsParams filters a list of members; see [MembershipFilter]. People who
// are invited and Google groups are left out unless ShowInvited and ShowGroups ask for
// them, which takes a user's token. UseAdminAccess needs a Filter that leaves apps out.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.ListMembershipsParams].
type ListMembershipsParams = gen.ListMembershipsParams

// CreateMembershipRequest names a person, the calling app or a Google group; see
// [UserMember], [AppMember] and [GroupMember].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateMembershipRequest].
type CreateMembershipRequest = gen.CreateMembershipRequest

// CreateMembershipParams says with whose rights to add a member.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateMembershipParams].
type CreateMembershipParams = gen.CreateMembershipParams

// GetMembershipParams says with whose rights to read.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.GetMembershipParams].
type GetMembershipParams = gen.GetMembershipParams

// UpdateMembershipRequest holds the new role.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UpdateMembershipRequest].
type UpdateMembershipRequest = gen.UpdateMembershipRequest

// UpdateMembershipParams says what changes, the role unless UpdateMask says otherwise,
// and with whose rights.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UpdateMembershipParams].
type UpdateMembershipParams = gen.UpdateMembershipParams

// DeleteMembershipParams says with whose rights to remove a member.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.DeleteMembershipParams].
type DeleteMembershipParams = gen.DeleteMembershipParams

// UserMember names a person to add, by id, as users/{id}, or by address. People of
// other organizations are named by address.
func UserMember(user string) CreateMembershipRequest {
	return CreateMembershipRequest{Member: UserRef{Name: userName(user), Type: UserHuman}}
}

// AppMember names the calling app. It takes a user's token to add it.
func AppMember() CreateMembershipRequest {
	return CreateMembershipRequest{Member: UserRef{Name: userName("app"), Type: UserBot}}
}

// GroupMember names a Google group to add, by id or as groups/{id}. The id comes from
// Cloud Identity; an address does not do.
func GroupMember(group string) CreateMembershipRequest {
	return CreateMembershipRequest{GroupMember: Group{Name: "groups/" + strings.TrimPrefix(group, "groups/")}}
}

// MembershipsService reads and changes who is in a space.
type MembershipsService struct{ c *client.Client }

func membershipKey(m *Membership) string { return m.Name }

// ListBySpace yields the members of a space that p asks for, in no order. A Google group is
// one entry; the people in it are not listed. To an app no app is listed, not even
// itself. A space that the caller is not in is memberships.ErrNotFound or
// memberships.ErrPermissionDenied.
// Google Chat: GET /spaces/{space}/members.
func (s *MembershipsService) ListBySpace(ctx context.Context, space string, p ListMembershipsParams, opts ...option.Option) iter.Seq2[*Membership, error] {
	return s.list(space, p, opts).All(ctx)
}

// ListBySpacePage returns one page of ListBySpace. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *MembershipsService) ListBySpacePage(ctx context.Context, space string, p ListMembershipsParams, token string, opts ...option.Option) (*memberships.Page[*Membership], error) {
	return s.list(space, p, opts).Page(ctx, token)
}

func (s *MembershipsService) list(space string, p ListMembershipsParams, opts []option.Option) *paging.List[Membership] {
	in := spaceOf(space)
	return client.List(s.c, listing(client.Call{
		Name: "Memberships.ListBySpace",
		Check: func() error {
			if p.UseAdminAccess && p.Filter == nil {
				return cmp.Or(in.err, errors.New("UseAdminAccess needs a Filter that leaves apps out, such as MemberType(UserHuman)"))
			}
			return in.err
		},
		Endpoint: gen.ListMemberships(in.id(0), p),
		Opts:     opts,
	}, "memberships", func(p *gen.MembershipPage) page[Membership] {
		return page[Membership]{p.Memberships, p.NextPageToken, p.Error}
	}, membershipKey))
}

// Create adds a member to a space, with [RoleMember]: another role takes an Update. A
// person who does not accept automatically is invited instead; the State says so. Somebody
// who is in the space already is returned as they are, or is memberships.ErrAlreadyExists:
// Google Chat does both. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Google Chat: POST /spaces/{space}/members.
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

// find looks for what a creation was to make, with the rights that it had.
func (s *MembershipsService) find(ctx context.Context, space string, r CreateMembershipRequest, admin bool, opts []option.Option) (*Membership, bool, error) {
	switch {
	case !r.DeleteTime.IsZero():
		return nil, false, errors.New("a membership that has ended cannot be read")
	case r.GroupMember.Name != "":
		return s.findGroup(ctx, space, r.GroupMember.Name, admin, opts)
	}
	m, err := s.Get(ctx, MembershipName(space, r.Member.Name), GetMembershipParams{UseAdminAccess: admin}, opts...)
	if errors.Is(err, memberships.ErrNotFound) {
		return nil, false, nil
	}
	return m, err == nil && present(m), err
}

// findGroup looks for a group among the members: the name of its membership is not
// documented to hold its id.
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

// present tells a membership from what is left of one.
func present(m *Membership) bool { return m.State == StateJoined || m.State == StateInvited }

// Get returns one membership, which may be an invitation; see [MembershipName].
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
				return cmp.Or(of.err, errors.New("the Role is empty"))
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

// Delete removes a member or withdraws an invitation. Somebody who is not in the space is
// memberships.ErrNotFound or, in some spaces, memberships.ErrPermissionDenied.
//
// [option.WithDeleted] gives the membership that was. Where the answer was lost and the
// removal shows only in that nobody is there any more, it has its Name, as it was given, and
// its State alone. A repeat can undo another caller's change: see [option.WithoutRepeat].
// Google Chat: DELETE /spaces/{space}/members/{member}.
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
		return errors.New("both Member and GroupMember are empty")
	case user != "" && group != "":
		return errors.New("both Member and GroupMember are given; a membership has one of them")
	case user != "":
		_, err := checkName("Member.Name", user, "users/{user}")
		return err
	}
	id, err := checkName("GroupMember.Name", group, "groups/{group}")
	if err == nil && strings.Contains(id, "@") {
		return errors.New("GroupMember.Name holds an address; a group is named by its id")
	}
	return err
}
