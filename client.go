package memberships

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Client does the same for every provider. It is safe for concurrent use if its
// Provider is.
type Client struct {
	p    Provider
	caps Capabilities
}

// New returns a client of p, which it asks for its capabilities once.
func New(p Provider) *Client { return &Client{p: p, caps: p.Capabilities()} }

// Provider returns what New was given.
func (c *Client) Provider() Provider { return c.p }

// Name is the provider's name.
func (c *Client) Name() string { return c.p.Name() }

// Capabilities is what the provider can do.
func (c *Client) Capabilities() Capabilities { return c.caps }

// Get returns one membership. ErrNotMember says that the member is certainly not in the
// group, ErrUndetermined that the member may be in a part of the group that was hidden.
// Any other ErrNotFound leaves that open, too.
func (c *Client) Get(ctx context.Context, ref Ref, opts ...Option) (Membership, error) {
	if err := checkContext(ctx, c.Name(), OpGet); err != nil {
		return Membership{}, err
	}
	if err := c.check(OpGet, c.checkRef(&ref)); err != nil {
		return Membership{}, err
	}
	m, err := c.p.Get(ctx, ref, opts...)
	m.nameGroup(ref.Group)
	return m, c.wrap(ctx, OpGet, err)
}

// Add makes m a member of g and returns the membership. An empty r is the provider's
// ordinary role. Somebody who is a member or invited already is ErrAlreadyExists, and
// nothing has changed then. A provider that needs two calls to add with a role may return
// an error together with the membership that the first one made. A repeat can undo somebody
// else's change: see option.WithoutRepeat.
//
// A group that does not exist is ErrNotFound, unless Capabilities.CreatesGroups says that
// Add makes it. The answer does not tell; a List of the group before the Add does, which
// is ErrNotFound then.
func (c *Client) Add(ctx context.Context, g Group, m Member, r Role, opts ...Option) (Membership, error) {
	if err := checkContext(ctx, c.Name(), OpAdd); err != nil {
		return Membership{}, err
	}
	if err := c.check(OpAdd, c.checkGroup(&g), c.checkMember(&m), c.checkRole(r), c.checkMemberKind(m)); err != nil {
		return Membership{}, err
	}
	return c.apply(ctx, Change{Op: OpAdd, Ref: Ref{Group: g, Member: m}, Role: r}, opts)
}

// Update gives a member another role and returns the membership as it is then. A repeat can
// undo somebody else's change: see option.WithoutRepeat.
func (c *Client) Update(ctx context.Context, ref Ref, r Role, opts ...Option) (Membership, error) {
	if err := checkContext(ctx, c.Name(), OpUpdate); err != nil {
		return Membership{}, err
	}
	var nothing error
	if r == "" {
		nothing = errors.New("the role to give is empty")
	}
	if err := c.check(OpUpdate, c.checkRef(&ref), nothing, c.checkRole(r)); err != nil {
		return Membership{}, err
	}
	return c.apply(ctx, Change{Op: OpUpdate, Ref: ref, Role: r}, opts)
}

// Remove ends a membership, an invitation too, and returns it as it was, as far as the
// provider tells. ErrNotMember says that the member is certainly not in the group; an
// e-mail address that nobody has is one as well once the whole group was seen without it,
// and ErrUndetermined where the group has members of whom nothing but an id is shown. A
// repeat can undo somebody else's change: see option.WithoutRepeat.
func (c *Client) Remove(ctx context.Context, ref Ref, opts ...Option) (Membership, error) {
	if err := checkContext(ctx, c.Name(), OpRemove); err != nil {
		return Membership{}, err
	}
	if err := c.check(OpRemove, c.checkRef(&ref)); err != nil {
		return Membership{}, err
	}
	m, err := c.apply(ctx, Change{Op: OpRemove, Ref: ref}, opts)
	if errors.Is(err, ErrNoSuchMember) && !errors.Is(err, ErrOutcomeUnknown) && ref.ID == "" && ref.Member.ID == "" && c.caps.Can(OpList) {
		err = c.listedWithout(ctx, ref, opts, err)
	}
	return m, err
}

// apply makes one change.
func (c *Client) apply(ctx context.Context, ch Change, opts []Option) (Membership, error) {
	for r, err := range c.p.Apply(ctx, []Change{ch}, opts...) {
		r.Membership.nameGroup(ch.Ref.Group)
		return r.Membership, c.wrap(ctx, ch.Op, cmp.Or(err, r.Err))
	}
	return Membership{}, &Error{Provider: c.Name(), Op: string(ch.Op), Kind: ErrOutcomeUnknown, Err: errors.New("the provider yielded no result")}
}

