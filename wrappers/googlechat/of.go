package googlechat

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/core"
)

// search looks for one member in spaces: the service has no list of somebody's spaces.
type search struct {
	p    *provider
	who  memberships.Member
	gaps core.Gaps
}

// searchFor checks who is meant. An address stands for its person in every space.
func (p *provider) searchFor(who memberships.Member) (*search, error) {
	_, err := nameOf(memberships.OpOf, memberships.Ref{Member: who})
	return &search{p: p, who: who}, err
}

// in returns the membership in a space, nil if there is none.
func (s *search) in(ctx context.Context, space *Space) (*memberships.Membership, error) {
	group := fromSpace(space)
	ref := memberships.Ref{Group: group, Member: s.who}
	name, err := nameOf(memberships.OpOf, ref)
	if err != nil {
		return nil, err
	}
	var m *Membership
	if name == "" {
		m, _, err = s.p.c.Memberships.findGroup(ctx, space.Name, groupName(s.who), nil, s.p.opts)
	} else {
		m, err = s.p.c.Memberships.Get(ctx, name, GetMembershipParams{}, s.p.opts...)
	}
	switch {
	case errors.Is(err, memberships.ErrNotFound):
		return nil, nil
	case err != nil:
		gap := core.Unread(group, err)
		s.gaps.Add(gap)
		if gap != nil {
			err = nil
		}
		return nil, err
	case m == nil || m.State == StateNotAMember:
		return nil, nil
	}
	out := as(from(space.Name)(m), ref)
	out.Group.Name = space.DisplayName
	out.Member.Email = cmp.Or(out.Member.Email, s.who.Email)
	return &out, nil
}

// missed is what the search could not see.
func (s *search) missed() []memberships.Gap {
	return append([]memberships.Gap{callersSpaces, throughGroups}, s.gaps.All()...)
}

// nobody is the error of a search without a row. An id or address that is in no space may
// be a mistake, and nothing else tells.
func (s *search) nobody() error {
	return vendor.NoSuchMember(memberships.OpOf, "nobody with this id or address is in the spaces that the credential sees")
}

// of yields the memberships of a member.
func (p *provider) of(ctx context.Context, who memberships.Member, pass *memberships.Pass) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		s, err := p.searchFor(who)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		found := false
		var trail core.Trail
		for token := ""; ; {
			spaces, err := p.c.Spaces.ListPage(ctx, ListSpacesParams{}, token, p.opts...)
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			for m, err := range core.Search(ctx, spaces.Items, s.in) {
				found = true
				if !yield(m, err) || err != nil {
					return
				}
			}
			if token = spaces.Next; token == "" {
				break
			}
			if err := trail.Step(vendor, memberships.OpOf, len(spaces.Items), token); err != nil {
				yield(memberships.Membership{}, err)
				return
			}
		}
		if !found && len(s.gaps.All()) == 0 {
			yield(memberships.Membership{}, s.nobody())
			return
		}
		pass.Add(s.missed()...)
	}
}

// ofPage looks into one page of spaces.
func (p *provider) ofPage(ctx context.Context, who memberships.Member, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	s, err := p.searchFor(who)
	if err != nil {
		return nil, err
	}
	spaces, err := p.c.Spaces.ListPage(ctx, ListSpacesParams{PageSize: core.PageSize(r.Size)}, r.Token, p.opts...)
	if err != nil {
		return nil, err
	}
	page := &memberships.Page[memberships.Membership]{Items: []memberships.Membership{}, Next: spaces.Next, Total: -1}
	for m, err := range core.Search(ctx, spaces.Items, s.in) {
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, m)
	}
	if len(page.Items) == 0 && r.Token == "" && spaces.Next == "" && len(s.gaps.All()) == 0 {
		return nil, s.nobody()
	}
	page.Gaps = s.gaps.All()
	if page.Next == "" {
		page.Gaps = s.missed()
	}
	return page, nil
}
