package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// matcher finds the accounts of people at one provider.
type matcher struct {
	c      *memberships.Client
	l      *looker
	groups []*Observation
	// shown are the members whom the groups show with an id, by address in lower case.
	shown map[string][]memberships.Member
}

// add adds an observation whose people are looked up.
func (m *matcher) add(o *Observation, g *Group) {
	o.Matches = map[string]Match{}
	for _, w := range g.Members {
		o.Matches[w.Person] = Match{}
	}
	for _, key := range m.l.d.Protected {
		o.Matches[key] = Match{}
	}
	m.groups = append(m.groups, o)
}

// match fills in the matches of all observations.
func (m *matcher) match(ctx context.Context) {
	m.show()
	if m.c.Capabilities().Directory {
		m.matchByDirectory(ctx)
		return
	}
	inParallel(m.l.concurrency(m.c), m.groups, func(o *Observation) { m.matchByGroup(ctx, o) })
}

// show collects the members that the groups show with id and address.
func (m *matcher) show() {
	m.shown = map[string][]memberships.Member{}
	for _, o := range m.groups {
		for _, row := range o.Rows {
			if row.Member.ID == "" || row.Member.Email == "" {
				continue
			}
			address := strings.ToLower(row.Member.Email)
			if !slices.ContainsFunc(m.shown[address], func(known memberships.Member) bool { return known.ID == row.Member.ID }) {
				m.shown[address] = append(m.shown[address], row.Member)
			}
		}
	}
}

// people returns the people of all observations without a match, sorted by key.
func (m *matcher) people() []Person {
	keys := map[string]bool{}
	for _, o := range m.groups {
		for key := range o.Matches {
			keys[key] = true
		}
	}
	var out []Person
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		p := m.l.d.People[key]
		p.Key = key
		out = append(out, p)
	}
	return out
}

// matchByDirectory looks every address up once for all groups.
func (m *matcher) matchByDirectory(ctx context.Context) {
	people := m.people()
	// A provider that looks many addresses up in one request is asked for all of them, and
	// so finds an address that several accounts have.
	asksAll := m.c.Capabilities().ResolveBatch > 1
	asked := map[string]int{}
	var members []memberships.Member
	for _, p := range people {
		if _, given := p.IDs[m.c.Name()]; given {
			continue
		}
		// Each address of a person is looked up, also beside one that the groups show: it may
		// be that of another account.
		for _, address := range p.addresses() {
			if key := strings.ToLower(address); !has(asked, key) && (asksAll || len(m.shown[key]) == 0) {
				asked[key] = len(members)
				members = append(members, memberships.Member{Kind: memberships.MemberUser, Email: address})
			}
		}
	}
	var found []memberships.Resolution
	var failed error
	if len(members) > 0 {
		found, failed = m.c.ResolveMany(ctx, members, memberships.BulkOptions{Concurrency: m.l.o.Concurrency})
	}
	matches := map[string]Match{}
	for _, p := range people {
		matches[p.Key] = m.matchPerson(p, func(address string) ([]memberships.Member, error) {
			i, wasAsked := asked[strings.ToLower(address)]
			switch {
			case !wasAsked:
				return m.shown[strings.ToLower(address)], nil
			case failed != nil:
				return nil, failed
			case errors.Is(found[i].Err, memberships.ErrNoSuchMember):
				return nil, nil
			case found[i].Err != nil:
				return nil, found[i].Err
			}
			return []memberships.Member{found[i].Member}, nil
		})
	}
	for _, o := range m.groups {
		for key := range o.Matches {
			o.Matches[key] = matches[key]
		}
	}
}

// matchPerson returns the match of a person. find returns the accounts with an address.
func (m *matcher) matchPerson(p Person, find func(string) ([]memberships.Member, error)) Match {
	if id, ok := p.IDs[m.c.Name()]; ok {
		return Match{Member: id, How: MatchedByFileID}
	}
	var match Match
	ids := map[string]bool{}
	for i, address := range p.addresses() {
		found, err := find(address)
		if err != nil {
			return Match{Err: fmt.Errorf("%s: %w", address, err)}
		}
		for _, member := range found {
			if ids[member.ID] = true; match.How == "" {
				match = Match{Member: member, How: MatchedByAddress}
				if i > 0 || p.Email == "" {
					match.How = MatchedByAlias
				}
			}
		}
	}
	switch {
	case len(ids) > 1:
		return Match{Err: ambiguous(p, ids)}
	case len(ids) == 1:
		return match
	}
	return m.unmatched(p)
}

func ambiguous(p Person, ids map[string]bool) error {
	return fmt.Errorf("%w: the addresses of %s belong to the accounts %s", memberships.ErrAmbiguous, p.Key, strings.Join(slices.Sorted(maps.Keys(ids)), " and "))
}

// unmatched returns the match of a person without an account.
func (m *matcher) unmatched(p Person) Match {
	if p.Email == "" {
		return Match{Err: fmt.Errorf("%w: %s has neither an id of %s nor an address", memberships.ErrNoSuchMember, p.Key, m.c.Name())}
	}
	match := Match{
		Member: memberships.Member{Kind: memberships.MemberUser, Email: p.Email},
		Err:    fmt.Errorf("%w: %s", memberships.ErrNoSuchMember, p.Email),
	}
	if m.c.Capabilities().AddsByEmail {
		match.How, match.Err = MatchedByName, nil
	}
	return match
}

// matchByGroup looks the people of one group up in that group.
func (m *matcher) matchByGroup(ctx context.Context, o *Observation) {
	var people []Person
	var refs []memberships.Ref
	var of []int
	for _, key := range slices.Sorted(maps.Keys(o.Matches)) {
		p := m.l.d.People[key]
		p.Key = key
		if _, given := p.IDs[m.c.Name()]; !given && o.Err == nil {
			for _, address := range p.addresses() {
				of = append(of, len(people))
				refs = append(refs, memberships.Ref{Group: o.Group, Member: memberships.Member{Kind: memberships.MemberUser, Email: address}})
			}
		}
		people = append(people, p)
	}
	var found []memberships.Lookup
	var failed error
	if len(refs) > 0 {
		found, failed = m.c.GetMany(ctx, refs, memberships.BulkOptions{Concurrency: m.l.o.Concurrency})
	}
	for i, p := range people {
		if o.Err != nil {
			o.Matches[p.Key] = Match{Err: o.Err}
			continue
		}
		o.Matches[p.Key] = m.matchPerson(p, func(address string) ([]memberships.Member, error) {
			for j, ref := range refs {
				if of[j] != i || ref.Member.Email != address {
					continue
				}
				switch {
				case failed != nil:
					return nil, failed
				case errors.Is(found[j].Err, memberships.ErrNotMember), errors.Is(found[j].Err, memberships.ErrNoSuchMember):
					return nil, nil
				case found[j].Err != nil:
					return nil, found[j].Err
				}
				return []memberships.Member{found[j].Membership.Member}, nil
			}
			return nil, nil
		})
	}
}

func has[K comparable, V any](m map[K]V, key K) bool {
	_, ok := m[key]
	return ok
}
