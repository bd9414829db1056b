package reconcile

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
)

// Leaving is a request to take people out of their groups.
type Leaving struct {
	// People are the leavers.
	People []Person
	// Successor takes over the groups of which a leaver is the last manager or owner; nil
	// for no one.
	Successor *Person
	// Callers are the accounts of the credentials, by provider, where the provider itself
	// cannot tell.
	Callers map[string]memberships.Member
	// Keeps reports whether the leavers stay in a group; nil keeps none.
	Keeps func(provider string, g memberships.Group) bool
}

// Found is the memberships of leavers at one time.
type Found struct {
	Leaving
	Time         time.Time
	Capabilities map[string]memberships.Capabilities
	// Sightings has an entry for each provider and person, in the order of the provider
	// names and of the people.
	Sightings []Sighting
	// Groups are the groups of which a leaver is a manager or owner, with all their members.
	// The Matches have the successor.
	Groups []Observation
	// Err is the error that ended the search early, nil if there was none.
	Err error
}

// Sighting is the result of the search for one person at one provider.
type Sighting struct {
	Provider string
	Person   string
	// Rows are the memberships, pending invitations among them.
	Rows []memberships.Membership
	// Coverage lists the parts that were not searched and the hidden parts.
	Coverage memberships.Coverage
	// Err is nil if the search is complete. It matches memberships.ErrNoSuchMember if the
	// provider certainly does not know the person, and only then.
	Err error
}

// IsUnknown reports whether the provider certainly does not know the person.
func (s *Sighting) IsUnknown() bool { return errors.Is(s.Err, memberships.ErrNoSuchMember) }

// IsUndetermined reports whether the provider could not tell all memberships of the person.
func (s *Sighting) IsUndetermined() bool {
	return s.Err != nil && !s.IsUnknown() || len(s.Coverage.Hidden()) > 0
}

// Find looks for the memberships of leavers at all providers at once. An error of one
// provider is in its Sighting; only the end of ctx sets Found.Err. Find changes nothing.
func Find(ctx context.Context, clients []*memberships.Client, l Leaving) *Found {
	f := &Found{Leaving: l, Capabilities: map[string]memberships.Capabilities{}}
	clients = slices.SortedFunc(slices.Values(clients), func(a, b *memberships.Client) int { return strings.Compare(a.Name(), b.Name()) })
	f.Callers = map[string]memberships.Member{}
	parts := make([]foundPart, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		f.Capabilities[c.Name()] = c.Capabilities()
		wg.Go(func() { parts[i] = findAt(ctx, c, l) })
	}
	wg.Wait()
	for i, part := range parts {
		f.Sightings, f.Groups = append(f.Sightings, part.sightings...), append(f.Groups, part.groups...)
		if part.caller != (memberships.Member{}) {
			f.Callers[clients[i].Name()] = part.caller
		}
	}
	f.Time = time.Now()
	if ctx.Err() != nil {
		f.Err = context.Cause(ctx)
	}
	return f
}

// foundPart is the part of a Found at one provider.
type foundPart struct {
	sightings []Sighting
	groups    []Observation
	caller    memberships.Member
}

func findAt(ctx context.Context, c *memberships.Client, l Leaving) foundPart {
	var p foundPart
	caller, unknown := callerOf(ctx, c, l.Callers)
	p.caller = caller
	for _, person := range l.People {
		s := sight(ctx, c, person)
		if s.Err == nil && unknown != nil {
			s.Err = unknown
		}
		p.sightings = append(p.sightings, s)
	}
	p.groups = managed(p.sightings, l)
	inParallel(concurrencyOf(c), slices.Collect(indexes(p.groups)), func(i int) { p.groups[i].read(ctx, c) })
	if l.Successor != nil {
		m := matcher{c: c, l: &looker{d: &Desired{People: map[string]Person{l.Successor.Key: *l.Successor}}}}
		for i := range p.groups {
			p.groups[i].Matches = map[string]Match{l.Successor.Key: {}}
			m.groups = append(m.groups, &p.groups[i])
		}
		m.match(ctx)
	}
	return p
}

func indexes[T any](s []T) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range s {
			if !yield(i) {
				return
			}
		}
	}
}

// sight looks for the memberships of a person by id, or else by each address.
func sight(ctx context.Context, c *memberships.Client, person Person) Sighting {
	s := Sighting{Provider: c.Name(), Person: person.Key}
	var asked []memberships.Member
	if id, ok := person.IDs[c.Name()]; ok {
		asked = append(asked, id)
	}
	if len(asked) == 0 || c.Capabilities().Invites { // an invitation has an address alone
		for _, address := range person.addresses() {
			asked = append(asked, memberships.Member{Kind: memberships.MemberUser, Email: address})
		}
	}
	known, absent := false, error(nil)
	seen := map[string]bool{}
	for _, m := range asked {
		var summary memberships.Summary
		err := error(nil)
		for row, failed := range c.MembershipsOf(ctx, m, memberships.WithSummary(&summary)) {
			if err = failed; err != nil {
				break
			}
			key := row.Group.String() + " " + planMember(row.Member).key()
			if !seen[key] {
				seen[key] = true
				s.Rows = append(s.Rows, row.WithNative(nil))
			}
		}
		s.Coverage.Add(summary.Coverage.Gaps...)
		switch {
		case errors.Is(err, memberships.ErrNoSuchMember):
			absent = err
		case err != nil:
			s.Err = cmp.Or(s.Err, err)
		default:
			known = true
		}
	}
	s.Rows = withoutTwinRows(c, s.Rows)
	switch {
	case len(asked) == 0:
		s.Err = errNoAddress
	case !known && s.Err == nil:
		s.Err = absent
	}
	return s
}

// withoutTwinRows leaves out the memberships that end with another one, because their group
// always has the members of that one's group.
func withoutTwinRows(c *memberships.Client, rows []memberships.Membership) []memberships.Membership {
	of := map[string]bool{}
	for _, m := range rows {
		if set := c.MemberSet(m.Group); !sameGroup(set, m.Group) {
			of[set.String()] = true
		}
	}
	return slices.DeleteFunc(rows, func(m memberships.Membership) bool { return of[m.Group.String()] })
}

var errNoAddress = errors.New("the person has neither an id of this provider nor an address")

// managed returns the groups of which a leaver is a manager or owner, unread.
func managed(sightings []Sighting, l Leaving) []Observation {
	groups := map[string]Observation{}
	for _, s := range sightings {
		for _, row := range s.Rows {
			if isManager(row) && !row.Direct && (l.Keeps == nil || !l.Keeps(s.Provider, row.Group)) {
				groups[row.Group.String()] = Observation{Name: groupName(row.Group), Provider: s.Provider, Group: row.Group}
			}
		}
	}
	return slices.Collect(func(yield func(Observation) bool) {
		for _, key := range slices.Sorted(maps.Keys(groups)) {
			if !yield(groups[key]) {
				return
			}
		}
	})
}

func isManager(m memberships.Membership) bool {
	return m.State != memberships.StateInvited && power(m.Role) >= power(memberships.RoleManager)
}

// groupName returns the name of a group, or its id.
func groupName(g memberships.Group) string { return cmp.Or(g.Name, g.ID) }
