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

// Client is the portable API over one Provider. It checks arguments, wraps errors and
// iterates over pages. It is safe for concurrent use.
type Client struct {
	p    Provider
	caps Capabilities
}

// New returns a client of p. It calls p.Capabilities once.
func New(p Provider) *Client { return &Client{p: p, caps: p.Capabilities()} }

// Provider returns the Provider that New got.
func (c *Client) Provider() Provider { return c.p }

// Name returns the provider's name, such as "webex".
func (c *Client) Name() string { return c.p.Name() }

// Capabilities returns the provider's operations, kinds, roles and limits. It sends
// nothing.
func (c *Client) Capabilities() Capabilities { return c.caps }

// Get returns one membership. ErrNotMember is certain: the provider has shown the whole
// group without the member. ErrUndetermined means that a hidden part of the group may
// hold the member. Any other ErrNotFound leaves open whether the group or the member is
// missing.
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

// Groups yields the groups that are visible to the credential, and at most one error,
// last. WithSummary reports the gaps of the listing.
func (c *Client) Groups(ctx context.Context, opts ...Option) iter.Seq2[Group, error] {
	if err := checkContext(ctx, c.Name(), OpGroups); err != nil {
		return failedSeq[Group](err)
	}
	if err := c.check(OpGroups); err != nil {
		return failedSeq[Group](err)
	}
	summary, opts := split(opts)
	return func(yield func(Group, error) bool) {
		fill := summary.start()
		defer fill.publish()
		for g, err := range c.p.Groups(ctx, Query{Opts: opts}, fill.own) {
			fill.publishChanges()
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

// MembershipsOf yields the memberships of one member, and at most one error, last.
// ErrNoSuchMember means that the provider has no account with this address or id.
func (c *Client) MembershipsOf(ctx context.Context, m Member, opts ...Option) iter.Seq2[Membership, error] {
	return c.List(ctx, Filter{Member: m}, opts...)
}

// Resolve finds a member by e-mail address and reports the lookup that found it. An
// address without an account is ErrNoSuchMember, one with several accounts ErrAmbiguous.
func (c *Client) Resolve(ctx context.Context, m Member, opts ...Option) (Resolution, error) {
	if err := checkContext(ctx, c.Name(), opResolve); err != nil {
		return Resolution{}, err
	}
	if !c.caps.Email {
		return Resolution{}, c.unsupported(opResolve)
	}
	r := c.resolveMany(ctx, []Member{m}, BulkOptions{}, opts, new(halt))[0]
	if r.Err != nil {
		return Resolution{}, r.Err
	}
	return r, nil
}

// Watch yields the events after a position until ctx is done or an error ends the stream.
// An empty position is now. The first event is an EventPosition, as soon as the stream
// stands, and further ones follow when the stream moves on without an event. To continue,
// pass the Position of the last handled event: the events after it, and perhaps some before
// it, come again.
//
// Watch repeats requests that fail for a while, such as with ErrUnavailable, and ends with
// the error after ten minutes. ErrEventsMissed means that the provider no longer has the
// events after the position, and only a listing shows the changes since then. A position
// of another stream is ErrInvalidArgument. A provider without a stream of events fails with
// ErrUnsupported.
func (c *Client) Watch(ctx context.Context, from Position, opts ...Option) iter.Seq2[Event, error] {
	if err := checkContext(ctx, c.Name(), opWatch); err != nil {
		return failedSeq[Event](err)
	}
	if !c.caps.Watch {
		return failedSeq[Event](c.unsupported(opWatch))
	}
	return func(yield func(Event, error) bool) {
		for e, err := range c.p.Watch(ctx, from, opts...) {
			if !yield(e, c.wrap(ctx, opWatch, err)) || err != nil {
				return
			}
		}
	}
}

// Diagnose reports which operations the credential permits. It changes nothing.
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

// Caller returns the member that the credential authenticates. A provider that cannot
// tell fails with ErrUnsupported.
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

// MemberSet returns the group that stands for the members of g: two groups with an equal
// result always have the same members, as a Webex team and its General room do. It returns g
// if no other group shares its members, and sends nothing.
func (c *Client) MemberSet(g Group) Group {
	if c.checkGroup(&g) != nil {
		return g
	}
	set := c.p.MemberSet(g)
	set.Name = ""
	return set
}

// check returns ErrUnsupported for an undeclared operation, else the first of errs. An
// error that is no *Error becomes ErrInvalidArgument.
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

// wrap returns err as an *Error with the provider's name, whatever the Provider returned.
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
		named.Provider, named.Op = c.Name(), cmp.Or(named.Op, string(op))
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

// checkKind sets an empty kind to the provider's first one and checks it.
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

// checkRef sets the defaults of a ref and checks it. Group and Member are optional beside
// an ID.
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

// checkIfSet checks an optional id.
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
		own = " or a provider's role name"
	}
	return fmt.Errorf("the role is %q; %s gives %s%s", r, c.Name(), list(c.caps.Roles), own)
}

// list joins values as prose: "member, manager and owner".
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
