package pubnub

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// Provider returns the client as a memberships.Provider.
func (c *Client) Provider() memberships.Provider {
	p := &provider{c: c, role: rolePlace{custom: "role"}}
	if cfg, err := c.Members.c.Config(nil); err == nil {
		if place, ok := cfg.Values[rolePlaceKey{}].(rolePlace); ok {
			p.role = place
		}
	}
	return portable.Checked(api, p)
}

type provider struct {
	memberships.Unsupported
	c    *Client
	role rolePlace
	// opts are those of the call.
	opts []option.Option
}

var _ memberships.Provider = (*provider)(nil)

// with returns p with the options of one call.
func (p *provider) with(opts []option.Option) *provider {
	return &provider{c: p.c, role: p.role, opts: opts}
}

func (*provider) Name() string { return api.Name }

func (*provider) Capabilities() memberships.Capabilities {
	return memberships.Capabilities{
		Operations:    memberships.Operations(),
		GroupKinds:    []memberships.GroupKind{memberships.KindChannel},
		SearchedKinds: []memberships.GroupKind{memberships.KindChannel},
		MemberKinds:   []memberships.MemberKind{memberships.MemberUser},
		Roles:         []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner},
		RoleNames: map[memberships.Role]string{
			memberships.RoleMember: string(memberships.RoleMember), memberships.RoleManager: string(memberships.RoleManager),
			memberships.RoleOwner: string(memberships.RoleOwner),
		},
		OwnRoles:  true,
		Email:     true,
		Directory: true,
		// Add works with any channel id.
		CreatesGroups: true,
		Total:         true,
		Diagnose:      true,
		Watch:         true,
		WatchesGroups: true,
		MaxPageSize:   maxPageSize,
		ResolveBatch:  maxEntries,
		ChangeBatch:   maxEntries,
		Concurrency:   8, // about 25 requests a second at 300 ms each
		// Newer documents name no number, and call abnormal traffic the reason of a limit.
		Limits: []memberships.RateLimit{{Scope: "keyset, all requests; more may be refused", Requests: 25, Per: time.Second}},
	}
}

func (p *provider) Native() any { return p.c }

func (p *provider) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	p = p.with(q.Opts)
	if q.Group.ID != "" {
		page, err := ofChannel(p.c.Members).list(q.Group.ID, membersParams(), client.SizedOptions(p.opts, r.Size)).Page(ctx, r.Token)
		if err == nil && r.Token == "" && len(page.Items) == 0 && page.Next == "" {
			err = p.known(ctx, q.Group.ID)
		}
		return portable.Page(page, err, p.fromMember(q.Group.ID))
	}
	user, unknown, err := p.user(ctx, q.Member)
	if err != nil {
		return nil, err
	}
	page, err := ofUser(p.c.Memberships).list(user.ID, membershipsParams(), client.SizedOptions(p.opts, r.Size)).Page(ctx, r.Token)
	if err == nil && r.Token == "" && len(page.Items) == 0 && page.Next == "" && unknown {
		err = errNoSuchUser()
	}
	return portable.Page(page, err, p.fromMembership(user))
}

func (p *provider) List(ctx context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	p = p.with(q.Opts)
	if q.Group.ID != "" {
		return p.members(ctx, q.Group.ID, pass)
	}
	return func(yield func(memberships.Membership, error) bool) {
		user, unknown, err := p.user(ctx, q.Member)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		run := ofUser(p.c.Memberships).list(user.ID, membershipsParams(), p.opts)
		empty := true
		for m, err := range portable.Seq(run.OnTotal(pass.SetTotal).All(ctx), p.fromMembership(user)) {
			empty = false
			if !yield(m, err) || err != nil {
				return
			}
		}
		if empty && unknown {
			yield(memberships.Membership{}, errNoSuchUser())
		}
	}
}

// errNoSuchUser returns the error of a user id that has neither metadata nor memberships.
// PubNub takes any id, so the id may be a mistake.
func errNoSuchUser() error {
	return api.NoSuchMember(memberships.OpListByMember, "the user id has neither metadata nor memberships")
}

// members yields the members of a channel.
func (p *provider) members(ctx context.Context, channelID string, pass *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		run := ofChannel(p.c.Members).list(channelID, membersParams(), p.opts)
		empty := true
		for m, err := range portable.Seq(run.OnTotal(pass.SetTotal).All(ctx), p.fromMember(channelID)) {
			empty = false
			if !yield(m, err) || err != nil {
				return
			}
		}
		if empty {
			if err := p.known(ctx, channelID); err != nil {
				yield(memberships.Membership{}, err)
			}
		}
	}
}

// known returns an error if a channel has no metadata. PubNub takes any id, so the id of a
// channel that has neither members nor metadata may be a mistake.
func (p *provider) known(ctx context.Context, channelID string) error {
	_, err := p.c.Channels.Get(ctx, channelID, GetChannelParams{}, p.opts...)
	return err
}

