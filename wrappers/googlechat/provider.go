package googlechat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/core"
	"github.com/memberships-go/memberships/option"
)

// WithAppAuth says that the token is an app's own, from its service account, and not a
// user's. Google lists invited people and groups for users alone, so the listings of
// Provider leave them out then. The services are not affected.
func WithAppAuth() option.Option {
	return func(c *config.Config) error {
		c.Set(appAuthKey{}, true)
		return nil
	}
}

type appAuthKey struct{}

// Provider returns the client in the words that all providers share.
func (c *Client) Provider() memberships.Provider {
	p := &provider{c: c}
	if cfg, err := c.Memberships.c.Config(nil); err == nil {
		p.app, _ = cfg.Values[appAuthKey{}].(bool)
	}
	return p
}

type provider struct {
	c   *Client
	app bool // the token is an app's
}

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
		GroupKinds:  []memberships.GroupKind{memberships.KindSpace},
		OfKinds:     []memberships.GroupKind{memberships.KindSpace},
		MemberKinds: []memberships.MemberKind{memberships.MemberUser, memberships.MemberGroup, memberships.MemberApp},
		Roles:       []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner},
		RoleNames:   maps.Clone(roles),
		Email:       true,
		MaxPageSize: maxPageSize,
	}
}

func (p *provider) As(target any) bool { return core.As(target, p.c) }

// ListPage pages through the members of a space, or through the spaces in which the
// member is looked for.
func (p *provider) ListPage(ctx context.Context, f memberships.Filter, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	if f.Group.ID != "" {
		page, err := p.c.Memberships.ListPage(ctx, f.Group.ID, p.params(r.Size), r.Token)
		return core.PortablePage(page, err, from(f.Group.ID))
	}
	who, err := p.who(ctx, f.Member)
	if err != nil {
		return nil, err
	}
	spaces, err := p.c.Spaces.ListPage(ctx, ListSpacesParams{PageSize: core.PageSize(r.Size)}, r.Token)
	if err != nil {
		return nil, err
	}
	page := &memberships.Page[memberships.Membership]{Items: []memberships.Membership{}, Next: spaces.Next, Total: -1}
	for _, s := range spaces.Items {
		switch m, err := p.in(ctx, s, who); {
		case errors.Is(err, memberships.ErrNotMember):
		case err != nil:
			return nil, err
		default:
			page.Items = append(page.Items, m)
		}
	}
	return page, nil
}

