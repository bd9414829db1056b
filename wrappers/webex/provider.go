package webex

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// Provider returns the portable interface of the client.
func (c *Client) Provider() memberships.Provider { return portable.Checked(api, &provider{c: c}) }

type provider struct {
	memberships.Unsupported
	c *Client
	// opts are the options of the current call.
	opts []option.Option
}

var _ memberships.Provider = (*provider)(nil)

// with returns a copy of p for one call.
func (p *provider) with(opts []option.Option) *provider { return &provider{c: p.c, opts: opts} }

func (*provider) Name() string { return api.Name }

func (*provider) Capabilities() memberships.Capabilities {
	return memberships.Capabilities{
		Operations:     memberships.Operations(),
		GroupKinds:     []memberships.GroupKind{memberships.KindRoom, memberships.KindTeam},
		SearchedKinds:  []memberships.GroupKind{memberships.KindRoom, memberships.KindTeam},
		MemberKinds:    []memberships.MemberKind{memberships.MemberUser},
		Roles:          []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		RoleNames:      map[memberships.Role]string{memberships.RoleMember: roleMember, memberships.RoleManager: roleModerator},
		Email:          true,
		Directory:      true,
		AddsByEmail:    true,
		PromotesCaller: []memberships.GroupKind{memberships.KindRoom},
		Diagnose:       true,
		Caller:         true,
		MaxPageSize:    maxPageSize,
		ChangesByID:    true,
	}
}

// MemberSet returns the General room of a team, whose members are those of the team.
func (*provider) MemberSet(g memberships.Group) memberships.Group {
	if g.Kind == memberships.KindTeam {
		if room, err := GeneralRoomID(g.ID); err == nil {
			return memberships.Group{Kind: memberships.KindRoom, ID: room}
		}
	}
	return g
}

func (p *provider) Native() any { return p.c }

func (p *provider) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	p = p.with(q.Opts)
	switch {
	case q.Op() == memberships.OpListByMember:
		return p.listByMemberPage(ctx, q.Member, r)
	case q.Group.Kind == memberships.KindTeam:
		page, err := p.c.TeamMemberships.ListByTeamPage(ctx, q.Group.ID, ListTeamMembershipsParams{}, r.Token, client.SizedOptions(p.opts, r.Size)...)
		return portable.Page(page, err, fromTeam)
	}
	listed, err := p.c.Memberships.ListPage(ctx, ListMembershipsParams{RoomID: &q.Group.ID}, r.Token, client.SizedOptions(p.opts, r.Size)...)
	page, err := portable.Page(listed, err, fromRoom)
	if err != nil || page.Next != "" {
		return page, err
	}
	view := roomView{whole: r.Token == ""}
	for _, m := range page.Items {
		view.show(m)
	}
	gap, err := p.hidden(ctx, q.Group.ID, &view)
	if gap != nil {
		page.Gaps = append(page.Gaps, *gap)
	}
	return page, err
}

func (p *provider) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	p = p.with(q.Opts)
	switch {
	case q.Op() == memberships.OpListByMember:
		return p.listByMember(ctx, q.Member, summary)
	case q.Group.Kind == memberships.KindTeam:
		return portable.Seq(p.c.TeamMemberships.ListByTeam(ctx, q.Group.ID, ListTeamMembershipsParams{}, p.opts...), fromTeam)
	}
	seq := portable.Seq(p.c.Memberships.List(ctx, ListMembershipsParams{RoomID: &q.Group.ID}, p.opts...), fromRoom)
	if summary == nil {
		return seq
	}
	return func(yield func(memberships.Membership, error) bool) {
		view := roomView{whole: true}
		for m, err := range seq {
			view.show(m)
			if !yield(m, err) || err != nil {
				return
			}
		}
		gap, err := p.hidden(ctx, q.Group.ID, &view)
		switch {
		case err != nil:
			yield(memberships.Membership{}, err)
		case gap != nil:
			summary.Add(*gap)
		}
	}
}

// person sets the filter of a list to a member.
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
	return hasAddress(p, m.Email)
}

