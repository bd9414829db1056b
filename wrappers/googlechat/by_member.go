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

// search is a listing of the memberships of one member. Google Chat has no list of a
// member's spaces, so it reads one space after the other.
type search struct {
	p    *provider
	who  memberships.Member
	gaps portable.Gaps
}

// searchFor returns the search for a member, or an error for an invalid one. An address
// names its person in every space.
func (p *provider) searchFor(who memberships.Member) (*search, error) {
	_, err := nameOf(memberships.OpListByMember, memberships.Ref{Member: who})
	return &search{p: p, who: who}, err
}

// in returns the member's membership of a space, or nil.
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
	out := keepEmail(from(space.Name)(m), ref)
	out.Group.Name, out.Direct = space.DisplayName, space.SpaceType == SpaceTypeDirectMessage
	out.Member.Email = cmp.Or(out.Member.Email, s.who.Email)
	return &out, nil
}

// allGaps returns the gaps at the end of a search.
func (s *search) allGaps() []memberships.Gap {
	gaps := []memberships.Gap{callersSpaces}
	if s.who.Kind == memberships.MemberUser {
		gaps = append(gaps, throughGroups, withoutName)
	}
	return append(gaps, s.hiddenGaps()...)
}

// hiddenGaps returns the gaps of the spaces so far.
func (s *search) hiddenGaps() []memberships.Gap {
	gaps := s.gaps.All()
	if s.p.app {
		gaps = append(gaps, appView)
	}
	return gaps
}

// errNoSuchMember returns the error of a search without a row and without a hidden gap: the
// id or address may be a mistake.
func errNoSuchMember() error {
	return api.NoSuchMember(memberships.OpListByMember, "no space that the credential sees has a member with this id or address")
}

// listByMember yields the memberships of a member.
func (p *provider) listByMember(ctx context.Context, who memberships.Member, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		s, err := p.searchFor(who)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		found := false
		var loop paging.LoopDetector
		var once portable.Once
		for token := ""; ; {
			spaces, err := p.c.Spaces.ListPage(ctx, ListSpacesParams{}, token, p.opts...)
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			for m, err := range portable.Search(ctx, spaces.Items, s.in) {
				if err == nil && !once.First(m) {
					continue
				}
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
		summary.Add(s.allGaps()...)
		if !found && len(s.hiddenGaps()) == 0 {
			yield(memberships.Membership{}, errNoSuchMember())
		}
	}
}

// A page token of a search is one of these letters and the token of a page of spaces. The
// letter is foundSomething if an earlier page has a row or a hidden gap.
const (
	foundNothing   = "-"
	foundSomething = "+"
)

// listByMemberPage returns the memberships of a member in one page of spaces.
func (p *provider) listByMemberPage(ctx context.Context, who memberships.Member, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	s, err := p.searchFor(who)
	if err != nil {
		return nil, err
	}
	before, token := foundNothing, ""
	if r.Token != "" {
		before, token = r.Token[:1], r.Token[1:]
	}
	if before != foundNothing && before != foundSomething {
		return nil, api.Fail(memberships.OpListByMember, memberships.ErrInvalidArgument, "the page token belongs to another listing")
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
	if len(page.Items) > 0 || len(s.hiddenGaps()) > 0 {
		before = foundSomething
	}
	switch {
	case spaces.Next != "":
		page.Next = before + spaces.Next
	case before == foundNothing:
		return nil, errNoSuchMember()
	default:
		page.Gaps = s.allGaps()
	}
	return page, nil
}
