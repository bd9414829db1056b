package reconcile

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/memberships-go/memberships"
)

// Survey is the state of the groups that providers have at one time.
type Survey struct {
	// Observed has the groups in the order of the providers' names, then of kinds and ids.
	// Its observations have no Matches.
	*Observed
	// Scopes are the gaps of the lists of groups, by provider.
	Scopes map[string]memberships.Coverage
	// Unlisted are the errors of lists of groups, by provider.
	Unlisted map[string]error
	// Twins are groups that were left out, because another group always has the same
	// members.
	Twins []Twin
}

// Twin is a group whose members are always those of another one.
type Twin struct {
	Provider  string
	Group, Of memberships.Group
}

// LookAround reads groups of all clients with their members. It lists the groups itself, or
// reads those of only by provider, unless it is nil. All providers are read at once. An error
// of one group is in its Observation, that of a list in Survey.Unlisted; only the end of ctx
// sets Observed.Err. LookAround changes nothing.
func LookAround(ctx context.Context, clients []*memberships.Client, only map[string][]memberships.Group, o LookOptions) *Survey {
	clients = slices.SortedFunc(slices.Values(clients), func(a, b *memberships.Client) int { return strings.Compare(a.Name(), b.Name()) })
	s := &Survey{Scopes: map[string]memberships.Coverage{}, Unlisted: map[string]error{}}
	lists := make([]groupList, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		if only != nil {
			lists[i].groups = only[c.Name()]
			continue
		}
		wg.Go(func() { lists[i].read(ctx, c) })
	}
	wg.Wait()
	d := &Desired{}
	for i, c := range clients {
		s.Scopes[c.Name()] = lists[i].coverage
		if lists[i].err != nil {
			s.Unlisted[c.Name()] = lists[i].err
		}
		for _, g := range s.withoutTwins(c, lists[i].groups) {
			d.Groups = append(d.Groups, Group{
				Name: c.Name() + "/" + g.String(), Mode: ModeAdditive, In: map[string]memberships.Group{c.Name(): g},
			})
		}
	}
	s.Observed = Look(ctx, clients, d, o)
	return s
}

// groupList is the groups of one provider.
type groupList struct {
	groups   []memberships.Group
	coverage memberships.Coverage
	err      error
}

// read lists the groups.
func (l *groupList) read(ctx context.Context, c *memberships.Client) {
	var summary memberships.Summary
	for g, err := range c.Groups(ctx, memberships.WithSummary(&summary)) {
		if err != nil {
			l.err = err
			break
		}
		l.groups = append(l.groups, g)
	}
	l.coverage = summary.Coverage
}

// withoutTwins returns the groups in order, one of each set of members. A group that stands
// for the members of another one is the twin.
func (s *Survey) withoutTwins(c *memberships.Client, groups []memberships.Group) []memberships.Group {
	kept := map[string]memberships.Group{}
	for _, g := range groups {
		set := c.MemberSet(g)
		if _, taken := kept[set.String()]; !taken || !sameGroup(g, set) {
			kept[set.String()] = g
		}
	}
	groups = slices.SortedFunc(slices.Values(groups), func(a, b memberships.Group) int { return strings.Compare(a.String(), b.String()) })
	groups = slices.CompactFunc(groups, sameGroup)
	return slices.DeleteFunc(groups, func(g memberships.Group) bool {
		of := kept[c.MemberSet(g).String()]
		if sameGroup(of, g) {
			return false
		}
		s.Twins = append(s.Twins, Twin{Provider: c.Name(), Group: g, Of: of})
		return true
	})
}

// sameGroup reports whether two groups have the same kind and id.
func sameGroup(a, b memberships.Group) bool { return a.Kind == b.Kind && a.ID == b.ID }