// listedWithout is ErrNotMember if no member of the whole group shows the e-mail address
// that ref names, and none, the error of a resolver that found nobody, if one does. Members
// of whom nothing but an id is shown may have the address, whatever the resolver found.
func (c *Client) listedWithout(ctx context.Context, ref Ref, opts []Option, none error) error {
	_, opts = split(opts)
	var pass, bare Pass
	for m, err := range c.List(ctx, Filter{Group: ref.Group}, append(opts, WithPass(&pass))...) {
		switch {
		case err != nil:
			return err
		case strings.EqualFold(m.Member.Email, ref.Member.Email):
			return none
		case m.Member.Kind == MemberUser && m.Member.Email == "" && m.Member.Name == "":
			bare.Add(Gap{
				Level: GapHidden, Code: GapAnonymous, Group: Group{Kind: m.Group.Kind, ID: m.Group.ID}, Count: 1,
				Text: "members are shown by their id alone, so that the address may be theirs: %d",
			})
		}
	}
	pass.Add(bare.Coverage.Gaps...)
	if len(pass.Coverage.Hidden()) > 0 {
		return &Error{Provider: c.Name(), Op: string(OpRemove), Kind: ErrUndetermined, Err: &HiddenError{pass.Coverage}}
	}
	return &Error{Provider: c.Name(), Op: string(OpRemove), Kind: ErrNotMember, Err: errors.New("nobody has this e-mail address, and no member of the group shows it")}
}

// Groups yields the groups that the credential can see, and at most one error, which
// comes last. WithPass tells what was not listed.
func (c *Client) Groups(ctx context.Context, opts ...Option) iter.Seq2[Group, error] {
	if err := checkContext(ctx, c.Name(), OpGroups); err != nil {
		return failed[Group](err)
	}
	if err := c.check(OpGroups); err != nil {
		return failed[Group](err)
	}
	pass, opts := split(opts)
	return func(yield func(Group, error) bool) {
		filling := pass.begin()
		defer filling.show()
		for g, err := range c.p.Groups(ctx, Query{Opts: opts}, filling.own) {
			filling.follow()
			if err != nil {
				yield(Group{}, c.wrap(ctx, OpGroups, err))
				return
			}
			if !yield(g, nil) {
				return
			}
		}
	}
}

// MembershipsOf yields the memberships of one member, and at most one error, which
// comes last. ErrNoSuchMember says that the provider knows nobody by this address or id.
func (c *Client) MembershipsOf(ctx context.Context, m Member, opts ...Option) iter.Seq2[Membership, error] {
	return c.List(ctx, Filter{Member: m}, opts...)
}

// Resolve finds a member by e-mail address and says where. Nobody is ErrNoSuchMember,
// more than one is ErrAmbiguous.
func (c *Client) Resolve(ctx context.Context, m Member, opts ...Option) (Resolution, error) {
	if err := checkContext(ctx, c.Name(), opResolve); err != nil {
		return Resolution{}, err
	}
	if !c.caps.Email {
		return Resolution{}, c.unsupported(opResolve)
	}
	if err := CheckID("the member's e-mail address", m.Email); err != nil {
		return Resolution{}, c.invalid(opResolve, err)
	}
	found, err := c.p.Resolve(ctx, []Member{m}, opts...)
	switch {
	case err != nil:
		return Resolution{}, c.wrap(ctx, opResolve, err)
	case len(found) != 1:
		return Resolution{}, &Error{Provider: c.Name(), Op: string(opResolve), Kind: ErrMalformed, Err: fmt.Errorf("the provider returned %d resolutions of one member", len(found))}
	case found[0].Err != nil:
		return Resolution{}, c.wrap(ctx, opResolve, found[0].Err)
	}
	return found[0], nil
}

// Watch yields the events of a provider that has a stream of them, from a position on and
// until ctx is done.
func (c *Client) Watch(ctx context.Context, from Position, opts ...Option) iter.Seq2[Event, error] {
	if err := checkContext(ctx, c.Name(), opWatch); err != nil {
		return failed[Event](err)
	}
	if !c.caps.Watch {
		return failed[Event](c.unsupported(opWatch))
	}
	return func(yield func(Event, error) bool) {
		for e, err := range c.p.Watch(ctx, from, opts...) {
			if !yield(e, c.wrap(ctx, opWatch, err)) || err != nil {
				return
			}
		}
	}
}

// Diagnose tells what the credential is good for, without changing anything.
func (c *Client) Diagnose(ctx context.Context, opts ...Option) (Diagnosis, error) {
	if err := checkContext(ctx, c.Name(), opDiagnose); err != nil {
		return Diagnosis{}, err
	}
	if !c.caps.Diagnose {
		return Diagnosis{}, c.unsupported(opDiagnose)
	}
	found, err := c.p.Diagnose(ctx, opts...)
	return found, c.wrap(ctx, opDiagnose, err)
}

