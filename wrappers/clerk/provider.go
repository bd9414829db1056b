package clerk

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
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
		GroupKinds:    []memberships.GroupKind{memberships.KindOrganization},
		SearchedKinds: []memberships.GroupKind{memberships.KindOrganization},
		MemberKinds:   []memberships.MemberKind{memberships.MemberUser},
		Roles:         []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		RoleNames:     map[memberships.Role]string{memberships.RoleMember: RoleMember, memberships.RoleManager: RoleAdmin},
		OwnRoles:      true,
		Email:         true,
		Invites:       true,
		Directory:     true,
		Total:         true,
		Diagnose:      true,
		MaxPageSize:   maxPageSize,
		ListsAll:      true,
		ResolveBatch:  maxAddresses,
		Limits: []memberships.RateLimit{
			{Scope: "production instance, all requests", Requests: 1000, Per: 10 * time.Second},
			{Scope: "development instance, all requests", Requests: 100, Per: 10 * time.Second},
			{Scope: "one membership, updates", Requests: 10, Per: 10 * time.Second},
			{Scope: "invitations", Requests: 250, Per: time.Hour},
		},
	}
}

func (p *provider) Native() any { return p.c }

// exists returns an error if no organization has the id of g. Clerk does not document the
// list of a missing organization, which may be empty.
func (p *provider) exists(ctx context.Context, op memberships.Operation, g memberships.Group) error {
	if g.ID == "" {
		return nil
	}
	o, err := p.c.Organizations.Get(ctx, g.ID, GetOrganizationParams{}, p.opts...)
	if err == nil && o.ID != g.ID {
		return api.Fail(op, memberships.ErrNotFound, "the group has the slug of an organization instead of its id")
	}
	return err
}

// user returns the id of a member.
func (p *provider) user(ctx context.Context, m memberships.Member) (string, error) {
	if m.ID != "" {
		return m.ID, nil
	}
	found, err := p.resolve(ctx, m)
	return found.Member.ID, err
}

func (p *provider) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	p = p.with(opts)
	switch {
	case isInvitation(ref):
		m, err := p.invitation(ctx, memberships.OpGet, ref)
		if errors.Is(err, memberships.ErrNotMember) && ref.Member != (memberships.Member{}) { // accepted, perhaps
			ref.ID = ""
			return p.Get(ctx, ref, p.opts...)
		}
		return m, err
	case ref.Member.ID == "" && ref.Member.Email != "":
		m, i, err := p.findByEmail(ctx, memberships.OpGet, ref)
		if i != nil {
			return fromInvitation(i), nil
		}
		return portable.One(m, err, converter())
	}
	userID, err := p.key(ctx, memberships.OpGet, ref)
	if err != nil {
		return memberships.Membership{}, err
	}
	m, err := p.find(ctx, ref.Group, userID)
	if i, err := p.invitationOf(ctx, ref.Group, userID, err); i != nil || err != nil {
		return portable.One(i, err, fromInvitation)
	}
	return portable.One(m, err, converter())
}

// findByEmail returns the membership of the user with an address, or the pending invitation
// of the address. An organization that lists neither gives memberships.ErrNotMember, whether
// the address has an account or not.
func (p *provider) findByEmail(ctx context.Context, op memberships.Operation, ref memberships.Ref) (*Membership, *Invitation, error) {
	if err := cmp.Or(api.Check(op, client.ID{Name: "group", Value: ref.Group.ID}), api.Check("resolve", client.ID{Name: "email", Value: ref.Member.Email})); err != nil {
		return nil, nil, err
	}
	params := ListOrganizationMembershipsParams{EmailAddress: []string{ref.Member.Email}}
	page, err := client.List(p.c.Memberships.c, organizationListing(ref.Group.ID, params, client.SizedOptions(p.opts, 2))).Page(ctx, "")
	switch {
	case err != nil:
		return nil, nil, err
	case len(page.Items) == 0:
		return p.findInvitation(ctx, op, ref)
	case len(page.Items) == 1 && strings.EqualFold(page.Items[0].PublicUserData.Identifier, ref.Member.Email):
		return page.Items[0], nil, nil
	}
	found, err := p.resolve(ctx, ref.Member) // the row shows another identifier of the user
	if err != nil {
		return nil, nil, err
	}
	for _, m := range page.Items {
		if m.PublicUserData.UserID == found.Member.ID {
			return m, nil, nil
		}
	}
	return nil, nil, api.Fail(op, memberships.ErrMalformed, "the list of members has a user without the address that its filter asks for")
}

// key returns the user id of a membership. No operation of Clerk takes the id of a
// membership.
func (p *provider) key(ctx context.Context, op memberships.Operation, ref memberships.Ref) (string, error) {
	if ref.Group.ID == "" || ref.Member.ID == "" && ref.Member.Email == "" {
		return "", api.Fail(op, memberships.ErrInvalidArgument, "a membership needs a group and a member; Clerk takes no membership id")
	}
	if err := api.Check(op, client.ID{Name: "group", Value: ref.Group.ID}); err != nil {
		return "", err
	}
	return p.user(ctx, ref.Member)
}

