package googlechat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// WithAppAuth declares the token as an app's own, from its service account. Google lists
// invited people, groups and apps for users' tokens only, so the listings of Provider then
// omit them and have a gap for them. A token source can declare the same with a method
// AppAuth() bool. The option does not change the services.
func WithAppAuth() option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		c.Set(appAuthKey{}, true)
		return nil
	})
}

type appAuthKey struct{}

// isApp reports whether the tokens of a configuration are an app's own.
func isApp(c *config.Config) bool {
	if app, ok := c.Values[appAuthKey{}].(bool); ok {
		return app
	}
	source, ok := c.Tokens.Source().(interface{ AppAuth() bool })
	return ok && source.AppAuth()
}

// Provider returns the client as a memberships.Provider.
func (c *Client) Provider() memberships.Provider {
	return portable.Checked(api, (&provider{c: c}).with(nil))
}

type provider struct {
	memberships.Unsupported
	c   *Client
	app bool // the token is an app's
	// opts are the options of the current call.
	opts []option.Option
}

var _ memberships.Provider = (*provider)(nil)

// with returns a copy of p for one call.
func (p *provider) with(opts []option.Option) *provider {
	called := &provider{c: p.c, app: p.app, opts: opts}
	if cfg, err := p.c.Memberships.c.Config(opts); err == nil {
		called.app = isApp(cfg)
	}
	return called
}

func (*provider) Name() string { return api.Name }

func (*provider) Capabilities() memberships.Capabilities {
	return memberships.Capabilities{
		Operations:    memberships.Operations(),
		GroupKinds:    []memberships.GroupKind{memberships.KindSpace},
		SearchedKinds: []memberships.GroupKind{memberships.KindSpace},
		MemberKinds:   []memberships.MemberKind{memberships.MemberUser, memberships.MemberGroup, memberships.MemberApp},
		Roles:         []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner},
		RoleNames:     maps.Clone(roles),
		Email:         true,
		AddsByEmail:   true,
		Diagnose:      true,
		MaxPageSize:   maxPageSize,
		Limits: []memberships.RateLimit{
			{Scope: "one project, additions and removals of members", Requests: 300, Per: time.Minute},
			{Scope: "one project, readings of members", Requests: 3000, Per: time.Minute},
			{Scope: "one project, readings of spaces", Requests: 3000, Per: time.Minute},
			{Scope: "one space, readings by all apps", Requests: 900, Per: time.Minute},
		},
	}
}

func (p *provider) Native() any { return p.c }

// ListPage returns one page of the members of a space. For the memberships of a member, a
// page covers one page of spaces.
func (p *provider) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	p = p.with(q.Opts)
	if q.Group.ID == "" {
		return p.listByMemberPage(ctx, q.Member, r)
	}
	listed, err := p.c.Memberships.ListBySpacePage(ctx, q.Group.ID, p.params(), r.Token, client.SizedOptions(p.opts, r.Size)...)
	page, err := portable.Page(listed, err, from(q.Group.ID))
	if err != nil {
		return nil, err
	}
	var v view
	for _, m := range listed.Items {
		v.show(m)
	}
	page.Gaps = v.gaps(p.app && page.Next == "")
	return page, nil
}

func (p *provider) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	p = p.with(q.Opts)
	if q.Group.ID == "" {
		return p.listByMember(ctx, q.Member, summary)
	}
	seq := p.c.Memberships.ListBySpace(ctx, q.Group.ID, p.params(), p.opts...)
	if summary == nil {
		return portable.Seq(seq, from(q.Group.ID))
	}
	return func(yield func(memberships.Membership, error) bool) {
		var v view
		convert := from(q.Group.ID)
		for m, err := range seq {
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			v.show(m)
			if !yield(convert(m), nil) {
				return
			}
		}
		summary.Add(v.gaps(p.app)...)
	}
}

// params includes invited people and groups, so that callers do not add them again.
func (p *provider) params() ListMembershipsParams {
	var params ListMembershipsParams
	if !p.app {
		params.ShowInvited, params.ShowGroups = true, true
	}
	return params
}

func (p *provider) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	p = p.with(opts)
	m, err := p.find(ctx, memberships.OpGet, ref, p.listedOnce)
	out, err := portable.One(m, err, from(spaceIn(ref)))
	return keepEmail(out, ref), err
}

// findListed returns a membership from the list of members after a 404 for its name. If the
// list lacks the member, the error is that of notShown. If the space does not show its
// members, the error is missing.
type findListed func(ctx context.Context, op memberships.Operation, ref memberships.Ref, missing error) (*Membership, error)