// Caller returns the member that the credential stands for, where the provider can tell.
func (c *Client) Caller(ctx context.Context, opts ...Option) (Member, error) {
	if err := checkContext(ctx, c.Name(), opCaller); err != nil {
		return Member{}, err
	}
	if !c.caps.Caller {
		return Member{}, c.unsupported(opCaller)
	}
	m, err := c.p.Caller(ctx, opts...)
	return m, c.wrap(ctx, opCaller, err)
}

// check returns the error of an operation that is not declared, or the first of errs,
// as an invalid argument unless it says what it is.
func (c *Client) check(op Operation, errs ...error) error {
	if !c.caps.Can(op) {
		return c.unsupported(op)
	}
	var known *Error
	switch err := cmp.Or(errs...); {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	default:
		return c.invalid(op, err)
	}
}

func (c *Client) unsupported(op Operation) error {
	return &Error{Provider: c.Name(), Op: string(op), Kind: ErrUnsupported}
}

func (c *Client) invalid(op Operation, err error) error {
	return &Error{Provider: c.Name(), Op: string(op), Kind: ErrInvalidArgument, Err: err}
}

// wrap makes sure that a failure is an *Error, whoever implements the provider.
func (c *Client) wrap(ctx context.Context, op Operation, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	switch {
	case errors.As(err, &e) && e.Provider != "":
		return err
	case e != nil && err == error(e):
		named := *e
		named.Provider = c.Name()
		return &named
	}
	kind := ErrUnavailable
	if ended := ctx.Err(); ended != nil && (errors.Is(err, ended) || errors.Is(err, context.Cause(ctx))) {
		kind = ended
	}
	return &Error{Provider: c.Name(), Op: string(op), Kind: kind, Err: err}
}

func (c *Client) checkGroup(g *Group) error {
	if g.ID == "" {
		return errors.New("the group has no id")
	}
	return cmp.Or(c.checkKind(g), CheckID("the group's id", g.ID))
}

// checkKind completes and checks the kind of a group.
func (c *Client) checkKind(g *Group) error {
	if g.Kind == "" && len(c.caps.GroupKinds) > 0 {
		g.Kind = c.caps.GroupKinds[0]
	}
	if !slices.Contains(c.caps.GroupKinds, g.Kind) {
		return fmt.Errorf("the group is of kind %q; %s has %s", g.Kind, c.Name(), list(c.caps.GroupKinds))
	}
	return nil
}

func (c *Client) checkMember(m *Member) error {
	if m.ID == "" && m.Email == "" {
		return errors.New("the member has neither id nor e-mail address")
	}
	if m.Kind == "" {
		m.Kind = MemberUser
	}
	if m.ID == "" && !c.caps.Email {
		return &Error{Provider: c.Name(), Op: "resolve", Kind: ErrUnsupported, Err: errors.New("members cannot be found by e-mail address")}
	}
	return m.checkIDs()
}

func (c *Client) checkMemberKind(m Member) error {
	if !slices.Contains(c.caps.MemberKinds, m.Kind) {
		return fmt.Errorf("the member is of kind %q; %s takes %s", m.Kind, c.Name(), list(c.caps.MemberKinds))
	}
	return nil
}

// checkRef completes and checks a ref. Beside an id, the rest need not be there.
func (c *Client) checkRef(r *Ref) error {
	switch {
	case r.ID == "":
		return cmp.Or(c.checkGroup(&r.Group), c.checkMember(&r.Member))
	case r.Member.Kind == "" && r.Member.ID != "":
		r.Member.Kind = MemberUser
	}
	return cmp.Or(c.checkKind(&r.Group), CheckID("the membership's id", r.ID),
		checkIfSet("the group's id", r.Group.ID), r.Member.checkIDs())
}

func (m *Member) checkIDs() error {
	return cmp.Or(checkIfSet("the member's id", m.ID), checkIfSet("the member's e-mail address", m.Email))
}

// checkIfSet checks an id that need not be there.
func checkIfSet(name, id string) error {
	if id == "" {
		return nil
	}
	return CheckID(name, id)
}

func (c *Client) checkRole(r Role) error {
	if r == "" || slices.Contains(c.caps.Roles, r) {
		return nil
	}
	own := ""
	if c.caps.OwnRoles {
		if r != RoleUnknown && r != RoleManager && r != RoleOwner {
			return CheckID("the role", string(r))
		}
		own = " or a role's own name"
	}
	return fmt.Errorf("the role is %q; %s gives %s%s", r, c.Name(), list(c.caps.Roles), own)
}

// list names values as a sentence does: "member and manager".
func list[S ~string](values []S) string {
	if len(values) == 0 {
		return "none"
	}
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = string(v)
	}
	last := s[len(s)-1]
	if len(s) == 1 {
		return last
	}
	return strings.Join(s[:len(s)-1], ", ") + " and " + last
}
