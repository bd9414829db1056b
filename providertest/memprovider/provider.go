package memprovider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/memberships-go/memberships"
)

// Provider is an in-memory memberships.Provider. It is safe for concurrent use.
type Provider struct {
	memberships.Unsupported
	name string
	caps memberships.Capabilities
	hook func(context.Context, Call) error
	store
}

var _ memberships.Provider = (*Provider)(nil)

// New returns a provider with the groups and people of the options.
func New(opts ...Option) *Provider {
	roles := []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}
	names := map[memberships.Role]string{}
	for _, r := range roles {
		names[r] = string(r)
	}
	p := &Provider{
		name: "memory",
		caps: memberships.Capabilities{
			Operations:  memberships.Operations(),
			MemberKinds: []memberships.MemberKind{memberships.MemberUser, memberships.MemberGroup, memberships.MemberApp},
			Roles:       roles,
			RoleNames:   names,
			OwnRoles:    true,
			Email:       true,
			Directory:   true,
			Total:       true,
			Diagnose:    true,
			Watch:       true,
			MaxPageSize: 100,
		},
		store: store{log: eventLog{kept: keptEvents}},
	}
	for _, o := range opts {
		o(p)
	}
	if len(p.caps.GroupKinds) == 0 {
		p.caps.GroupKinds = []memberships.GroupKind{memberships.KindGroup}
	}
	if p.caps.Can(memberships.OpListByMember) && len(p.caps.SearchedKinds) == 0 {
		p.caps.SearchedKinds = p.caps.GroupKinds
	}
	return p
}

// Put creates a group if it is missing, and adds or changes members, as a change by
// another client of a real provider: it calls no hook. Of a membership it uses Member
// with an ID, RoleName or else Role, and State. New members enter the directory; they are
// active and have the role "member" by default. An invitation of a new member's address to
// the group ends.
func (p *Provider) Put(g memberships.Group, members ...memberships.Membership) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.group(g); !ok {
		p.groups = append(p.groups, g)
	}
	for _, m := range members {
		p.put(g, p.know(m.Member).ID, m.RoleName, m.Role, m.State)
	}
}

// Hide adds gap to every further listing of a group. A gap at the level hidden also hides
// the given members: listings omit them, and a lookup of any absent member of the group
// is memberships.ErrUndetermined. Hidden members stay members: adding one again is
// memberships.ErrAlreadyExists.
func (p *Provider) Hide(g memberships.Group, gap memberships.Gap, members ...memberships.Member) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.veils == nil {
		p.veils = map[memberships.Group]*veil{}
	}
	key := memberships.Group{Kind: cmp.Or(g.Kind, memberships.KindGroup), ID: g.ID}
	if p.veils[key] == nil {
		p.veils[key] = &veil{ids: map[string]bool{}}
	}
	v := p.veils[key]
	v.gaps = append(v.gaps, gap)
	for _, m := range members {
		key := keyOf(m.ID, m.Email)
		v.ids[key] = gap.Level == memberships.GapHidden || v.ids[key]
	}
}

// PutPeople adds people to the directory and to no group. Existing people stay unchanged.
// Several people may share an e-mail address, which is then ambiguous.
func (p *Provider) PutPeople(people ...memberships.Member) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range people {
		p.know(m)
	}
}

// Name returns "memory" or the name of WithName.
func (p *Provider) Name() string { return p.name }

// Capabilities returns the declared capabilities, by default all but Caller, Invites and those of WithBulk.
func (p *Provider) Capabilities() memberships.Capabilities {
	c := p.caps
	c.Operations, c.GroupKinds, c.SearchedKinds = slices.Clone(c.Operations), slices.Clone(c.GroupKinds), slices.Clone(c.SearchedKinds)
	c.MemberKinds, c.Roles, c.RoleNames = slices.Clone(c.MemberKinds), slices.Clone(c.Roles), maps.Clone(c.RoleNames)
	c.PromotesCaller = slices.Clone(c.PromotesCaller)
	return c
}

// Native returns p.
func (p *Provider) Native() any { return p }

// begin starts an operation: it checks the declaration and ctx, and calls the hook.
func (p *Provider) begin(ctx context.Context, c Call) error {
	declared := p.caps.Can(c.Operation)
	switch c.Operation {
	case opResolve:
		declared = p.caps.Email
	case opDiagnose:
		declared = p.caps.Diagnose
	case opWatch:
		declared = p.caps.Watch
	}
	if !declared {
		return p.fail(c.Operation, memberships.ErrUnsupported, nil)
	}
	if err := memberships.CheckContext(ctx, p.name, c.Operation); err != nil {
		return err
	}
	if p.hook == nil {
		return nil
	}
	return p.foreign(ctx, c.Operation, p.hook(ctx, c))
}

// The operations that a hook sees beside memberships.Operations.
const (
	opResolve  memberships.Operation = "resolve"
	opDiagnose memberships.Operation = "diagnose"
)

