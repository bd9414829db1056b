package webex

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strings"

	"github.com/memberships-go/memberships"
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
		GroupKinds:  []memberships.GroupKind{memberships.KindRoom, memberships.KindTeam},
		OfKinds:     []memberships.GroupKind{memberships.KindRoom},
		MemberKinds: []memberships.MemberKind{memberships.MemberUser},
		Roles:       []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		RoleNames:   map[memberships.Role]string{memberships.RoleMember: roleMember, memberships.RoleManager: roleModerator},
		Email:       true,
		MaxPageSize: maxPageSize,
	}
}

func (p *provider) As(target any) bool { return core.As(target, p.c) }

func (p *provider) ListPage(ctx context.Context, f memberships.Filter, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	if f.Group.Kind == memberships.KindTeam {
		page, err := p.c.TeamMemberships.ListPage(ctx, teamParams(f.Group.ID, r.Size), r.Token)
		return core.PortablePage(page, err, fromTeam)
	}
	params, err := p.params(ctx, f, r.Size)
	if err != nil {
		return nil, err
	}
	page, err := p.c.Memberships.ListPage(ctx, params, r.Token)
	return core.PortablePage(page, ofOthers(params, err), fromRoom)
}

func (p *provider) List(ctx context.Context, f memberships.Filter, _ func(int64)) iter.Seq2[memberships.Membership, error] {
	if f.Group.Kind == memberships.KindTeam {
		return core.Portable(p.c.TeamMemberships.List(ctx, teamParams(f.Group.ID, 0)), fromTeam)
	}
	return func(yield func(memberships.Membership, error) bool) {
		params, err := p.params(ctx, f, 0)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		for m, err := range core.Portable(p.c.Memberships.List(ctx, params), fromRoom) {
			if !yield(m, ofOthers(params, err)) {
				return
			}
		}
	}
}

// ofOthers says what the service means by a room that is missing: who is not a
// compliance officer asked for the rooms of somebody else.
func ofOthers(params ListMembershipsParams, err error) error {
	if err == nil || params.RoomID != nil || params.PersonID == nil && params.PersonEmail == nil {
		return err
	}
	var e *memberships.Error
	if !errors.As(err, &e) || e.StatusCode != http.StatusBadRequest || e.Err != nil {
		return err
	}
	told := *e
	told.Err = errors.New("the rooms of others are listed for compliance officers alone")
	return &told
}

// params asks for a room's members or for a person's rooms. Webex lists the rooms of
// somebody else for compliance officers alone, and those of the caller only if nobody
// is named.
func (p *provider) params(ctx context.Context, f memberships.Filter, size int) (ListMembershipsParams, error) {
	params := ListMembershipsParams{Max: core.PageSize(size)}
	if f.Group.ID != "" {
		params.RoomID = &f.Group.ID
		return params, nil
	}
	me, err := p.c.People.Me(ctx)
	if err != nil || isPerson(me, f.Member) {
		return params, err
	}
	person(f.Member, &params)
	return params, nil
}

func teamParams(teamID string, size int) ListTeamMembershipsParams {
	return ListTeamMembershipsParams{TeamID: teamID, Max: core.PageSize(size)}
}

// person puts a member into the filter of a listing.
func person(m memberships.Member, params *ListMembershipsParams) {
	if m.ID != "" {
		params.PersonID = &m.ID
	} else {
		params.PersonEmail = &m.Email
	}
}

func isPerson(p *Person, m memberships.Member) bool {
	if m.ID != "" {
		return p.ID == m.ID
	}
	for _, email := range p.Emails {
		if strings.EqualFold(email, m.Email) {
			return true
		}
	}
	return false
}

func (p *provider) Get(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	switch team := ref.Group.Kind == memberships.KindTeam; {
	case ref.ID != "" && team:
		m, err := p.c.TeamMemberships.Get(ctx, ref.ID)
		return core.PortableOne(m, err, fromTeam)
	case ref.ID != "":
		m, err := p.c.Memberships.Get(ctx, ref.ID)
		return core.PortableOne(m, err, fromRoom)
	case team: // the listing has no filter for people
		seq := p.c.TeamMemberships.List(ctx, teamParams(ref.Group.ID, 0), core.Lookup(nil)...)
		return p.find(ctx, core.Portable(seq, fromTeam), ref.Member)
	}
	params := ListMembershipsParams{RoomID: &ref.Group.ID}
	person(ref.Member, &params)
	return p.find(ctx, core.Portable(p.c.Memberships.List(ctx, params), fromRoom), ref.Member)
}

// find returns the membership of who in a listing of one group. An address that nobody
// shows may be another address of somebody who is there.
func (p *provider) find(ctx context.Context, seq iter.Seq2[memberships.Membership, error], who memberships.Member) (memberships.Membership, error) {
	shown := map[string]memberships.Membership{}
	for m, err := range seq {
		switch {
		case err != nil:
			return memberships.Membership{}, err
		case who.ID != "" && m.Member.ID == who.ID, who.ID == "" && strings.EqualFold(m.Member.Email, who.Email):
			return m, nil
		case who.ID == "":
			shown[m.Member.ID] = m.WithNative(nil)
		}
	}
	if len(shown) > 0 {
		same, err := p.Resolve(ctx, who)
		if err != nil && !errors.Is(err, memberships.ErrNotFound) {
			return memberships.Membership{}, err
		}
		if m, ok := shown[same.Member.ID]; ok {
			return p.Get(ctx, m.Ref())
		}
	}
	return memberships.Membership{}, vendor.NotMember(memberships.OpGet)
}

