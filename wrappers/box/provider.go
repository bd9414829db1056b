package box

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/core"
)

// Provider returns the client in the words that all providers share.
func (c *Client) Provider() memberships.Provider { return &provider{c} }

type provider struct{ c *Client }

var (
	_ memberships.Lister      = (*provider)(nil)
	_ memberships.GroupLister = (*provider)(nil)
	_ memberships.Resolver    = (*provider)(nil)
	_ memberships.Diagnoser   = (*provider)(nil)
)

func (*provider) Name() string { return vendor.Name }

func (*provider) Capabilities() memberships.Capabilities {
	return memberships.Capabilities{
		Operations:  memberships.Operations,
		GroupKinds:  []memberships.GroupKind{memberships.KindGroup},
		OfKinds:     []memberships.GroupKind{memberships.KindGroup},
		MemberKinds: []memberships.MemberKind{memberships.MemberUser},
		Roles:       []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		RoleNames:   map[memberships.Role]string{memberships.RoleMember: string(RoleMember), memberships.RoleManager: string(RoleAdmin)},
		Email:       true,
		Total:       true,
		MaxPageSize: maxPageSize,
	}
}

func (p *provider) As(target any) bool { return core.As(target, p.c) }

func (p *provider) ListPage(ctx context.Context, f memberships.Filter, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	l, err := p.listing(ctx, f, r.Size)
	if err != nil {
		return nil, err
	}
	page, err := core.List(p.c.Memberships.c, l).Page(ctx, r.Token)
	return core.PortablePage(page, err, fromMembership)
}

func (p *provider) List(ctx context.Context, f memberships.Filter, total func(int64)) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		l, err := p.listing(ctx, f, 0)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		core.Portable(whole(p.c.Memberships.c, l).Totals(total).All(ctx), fromMembership)(yield)
	}
}

// listing is of a group's members or of a user's groups.
func (p *provider) listing(ctx context.Context, f memberships.Filter, size int) (core.Listing[gen.MembershipPage, Membership], error) {
	if f.Group.ID != "" {
		return groupListing(f.Group.ID, ListGroupMembersParams{Limit: core.PageSize(size)}, nil), nil
	}
	userID, err := p.user(ctx, f.Member)
	return userListing(userID, ListUserGroupsParams{Limit: core.PageSize(size)}, nil), err
}

// user returns the id of a member.
func (p *provider) user(ctx context.Context, m memberships.Member) (string, error) {
	if m.ID != "" {
		return m.ID, nil
	}
	found, err := p.Resolve(ctx, m)
	return found.Member.ID, err
}

// Get reads a membership by its id, as listings leave out a part, but that is for admins
// alone; others have to do with the part.
func (p *provider) Get(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	var listed *Membership
	if ref.ID == "" {
		var err error
		if listed, err = p.named(ctx, memberships.OpGet, ref); err != nil {
			return memberships.Membership{}, err
		}
		ref.ID = listed.ID
	}
	m, err := p.c.Memberships.Get(ctx, ref.ID, GetMembershipParams{})
	if errors.Is(err, memberships.ErrPermissionDenied) {
		switch {
		case listed != nil:
			m, err = listed, nil
		case ref.Group.ID != "" && ref.Member != (memberships.Member{}):
			m, err = p.named(ctx, memberships.OpGet, ref)
		}
	}
	return core.PortableOne(m, err, fromMembership)
}

// named returns a membership that is named by group and member, as listings show it.
func (p *provider) named(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, error) {
	if err := vendor.Check(op, core.ID{Name: "group", Value: ref.Group.ID}); err != nil {
		return nil, err
	}
	userID, err := p.user(ctx, ref.Member)
	if err != nil {
		return nil, err
	}
	return p.find(ctx, op, ref.Group.ID, userID)
}

// find looks among the user's groups, which are fewer than a group's members. Those of
// somebody else are shown to administrators alone; a group shows its members to more.
func (p *provider) find(ctx context.Context, op memberships.Operation, groupID, userID string) (*Membership, error) {
	m, all, err := p.seek(ctx, userListing(userID, ListUserGroupsParams{}, nil), func(m *Membership) bool { return m.Group.ID == groupID })
	switch {
	case m != nil:
		return m, nil
	case err == nil && all:
		if _, err := p.c.Groups.Get(ctx, groupID, GetGroupParams{}); err != nil {
			return nil, err
		}
		return nil, vendor.NotMember(op)
	case err != nil && !errors.Is(err, memberships.ErrPermissionDenied):
		return nil, err
	}
	m, all, err = p.seek(ctx, groupListing(groupID, ListGroupMembersParams{}, nil), func(m *Membership) bool { return m.User.ID == userID })
	switch {
	case m != nil || err != nil:
		return m, err
	case all:
		return nil, vendor.NotMember(op)
	}
	return nil, vendor.Fail(op, memberships.ErrPermissionDenied, "the list of members lacks some whom the credential may not see, and the user may be one of them")
}