// foreign makes an *Error of this provider's of an error of a hook's.
func (p *Provider) foreign(ctx context.Context, op memberships.Operation, err error) error {
	var e *memberships.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		named := *e
		named.Provider, named.Op = p.name, string(op)
		return &named
	case ctx.Err() != nil:
		return p.fail(op, ctx.Err(), err)
	}
	return p.fail(op, memberships.ErrUnavailable, err)
}

func (p *Provider) fail(op memberships.Operation, kind, cause error) error {
	return &memberships.Error{Provider: p.name, Op: string(op), Kind: kind, Err: cause}
}

// List yields members in insertion order, those of all groups for a query with neither
// group nor member.
func (p *Provider) List(ctx context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		for r := (memberships.PageRequest{}); ; {
			page, err := p.ListPage(ctx, q, r)
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			pass.SetTotal(page.Total)
			pass.Add(page.Gaps...)
			for _, m := range page.Items {
				if !yield(m, nil) {
					return
				}
			}
			if r.Token = page.Next; r.Token == "" {
				return
			}
		}
	}
}

// ListPage returns members in insertion order, those of one state if q has it. The last page
// has the gaps.
func (p *Provider) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	op := q.Op()
	if err := p.refuse(op, q.Opts); err != nil {
		return nil, err
	}
	if ofAll(q) && !p.caps.ListsAll {
		return nil, p.fail(op, memberships.ErrUnsupported, nil)
	}
	after, err := openToken(q, r.Token)
	if err != nil {
		return nil, p.fail(op, memberships.ErrInvalidArgument, err)
	}
	if err := p.begin(ctx, Call{Operation: op, Group: q.Group, Member: q.Member, Token: r.Token}); err != nil {
		return nil, err
	}
	size := p.caps.MaxPageSize
	if r.Size > 0 {
		size = min(r.Size, size)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	records, err := p.listed(q, p.caps.SearchedKinds)
	if err != nil {
		return nil, p.fail(op, err, nil)
	}
	records = slices.DeleteFunc(records, func(r *Record) bool { return q.State != "" && r.state() != q.State })
	page := &memberships.Page[memberships.Membership]{}
	if p.caps.Total {
		page.Total = memberships.TotalOf(int64(len(records)))
	}
	for _, r := range records {
		if r.Serial <= after {
			continue
		}
		if len(page.Items) == size {
			page.Next = sealToken(q, after)
			break
		}
		page.Items = append(page.Items, p.membership(r))
		after = r.Serial
	}
	if page.Next == "" {
		page.Gaps = p.gaps(q)
	}
	return page, nil
}

// requestOption is the value of an option of package option. An interface stands for its
// type, because this package imports nothing but package memberships.
type requestOption interface{ RequestOption() }

// asksToInvite reports whether opts have memberships.WithInvite.
func asksToInvite(opts []memberships.Option) bool {
	return slices.ContainsFunc(opts, func(o memberships.Option) bool {
		_, ok := o.Value().(interface{ Invite() })
		return ok
	})
}

// refuse returns the error for the first invalid option. The options of package option are
// valid and have no effect, because the provider sends no requests; memberships.WithInvite
// has one on changes.
func (p *Provider) refuse(op memberships.Operation, opts []memberships.Option) error {
	for _, o := range opts {
		var err error
		_, known := o.Value().(requestOption)
		switch only := o.Provider(); {
		case o.Value() == nil:
			err = errors.New("an option is empty")
		case only != "" && only != p.name:
			err = fmt.Errorf("an option of %s was given to %s", only, p.name)
		case !known:
			err = fmt.Errorf("an option (%T) is for the listings of memberships.Client alone", o.Value())
		default:
			continue
		}
		return p.fail(op, memberships.ErrInvalidArgument, err)
	}
	return nil
}

// Get returns one membership.
func (p *Provider) Get(ctx context.Context, ref memberships.Ref, opts ...memberships.Option) (memberships.Membership, error) {
	return p.one(ctx, memberships.OpGet, ref, opts, func(r *Record) (*Record, error) { return r, nil })
}

// Apply makes changes one after the other, whatever ChangeBatch is.
func (p *Provider) Apply(ctx context.Context, changes []memberships.Change, opts ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return memberships.ApplyEach(ctx, changes, func(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
		switch ch.Op {
		case memberships.OpAdd:
			return p.add(ctx, ch, opts)
		case memberships.OpUpdate:
			return p.one(ctx, ch.Op, ch.Ref, opts, func(r *Record) (*Record, error) { return p.update(r, ch.Role, opts) })
		case memberships.OpRemove:
			return p.one(ctx, ch.Op, ch.Ref, opts, func(r *Record) (*Record, error) { p.drop(r); return r, nil })
		}
		return memberships.Membership{}, p.fail(ch.Op, memberships.ErrUnsupported, nil)
	})
}

