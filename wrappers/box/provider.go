package box

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/portable"
	"github.com/memberships-go/memberships/option"
)

// Provider returns the client as a memberships.Provider.
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
		Operations:    memberships.Operations(),
		GroupKinds:    []memberships.GroupKind{memberships.KindGroup},
		SearchedKinds: []memberships.GroupKind{memberships.KindGroup},
		MemberKinds:   []memberships.MemberKind{memberships.MemberUser},
		Roles:         []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		RoleNames:     map[memberships.Role]string{memberships.RoleMember: string(RoleMember), memberships.RoleManager: string(RoleAdmin)},
		Email:         true,
		Directory:     true,
		Total:         true,
		Diagnose:      true,
		Caller:        true,
		Watch:         true,
		MaxPageSize:   maxPageSize,
		ChangesByID:   true,
		Concurrency:   5, // about 16 requests a second at 300 ms each
		Limits: []memberships.RateLimit{
			{Scope: "one user, all requests", Requests: 1000, Per: time.Minute},
		},
	}
}

func (p *provider) Native() any { return p.c }

func (p *provider) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	p = p.with(q.Opts)
	l, err := p.listing(ctx, q, r.Size)
	if err != nil {
		return nil, err
	}
	var gaps []memberships.Gap
	next := l.Next
	l.Next = func(info client.PageInfo[gen.MembershipPage]) (string, error) {
		gaps = pageGaps(info.Cursor, readMemberships(info.Page))
		return next(info)
	}
	listed, err := client.List(p.c.Memberships.c, l).Page(ctx, r.Token)
	page, err := portable.Page(listed, err, fromMembership)
	if err == nil {
		page.Gaps = gaps
	}
	return page, err
}

func (p *provider) List(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	p = p.with(q.Opts)
	return func(yield func(memberships.Membership, error) bool) {
		l, err := p.listing(ctx, q, 0)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		withGaps(ctx, func() *paging.List[Membership] { return fullList(p.c.Memberships.c, l) }, fromMembership, summary)(yield)
	}
}

// listing returns the listing of a group's members or of a user's groups.
func (p *provider) listing(ctx context.Context, q memberships.Query, size int) (client.Listing[gen.MembershipPage, Membership], error) {
	if q.Group.ID != "" {
		return allowEmptyPages(groupListing(q.Group.ID, client.SizedOptions(p.opts, size))), nil
	}
	userID, err := p.user(ctx, q.Member)
	return allowEmptyPages(userListing(userID, client.SizedOptions(p.opts, size))), err
}

// user returns the user id of a member.
func (p *provider) user(ctx context.Context, m memberships.Member) (string, error) {
	if m.ID != "" {
		return m.ID, nil
	}
	found, err := p.resolve(ctx, m)
	return found.Member.ID, err
}

// Get reads a membership by its id, because listings omit some fields. Only admins may do
// that; other callers get the membership of the listing.
func (p *provider) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	p = p.with(opts)
	var listed *Membership
	if ref.ID == "" {
		var err error
		if listed, err = p.named(ctx, memberships.OpGet, ref); err != nil {
			return memberships.Membership{}, err
		}
		if p.listedFields() {
			return fromMembership(listed), nil
		}
		ref.ID = listed.ID
	}
	m, err := p.c.Memberships.Get(ctx, ref.ID, GetMembershipParams{}, p.opts...)
	if errors.Is(err, memberships.ErrPermissionDenied) {
		switch {
		case listed != nil:
			m, err = listed, nil
		case ref.Group.ID != "" && ref.Member != (memberships.Member{}):
			m, err = p.named(ctx, memberships.OpGet, ref)
		}
	}
	return portable.One(m, err, fromMembership)
}

// listedFields reports whether the fields of listings are enough.
func (p *provider) listedFields() bool {
	cfg, err := p.c.Memberships.c.Config(p.opts)
	return err == nil && cfg.ListedFields
}