// find returns the membership of ref, and ErrNotMember or ErrUndetermined if it finds none.
// It reads a group from the list of members, as findGroup does.
func (p *provider) find(ctx context.Context, op memberships.Operation, ref memberships.Ref, listed findListed) (*Membership, error) {
	var m *Membership
	name, err := nameOf(op, ref)
	switch {
	case err != nil:
		return nil, err
	case name == "":
		m, _, err = p.c.Memberships.findGroup(ctx, ref.Group.ID, groupName(ref.Member), false, p.opts)
		if err == nil && m == nil {
			err = p.notShown(op, ref, view{})
		}
	default:
		m, err = p.c.Memberships.Get(ctx, name, GetMembershipParams{}, p.opts...)
		if errors.Is(err, memberships.ErrNotFound) {
			m, err = listed(ctx, op, ref, err)
		}
	}
	if err == nil && m.State == StateNotAMember {
		err = api.NotMember(op)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// listedNow is a findListed that reads the list up to the member.
func (p *provider) listedNow(ctx context.Context, op memberships.Operation, ref memberships.Ref, missing error) (*Membership, error) {
	var v view
	for m, err := range p.c.Memberships.ListBySpace(ctx, spaceIn(ref), p.params(), client.SearchOptions(p.opts)...) {
		switch {
		case errors.Is(err, memberships.ErrNotFound), errors.Is(err, memberships.ErrPermissionDenied):
			return nil, missing
		case err != nil:
			return nil, err
		case isMember(m, ref.Member):
			return m, nil
		}
		v.show(m)
	}
	return nil, p.notShown(op, ref, v)
}

// isMember reports whether a membership has the id or the address of who.
func isMember(m *Membership, who memberships.Member) bool {
	shown := member(m)
	if who.ID != "" {
		return shown.ID == who.ID && shown.Kind == who.Kind
	}
	return who.Email != "" && strings.EqualFold(shown.Email, who.Email)
}

// notShown returns the error of a member that a list lacks: ErrUndetermined if the view has
// gaps that may hide the member, ErrNotMember otherwise.
func (p *provider) notShown(op memberships.Operation, ref memberships.Ref, v view) error {
	if ref.Member.Kind != memberships.MemberUser {
		v = view{} // neither a group nor an anonymous person hides a group or an app
	}
	if gaps := v.gaps(p.app); len(gaps) > 0 {
		return api.Hidden(op, gaps...)
	}
	return api.NotMember(op)
}

// absent returns the error of a write: for a 404, the error of findListed. Other errors stay
// unchanged, and so does ErrOutcomeUnknown.
func (p *provider) absent(ctx context.Context, op memberships.Operation, ref memberships.Ref, err error) error {
	if errors.Is(err, memberships.ErrOutcomeUnknown) || !errors.Is(err, memberships.ErrNotFound) {
		return err
	}
	if _, found := p.listedNow(ctx, op, ref, err); found != nil {
		return found
	}
	return err
}

// nameOf returns the name of a membership, or "" for a group without a membership id, whose
// name only a list shows.
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
		err = errors.New(`the member "app" is the calling app, but has the kind user`)
	default:
		_, err = checkName("the member", userName(id), "users/{user}")
	}
	switch {
	case err != nil:
		return "", api.Fail(op, memberships.ErrInvalidArgument, err.Error())
	case m.Kind == memberships.MemberGroup:
		return "", nil
	}
	return MembershipName(ref.Group.ID, id), nil
}

func groupName(m memberships.Member) string { return GroupMember(m.ID).GroupMember.Name }

// spaceIn returns the id of the space of ref.
func spaceIn(ref memberships.Ref) string {
	if of := membershipOf(ref.ID); ref.ID != "" && of.err == nil {
		return of.id(0)
	}
	return ref.Group.ID
}

func (p *provider) Apply(ctx context.Context, changes []memberships.Change, opts ...option.Option) iter.Seq2[memberships.Result, error] {
	p = p.with(opts)
	return memberships.ApplyEach(ctx, changes, func(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
		switch ch.Op {
		case memberships.OpAdd:
			return p.add(ctx, ch.Ref, ch.Role)
		case memberships.OpUpdate:
			return p.update(ctx, ch.Ref, ch.Role)
		}
		return p.remove(ctx, ch.Ref)
	})
}