// withUser includes the user of a member in rows.
var withUser = WriteParams{Include: []string{IncludeUser}}

func membersParams() listParams {
	return listParams{Include: withUser.include()}
}

func membershipsParams() listParams {
	return listParams{Include: WriteParams{Include: []string{IncludeChannel}}.include()}
}

func (p *provider) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	p = p.with(opts)
	m, err := p.find(ctx, memberships.OpGet, ref)
	return portable.One(m, err, p.fromMember(ref.Group.ID))
}

// find returns a member of a channel.
func (p *provider) find(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Member, error) {
	id, err := p.userIn(ctx, op, ref)
	if err != nil {
		return nil, err
	}
	m, err := p.row(ctx, op, ref.Group.ID, id)
	if m == nil && err == nil {
		err = p.absent(ctx, op, ref.Group.ID)
	}
	return m, err
}

// row returns the member with an id, nil if the channel has none.
func (p *provider) row(ctx context.Context, op memberships.Operation, channelID, userID string) (*Member, error) {
	params := listParams{Include: withUser.include(), Filter: Eq(FieldUserID, userID).Param()}
	page, err := ofChannel(p.c.Members).list(channelID, params, p.opts).FirstItems(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case len(page.Items) == 0:
		return nil, nil
	case page.Items[0].User.ID != userID:
		return nil, errUnfiltered(op, "users")
	}
	return page.Items[0], nil
}

// errUnfiltered returns the error of a list that ignores its filter: a row that it lacks
// may exist.
func errUnfiltered(op memberships.Operation, rows string) error {
	return api.Fail(op, memberships.ErrMalformed, "the list has "+rows+" that its filter leaves out")
}

// absent returns the error of a missing member: ErrNotMember if the channel has other
// members or metadata, ErrNotFound otherwise.
func (p *provider) absent(ctx context.Context, op memberships.Operation, channelID string) error {
	page, err := ofChannel(p.c.Members).list(channelID, listParams{}, client.SizedOptions(p.opts, 1)).FirstItems(ctx)
	if err == nil && len(page.Items) == 0 {
		err = p.known(ctx, channelID)
	}
	if err != nil {
		return err
	}
	return api.NotMember(op)
}

// userIn returns the user id of the member that ref names, and refuses an invalid id.
func (p *provider) userIn(ctx context.Context, op memberships.Operation, ref memberships.Ref) (string, error) {
	if err := p.checkRef(op, ref); err != nil {
		return "", err
	}
	if ref.Member.ID == "" {
		found, err := p.resolve(ctx, ref.Member)
		return found.Member.ID, err
	}
	return ref.Member.ID, nil
}

// checkRef refuses the invalid ids of ref.
func (*provider) checkRef(op memberships.Operation, ref memberships.Ref) error {
	switch {
	case ref.Group.ID == "", ref.Member.ID == "" && ref.Member.Email == "":
		return api.Fail(op, memberships.ErrInvalidArgument, "memberships have no id here; channel and user name one")
	case checkID("the channel id", ref.Group.ID) != nil:
		return refuse(op, checkID("the channel id", ref.Group.ID))
	case ref.Member.ID == "":
		return nil
	}
	return refuse(op, checkID("the user id", ref.Member.ID))
}

func refuse(op memberships.Operation, err error) error {
	if err == nil {
		return nil
	}
	return api.Fail(op, memberships.ErrInvalidArgument, err.Error())
}

// user returns a member with the properties that lists of members show. unknown reports
// whether its id has no metadata, which users need not have.
func (p *provider) user(ctx context.Context, m memberships.Member) (_ memberships.Member, unknown bool, _ error) {
	if m.ID == "" {
		found, err := p.resolve(ctx, m)
		return found.Member, false, err
	}
	u, err := p.c.Users.Get(ctx, m.ID, GetUserParams{}, p.opts...)
	switch {
	case errors.Is(err, memberships.ErrNotFound):
		return memberships.Member{Kind: memberships.MemberUser, ID: m.ID}, true, nil
	case err != nil:
		return memberships.Member{}, false, err
	}
	found := fromUser(u)
	found.ID = m.ID // also if the response has another id
	return found, false, nil
}

// apply makes one change.
func (p *provider) apply(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
	switch ch.Op {
	case memberships.OpAdd:
		return p.add(ctx, ch.Ref, ch.Role)
	case memberships.OpUpdate:
		return p.update(ctx, ch.Ref, ch.Role)
	}
	return p.remove(ctx, ch.Ref)
}