// named returns the membership of a group and a member, with the fields of listings.
func (p *provider) named(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, error) {
	if err := api.Check(op, client.ID{Name: "group", Value: ref.Group.ID}); err != nil {
		return nil, err
	}
	userID, err := p.user(ctx, ref.Member)
	if err != nil {
		return nil, err
	}
	return p.find(ctx, op, ref.Group.ID, userID)
}

// find searches the user's groups, which are fewer than a group's members, and then the
// group's members if the first search is not certain. Box shows another user's groups to
// administrators only, and the groups of a deleted account to no caller.
func (p *provider) find(ctx context.Context, op memberships.Operation, groupID, userID string) (*Membership, error) {
	m, gaps, err := p.search(ctx, userListing(userID, p.opts), func(m *Membership) string { return m.Group.ID }, groupID)
	switch {
	case m != nil:
		return m, nil
	case err == nil && len(gaps) == 0:
		if _, err := p.c.Groups.Get(ctx, groupID, GetGroupParams{}, p.opts...); err != nil {
			return nil, err
		}
		return nil, api.NotMember(op)
	case err != nil && !errors.Is(err, memberships.ErrPermissionDenied) && !errors.Is(err, memberships.ErrNotFound):
		return nil, err
	}
	m, gaps, err = p.search(ctx, groupListing(groupID, p.opts), func(m *Membership) string { return m.User.ID }, userID)
	switch {
	case m != nil || err != nil:
		return m, err
	case len(gaps) == 0:
		return nil, api.NotMember(op)
	}
	return nil, api.Hidden(op, gaps...)
}

// search returns the first membership of a listing with an id. Without one it returns nil
// and the gaps: entries that Box omits, and entries without an id.
func (p *provider) search(ctx context.Context, l client.Listing[gen.MembershipPage, Membership], id func(*Membership) string, want string) (*Membership, []memberships.Gap, error) {
	l = allowEmptyPages(l)
	l.Call.Opts = client.SearchOptions(l.Call.Opts)
	var c itemCount
	for m, err := range fullList(p.c.Memberships.c, l).OnTotal(c.setTotal).CountItems(&c.shown).All(ctx) {
		if err != nil {
			return nil, nil, err
		}
		switch id(m) {
		case want:
			return m, nil, nil
		case "": // an entry without an id counts as a gap
		default:
			c.yielded++
		}
	}
	return nil, c.gaps(), nil
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
	groupID := ch.Ref.Group.ID
	if err := api.Check(memberships.OpAdd, client.ID{Name: "group", Value: groupID}); err != nil {
		return memberships.Membership{}, err
	}
	userID, err := p.user(ctx, ch.Ref.Member)
	if err != nil {
		return memberships.Membership{}, err
	}
	made, err := p.c.Memberships.Create(ctx, CreateMembershipRequest{
		User: UserRef{ID: userID}, Group: GroupRef{ID: groupID}, Role: roleNamed(ch.Role),
		ConfigurablePermissions: p.permissions(roleNamed(ch.Role)),
	}, CreateMembershipParams{}, p.opts...)
	return portable.One(made, err, fromMembership)
}

