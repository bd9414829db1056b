package googlechat

import (
	"context"
	"errors"
	"strings"

	"github.com/memberships-go/memberships"
)

// roll is the list of a space's members, read as a whole.
type roll struct {
	byID    map[memberships.Member]*Membership // by kind and id
	byEmail map[string]*Membership             // in lower case
	view    view
	err     error
}

// rollKey is the key of a space's roll in memberships.OncePerBulk.
type rollKey string

// roll returns the roll of a space, which one bulk call reads once.
func (p *provider) roll(ctx context.Context, space string) *roll {
	return memberships.OncePerBulk(ctx, rollKey(space), func() *roll {
		r := &roll{byID: map[memberships.Member]*Membership{}, byEmail: map[string]*Membership{}}
		for m, err := range p.c.Memberships.ListBySpace(ctx, space, p.params(), p.opts...) {
			if err != nil {
				r.err = err
				return r
			}
			shown := member(m)
			r.byID[memberships.Member{Kind: shown.Kind, ID: shown.ID}] = m
			if shown.Email != "" {
				r.byEmail[strings.ToLower(shown.Email)] = m
			}
			r.view.show(m)
		}
		return r
	})
}

// find returns the membership of who, or nil.
func (r *roll) find(who memberships.Member) *Membership {
	if who.ID != "" {
		return r.byID[memberships.Member{Kind: who.Kind, ID: who.ID}]
	}
	return r.byEmail[strings.ToLower(who.Email)]
}

// listedOnce is a findListed that reads the list once per bulk call, as far as its calls share
// readings.
func (p *provider) listedOnce(ctx context.Context, op memberships.Operation, ref memberships.Ref, missing error) (*Membership, error) {
	if !memberships.SharesReadings(ctx) {
		return p.listedNow(ctx, op, ref, missing)
	}
	r := p.roll(ctx, spaceIn(ref))
	switch m := r.find(ref.Member); {
	case errors.Is(r.err, memberships.ErrNotFound), errors.Is(r.err, memberships.ErrPermissionDenied):
		return nil, missing
	case r.err != nil:
		return nil, r.err
	case m != nil:
		return m, nil
	}
	return nil, p.notShown(op, ref, r.view)
}