func (p *provider) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	p = p.with(opts)
	switch team := ref.Group.Kind == memberships.KindTeam; {
	case ref.ID != "" && team:
		m, err := p.c.TeamMemberships.Get(ctx, ref.ID, p.opts...)
		return portable.One(m, err, fromTeam)
	case ref.ID != "":
		m, err := p.c.Memberships.Get(ctx, ref.ID, p.opts...)
		return portable.One(m, err, fromRoom)
	case team: // the listing has no filter for people
		seq := p.c.TeamMemberships.ListByTeam(ctx, ref.Group.ID, ListTeamMembershipsParams{}, client.SearchOptions(p.opts)...)
		return p.find(ctx, portable.Seq(seq, fromTeam), ref.Member)
	}
	params := ListMembershipsParams{RoomID: &ref.Group.ID}
	person(ref.Member, &params)
	m, err := p.find(ctx, portable.Seq(p.c.Memberships.List(ctx, params, p.opts...), fromRoom), ref.Member)
	if errors.Is(err, memberships.ErrNotMember) && ref.Member.ID == "" {
		same, unknown := p.c.People.FindByEmail(ctx, ref.Member.Email, p.opts...)
		switch {
		case errors.Is(unknown, memberships.ErrNoSuchMember):
		case unknown != nil:
			return m, unknown
		case !strings.EqualFold(same.Emails[0], ref.Member.Email): // the filter may take the main address alone
			ref.Member = memberships.Member{Kind: memberships.MemberUser, ID: same.ID}
			return p.Get(ctx, ref, p.opts...)
		}
	}
	if errors.Is(err, memberships.ErrNotMember) {
		gap, unseen := p.hidden(ctx, ref.Group.ID, &roomView{})
		switch {
		case unseen != nil:
			err = unseen
		case gap != nil:
			err = api.Hidden(memberships.OpGet, *gap)
		}
	}
	return m, err
}

// find returns the membership of who in a listing of one group. An address without a
// match may be another address of a listed person.
func (p *provider) find(ctx context.Context, seq iter.Seq2[memberships.Membership, error], who memberships.Member) (memberships.Membership, error) {
	shown, anonymous := map[string]memberships.Membership{}, false
	for m, err := range seq {
		switch {
		case err != nil:
			return memberships.Membership{}, err
		case who.ID != "" && m.Member.ID == who.ID, who.ID == "" && strings.EqualFold(m.Member.Email, who.Email):
			return m, nil
		case m.Member.ID == "":
			anonymous = true
		case who.ID == "":
			shown[m.Member.ID] = m.WithNative(nil)
		}
	}
	if len(shown) > 0 {
		same, err := p.resolve(ctx, who)
		if err != nil && !errors.Is(err, memberships.ErrNoSuchMember) {
			return memberships.Membership{}, err
		}
		if m, ok := shown[same.Member.ID]; ok {
			return p.Get(ctx, m.Ref(), p.opts...)
		}
	}
	if anonymous {
		return memberships.Membership{}, api.Fail(memberships.OpGet, memberships.ErrMalformed, "a membership has no person")
	}
	return memberships.Membership{}, api.NotMember(memberships.OpGet)
}

func (p *provider) Apply(ctx context.Context, changes []memberships.Change, opts ...option.Option) iter.Seq2[memberships.Result, error] {
	p = p.with(opts)
	return memberships.ApplyEach(ctx, changes, func(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
		switch ch.Op {
		case memberships.OpAdd:
			return p.add(ctx, ch)
		case memberships.OpUpdate:
			return p.update(ctx, ch)
		}
		return p.remove(ctx, ch.Ref)
	})
}

func (p *provider) add(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
	id, email, moderator := ch.Ref.Member.ID, ch.Ref.Member.Email, ch.Role == memberships.RoleManager
	if id != "" {
		email = "" // Webex would not say which of the two it took
	}
	if g := ch.Ref.Group; g.Kind == memberships.KindTeam {
		made, err := p.c.TeamMemberships.Create(ctx, CreateTeamMembershipRequest{TeamID: g.ID, PersonID: id, PersonEmail: email, IsModerator: moderator}, p.opts...)
		return portable.One(made, err, fromTeam)
	}
	made, err := p.c.Memberships.Create(ctx, CreateMembershipRequest{RoomID: ch.Ref.Group.ID, PersonID: id, PersonEmail: email, IsModerator: moderator}, p.opts...)
	return portable.One(made, err, fromRoom)
}

