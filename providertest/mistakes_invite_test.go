package providertest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// withInvitations has invitations that end.
var withInvitations = []memprovider.Option{memprovider.WithInvitations(time.Hour)}

// declares changes what is declared alone.
func declares(change func(*memberships.Capabilities)) func(*mutant) {
	return func(m *mutant) {
		m.capabilities = func(c memberships.Capabilities) memberships.Capabilities { change(&c); return c }
	}
}

// changesBy makes every change of Apply by do.
func changesBy(do func(context.Context, *mutant, memberships.Change, []memberships.Option) (membership, error)) func(*mutant) {
	return func(m *mutant) {
		m.apply = func(ctx context.Context, changes []memberships.Change, opts ...memberships.Option) iter.Seq2[result, error] {
			return memberships.ApplyEach(ctx, changes, func(ctx context.Context, ch memberships.Change) (membership, error) {
				return do(ctx, m, ch, opts)
			})
		}
	}
}

// changed makes every change, and then changes its outcome.
func changed(by func(memberships.Change, membership, error) (membership, error)) func(*mutant) {
	return changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		v, err := m.change(ctx, ch, opts...)
		return by(ch, v, err)
	})
}

// asked reports whether opts have memberships.WithInvite.
func asked(opts []memberships.Option) bool {
	return slices.ContainsFunc(opts, func(o memberships.Option) bool {
		_, ok := o.Value().(interface{ Invite() })
		return ok
	})
}

func isInvitation(v membership) bool { return v.State == memberships.StateInvited && v.Member.ID == "" }

// listsInvitations changes the invitations in listings.
func listsInvitations(change func(memberships.Query, []membership) []membership) func(*mutant) {
	return func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.tampered.ListPage(ctx, q, r)
			if err == nil && slices.ContainsFunc(p.Items, isInvitation) {
				p.Items, p.Total = change(q, p.Items), memberships.Total{}
			}
			return p, err
		}
	}
}

// getsInvitations changes the invitations that Get returns.
func getsInvitations(change func(membership) (membership, error)) func(*mutant) {
	return func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, opts ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r, opts...)
			if err == nil && isInvitation(v) {
				return change(v)
			}
			return v, err
		}
	}
}

// wrong is an error of a kind.
func wrong(op memberships.Operation, kind error) error {
	return &memberships.Error{Provider: "memory", Op: string(op), Kind: kind}
}