// find returns the membership of a user. The error for a missing membership is
// memberships.ErrNotMember if the organization exists, else memberships.ErrNotFound.
func (p *provider) find(ctx context.Context, g memberships.Group, userID string) (*Membership, error) {
	m, err := p.c.Memberships.Find(ctx, g.ID, userID, p.opts...)
	var e *memberships.Error
	if errors.Is(err, memberships.ErrNotFound) && errors.As(err, &e) && e.StatusCode == 0 {
		if err = p.exists(ctx, memberships.OpGet, g); err == nil {
			err = api.NotMember(memberships.OpGet)
		}
	}
	return m, err
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

// add adds a user. With WithInvite, it invites an address without an account.
func (p *provider) add(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
	name := roleNamed(cmp.Or(ch.Role, memberships.RoleMember))
	if err := api.Check(memberships.OpAdd, client.ID{Name: "role", Value: name}); err != nil {
		return memberships.Membership{}, err
	}
	userID, err := p.key(ctx, memberships.OpAdd, ch.Ref)
	unknown := errors.Is(err, memberships.ErrNoSuchMember)
	switch {
	case err != nil && !unknown:
		return memberships.Membership{}, err
	case ch.Ref.Member.Email != "":
		if err := p.uninvited(ctx, ch.Ref); err != nil {
			return memberships.Membership{}, err
		}
	}
	switch {
	case unknown && p.invites():
		return p.invite(ctx, ch.Ref, name)
	case unknown:
		return memberships.Membership{}, err
	}
	made, err := p.c.Memberships.Create(ctx, ch.Ref.Group.ID, CreateMembershipRequest{UserID: userID, Role: name}, p.opts...)
	return portable.One(made, err, converter())
}

func (p *provider) update(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
	name := roleNamed(ch.Role)
	if err := api.Check(memberships.OpUpdate, client.ID{Name: "role", Value: name}); err != nil {
		return memberships.Membership{}, err
	}
	userID, invited, err := p.subject(ctx, memberships.OpUpdate, ch.Ref)
	switch {
	case err != nil:
		return memberships.Membership{}, err
	case invited != nil:
		return p.reinvite(ctx, ch.Ref, invited, name)
	}
	m, err := p.c.Memberships.Update(ctx, ch.Ref.Group.ID, userID, UpdateMembershipRequest{Role: name}, p.opts...)
	err = p.missing(ctx, ch.Ref.Group, userID, err)
	if i, err := p.invitationOf(ctx, ch.Ref.Group, userID, err); i != nil && err == nil {
		return p.reinvite(ctx, ch.Ref, i, name)
	}
	return portable.One(m, err, converter())
}

// remove returns the former membership from Clerk's response. It revokes an invitation.
func (p *provider) remove(ctx context.Context, ref memberships.Ref) (memberships.Membership, error) {
	userID, invited, err := p.subject(ctx, memberships.OpRemove, ref)
	switch {
	case err != nil:
		return memberships.Membership{}, err
	case invited != nil:
		return p.revoke(ctx, ref, invited)
	}
	was, err := p.c.Memberships.remove(ctx, ref.Group.ID, userID, p.opts)
	err = p.missing(ctx, ref.Group, userID, err)
	if i, err := p.invitationOf(ctx, ref.Group, userID, err); i != nil && err == nil {
		return p.revoke(ctx, ref, i)
	}
	return portable.One(was, err, converter())
}

// subject returns the user id of the member of a change, or the pending invitation.
func (p *provider) subject(ctx context.Context, op memberships.Operation, ref memberships.Ref) (userID string, _ *Invitation, _ error) {
	switch {
	case isInvitation(ref):
		i, err := p.getInvitation(ctx, op, ref)
		if errors.Is(err, memberships.ErrNotMember) && ref.Member != (memberships.Member{}) { // accepted, perhaps
			ref.ID = ""
			return p.subject(ctx, op, ref)
		}
		return "", i, err
	case ref.Member.ID != "" || ref.Member.Email == "":
		userID, err := p.key(ctx, op, ref)
		return userID, nil, err
	}
	m, i, err := p.findByEmail(ctx, op, ref)
	if m != nil {
		userID = m.PublicUserData.UserID
	}
	return userID, i, err
}

// missing sets the kind of a write's 404, which can mean organization, member or role. It
// returns other errors and an unknown outcome unchanged.
func (p *provider) missing(ctx context.Context, g memberships.Group, userID string, err error) error {
	var e *memberships.Error
	if errors.Is(err, memberships.ErrOutcomeUnknown) || !errors.Is(err, memberships.ErrNotFound) || !errors.As(err, &e) {
		return err
	}
	switch _, found := p.find(ctx, g, userID); {
	case errors.Is(found, memberships.ErrNotMember):
		e.Kind = memberships.ErrNotMember
	case found == nil && e.Op == "Memberships.Update":
		e.Kind = memberships.ErrInvalidArgument // the role
	case found == nil:
		e.Kind = memberships.ErrConflict // the member exists
	}
	return err
}

func (p *provider) Groups(ctx context.Context, q memberships.Query, _ *memberships.Summary) iter.Seq2[memberships.Group, error] {
	return portable.Seq(p.c.Organizations.List(ctx, ListOrganizationsParams{}, q.Opts...), fromOrganization)
}

func (p *provider) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	p = p.with(opts)
	out := make([]memberships.Resolution, 0, len(members))
	for batch := range slices.Chunk(members, maxAddresses) {
		for i, r := range p.resolveBatch(ctx, batch) {
			out = append(out, r)
			memberships.OncePerBulk(ctx, resolvedKey(strings.ToLower(batch[i].Email)), func() memberships.Resolution { return r })
		}
	}
	return out, nil
}

