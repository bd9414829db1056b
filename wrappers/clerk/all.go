package clerk

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/portable"
)

// listAll yields the memberships of all organizations, the oldest first. Clerk documents
// that large offsets become slow and time out in the end; listAll then reads one
// organization after the other for the rest.
func (p *provider) listAll(ctx context.Context, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		var read readSoFar
		list := p.c.Memberships.list(ListMembershipsParams{}, p.opts)
		for m, err := range portable.Seq(list.OnTotal(summary.SetTotal).All(ctx), converter()) {
			if err != nil && errors.Is(err, memberships.ErrUnavailable) && read.ordered() && ctx.Err() == nil {
				if !p.listRest(ctx, &read, yield) {
					return
				}
				break
			}
			if !yield(m, err) || err != nil {
				return
			}
			read.add(m)
		}
		summary.Add(invitations)
	}
}

// listRest yields the memberships of all organizations that are not in read. It reports
// false after an error, and if yield did.
func (p *provider) listRest(ctx context.Context, read *readSoFar, yield func(memberships.Membership, error) bool) bool {
	var groups []memberships.Group
	for g, err := range p.Groups(ctx, memberships.Query{Opts: p.opts}, nil) {
		if err != nil {
			yield(memberships.Membership{}, err)
			return false
		}
		groups = append(groups, g)
	}
	for m, err := range memberships.New(p).ListMany(ctx, groups, memberships.ManyOptions{}, p.opts...) {
		if err == nil && read.has(m) {
			continue
		}
		if !yield(m, err) || err != nil {
			return false
		}
	}
	return true
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