func (p *provider) Add(ctx context.Context, g memberships.Group, m memberships.Member, r memberships.Role) (memberships.Membership, error) {
	id, email, moderator := m.ID, m.Email, r == memberships.RoleManager
	if id != "" {
		email = "" // the service would not say which of the two it took
	}
	if g.Kind == memberships.KindTeam {
		made, err := p.c.TeamMemberships.Create(ctx, CreateTeamMembershipRequest{TeamID: g.ID, PersonID: id, PersonEmail: email, IsModerator: moderator})
		return core.PortableOne(made, err, fromTeam)
	}
	made, err := p.c.Memberships.Create(ctx, CreateMembershipRequest{RoomID: g.ID, PersonID: id, PersonEmail: email, IsModerator: moderator})
	return core.PortableOne(made, err, fromRoom)
}

func (p *provider) Update(ctx context.Context, ref memberships.Ref, c memberships.Change) (memberships.Membership, error) {
	id, err := p.id(ctx, ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	moderator := c.Role == memberships.RoleManager
	if ref.Group.Kind == memberships.KindTeam {
		m, err := p.c.TeamMemberships.Update(ctx, id, UpdateTeamMembershipRequest{IsModerator: moderator})
		return core.PortableOne(m, err, fromTeam)
	}
	m, err := p.c.Memberships.Update(ctx, id, UpdateMembershipRequest{IsModerator: &moderator})
	return core.PortableOne(m, err, fromRoom)
}

func (p *provider) Remove(ctx context.Context, ref memberships.Ref) error {
	id, err := p.id(ctx, ref)
	if err != nil {
		return err
	}
	if ref.Group.Kind == memberships.KindTeam {
		return p.c.TeamMemberships.Delete(ctx, id)
	}
	return p.c.Memberships.Delete(ctx, id)
}

// id finds the id of a membership that is named by room or team and person.
func (p *provider) id(ctx context.Context, ref memberships.Ref) (string, error) {
	if ref.ID != "" {
		return ref.ID, nil
	}
	m, err := p.Get(ctx, ref)
	return m.ID, err
}

// Groups yields the rooms, then the teams.
func (p *provider) Groups(ctx context.Context) iter.Seq2[memberships.Group, error] {
	return func(yield func(memberships.Group, error) bool) {
		for g, err := range core.Portable(p.c.Rooms.List(ctx, ListRoomsParams{}), fromRoomGroup) {
			if !yield(g, err) || err != nil {
				return
			}
		}
		core.Portable(p.c.Teams.List(ctx, ListTeamsParams{}), fromTeamGroup)(yield)
	}
}

func (p *provider) Resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	found, err := p.c.People.ByEmail(ctx, m.Email)
	if err != nil {
		return memberships.Resolution{}, err
	}
	return memberships.Resolution{
		Member: memberships.Member{Kind: memberships.MemberUser, ID: found.ID, Email: m.Email, Name: found.DisplayName},
		How:    "GET /people?email",
	}, nil
}

// A moderator may change who belongs to a room or team. There is no third role, and
// the service has no words for the two but a flag.
const (
	roleMember    = "member"
	roleModerator = "moderator"
)

func role(isModerator bool) (memberships.Role, string) {
	if isModerator {
		return memberships.RoleManager, roleModerator
	}
	return memberships.RoleMember, roleMember
}

func fromRoom(m *Membership) memberships.Membership {
	out := memberships.Membership{
		Provider: vendor.Name, ID: m.ID,
		Group:  memberships.Group{Kind: memberships.KindRoom, ID: m.RoomID},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: m.PersonID, Email: m.PersonEmail, Name: m.PersonDisplayName},
		State:  memberships.StateActive, Created: m.Created,
	}
	out.Role, out.RoleName = role(m.IsModerator)
	return out.WithNative(m)
}

func fromTeam(m *TeamMembership) memberships.Membership {
	out := memberships.Membership{
		Provider: vendor.Name, ID: m.ID,
		Group:  memberships.Group{Kind: memberships.KindTeam, ID: m.TeamID},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: m.PersonID, Email: m.PersonEmail, Name: m.PersonDisplayName},
		State:  memberships.StateActive, Created: m.Created,
	}
	out.Role, out.RoleName = role(m.IsModerator)
	return out.WithNative(m)
}

func fromRoomGroup(r *Room) memberships.Group {
	return memberships.Group{Kind: memberships.KindRoom, ID: r.ID, Name: r.Title}
}

func fromTeamGroup(t *Team) memberships.Group {
	return memberships.Group{Kind: memberships.KindTeam, ID: t.ID, Name: t.Name}
}