// add reads before it writes, because the response to a repeated addition equals the
// response to a new one. A hidden member may already exist, and add sends the request.
func (p *provider) add(ctx context.Context, ref memberships.Ref, r memberships.Role) (memberships.Membership, error) {
	none, op, role := memberships.Membership{}, memberships.OpAdd, cmp.Or(MembershipRole(roles[r]), RoleMember)
	g, m := ref.Group, ref.Member
	if m.Kind == memberships.MemberGroup && role != RoleMember {
		return none, api.Fail(op, memberships.ErrInvalidArgument, "a Google group has no role in a space")
	}
	switch _, err := p.find(ctx, op, ref, p.listedOnce); {
	case err == nil:
		return none, api.Fail(op, memberships.ErrAlreadyExists, "the space already has the member or an invitation")
	case !errors.Is(err, memberships.ErrNotMember) && !errors.Is(err, memberships.ErrUndetermined):
		return none, err
	}
	made, err := p.c.Memberships.Create(ctx, g.ID, request(m), CreateMembershipParams{}, p.opts...)
	if err != nil || role == RoleMember {
		out, err := portable.One(made, err, from(g.ID))
		return keepEmail(out, ref), err
	}
	promoted, err := p.c.Memberships.Update(ctx, made.Name, UpdateMembershipRequest{Role: role}, UpdateMembershipParams{}, p.opts...)
	if err != nil {
		return keepEmail(from(g.ID)(made), ref), errPartlyAdded(made, role, err)
	}
	return keepEmail(from(g.ID)(promoted), ref), nil
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

// errPartlyAdded returns the error of an addition whose change of role failed with err.
func errPartlyAdded(made *Membership, role MembershipRole, err error) error {
	var e *memberships.Error
	if !errors.As(err, &e) {
		return err
	}
	partly := *e
	partly.Err = fmt.Errorf("the member was added (%s), but the change to %s failed", made.State, role)
	if e.Err != nil {
		partly.Err = fmt.Errorf("%w: %w", partly.Err, e.Err)
	}
	return &partly
}

// update looks up the canonical name of a membership that ref names by address. Google Chat
// documents addresses in names for reads and deletions only.
func (p *provider) update(ctx context.Context, ref memberships.Ref, r memberships.Role) (memberships.Membership, error) {
	none, op := memberships.Membership{}, memberships.OpUpdate
	if ref.ID == "" && ref.Member.Kind == memberships.MemberGroup {
		return none, api.Fail(op, memberships.ErrInvalidArgument, "a Google group has no role in a space")
	}
	name, err := nameOf(op, ref)
	if err == nil && ref.ID == "" && ref.Member.ID == "" {
		var m *Membership
		if m, err = p.find(ctx, op, ref, p.listedNow); err == nil {
			name = m.Name
		}
	}
	if err != nil {
		return none, err
	}
	m, err := p.c.Memberships.Update(ctx, name, UpdateMembershipRequest{Role: MembershipRole(roles[r])}, UpdateMembershipParams{}, p.opts...)
	if err != nil {
		return none, p.absent(ctx, op, ref, err)
	}
	return keepEmail(from(spaceIn(ref))(m), ref), nil
}

// remove reads the membership first, because the response to a deletion lacks the role. After
// a refused deletion it reads once more, because Google Chat has several errors for a
// missing member.
func (p *provider) remove(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	none, op := memberships.Membership{}, memberships.OpRemove
	m, err := p.find(ctx, op, ref, p.listedNow)
	if err != nil {
		return none, err
	}
	err = p.c.Memberships.Delete(ctx, m.Name, DeleteMembershipParams{}, p.opts...)
	if errors.Is(err, memberships.ErrOutcomeUnknown) {
		return none, err
	}
	if errors.Is(err, memberships.ErrPermissionDenied) || errors.Is(err, memberships.ErrNotFound) {
		if _, gone := p.find(ctx, op, ref, p.listedNow); errors.Is(gone, memberships.ErrNotMember) || errors.Is(gone, memberships.ErrUndetermined) {
			return none, gone
		}
	}
	if err != nil {
		return none, err
	}
	return keepEmail(from(spaceIn(ref))(m), ref), nil
}

func (p *provider) Groups(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
	seq := portable.Seq(p.c.Spaces.List(ctx, ListSpacesParams{}, q.Opts...), fromSpace)
	return func(yield func(memberships.Group, error) bool) {
		for g, err := range seq {
			if !yield(g, err) || err != nil {
				return
			}
		}
		summary.Add(callersSpaces)
	}
}

func (p *provider) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	p = p.with(opts)
	return portable.ResolveEach(members, func(m memberships.Member) (memberships.Resolution, error) { return p.resolve(ctx, m) })
}