// seek returns the first membership of a listing that fits, and else whether all
// memberships were there to see: those that the caller may not see are counted and
// left out.
func (p *provider) seek(ctx context.Context, l core.Listing[gen.MembershipPage, Membership], fits func(*Membership) bool) (_ *Membership, all bool, _ error) {
	all = true
	l.Call.Opts = core.Lookup(l.Call.Opts)
	next := l.Next
	l.Next = func(info core.PageInfo[gen.MembershipPage]) (string, error) {
		all = all && complete(info.Cursor, readMemberships(info.Page))
		return next(info)
	}
	for m, err := range whole(p.c.Memberships.c, l).All(ctx) {
		if err != nil {
			return nil, false, err
		}
		if fits(m) {
			return m, true, nil
		}
	}
	return nil, all, nil
}

// complete reports whether a page holds all that it counts.
func complete[T any](cursor string, p page[T]) bool {
	offset, err := readOffset(cursor)
	return err == nil && p.total != nil && int64(len(p.items)) >= min(p.limit, *p.total-offset)
}

func (p *provider) Add(ctx context.Context, g memberships.Group, m memberships.Member, r memberships.Role) (memberships.Membership, error) {
	if err := vendor.Check(memberships.OpAdd, core.ID{Name: "group", Value: g.ID}); err != nil {
		return memberships.Membership{}, err
	}
	userID, err := p.user(ctx, m)
	if err != nil {
		return memberships.Membership{}, err
	}
	made, err := p.c.Memberships.Create(ctx, CreateMembershipRequest{
		User: UserRef{ID: userID}, Group: GroupRef{ID: g.ID}, Role: roleNamed(r),
	}, CreateMembershipParams{})
	return core.PortableOne(made, err, fromMembership)
}

func (p *provider) Update(ctx context.Context, ref memberships.Ref, c memberships.Change) (memberships.Membership, error) {
	id, err := p.id(ctx, memberships.OpUpdate, ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	m, err := p.c.Memberships.Update(ctx, id, UpdateMembershipRequest{Role: roleNamed(c.Role)}, UpdateMembershipParams{})
	return core.PortableOne(m, err, fromMembership)
}

func (p *provider) Remove(ctx context.Context, ref memberships.Ref) error {
	id, err := p.id(ctx, memberships.OpRemove, ref)
	if err != nil {
		return err
	}
	return p.c.Memberships.Delete(ctx, id)
}

// id finds the id of a membership that is named by group and member.
func (p *provider) id(ctx context.Context, op memberships.Operation, ref memberships.Ref) (string, error) {
	if ref.ID != "" {
		return ref.ID, nil
	}
	m, err := p.named(ctx, op, ref)
	if err != nil {
		return "", err
	}
	return m.ID, nil
}

func (p *provider) Groups(ctx context.Context) iter.Seq2[memberships.Group, error] {
	return core.Portable(p.c.Groups.List(ctx, ListGroupsParams{}), fromGroup)
}

func (p *provider) Resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	if err := vendor.Check("resolve", core.ID{Name: "email", Value: m.Email}); err != nil {
		return memberships.Resolution{}, err
	}
	found, err := p.c.Users.ByEmail(ctx, m.Email)
	if err != nil {
		return memberships.Resolution{}, err
	}
	return memberships.Resolution{
		Member: memberships.Member{Kind: memberships.MemberUser, ID: found.ID, Email: found.Login, Name: found.Name},
		How:    "GET /users?filter_term&user_type=all",
	}, nil
}

// An admin of a group may change who belongs to it.
func role(name MembershipRole) memberships.Role {
	switch name {
	case RoleMember:
		return memberships.RoleMember
	case RoleAdmin:
		return memberships.RoleManager
	}
	return memberships.RoleUnknown
}

func roleNamed(r memberships.Role) MembershipRole {
	if r == memberships.RoleManager {
		return RoleAdmin
	}
	return MembershipRole(r)
}

func fromMembership(m *Membership) memberships.Membership {
	return memberships.Membership{
		Provider: vendor.Name, ID: m.ID,
		Group:  memberships.Group{Kind: memberships.KindGroup, ID: m.Group.ID, Name: m.Group.Name},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: m.User.ID, Email: m.User.Login, Name: m.User.Name},
		Role:   role(m.Role), RoleName: string(m.Role),
		State: memberships.StateActive, Created: m.CreatedAt, Updated: m.ModifiedAt,
	}.WithNative(m)
}

func fromGroup(g *Group) memberships.Group {
	return memberships.Group{Kind: memberships.KindGroup, ID: g.ID, Name: g.Name}
}