func (p *provider) List(ctx context.Context, f memberships.Filter, _ func(int64)) iter.Seq2[memberships.Membership, error] {
	if f.Group.ID != "" {
		return core.Portable(p.c.Memberships.List(ctx, f.Group.ID, p.params(0)), from(f.Group.ID))
	}
	return func(yield func(memberships.Membership, error) bool) {
		who, err := p.who(ctx, f.Member)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		for s, err := range p.c.Spaces.List(ctx, ListSpacesParams{}) {
			var m memberships.Membership
			if err == nil {
				m, err = p.in(ctx, s, who)
			}
			if errors.Is(err, memberships.ErrNotMember) {
				continue
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// params asks for everybody who is not to be added again.
func (p *provider) params(size int) ListMembershipsParams {
	params := ListMembershipsParams{PageSize: core.PageSize(size)}
	if !p.app {
		params.ShowInvited, params.ShowGroups = new(true), new(true)
	}
	return params
}

// who is a member by id. An address that is in no space at all may be a mistake, which
// an empty listing would hide.
func (p *provider) who(ctx context.Context, m memberships.Member) (memberships.Member, error) {
	if m.ID != "" {
		_, err := nameOf(memberships.OpOf, memberships.Ref{Member: m})
		return memberships.Member{Kind: m.Kind, ID: m.ID}, err
	}
	found, err := p.Resolve(ctx, m)
	return found.Member, err
}

// in returns the membership of a member in a space. The service has no list of
// somebody's spaces.
func (p *provider) in(ctx context.Context, s *Space, m memberships.Member) (memberships.Membership, error) {
	got, err := p.find(ctx, memberships.OpOf, memberships.Ref{Group: fromSpace(s), Member: m})
	if err != nil {
		return memberships.Membership{}, err
	}
	out := from(s.Name)(got)
	out.Group.Name = s.DisplayName
	out.Member.Email = cmp.Or(out.Member.Email, m.Email)
	return out, nil
}

func (p *provider) Get(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	m, err := p.find(ctx, memberships.OpGet, ref)
	out, err := core.PortableOne(m, err, from(spaceIn(ref)))
	return as(out, ref), err
}

// find returns a membership. One of a group is looked for among all: its name is not
// documented to hold the id of the group.
func (p *provider) find(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, error) {
	var m *Membership
	name, err := nameOf(op, ref)
	switch {
	case err != nil:
		return nil, err
	case name == "":
		if m, _, err = p.c.Memberships.findGroup(ctx, ref.Group.ID, groupName(ref.Member), nil, nil); err == nil && m == nil {
			err = vendor.NotMember(op)
		}
	default:
		if m, err = p.c.Memberships.Get(ctx, name, GetMembershipParams{}); err != nil {
			err = p.absent(ctx, op, ref, err)
		}
	}
	if err == nil && m.State == StateNotAMember {
		err = vendor.NotMember(op)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// absent tells what was not found: the member, if the space shows its members, and else
// perhaps the space. To an app no app shows.
func (p *provider) absent(ctx context.Context, op memberships.Operation, ref memberships.Ref, err error) error {
	if !errors.Is(err, memberships.ErrNotFound) || p.app && ref.Member.Kind == memberships.MemberApp {
		return err
	}
	_, seen := p.c.Memberships.ListPage(ctx, spaceIn(ref), ListMembershipsParams{PageSize: core.PageSize(1)}, "")
	switch {
	case seen == nil:
		return vendor.NotMember(op)
	case errors.Is(seen, memberships.ErrNotFound), errors.Is(seen, memberships.ErrPermissionDenied):
		return err
	}
	return seen
}

// nameOf is the name of a membership, "" where only a look at the members can tell it.
func nameOf(op memberships.Operation, ref memberships.Ref) (string, error) {
	if ref.ID != "" {
		return ref.ID, nil
	}
	m := ref.Member
	id := strings.TrimPrefix(cmp.Or(m.ID, m.Email), "users/")
	var err error
	switch {
	case m.Kind == memberships.MemberGroup:
		err = checkMember(GroupMember(m.ID))
	case m.Kind == memberships.MemberApp && m.ID == "":
		err = errors.New("an app has no address")
	case m.Kind == memberships.MemberUser && id == "app":
		err = errors.New("the member is named as the calling app and said to be a user")
	default:
		_, err = checkName("the member", userName(id), "users/{user}")
	}
	switch {
	case err != nil:
		return "", vendor.Fail(op, memberships.ErrInvalidArgument, err.Error())
	case m.Kind == memberships.MemberGroup:
		return "", nil
	}
	return MembershipName(ref.Group.ID, id), nil
}

func groupName(m memberships.Member) string { return GroupMember(m.ID).GroupMember.Name }

// spaceIn is the space that a membership is in.
func spaceIn(ref memberships.Ref) string {
	if of := membershipOf(ref.ID); ref.ID != "" && of.err == nil {
		return of.id(0)
	}
	return ref.Group.ID
}

// Add asks first who is there: the service answers a repeated addition like a new one.
func (p *provider) Add(ctx context.Context, g memberships.Group, m memberships.Member, r memberships.Role) (memberships.Membership, error) {
	none, op, role := memberships.Membership{}, memberships.OpAdd, cmp.Or(MembershipRole(roles[r]), RoleMember)
	if m.Kind == memberships.MemberGroup && role != RoleMember {
		return none, vendor.Fail(op, memberships.ErrInvalidArgument, "a Google group has no role in a space")
	}
	ref := memberships.Ref{Group: g, Member: m}
	switch _, err := p.find(ctx, op, ref); {
	case err == nil:
		return none, vendor.Fail(op, memberships.ErrAlreadyExists, "the space has the member, or an invitation")
	case !errors.Is(err, memberships.ErrNotMember):
		return none, err
	}
	made, err := p.c.Memberships.Create(ctx, g.ID, request(m), CreateMembershipParams{})
	if err != nil || role == RoleMember {
		out, err := core.PortableOne(made, err, from(g.ID))
		return as(out, ref), err
	}
	promoted, err := p.c.Memberships.Update(ctx, made.Name, UpdateMembershipRequest{Role: role}, UpdateMembershipParams{})
	if err != nil {
		return as(from(g.ID)(made), ref), added(made, role, err)
	}
	return as(from(g.ID)(promoted), ref), nil
}

func request(m memberships.Member) CreateMembershipRequest {
	switch m.Kind {
	case memberships.MemberGroup:
		return GroupMember(m.ID)
	case memberships.MemberApp:
		return CreateMembershipRequest{Member: UserRef{Name: userName(m.ID), Type: UserBot}}
	}
	return UserMember(cmp.Or(m.ID, m.Email))
}

// added says what was done before the role was refused.
func added(made *Membership, role MembershipRole, err error) error {
	var e *memberships.Error
	if !errors.As(err, &e) {
		return err
	}
	partly := *e
	partly.Err = fmt.Errorf("the member was added (%s), the change to %s failed", made.State, role)
	if e.Err != nil {
		partly.Err = fmt.Errorf("%w: %w", partly.Err, e.Err)
	}
	return &partly
}

// Update takes the canonical name for the change: an address is documented to stand for
// it where memberships are read and deleted.
func (p *provider) Update(ctx context.Context, ref memberships.Ref, c memberships.Change) (memberships.Membership, error) {
	none, op := memberships.Membership{}, memberships.OpUpdate
	if ref.ID == "" && ref.Member.Kind == memberships.MemberGroup {
		return none, vendor.Fail(op, memberships.ErrInvalidArgument, "a Google group has no role in a space")
	}
	name, err := nameOf(op, ref)
	if err == nil && ref.ID == "" && ref.Member.ID == "" {
		var m *Membership
		if m, err = p.find(ctx, op, ref); err == nil {
			name = m.Name
		}
	}
	if err != nil {
		return none, err
	}
	m, err := p.c.Memberships.Update(ctx, name, UpdateMembershipRequest{Role: MembershipRole(roles[c.Role])}, UpdateMembershipParams{})
	if err != nil {
		return none, p.absent(ctx, op, ref, err)
	}
	return as(from(spaceIn(ref))(m), ref), nil
}

func (p *provider) Remove(ctx context.Context, ref memberships.Ref) error {
	name, err := nameOf(memberships.OpRemove, ref)
	if err == nil && name == "" {
		var m *Membership
		if m, err = p.find(ctx, memberships.OpRemove, ref); err == nil {
			name = m.Name
		}
	}
	if err != nil {
		return err
	}
	_, err = p.c.Memberships.Delete(ctx, name, DeleteMembershipParams{})
	if errors.Is(err, memberships.ErrPermissionDenied) { // so some spaces say that nobody is there
		if _, gone := p.find(ctx, memberships.OpRemove, ref); errors.Is(gone, memberships.ErrNotMember) {
			return gone
		}
	}
	return p.absent(ctx, memberships.OpRemove, ref, err)
}

func (p *provider) Groups(ctx context.Context) iter.Seq2[memberships.Group, error] {
	return core.Portable(p.c.Spaces.List(ctx, ListSpacesParams{}), fromSpace)
}

// Resolve looks for the address in the caller's messages with that person and then in
// one space after another: the service has no directory, and finds addresses, other
// ones of a person too, among the members.
func (p *provider) Resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	const op memberships.Operation = "resolve"
	var none memberships.Resolution
	named := memberships.Ref{Member: memberships.Member{Kind: m.Kind, Email: m.Email}}
	if _, err := nameOf(op, named); err != nil {
		return none, err
	}
	for s, err := range p.where(ctx, m.Email) {
		if err != nil {
			return none, err
		}
		got, err := p.c.Memberships.Get(ctx, MembershipName(s.Name, m.Email), GetMembershipParams{})
		switch {
		case errors.Is(err, memberships.ErrNotFound):
		case err != nil:
			return none, err
		default:
			return memberships.Resolution{Member: as(from(s.Name)(got), named).Member, How: "GET /spaces/{space}/members/{email}"}, nil
		}
	}
	return none, vendor.Fail(op, memberships.ErrNotFound, "nobody with this address is in the spaces that the credential sees")
}

// where yields the spaces in which somebody with an address may be, the likeliest first.
func (p *provider) where(ctx context.Context, email string) iter.Seq2[*Space, error] {
	return func(yield func(*Space, error) bool) {
		if !p.app { // to an app, an address means nothing there
			s, err := p.c.Spaces.FindDirectMessage(ctx, email)
			switch {
			case errors.Is(err, memberships.ErrNotFound), errors.Is(err, memberships.ErrInvalidArgument):
			case !yield(s, err) || err != nil:
				return
			}
		}
		p.c.Spaces.List(ctx, ListSpacesParams{}, core.Lookup(nil)...)(yield)
	}
}

// roles are the service's words, which its screens do not use: there a ROLE_MANAGER is
// an Owner.
var roles = map[memberships.Role]string{
	memberships.RoleMember:  string(RoleMember),
	memberships.RoleManager: string(RoleAssistantManager),
	memberships.RoleOwner:   string(RoleManager),
}

// role: groups, and people who have not come yet, have none and are to be members.
func role(m *Membership) memberships.Role {
	switch m.Role {
	case RoleMember:
		return memberships.RoleMember
	case RoleAssistantManager:
		return memberships.RoleManager
	case RoleManager:
		return memberships.RoleOwner
	}
	if m.Role == "" && (m.GroupMember.Name != "" || m.State == StateInvited) {
		return memberships.RoleMember
	}
	return memberships.RoleUnknown
}

func state(s MembershipState) memberships.State {
	switch s {
	case StateJoined:
		return memberships.StateActive
	case StateInvited:
		return memberships.StateInvited
	case StateNotAMember:
		return memberships.StateAbsent
	}
	return memberships.StateUnknown
}

// member is who a membership is of. One without anybody still has a name that ends in
// the id.
func member(m *Membership) memberships.Member {
	out := memberships.Member{
		Kind: memberships.MemberUser, ID: strings.TrimPrefix(m.Member.Name, "users/"),
		Email: m.Member.Email, Name: m.Member.DisplayName,
	}
	if out.ID == "" {
		out.ID = m.Name[strings.LastIndex(m.Name, "/")+1:]
	}
	switch {
	case m.Member.Type == UserHuman:
	case m.GroupMember.Name != "":
		out.Kind, out.ID = memberships.MemberGroup, strings.TrimPrefix(m.GroupMember.Name, "groups/")
	case m.Member.Type == UserBot:
		out.Kind = memberships.MemberApp
	case m.Member.Type != "":
		out.Kind = memberships.MemberKind(strings.ToLower(string(m.Member.Type)))
	}
	return out
}

// from converts the memberships of a space.
func from(space string) func(*Membership) memberships.Membership {
	group := memberships.Group{Kind: memberships.KindSpace, ID: strings.TrimPrefix(space, "spaces/")}
	return func(m *Membership) memberships.Membership {
		return memberships.Membership{
			Provider: vendor.Name, ID: m.Name, Group: group, Member: member(m),
			Role: role(m), RoleName: string(m.Role), State: state(m.State), Created: m.CreateTime,
		}.WithNative(m)
	}
}

// as keeps the address by which somebody was named, where the service shows none.
func as(out memberships.Membership, asked memberships.Ref) memberships.Membership {
	if out.Member.Email == "" && out.ID != "" && asked.ID == "" && asked.Member.ID == "" {
		out.Member.Email = asked.Member.Email
	}
	return out
}

func fromSpace(s *Space) memberships.Group {
	return memberships.Group{Kind: memberships.KindSpace, ID: strings.TrimPrefix(s.Name, "spaces/"), Name: s.DisplayName}
}
