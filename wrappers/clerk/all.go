package clerk

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
)

// all yields members, the list of the memberships of all organizations, the oldest first.
// Clerk documents that large offsets become slow and time out in the end; all then reads one
// organization after the other for the rest.
func (p *provider) all(ctx context.Context, members iter.Seq2[memberships.Membership, error]) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		var read readSoFar
		for m, err := range members {
			if err != nil && errors.Is(err, memberships.ErrUnavailable) && read.ordered() && ctx.Err() == nil {
				p.listRest(ctx, &read, yield)
				return
			}
			if !yield(m, err) || err != nil {
				return
			}
			read.add(m)
		}
	}
}

// listRest yields the members of all organizations that are not in read.
func (p *provider) listRest(ctx context.Context, read *readSoFar, yield func(memberships.Membership, error) bool) {
	var groups []memberships.Group
	for g, err := range p.Groups(ctx, memberships.Query{Opts: p.opts}, nil) {
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		groups = append(groups, g)
	}
	for m, err := range memberships.New(p).ListMany(ctx, groups, memberships.ManyOptions{State: memberships.StateActive}, p.opts...) {
		if err == nil && read.has(m) {
			continue
		}
		if !yield(m, err) || err != nil {
			return
		}
	}
}

// readSoFar tells the memberships that a listing in the order of creation has yielded from
// all others. It holds those with the latest time alone.
type readSoFar struct {
	last   memberships.Membership
	latest map[pair]bool
	// mixed reports whether a membership came after a younger one.
	mixed bool
}

func (r *readSoFar) add(m memberships.Membership) {
	if !m.Created.Equal(r.last.Created) || r.latest == nil {
		r.mixed = r.mixed || m.Created.Before(r.last.Created)
		r.latest = map[pair]bool{}
	}
	r.latest[pairOf(m)], r.last = true, m
}

// ordered reports whether any membership was yielded, and all in the order of creation.
func (r *readSoFar) ordered() bool { return r.latest != nil && !r.mixed }

func (r *readSoFar) has(m memberships.Membership) bool {
	return m.Created.Before(r.last.Created) || r.latest[pairOf(m)]
}

// pair identifies a membership.
type pair struct{ group, member string }

func pairOf(m memberships.Membership) pair { return pair{m.Group.ID, m.Member.ID} }