// add makes a person of the directory a member, which ends an invitation of the person's
// address, or invites an address without an account.
func (p *Provider) add(ctx context.Context, ch memberships.Change, opts []memberships.Option) (memberships.Membership, error) {
	const op = memberships.OpAdd
	if err := p.refuse(op, opts); err != nil {
		return memberships.Membership{}, err
	}
	g, m := ch.Ref.Group, ch.Ref.Member
	if err := p.begin(ctx, Call{Operation: op, Group: g, Member: m}); err != nil {
		return memberships.Membership{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	group, ok := p.group(g)
	if !ok {
		return memberships.Membership{}, p.fail(op, memberships.ErrNotFound, errNoGroup)
	}
	who, err := p.person(m)
	switch {
	case errors.Is(err, memberships.ErrNoSuchMember) && p.invitation(group, m.Email) != nil:
		return memberships.Membership{}, p.fail(op, memberships.ErrAlreadyExists, nil)
	case errors.Is(err, memberships.ErrNoSuchMember) && p.caps.Invites && m.Kind != memberships.MemberGroup && m.Kind != memberships.MemberApp && asksToInvite(opts):
		return p.membership(p.invite(group, m.Email, ch.Role)), nil
	case err != nil:
		return memberships.Membership{}, p.fail(op, err, nil)
	case p.find(group, who.ID) != nil:
		return memberships.Membership{}, p.fail(op, memberships.ErrAlreadyExists, nil)
	}
	return p.membership(p.put(group, who.ID, "", ch.Role, "")), nil
}

// update changes the role of a record. An invitation of an address is replaced by a new one
// if opts ask for it.
func (p *Provider) update(r *Record, role memberships.Role, opts []memberships.Option) (*Record, error) {
	switch {
	case r.Email == "":
		r.Role, r.Updated = string(role), p.clock()
		p.log.add(memberships.EventUpdated, r)
		return r, nil
	case !asksToInvite(opts):
		return nil, p.fail(memberships.OpUpdate, memberships.ErrConflict, errors.New("a pending invitation keeps its role; WithInvite replaces it by a new one"))
	}
	p.drop(r)
	return p.invite(r.Group, r.Email, role), nil
}

// one does something to one membership and returns the membership of do's record.
func (p *Provider) one(ctx context.Context, op memberships.Operation, ref memberships.Ref, opts []memberships.Option, do func(*Record) (*Record, error)) (memberships.Membership, error) {
	if err := p.refuse(op, opts); err != nil {
		return memberships.Membership{}, err
	}
	if err := p.begin(ctx, Call{Operation: op, Group: ref.Group, Member: ref.Member, MembershipID: ref.ID}); err != nil {
		return memberships.Membership{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	r, kind, cause := p.named(ref)
	if kind != nil {
		return memberships.Membership{}, p.fail(op, kind, cause)
	}
	r, err := do(r)
	if err != nil {
		return memberships.Membership{}, err
	}
	return p.membership(r), nil
}

// Groups yields all groups in the order of their creation.
func (p *Provider) Groups(ctx context.Context, q memberships.Query, _ *memberships.Summary) iter.Seq2[memberships.Group, error] {
	return func(yield func(memberships.Group, error) bool) {
		err := p.refuse(memberships.OpGroups, q.Opts)
		if err == nil {
			err = p.begin(ctx, Call{Operation: memberships.OpGroups})
		}
		if err != nil {
			yield(memberships.Group{}, err)
			return
		}
		p.mu.Lock()
		groups := slices.Clone(p.groups)
		p.mu.Unlock()
		for _, g := range groups {
			if !yield(g, nil) {
				return
			}
		}
	}
}

// Resolve finds people in the directory, ignoring case.
func (p *Provider) Resolve(ctx context.Context, members []memberships.Member, opts ...memberships.Option) ([]memberships.Resolution, error) {
	if err := p.refuse(opResolve, opts); err != nil {
		return nil, err
	}
	out := make([]memberships.Resolution, len(members))
	for i, m := range members {
		out[i], out[i].Err = p.resolve(ctx, m)
	}
	return out, nil
}

func (p *Provider) resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	if err := p.begin(ctx, Call{Operation: opResolve, Member: m}); err != nil {
		return memberships.Resolution{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	who, err := p.person(memberships.Member{Email: m.Email})
	if err != nil {
		return memberships.Resolution{}, p.fail(opResolve, err, nil)
	}
	return memberships.Resolution{Member: who, How: "the directory"}, nil
}

// Diagnose reports every declared operation as allowed.
func (p *Provider) Diagnose(ctx context.Context, opts ...memberships.Option) (memberships.Diagnosis, error) {
	if err := p.refuse(opDiagnose, opts); err != nil {
		return memberships.Diagnosis{}, err
	}
	if err := p.begin(ctx, Call{Operation: opDiagnose}); err != nil {
		return memberships.Diagnosis{}, err
	}
	d := memberships.Diagnosis{Identity: p.name}
	for _, op := range p.caps.Operations {
		d.Findings = append(d.Findings, memberships.Finding{Operation: op, Verdict: memberships.VerdictAllowed})
	}
	return d, nil
}
