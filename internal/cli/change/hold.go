package change

import (
	"context"
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// maxHeld is the number of rows that wait for a common look-up of members.
const maxHeld = 64

// holder yields outcomes in their order. It holds rows back from the first one on that
// lacks its member or the member's role, and reads what several rows lack together.
type holder struct {
	c     *changer
	ctx   context.Context
	yield func(outcome) bool
	held  []outcome
	lacks bool // whether a held row lacks something
}

// add yields o, or holds it back. It reports whether the loop goes on.
func (h *holder) add(o outcome) bool {
	h.held = append(h.held, o)
	h.lacks = h.lacks || h.c.unread(&o) || h.c.unnamed(&o)
	if h.lacks && len(h.held) < maxHeld {
		return true
	}
	return h.flush()
}

// flush yields the rows that are held back.
func (h *holder) flush() bool {
	if h.ctx.Err() == nil && h.lacks {
		h.c.read(h.ctx, h.held)
		h.c.resolve(h.ctx, h.held)
	}
	for i := range h.held {
		h.c.finish(&h.held[i])
		if !h.yield(h.held[i]) {
			return false
		}
	}
	h.held, h.lacks = h.held[:0], false
	return true
}

// unread reports whether a row lacks the present role of a member.
func (c *changer) unread(o *outcome) bool {
	return o.result == output.ResultAlready && o.got.Provider == ""
}

// read reads the memberships of the members who are there already.
func (c *changer) read(ctx context.Context, rows []outcome) {
	var at []int
	var refs []memberships.Ref
	for i := range rows {
		if c.unread(&rows[i]) {
			at, refs = append(at, i), append(refs, rows[i].ref)
		}
	}
	if len(refs) == 0 {
		return
	}
	found, failed := c.client.GetMany(ctx, refs, c.bulk(nil))
	for j, i := range at {
		o, err := &rows[i], failed
		if err == nil {
			o.got, err = found[j].Membership, found[j].Err
		}
		if err != nil {
			o.detail = "in which role could not be read: " + err.Error()
			continue
		}
		c.present(o)
	}
}

// resolve finds the members of the rows that lack one. Without a result, a row stays as it
// is; an addition of an address without an account would fail, unless the provider takes the
// address as it is.
func (c *changer) resolve(ctx context.Context, rows []outcome) {
	var at []int
	var members []memberships.Member
	for i := range rows {
		if c.unnamed(&rows[i]) {
			at, members = append(at, i), append(members, rows[i].ref.Member)
		}
	}
	if len(members) == 0 {
		return
	}
	found, err := c.client.ResolveMany(ctx, members, c.bulk(nil))
	if err != nil {
		return
	}
	for j, i := range at {
		o := &rows[i]
		switch err := found[j].Err; {
		case err == nil:
			o.got.Member = found[j].Member
		case o.result == output.ResultWouldAdd && c.invites(err):
			o.result = output.ResultWouldInvite
		case o.result == output.ResultWouldAdd && errors.Is(err, memberships.ErrNotFound) && !c.client.Capabilities().AddsByEmail: // no account has the address
			*o = outcome{change: o.change, provider: o.provider, result: output.ResultFailed, err: err}
		}
	}
}
