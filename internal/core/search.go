package core

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/memberships-go/memberships"
)

// searchWorkers is how many groups Search looks into at once. Clients keep as many
// connections open.
const searchWorkers = 8

// Search looks into groups, several at once, for the memberships of one member that no
// list of the provider's has, and yields what look returns in the order of the groups.
// look must not retain its context. When the loop breaks or a look fails, looks in flight
// are cancelled and have ended before Search returns.
func Search[G any](ctx context.Context, groups []G, look func(context.Context, G) (*memberships.Membership, error)) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		type result struct {
			m   *memberships.Membership
			err error
		}
		var inFlight []chan result
		start := func(g G) {
			done := make(chan result, 1)
			inFlight = append(inFlight, done)
			wg.Go(func() {
				m, err := look(ctx, g)
				done <- result{m, err}
			})
		}
		next := 0
		for ; next < min(searchWorkers, len(groups)); next++ {
			start(groups[next])
		}
		for len(inFlight) > 0 {
			r := <-inFlight[0]
			inFlight = inFlight[1:]
			if r.err != nil {
				yield(memberships.Membership{}, r.err)
				return
			}
			if next < len(groups) {
				start(groups[next])
				next++
			}
			if r.m != nil && !yield(*r.m, nil) {
				return
			}
		}
	}
}

// Unread is the gap of a group that was listed and answered that it is not there or not
// for this caller, nil for any other error: a group may have gone since, and a search goes
// on without it.
func Unread(g memberships.Group, err error) *memberships.Gap {
	if !errors.Is(err, memberships.ErrNotFound) && !errors.Is(err, memberships.ErrPermissionDenied) {
		return nil
	}
	return &memberships.Gap{
		Level: memberships.GapHidden, Code: memberships.GapUnreadGroup, Group: memberships.Group{Kind: g.Kind, ID: g.ID},
		Text: "the group was listed and could not be read: " + err.Error(),
	}
}

// Gaps collects gaps from several goroutines.
type Gaps struct {
	mu  sync.Mutex
	all memberships.Coverage
}

// Add puts one in, unless it is nil.
func (g *Gaps) Add(gap *memberships.Gap) {
	if gap == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all.Add(*gap)
}

// All returns those that were put in.
func (g *Gaps) All() []memberships.Gap {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.Gaps
}

// Hidden is the error of a look-up that found nothing where gaps hide a part.
func (v *Vendor) Hidden(op memberships.Operation, gaps ...memberships.Gap) *memberships.Error {
	return &memberships.Error{
		Provider: v.Name, Op: string(op), Kind: memberships.ErrUndetermined,
		Err: &memberships.HiddenError{Coverage: memberships.Coverage{Gaps: gaps}},
	}
}

// NoSuchMember is the error of a look-up that was answered well and found nobody.
func (v *Vendor) NoSuchMember(op memberships.Operation, why string) *memberships.Error {
	return v.Fail(op, memberships.ErrNoSuchMember, why)
}

// ResolveEach resolves members one after the other. An error that is not about one member
// is that of all members behind it, who are not looked for.
func ResolveEach(members []memberships.Member, resolve func(memberships.Member) (memberships.Resolution, error)) ([]memberships.Resolution, error) {
	out := make([]memberships.Resolution, len(members))
	for i, m := range members {
		r, err := resolve(m)
		r.Err = err
		out[i] = r
		if err != nil && !ofMember(err) {
			for j := i + 1; j < len(members); j++ {
				out[j].Err = err
			}
			break
		}
	}
	return out, nil
}

// ofMember reports whether a failed look-up says something about the member alone.
func ofMember(err error) bool {
	return errors.Is(err, memberships.ErrNotFound) || errors.Is(err, memberships.ErrAmbiguous) || errors.Is(err, memberships.ErrInvalidArgument)
}