func (p *provider) update(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
	was, err := p.lookUp(ctx, ch.Ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	moderator := ch.Role == memberships.RoleManager
	if ch.Ref.Group.Kind == memberships.KindTeam {
		m, err := p.c.TeamMemberships.Update(ctx, was.ID, UpdateTeamMembershipRequest{IsModerator: &moderator}, p.opts...)
		return portable.One(m, err, fromTeam)
	}
	m, err := p.c.Memberships.Update(ctx, was.ID, UpdateMembershipRequest{IsModerator: &moderator}, p.opts...)
	return portable.One(m, err, fromRoom)
}

// remove returns the former membership if it was looked up.
func (p *provider) remove(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	was, err := p.lookUp(ctx, ref)
	switch {
	case err != nil:
		return memberships.Membership{}, err
	case ref.Group.Kind == memberships.KindTeam:
		err = p.c.TeamMemberships.Delete(ctx, was.ID, p.opts...)
	default:
		err = p.c.Memberships.Delete(ctx, was.ID, p.opts...)
	}
	if err != nil {
		return memberships.Membership{}, err
	}
	return was, nil
}

// lookUp returns the membership of ref, with the ID alone if ref has it.
func (p *provider) lookUp(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	if ref.ID != "" {
		return memberships.Membership{ID: ref.ID}, nil
	}
	return p.Get(ctx, ref, p.opts...)
}

func (p *provider) Caller(ctx context.Context, opts ...option.Option) (memberships.Member, error) {
	me, err := p.c.People.GetMe(ctx, GetMeParams{}, opts...)
	if err != nil {
		return memberships.Member{}, err
	}
	m := memberships.Member{Kind: memberships.MemberUser, ID: me.ID, Name: me.DisplayName}
	if len(me.Emails) > 0 {
		m.Email = me.Emails[0]
	}
	return m, nil
}

// Groups yields the rooms, then the teams. It lists both at the same time.
func (p *provider) Groups(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
	p = p.with(q.Opts)
	rooms := portable.Seq(p.c.Rooms.List(ctx, ListRoomsParams{}, p.opts...), fromRoomGroup)
	return func(yield func(memberships.Group, error) bool) {
		ended := func() error { return memberships.CheckContext(ctx, api.Name, memberships.OpGroups) }
		teams, stop := portable.Ahead(ctx, ended, func(ctx context.Context) iter.Seq2[memberships.Group, error] {
			return portable.Seq(p.c.Teams.List(ctx, ListTeamsParams{}, p.opts...), fromTeamGroup)
		})
		defer stop()
		for _, seq := range []iter.Seq2[memberships.Group, error]{rooms, teams} {
			for g, err := range seq {
				if !yield(g, err) || err != nil {
					return
				}
			}
		}
		summary.Add(*scope("only rooms and teams that the caller is in are listed"))
	}
}

func (p *provider) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	p = p.with(opts)
	return portable.ResolveEach(members, func(m memberships.Member) (memberships.Resolution, error) { return p.resolve(ctx, m) })
}

func (p *provider) resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	found, err := p.c.People.FindByEmail(ctx, m.Email, p.opts...)
	if err != nil {
		return memberships.Resolution{}, err
	}
	return memberships.Resolution{
		Member: memberships.Member{Kind: memberships.MemberUser, ID: found.ID, Email: m.Email, Name: found.DisplayName},
		How:    "GET /people?email",
	}, nil
}

// Webex has two roles, a moderator and an ordinary member, and a flag in place of names.
// Moderators may add and remove members.
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
		Provider: api.Name, ID: m.ID,
		Group:  memberships.Group{Kind: memberships.KindRoom, ID: m.RoomID},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: m.PersonID, Email: m.PersonEmail, Name: m.PersonDisplayName},
		State:  memberships.StateActive, Created: m.Created,
		Direct: m.RoomType == gen.MembershipRoomTypeDirect,
	}
	out.Role, out.RoleName = role(m.IsModerator)
	return out.WithNative(m)
}

func fromTeam(m *TeamMembership) memberships.Membership {
	out := memberships.Membership{
		Provider: api.Name, ID: m.ID,
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
