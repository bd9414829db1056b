package memberships

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Add makes m a member of g and returns the membership. An empty r is the provider's
// default role. If m is a member or invited already, Add fails with ErrAlreadyExists and
// changes nothing. An address without an account is ErrNoSuchMember, unless the provider
// takes outsiders or WithInvite asks for an invitation. A provider that needs two calls to add with a role may return an error
// together with the membership from the first call. A repeat can undo another caller's
// change: see option.WithoutRepeat.
//
// A missing group is ErrNotFound, unless Capabilities.CreatesGroups declares that Add
// creates it. A List of the group before the Add fails with ErrNotFound if the group does
// not exist.
func (c *Client) Add(ctx context.Context, g Group, m Member, r Role, opts ...Option) (Membership, error) {
	return c.change(ctx, Change{Op: OpAdd, Ref: Ref{Group: g, Member: m}, Role: r}, opts)
}

// Update changes the role of a member and returns the membership after the change. A pending
// invitation is ErrConflict where the provider cannot change it, unless WithInvite asks for a
// new one. A repeat can undo another caller's change: see option.WithoutRepeat.
func (c *Client) Update(ctx context.Context, ref Ref, r Role, opts ...Option) (Membership, error) {
	return c.change(ctx, Change{Op: OpUpdate, Ref: ref, Role: r}, opts)
}

// Remove ends a membership or an invitation and returns the former membership as far as
// the provider returns it. ErrNotMember is certain: the whole group was read without the
// member, or without the e-mail address. For an unknown e-mail address the error is
// ErrUndetermined if the group has members without a visible address. A repeat can undo
// another caller's change: see option.WithoutRepeat.
func (c *Client) Remove(ctx context.Context, ref Ref, opts ...Option) (Membership, error) {
	return c.change(ctx, Change{Op: OpRemove, Ref: ref}, opts)
}

// change checks and makes one change.
func (c *Client) change(ctx context.Context, ch Change, opts []Option) (Membership, error) {
	if err := checkContext(ctx, c.Name(), ch.Op); err != nil {
		return Membership{}, err
	}
	if err := c.checkChange(&ch); err != nil {
		return Membership{}, err
	}
	r := c.apply(ctx, []Change{ch}, opts)[0]
	err := c.notMember(ctx, ch, r.Err, opts, new(addresses))
	return r.Membership, c.notInvited(ch, err, opts)
}

// notInvited adds to ErrNoSuchMember of an addition whether an invitation is possible. It
// returns every other err unchanged.
func (c *Client) notInvited(ch Change, err error, opts []Option) error {
	var e *Error
	if ch.Op != OpAdd || !errors.Is(err, ErrNoSuchMember) || errors.Is(err, ErrOutcomeUnknown) || !errors.As(err, &e) {
		return err
	}
	var note string
	switch asked := invites(opts); {
	case asked && !c.caps.Invites:
		note = c.Name() + " has no invitations"
	case !asked && c.caps.Invites:
		note = "an invitation is possible, with WithInvite"
	default:
		return err
	}
	told := *e
	if told.Err = errors.New(note); e.Err != nil {
		told.Err = fmt.Errorf("%w; %s", e.Err, note)
	}
	return &told
}

// checkChange sets the defaults of a change and checks it.
func (c *Client) checkChange(ch *Change) error {
	switch ref := &ch.Ref; ch.Op {
	case OpAdd:
		return c.check(OpAdd, c.checkGroup(&ref.Group), c.checkMember(&ref.Member), c.checkRole(ch.Role), c.checkMemberKind(ref.Member))
	case OpUpdate:
		var nothing error
		if ch.Role == "" {
			nothing = errors.New("the role to give is empty")
		}
		return c.check(OpUpdate, c.checkRef(ref), nothing, c.checkRole(ch.Role))
	case OpRemove:
		return c.check(OpRemove, c.checkRef(ref))
	}
	return &Error{Provider: c.Name(), Op: string(ch.Op), Kind: ErrUnsupported, Err: errors.New("a change adds, updates or removes")}
}

// apply makes changes in one call of the provider and returns a result for each.
func (c *Client) apply(ctx context.Context, changes []Change, opts []Option) []Result {
	results := make([]Result, 0, len(changes))
	var failed error
	ctx, ids := withRequestID(ctx)
	for r, err := range c.p.Apply(ctx, changes, opts...) {
		if err != nil {
			failed = err
			break
		}
		if len(results) == len(changes) {
			break
		}
		ch := changes[len(results)]
		r.Change = ch
		r.Membership.nameGroup(ch.Ref.Group)
		r.Err = c.wrap(ctx, ch.Op, r.Err)
		r.RequestID = cmp.Or(r.RequestID, ids.last())
		if e := (*Error)(nil); errors.As(r.Err, &e) && e.RequestID != "" {
			r.RequestID = e.RequestID
		}
		results = append(results, r)
	}
	for _, ch := range changes[len(results):] {
		err := c.wrap(ctx, ch.Op, failed)
		if failed == nil {
			err = &Error{Provider: c.Name(), Op: string(ch.Op), Kind: ErrOutcomeUnknown, Err: errors.New("the provider yielded no result for the change")}
		}
		results = append(results, Result{Change: ch, Err: err})
	}
	return results
}

// notMember replaces ErrNoSuchMember of a removal by the verdict of the group's listing:
// ErrNotMember if no member has the e-mail address, ErrUndetermined if members are hidden
// or have no visible address. It returns err unchanged if a member has the address, and
// for every other err.
func (c *Client) notMember(ctx context.Context, ch Change, err error, opts []Option, a *addresses) error {
	if ch.Op != OpRemove || !errors.Is(err, ErrNoSuchMember) || errors.Is(err, ErrOutcomeUnknown) ||
		ch.Ref.ID != "" || ch.Ref.Member.ID != "" || !c.caps.Can(OpList) {
		return err
	}
	a.once.Do(func() { a.read(ctx, c, ch.Ref.Group, opts) })
	switch {
	case a.err != nil:
		return a.err
	case a.members[strings.ToLower(ch.Ref.Member.Email)]:
		return err
	case len(a.coverage.Hidden()) > 0:
		return &Error{Provider: c.Name(), Op: string(OpRemove), Kind: ErrUndetermined, Err: &HiddenError{a.coverage}}
	}
	return &Error{Provider: c.Name(), Op: string(OpRemove), Kind: ErrNotMember, Err: errors.New("no account and no member of the group has this e-mail address")}
}

// addresses are the e-mail addresses of a group's members, read once.
type addresses struct {
	once     sync.Once
	members  map[string]bool // in lower case
	coverage Coverage
	err      error
}

func (a *addresses) read(ctx context.Context, c *Client, g Group, opts []Option) {
	var summary, unnamed Summary
	_, opts = split(opts)
	a.members = map[string]bool{}
	for m, err := range c.List(ctx, Filter{Group: g}, append(opts, WithSummary(&summary))...) {
		switch {
		case err != nil:
			a.err = err
			return
		case m.Member.Email != "":
			a.members[strings.ToLower(m.Member.Email)] = true
		case m.Member.Kind == MemberUser && m.Member.Name == "":
			unnamed.Add(Gap{
				Level: GapHidden, Code: GapAnonymous, Group: Group{Kind: m.Group.Kind, ID: m.Group.ID}, Count: 1,
				Text: "members are listed by id alone and may have the address: %d",
			})
		}
	}
	a.coverage = summary.Coverage
	a.coverage.Add(unnamed.Coverage.Gaps...)
}