// add reads first, since a set changes an existing membership.
func (p *provider) add(ctx context.Context, ref memberships.Ref, r memberships.Role) (memberships.Membership, error) {
	var none memberships.Membership
	if err := checkRole(memberships.OpAdd, r); err != nil {
		return none, err
	}
	id, err := p.userIn(ctx, memberships.OpAdd, ref)
	if err != nil {
		return none, err
	}
	switch there, err := p.row(ctx, memberships.OpAdd, ref.Group.ID, id); {
	case err != nil:
		return none, err
	case there != nil:
		return none, errAlreadyThere()
	}
	in, err := p.added(id, r)
	if err != nil {
		return none, err
	}
	rows, err := p.c.Members.Add(ctx, ref.Group.ID, []MemberInput{in}, withUser, p.opts...)
	return p.one(ref.Group.ID, rows, err)
}

func errAlreadyThere() error {
	return api.Fail(memberships.OpAdd, memberships.ErrAlreadyExists, "the channel has the user")
}

// added returns the content of a new member.
func (p *provider) added(userID string, r memberships.Role) (MemberInput, error) {
	in := MemberInput{User: UserRef{ID: userID}}
	if r == "" {
		return in, nil
	}
	return in, p.role.put(&in, r, nil)
}

func (p *provider) update(ctx context.Context, ref memberships.Ref, r memberships.Role) (memberships.Membership, error) {
	if err := checkRole(memberships.OpUpdate, r); err != nil {
		return memberships.Membership{}, err
	}
	m, err := p.find(ctx, memberships.OpUpdate, ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	in, err := p.updated(m, r)
	if err != nil {
		return memberships.Membership{}, err
	}
	rows, err := p.c.Members.Update(ctx, ref.Group.ID, []MemberInput{in}, withUser, p.opts...)
	return p.one(ref.Group.ID, rows, err)
}

// updated returns the content of a member with a new role and all else as it was read: a
// set replaces a membership whole.
func (p *provider) updated(m *Member, r memberships.Role) (MemberInput, error) {
	in := MemberInput{User: UserRef{ID: m.User.ID}}
	if m.Status != "" {
		in.Status = Text(m.Status)
	}
	if m.Type != "" {
		in.Type = Text(m.Type)
	}
	if len(m.Custom) > 0 {
		in.Custom = nullable.NewNullableWithValue(m.Custom)
	}
	return in, p.role.put(&in, r, m.Custom)
}

// one returns the result of a write of one member.
func (p *provider) one(channelID string, rows []*Member, err error) (memberships.Membership, error) {
	if err != nil {
		return memberships.Membership{}, err
	}
	return p.fromMember(channelID)(rows[0]), nil
}

// remove removes a member and returns it as it was before.
func (p *provider) remove(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	m, err := p.find(ctx, memberships.OpRemove, ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	if err := p.c.Members.Remove(ctx, ref.Group.ID, []string{m.User.ID}, p.opts...); err != nil {
		return memberships.Membership{}, err
	}
	return p.fromMember(ref.Group.ID)(m), nil
}

// Groups yields the channels that have metadata. PubNub lists no others.
func (p *provider) Groups(ctx context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[memberships.Group, error] {
	seq := portable.Seq(p.c.Channels.List(ctx, ListChannelsParams{}, q.Opts...), fromChannel)
	return func(yield func(memberships.Group, error) bool) {
		for g, err := range seq {
			if !yield(g, err) || err != nil {
				return
			}
		}
		pass.Add(memberships.Gap{
			Level: memberships.GapScope, Code: memberships.GapUnlistedGroups,
			Text: "channels without metadata are not listed, whether they have members or not",
		})
	}
}

// state returns the state of a status. PubNub's Chat SDKs call an invitation pending, other
// callers invited.
func state(status string) memberships.State {
	if status == "pending" || status == "invited" {
		return memberships.StateInvited
	}
	return memberships.StateActive
}

func fromUser(u *User) memberships.Member {
	return memberships.Member{Kind: memberships.MemberUser, ID: u.ID, Email: u.Email, Name: u.Name}
}

// fromMember returns the conversion of a channel's members.
func (p *provider) fromMember(channelID string) func(*Member) memberships.Membership {
	channel := memberships.Group{Kind: memberships.KindChannel, ID: channelID}
	var role string
	return func(m *Member) memberships.Membership {
		out := memberships.Membership{
			Provider: api.Name, Group: channel, Member: fromUser(&m.User), State: state(m.Status), Updated: m.Updated,
		}
		out.Role, out.RoleName = p.role.of(m.Custom, m.Type, &role)
		return out.WithNative(m)
	}
}

// fromMembership returns the conversion of a user's channels.
func (p *provider) fromMembership(user memberships.Member) func(*Membership) memberships.Membership {
	var role string
	return func(m *Membership) memberships.Membership {
		out := memberships.Membership{
			Provider: api.Name, Group: fromChannel(&m.Channel), Member: user, State: state(m.Status), Updated: m.Updated,
		}
		out.Role, out.RoleName = p.role.of(m.Custom, m.Type, &role)
		return out.WithNative(m)
	}
}

func fromChannel(c *Channel) memberships.Group {
	return memberships.Group{Kind: memberships.KindChannel, ID: c.ID, Name: c.Name}
}
