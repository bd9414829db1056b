package googlechat

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/portable"
)

// search looks for one member in spaces: Google Chat has no list of somebody's spaces.
type search struct {
	p    *provider
	who  memberships.Member
	gaps portable.Gaps
}

// searchFor checks who is meant. An address stands for its person in every space.
func (p *provider) searchFor(who memberships.Member) (*search, error) {
	_, err := nameOf(memberships.OpListByMember, memberships.Ref{Member: who})
	return &search{p: p, who: who}, err
}

// in returns the membership in a space, nil if there is none.
func (s *search) in(ctx context.Context, space *Space) (*memberships.Membership, error) {
	group := fromSpace(space)
	ref := memberships.Ref{Group: group, Member: s.who}
	name, err := nameOf(memberships.OpListByMember, ref)
	if err != nil {
		return nil, err
	}
	var m *Membership
	if name == "" {
		m, _, err = s.p.c.Memberships.findGroup(ctx, space.Name, groupName(s.who), false, s.p.opts)
	} else {
		m, err = s.p.c.Memberships.Get(ctx, name, GetMembershipParams{}, s.p.opts...)
	}
	switch {
	case errors.Is(err, memberships.ErrNotFound):
		return nil, nil
	case err != nil:
		gap := portable.UnreadGap(group, err)
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

// missed is what a search that has ended could not see.
func (s *search) missed() []memberships.Gap {
	gaps := []memberships.Gap{callersSpaces}
	if s.who.Kind == memberships.MemberUser {
		gaps = append(gaps, throughGroups, withoutName)
	}
	return append(gaps, s.hidden()...)
}

// hidden is what was hidden from the search so far.
func (s *search) hidden() []memberships.Gap {
	gaps := s.gaps.All()
	if s.p.app {
		gaps = append(gaps, appView)
	}
	return gaps
}

// nobody is the error of a search without a row. An id or address that is in no space may
// be a mistake, and nothing else tells.
func (s *search) nobody() error {
	return api.NoSuchMember(memberships.OpListByMember, "nobody with this id or address is in the spaces that the credential sees")
}

// of yields the memberships of a member.
func (p *provider) of(ctx context.Context, who memberships.Member, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		s, err := p.searchFor(who)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		found := false
		var loop paging.LoopDetector
		for token := ""; ; {
			spaces, err := p.c.Spaces.ListPage(ctx, ListSpacesParams{}, token, p.opts...)
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			for m, err := range portable.Search(ctx, spaces.Items, s.in) {
				found = true
				if !yield(m, err) || err != nil {
					return
				}
			}
			if token = spaces.Next; token == "" {
				break
			}
			if err := loop.Next(len(spaces.Items), token); err != nil {
				yield(memberships.Membership{}, api.Fail(memberships.OpListByMember, memberships.ErrMalformed, err.Error()))
				return
			}
		}
		summary.Add(s.missed()...)
		if !found && len(s.hidden()) == 0 {
			yield(memberships.Membership{}, s.nobody())
		}
	}
}

// A page token of a search is the provider's behind one of these, which tells whether the
// pages before had something to say: a row, or that a part was hidden.
const (
	foundNothing   = "-"
	foundSomething = "+"
)

// ofPage looks into one page of spaces.
func (p *provider) ofPage(ctx context.Context, who memberships.Member, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	s, err := p.searchFor(who)
	if err != nil {
		return nil, err
	}
	before, token := foundNothing, ""
	if r.Token != "" {
		before, token = r.Token[:1], r.Token[1:]
	}
	if before != foundNothing && before != foundSomething {
		return nil, api.Fail(memberships.OpListByMember, memberships.ErrInvalidArgument, "the page token is not one of this listing's")
	}
	spaces, err := p.c.Spaces.ListPage(ctx, ListSpacesParams{}, token, client.SizedOptions(p.opts, r.Size)...)
	if err != nil {
		return nil, err
	}
	page := &memberships.Page[memberships.Membership]{Items: []memberships.Membership{}}
	for m, err := range portable.Search(ctx, spaces.Items, s.in) {
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, m)
	}
	page.Gaps = s.gaps.All()
	if len(page.Items) > 0 || len(s.hidden()) > 0 {
		before = foundSomething
	}
	switch {
	case spaces.Next != "":
		page.Next = before + spaces.Next
	case before == foundNothing:
		return nil, s.nobody()
	default:
		page.Gaps = s.missed()
	}
	return page, nil
}