// resolve searches an address in the caller's direct message with that person and then in
// one space after the other: Google Chat has no directory, but accepts a person's addresses
// in the names of memberships. It continues after the 404 of a space, and fails if the list
// of spaces fails.
func (p *provider) resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	const op memberships.Operation = "resolve"
	var none memberships.Resolution
	named := memberships.Ref{Member: memberships.Member{Kind: m.Kind, Email: m.Email}}
	if _, err := nameOf(op, named); err != nil {
		return none, err
	}
	for s, err := range p.candidateSpaces(ctx, m.Email) {
		if err != nil {
			return none, err
		}
		got, err := p.c.Memberships.Get(ctx, MembershipName(s.Name, m.Email), GetMembershipParams{}, p.opts...)
		switch {
		case errors.Is(err, memberships.ErrNotFound):
		case err != nil:
			return none, err
		default:
			return memberships.Resolution{Member: keepEmail(from(s.Name)(got), named).Member, How: "GET /spaces/{space}/members/{email}"}, nil
		}
	}
	return none, api.NoSuchMember(op, "no space that the credential sees has a member with this address")
}

// candidateSpaces yields the spaces that may have a person with an address, the likeliest
// first.
func (p *provider) candidateSpaces(ctx context.Context, email string) iter.Seq2[*Space, error] {
	return func(yield func(*Space, error) bool) {
		if !p.app { // Google Chat accepts an address there with a user's token only
			s, err := p.c.Spaces.FindDirectMessage(ctx, email, p.opts...)
			switch {
			case errors.Is(err, memberships.ErrNotFound), errors.Is(err, memberships.ErrInvalidArgument):
			case !yield(s, err) || err != nil:
				return
			}
		}
		p.c.Spaces.List(ctx, ListSpacesParams{}, client.SearchOptions(p.opts)...)(yield)
	}
}

// roles has Google Chat's names of roles. The names in its user interface differ: it shows
// a ROLE_MANAGER as an Owner.
var roles = map[memberships.Role]string{
	memberships.RoleMember:  string(RoleMember),
	memberships.RoleManager: string(RoleAssistantManager),
	memberships.RoleOwner:   string(RoleManager),
}

// role returns the portable role of a membership. Groups and invited people have no role in
// Google Chat and are members here.
func role(m *Membership) memberships.Role {
	switch m.Role {
	case RoleMember:
		return memberships.RoleMember
	case RoleAssistantManager:
		return memberships.RoleManager
	case RoleManager:
		return memberships.RoleOwner
	}
	if roleName(m) == "" && (m.GroupMember.Name != "" || m.State == StateInvited) {
		return memberships.RoleMember
	}
	return memberships.RoleUnknown
}

// roleName returns Google Chat's name of a membership's role, empty if it has none. Google
// Chat mostly leaves an unspecified value out, and may name it.
func roleName(m *Membership) string {
	if m.Role == gen.MembershipRoleUnspecified {
		return ""
	}
	return string(m.Role)
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

// member returns the member of a membership. Without a user or group, its id is the last
// part of the membership's name.
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
	case m.Member.Type != "" && m.Member.Type != gen.UserTypeUnspecified:
		out.Kind = memberships.MemberKind(strings.ToLower(string(m.Member.Type)))
	}
	return out
}

// from returns the conversion of a space's memberships.
func from(space string) func(*Membership) memberships.Membership {
	group := memberships.Group{Kind: memberships.KindSpace, ID: strings.TrimPrefix(space, "spaces/")}
	return func(m *Membership) memberships.Membership {
		return memberships.Membership{
			Provider: api.Name, ID: m.Name, Group: group, Member: member(m),
			Role: role(m), RoleName: roleName(m), State: state(m.State), Created: m.CreateTime,
		}.WithNative(m)
	}
}

// keepEmail returns out with the address of asked if Google Chat shows none.
func keepEmail(out memberships.Membership, asked memberships.Ref) memberships.Membership {
	if out.Member.Email == "" && out.ID != "" && asked.ID == "" && asked.Member.ID == "" {
		out.Member.Email = asked.Member.Email
	}
	return out
}

func fromSpace(s *Space) memberships.Group {
	return memberships.Group{Kind: memberships.KindSpace, ID: strings.TrimPrefix(s.Name, "spaces/"), Name: s.DisplayName}
}
