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

// As sets target to a value of the provider's own, such as a **webex.Client, and
// reports whether the provider has one of that type.
func (c *Client) As(target any) bool { return target != nil && c.p.As(target) }

// Get returns one membership. ErrNotMember says that the member is certainly not in
// the group; any other ErrNotFound leaves that open.
func (c *Client) Get(ctx context.Context, ref Ref) (Membership, error) {
	if err := c.check(OpGet, c.checkRef(&ref)); err != nil {
		return Membership{}, err
	}
	m, err := c.p.Get(ctx, ref)
	return m, c.wrap(ctx, OpGet, err)
}

// Add makes m a member of g and returns the membership. An empty r is the provider's
// ordinary role. Somebody who is a member or invited already is ErrAlreadyExists, and
// nothing has changed then. A provider that needs two calls to add with a role may
// return an error together with the membership that the first one made.
func (c *Client) Add(ctx context.Context, g Group, m Member, r Role) (Membership, error) {
	if err := c.check(OpAdd, c.checkGroup(&g), c.checkMember(&m), c.checkRole(r), c.checkMemberKind(m)); err != nil {
		return Membership{}, err
	}
	made, err := c.p.Add(ctx, g, m, r)
	return made, c.wrap(ctx, OpAdd, err)
}

// Update changes a membership and returns it as it is then.
func (c *Client) Update(ctx context.Context, ref Ref, ch Change) (Membership, error) {
	var nothing error
	if ch == (Change{}) {
		nothing = errors.New("nothing is to change")
	}
	if err := c.check(OpUpdate, c.checkRef(&ref), nothing, c.checkRole(ch.Role)); err != nil {
		return Membership{}, err
	}
	m, err := c.p.Update(ctx, ref, ch)
	return m, c.wrap(ctx, OpUpdate, err)
}

// Remove ends a membership, an invitation too. One that is not there is ErrNotFound.
func (c *Client) Remove(ctx context.Context, ref Ref) error {
	if err := c.check(OpRemove, c.checkRef(&ref)); err != nil {
		return err
	}
	return c.wrap(ctx, OpRemove, c.p.Remove(ctx, ref))
}

// Groups yields the groups that the credential can see, and at most one error, which
// comes last.
func (c *Client) Groups(ctx context.Context) iter.Seq2[Group, error] {
	gl, ok := c.p.(GroupLister)
	err := c.check(OpGroups)
	if err == nil && !ok {
		err = c.unsupported(OpGroups)
	}
	if err != nil {
		return failed[Group](err)
	}
	return func(yield func(Group, error) bool) {
		for g, err := range gl.Groups(ctx) {
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
// comes last.
func (c *Client) MembershipsOf(ctx context.Context, m Member) iter.Seq2[Membership, error] {
	return c.List(ctx, Filter{Member: m})
}

// Resolve finds a member by e-mail address and says where. Nobody is ErrNotFound, more
// than one is ErrAmbiguous.
func (c *Client) Resolve(ctx context.Context, m Member) (Resolution, error) {
	const op = "resolve"
	r, ok := c.p.(Resolver)
	if !ok || !c.caps.Email {
		return Resolution{}, c.unsupported(op)
	}
	if err := CheckID("the member's e-mail address", m.Email); err != nil {
		return Resolution{}, c.invalid(op, err)
	}
	found, err := r.Resolve(ctx, m)
	return found, c.wrap(ctx, op, err)
}

// Diagnose tells what the credential is good for, without changing anything.
func (c *Client) Diagnose(ctx context.Context) (Diagnosis, error) {
	const op = "diagnose"
	d, ok := c.p.(Diagnoser)
	if !ok {
		return Diagnosis{}, c.unsupported(op)
	}
	found, err := d.Diagnose(ctx)
	return found, c.wrap(ctx, op, err)
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
	if errors.As(err, &e) {
		return err
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