// resolveBatch resolves up to maxAddresses addresses in one request.
func (p *provider) resolveBatch(ctx context.Context, members []memberships.Member) []memberships.Resolution {
	out := make([]memberships.Resolution, len(members))
	var emails []string
	var asked []int
	for i, m := range members {
		if out[i].Err = api.Check("resolve", client.ID{Name: "email", Value: m.Email}); out[i].Err == nil {
			emails, asked = append(emails, m.Email), append(asked, i)
		}
	}
	if len(emails) == 0 {
		return out
	}
	found, err := p.c.Users.findByEmail(ctx, emails, p.opts)
	for j, i := range asked {
		switch {
		case err != nil:
			out[i].Err = err
		case found[j].err != nil:
			out[i].Err = found[j].err
		default:
			out[i] = memberships.Resolution{Member: fromUser(found[j].user, emails[j]), How: "GET /users?email_address"}
		}
	}
	return out
}

// resolvedKey is the key of the resolution of an address in memberships.OncePerBulk.
type resolvedKey string

// resolve resolves one address, once per bulk call.
func (p *provider) resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	r := memberships.OncePerBulk(ctx, resolvedKey(strings.ToLower(m.Email)), func() memberships.Resolution {
		return p.resolveBatch(ctx, []memberships.Member{m})[0]
	})
	return r, r.Err
}

// fromUser returns the member of an address, in the spelling of Clerk.
func fromUser(u *User, email string) memberships.Member {
	m := memberships.Member{
		Kind: memberships.MemberUser, ID: u.ID, Email: email,
		Name: cmp.Or(new(portable.NameBuilder).Join(u.FirstName, u.LastName), u.Username),
	}
	for _, a := range u.EmailAddresses {
		if strings.EqualFold(a.EmailAddress, email) {
			m.Email = a.EmailAddress
		}
	}
	return m
}

// role returns the portable role of a role's name, current or former. An administrator has
// all permissions; an instance defines the permissions of its other roles.
func role(name string) memberships.Role {
	switch name {
	case RoleMember, "basic_member":
		return memberships.RoleMember
	case RoleAdmin, "admin":
		return memberships.RoleManager
	}
	return memberships.RoleUnknown
}

func roleNamed(r memberships.Role) string {
	switch r {
	case memberships.RoleMember:
		return RoleMember
	case memberships.RoleManager:
		return RoleAdmin
	}
	return string(r)
}

// converter returns the conversion of one listing.
func converter() func(*Membership) memberships.Membership {
	var names portable.NameBuilder
	return func(m *Membership) memberships.Membership { return fromMembership(m, &names) }
}

func fromMembership(m *Membership, names *portable.NameBuilder) memberships.Membership {
	u := &m.PublicUserData
	out := memberships.Membership{
		Provider: api.Name,
		Group:    fromOrganization(&m.Organization),
		Member:   memberships.Member{Kind: memberships.MemberUser, ID: u.UserID, Name: cmp.Or(names.Join(u.FirstName, u.LastName), u.Username)},
		Role:     role(m.Role), RoleName: m.Role,
		State: memberships.StateActive, Created: date(m.CreatedAt), Updated: date(m.UpdatedAt),
	}
	if strings.Contains(u.Identifier, "@") { // it may be a phone number or a username
		out.Member.Email = u.Identifier
	}
	return out.WithNative(m)
}

func fromOrganization(o *Organization) memberships.Group {
	return memberships.Group{Kind: memberships.KindOrganization, ID: o.ID, Name: o.Name}
}

// date returns a time of Clerk. Its documents say milliseconds, and some of its examples
// have seconds, which no object has had as milliseconds: that would be before 1973.
func date(n int64) time.Time {
	switch {
	case n == 0:
		return time.Time{}
	case 0 < n && n < 1e11:
		return time.Unix(n, 0).UTC()
	}
	return time.UnixMilli(n).UTC()
}