func (p *provider) update(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
	was, err := p.lookUp(ctx, memberships.OpUpdate, ch.Ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	m, err := p.c.Memberships.Update(ctx, was.ID, UpdateMembershipRequest{
		Role: roleNamed(ch.Role), ConfigurablePermissions: p.permissions(roleNamed(ch.Role)),
	}, UpdateMembershipParams{}, p.opts...)
	return portable.One(m, err, fromMembership)
}

// remove returns the former membership if it was looked up.
func (p *provider) remove(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	was, err := p.lookUp(ctx, memberships.OpRemove, ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	if err := p.c.Memberships.Delete(ctx, was.ID, p.opts...); err != nil {
		return memberships.Membership{}, err
	}
	return fromMembership(was), nil
}

// lookUp returns the membership of ref. If ref has its id, the fields of ref are all.
func (p *provider) lookUp(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, error) {
	if ref.ID != "" {
		return &Membership{ID: ref.ID, Group: GroupMini{ID: ref.Group.ID}, User: UserMini{ID: ref.Member.ID, Login: ref.Member.Email}}, nil
	}
	if ref.Member.ID == "" {
		return p.byAddress(ctx, op, ref)
	}
	return p.named(ctx, op, ref)
}

// byAddress returns the membership of an address. It reads the first page of the group, which
// has the members of most groups; the search by the user takes two requests.
func (p *provider) byAddress(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, error) {
	if err := cmp.Or(api.Check(op, client.ID{Name: "group", Value: ref.Group.ID}), api.Check("resolve", client.ID{Name: "email", Value: ref.Member.Email})); err != nil {
		return nil, err
	}
	page, err := client.List(p.c.Memberships.c, allowEmptyPages(groupListing(ref.Group.ID, p.opts))).Page(ctx, "")
	switch {
	case errors.Is(err, memberships.ErrPermissionDenied): // the user's own list may show it
		return p.named(ctx, op, ref)
	case err != nil:
		return nil, err
	}
	i := slices.IndexFunc(page.Items, func(m *Membership) bool { return strings.EqualFold(m.User.Login, ref.Member.Email) })
	if i >= 0 {
		return page.Items[i], nil
	}
	userID, err := p.user(ctx, ref.Member)
	if err != nil {
		return nil, err
	}
	if total, known := page.Total.Get(); page.Next != "" || !known || total != int64(len(page.Items)) || slices.ContainsFunc(page.Items, hidesUser) {
		return p.find(ctx, op, ref.Group.ID, userID)
	}
	for _, m := range page.Items { // the address may be another one of the user
		if m.User.ID == userID {
			return m, nil
		}
	}
	return nil, api.NotMember(op)
}

// hidesUser reports whether an entry hides its user.
func hidesUser(m *Membership) bool { return m.User.ID == "" }

func (p *provider) Caller(ctx context.Context, opts ...option.Option) (memberships.Member, error) {
	me, err := p.c.Users.GetMe(ctx, GetMeParams{}, opts...)
	if err != nil {
		return memberships.Member{}, err
	}
	return memberships.Member{Kind: memberships.MemberUser, ID: me.ID, Email: me.Login, Name: me.Name}, nil
}

func (p *provider) Groups(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
	return withGaps(ctx, func() *paging.List[Group] {
		return fullList(p.c.Groups.c, listGroups(ListGroupsParams{}, q.Opts))
	}, fromGroup, summary)
}

func (p *provider) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	p = p.with(opts)
	return portable.ResolveEach(members, func(m memberships.Member) (memberships.Resolution, error) { return p.resolve(ctx, m) })
}

// resolvedKey is the key of the resolution of an address in memberships.OncePerBulk.
type resolvedKey string

// resolved is a resolution or its error.
type resolved struct {
	memberships.Resolution
	err error
}

// resolve resolves one address, once per bulk call.
func (p *provider) resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	if err := api.Check("resolve", client.ID{Name: "email", Value: m.Email}); err != nil {
		return memberships.Resolution{}, err
	}
	r := memberships.OncePerBulk(ctx, resolvedKey(strings.ToLower(m.Email)), func() resolved {
		found, err := p.c.Users.FindByEmail(ctx, m.Email, p.opts...)
		if err != nil {
			return resolved{err: err}
		}
		return resolved{Resolution: memberships.Resolution{
			Member: memberships.Member{Kind: memberships.MemberUser, ID: found.ID, Email: found.Login, Name: found.Name},
			How:    "GET /users?filter_term&user_type=all",
		}}
	})
	return r.Resolution, r.err
}

// role returns the portable role of a name. An admin of a group manages its members.
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
		Provider: api.Name, ID: m.ID,
		Group:  memberships.Group{Kind: memberships.KindGroup, ID: m.Group.ID, Name: m.Group.Name},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: m.User.ID, Email: m.User.Login, Name: m.User.Name},
		Role:   role(m.Role), RoleName: string(m.Role),
		State: memberships.StateActive, Created: m.CreatedAt, Updated: m.ModifiedAt,
	}.WithNative(m)
}

func fromGroup(g *Group) memberships.Group {
	return memberships.Group{Kind: memberships.KindGroup, ID: g.ID, Name: g.Name}
}