// inviting mistakes are those in invitations, and in the states of a listing.
var inviting = map[string]mistake{
	"invites nobody and declares it": {
		make: declares(func(c *memberships.Capabilities) { c.Invites = true }), noticed: []string{"invite/asked", "invite/twice", "bulk/invite"},
	},
	"invites and does not declare it": {
		opts: withInvitations, make: declares(func(c *memberships.Capabilities) { c.Invites = false }), noticed: []string{"invite/undeclared"},
	},
	"invites without addresses": {
		opts: withInvitations, make: declares(func(c *memberships.Capabilities) { c.Email = false }), noticed: []string{"capabilities/sound"},
	},
	"invites without additions": {
		opts: withInvitations, make: declares(func(c *memberships.Capabilities) {
			c.Operations = slices.DeleteFunc(c.Operations, func(op memberships.Operation) bool { return op == memberships.OpAdd })
		}), noticed: []string{"capabilities/sound"},
	},
	"invites unasked": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		return m.change(ctx, ch, append(slices.Clip(opts), memberships.WithInvite())...)
	}), noticed: []string{"invite/unasked"}},
	"an address without an account is a bad argument": {opts: withInvitations, make: changed(func(_ memberships.Change, v membership, err error) (membership, error) {
		return v, rekind(err, memberships.ErrNoSuchMember, memberships.ErrInvalidArgument)
	}), noticed: []string{"invite/unasked"}},
	"offers what it does not have": {make: changed(func(ch memberships.Change, v membership, err error) (membership, error) {
		if errors.Is(err, memberships.ErrNoSuchMember) {
			err = &memberships.Error{Provider: "memory", Op: string(ch.Op), Kind: memberships.ErrNoSuchMember, Err: errors.New("try WithInvite")}
		}
		return v, err
	}), noticed: []string{"invite/unasked"}},
	"refuses to invite as a bad argument": {make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if asked(opts) {
			return membership{}, wrong(ch.Op, memberships.ErrInvalidArgument)
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/undeclared", "invite/account"}},
	"reads with WithInvite are refused": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, opts ...memberships.Option) (membership, error) {
			if asked(opts) {
				return membership{}, wrong(memberships.OpGet, memberships.ErrInvalidArgument)
			}
			return m.Provider.Get(ctx, r, opts...)
		}
	}, noticed: []string{"invite/account"}},
	"invites people with an account": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		v, err := m.change(ctx, ch, opts...)
		if err == nil && ch.Op == memberships.OpAdd && asked(opts) {
			v.State = memberships.StateInvited
		}
		return v, err
	}), noticed: []string{"invite/account"}},
	"an update with WithInvite does nothing": {make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if ch.Op == memberships.OpUpdate && asked(opts) {
			return m.Provider.Get(ctx, ch.Ref)
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/account"}},
	"an invitation is a member": {opts: withInvitations, make: changed(func(_ memberships.Change, v membership, err error) (membership, error) {
		if v.State == memberships.StateInvited {
			v.State = memberships.StateActive
		}
		return v, err
	}), noticed: []string{"invite/asked"}},
	"an invitation of nobody": {opts: withInvitations, make: changed(func(_ memberships.Change, v membership, err error) (membership, error) {
		if v.State == memberships.StateInvited {
			v.Member.Email = ""
		}
		return v, err
	}), noticed: []string{"invite/asked", "invite/revoked"}},
	"an invitation that has ended": {opts: withInvitations, make: changed(func(_ memberships.Change, v membership, err error) (membership, error) {
		if v.State == memberships.StateInvited {
			v.Expires = v.Created.Add(-time.Hour)
		}
		return v, err
	}), noticed: []string{"invite/asked"}},
	"every invitation in the same role": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if asked(opts) && ch.Op == memberships.OpAdd {
			ch.Role = memberships.RoleMember
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/asked"}},
	"invitations are not listed": {opts: withInvitations, make: listsInvitations(func(_ memberships.Query, in []membership) []membership {
		return slices.DeleteFunc(in, isInvitation)
	}), noticed: []string{"invite/asked", "invite/of", "list/state", "bulk/invite", "invite/revoked"}},
	"invitations are listed twice": {opts: withInvitations, make: listsInvitations(func(_ memberships.Query, in []membership) []membership {
		return append(in, in[slices.IndexFunc(in, isInvitation)])
	}), noticed: []string{"invite/asked", "invite/of", "bulk/invite"}},
	"invitations are listed and reported as unlisted": {
		opts: withInvitations, make: withGap(memberships.OpList, memberships.Gap{Level: memberships.GapScope, Code: memberships.GapInvitations, Text: "invitations are not listed"}),
		noticed: []string{"invite/asked"},
	},
	"invitations are listed as members": {opts: withInvitations, make: listsInvitations(func(_ memberships.Query, in []membership) []membership {
		return each(func(v membership) membership { v.State = memberships.StateActive; return v })(in)
	}), noticed: []string{"invite/asked", "invite/of", "list/state"}},
	"invitations are not of all groups": {opts: append(slices.Clip(withInvitations), memprovider.WithBulk(3)), make: listsInvitations(func(q memberships.Query, in []membership) []membership {
		if q.Group.ID != "" {
			return in
		}
		return slices.DeleteFunc(in, isInvitation)
	}), noticed: []string{"all/union"}},
	"invitations of one state are none": {opts: withInvitations, make: listsInvitations(func(q memberships.Query, in []membership) []membership {
		return slices.DeleteFunc(in, func(_ membership) bool { return q.State == memberships.StateInvited })
	}), noticed: []string{"list/state"}},
	"members of one state are none": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.tampered.ListPage(ctx, q, r)
			if err == nil && q.State == memberships.StateActive {
				p.Items, p.Total = nil, memberships.Total{}
			}
			return p, err
		}
	}, noticed: []string{"list/state"}},
	"pages of one state are none": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		right := m.tampered
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			if q.State != "" {
				return &page{}, nil
			}
			return right.ListPage(ctx, q, r)
		}
		return right.List
	}, noticed: []string{"list/state"}},
	"Get does not see invitations": {opts: withInvitations, make: getsInvitations(func(membership) (membership, error) {
		return membership{}, wrong(memberships.OpGet, memberships.ErrNotMember)
	}), noticed: []string{"invite/asked", "invite/twice"}},
	"Get sees a member in an invitation": {opts: withInvitations, make: getsInvitations(func(v membership) (membership, error) {
		v.State = memberships.StateActive
		return v, nil
	}), noticed: []string{"invite/asked"}},
	"another invitation from Get": {opts: withInvitations, make: getsInvitations(func(v membership) (membership, error) {
		v.ID += "0"
		return v, nil
	}), noticed: []string{"invite/asked"}},
	"invites twice": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		v, err := m.change(ctx, ch, opts...)
		if asked(opts) && ch.Op == memberships.OpAdd && errors.Is(err, memberships.ErrAlreadyExists) {
			ch.Op, ch.Role = memberships.OpUpdate, memberships.RoleMember
			return m.change(ctx, ch, opts...)
		}
		return v, err
	}), noticed: []string{"invite/twice", "bulk/invite"}},
	"invites in capitals": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if ch.Op == memberships.OpAdd && ch.Ref.Member.Email == "NOBODY@EXAMPLE.COM" {
			ch.Ref.Member.Email = "nobody.else@example.com"
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/twice"}},
	"an invited address is a conflict": {opts: withInvitations, make: changed(func(_ memberships.Change, v membership, err error) (membership, error) {
		return v, rekind(err, memberships.ErrAlreadyExists, memberships.ErrConflict)
	}), noticed: []string{"invite/twice"}},
	"revokes nothing": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if v, err := m.Provider.Get(ctx, ch.Ref); ch.Op == memberships.OpRemove && err == nil && isInvitation(v) {
			return v, nil
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/revoked", "invite/asked", "bulk/invite"}},
	"revokes by id alone": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if ch.Op == memberships.OpRemove && ch.Ref.ID == "" && ch.Ref.Member.Email == "nobody@example.com" {
			return membership{}, wrong(ch.Op, memberships.ErrNoSuchMember)
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/revoked", "bulk/invite"}},
	"revokes by address alone": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if ch.Op == memberships.OpRemove && ch.Ref.ID != "" {
			return membership{}, wrong(ch.Op, memberships.ErrNotFound)
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/revoked", "invite/asked"}},
	"Remove of an invitation does not say whose": {opts: withInvitations, make: changed(func(ch memberships.Change, v membership, err error) (membership, error) {
		if ch.Op == memberships.OpRemove {
			v.Member = memberships.Member{}
		}
		return v, err
	}), noticed: []string{"invite/revoked"}},
	"an invitation takes a role that it does not get": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		v, err := m.change(ctx, ch, opts...)
		if ch.Op == memberships.OpUpdate && errors.Is(err, memberships.ErrConflict) {
			return m.Provider.Get(ctx, ch.Ref)
		}
		return v, err
	}), noticed: []string{"invite/role"}},
	"an update invites unasked": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if ch.Op == memberships.OpUpdate {
			opts = append(slices.Clip(opts), memberships.WithInvite())
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/role"}},
	"an update does not invite": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		if ch.Op == memberships.OpUpdate {
			opts = nil
		}
		return m.change(ctx, ch, opts...)
	}), noticed: []string{"invite/role"}},
	"an update invites an address that was not invited": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		v, err := m.change(ctx, ch, opts...)
		if ch.Op == memberships.OpUpdate && errors.Is(err, memberships.ErrNoSuchMember) {
			ch.Op = memberships.OpAdd
			return m.change(ctx, ch, opts...)
		}
		return v, err
	}), noticed: []string{"invite/role"}},
	"an update leaves no invitation": {opts: withInvitations, make: changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
		v, err := m.change(ctx, ch, opts...)
		if ch.Op == memberships.OpUpdate && err == nil && isInvitation(v) {
			_, err = m.rightRemove(ctx, v.Ref())
		}
		return v, err
	}), noticed: []string{"invite/role"}},
	"an invited address is in no group": {opts: withInvitations, make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			if q.Member.Email == "nobody@example.com" {
				return nil, wrong(memberships.OpListByMember, memberships.ErrNoSuchMember)
			}
			return m.tampered.ListPage(ctx, q, r)
		}
	}, noticed: []string{"invite/of"}},
	"the first of a list alone": {opts: withInvitations, make: func(m *mutant) {
		n := 0
		changesBy(func(ctx context.Context, m *mutant, ch memberships.Change, opts []memberships.Option) (membership, error) {
			if n++; n > 1 {
				return membership{}, wrong(ch.Op, memberships.ErrConflict)
			}
			return m.change(ctx, ch, opts...)
		})(m)
	}, noticed: []string{"bulk/invite"}},
}
