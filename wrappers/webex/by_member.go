package webex

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/portable"
)

// The stages of a listing by member. A page token starts with the letter of its stage, in
// upper case once a membership was found or hidden.
const (
	// stageOwn lists the rooms of a person: the caller, or anyone for a compliance
	// officer.
	stageOwn = "o"
	// stageRooms searches the caller's rooms, one after the other.
	stageRooms = "r"
	// stageTeams searches the caller's teams, one after the other. Webex lists teams for
	// the caller only.
	stageTeams = "t"
)

// search is a listing of the memberships of one person.
type search struct {
	p   *provider
	who memberships.Member
	// self reports whether who is the caller; unknown, whether the caller's organization has
	// no account with the address of who.
	self, unknown bool
	size          int
	gaps          portable.Gaps
	// items is the number of rows, rooms or teams on the last page.
	items int
}

// searchFor returns the search for a person. It replaces an address by an id where Webex
// knows it, because a person may have several addresses.
func (p *provider) searchFor(ctx context.Context, who memberships.Member, size int) (*search, error) {
	s := &search{p: p, who: who, size: size}
	me, err := p.c.People.GetMe(ctx, GetMeParams{}, p.opts...)
	if err != nil {
		return nil, err
	}
	if s.self = isPerson(me, who); s.self {
		s.who = memberships.Member{Kind: memberships.MemberUser, ID: me.ID}
		return s, nil
	}
	if who.ID != "" {
		return s, nil
	}
	found, err := p.resolve(ctx, who)
	switch {
	case errors.Is(err, memberships.ErrNoSuchMember): // may be in another organization
		s.unknown = true
	case err != nil:
		return nil, err
	default:
		s.who = found.Member
	}
	return s, nil
}

// page returns the rows of the page of a token, and the next token. The rows of a search
// send their requests during the range.
func (s *search) page(ctx context.Context, token string) (rows iter.Seq2[memberships.Membership, error], next string, _ error) {
	stage, cursor := stageOwn, ""
	if token != "" {
		stage, cursor = strings.ToLower(token[:1]), token[1:]
	}
	switch stage {
	case stageOwn:
		var params ListMembershipsParams
		if !s.self {
			person(s.who, &params)
		}
		page, err := s.p.c.Memberships.ListPage(ctx, params, cursor, client.SizedOptions(s.p.opts, s.size)...)
		if deniesOthers(err) && !s.self && cursor == "" {
			return s.page(ctx, stageRooms)
		}
		if err != nil {
			return nil, "", err
		}
		s.items = len(page.Items)
		if !s.self {
			s.gaps.Add(scope("only teams that the caller is in, and rooms of the caller's organization, were searched"))
		}
		return each(page.Items, fromRoom), after(page.Next, stageOwn, stageTeams), nil
	case stageRooms:
		page, err := s.p.c.Rooms.ListPage(ctx, ListRoomsParams{}, cursor, client.SizedOptions(s.p.opts, s.size)...)
		if err != nil {
			return nil, "", err
		}
		s.items = len(page.Items)
		s.gaps.Add(scope("only rooms and teams that the caller is in were searched"))
		return portable.Search(ctx, page.Items, s.inRoom), after(page.Next, stageRooms, stageTeams), nil
	case stageTeams:
		page, err := s.p.c.Teams.ListPage(ctx, ListTeamsParams{}, cursor, client.SizedOptions(s.p.opts, s.size)...)
		if err != nil {
			return nil, "", err
		}
		s.items = len(page.Items)
		return portable.Search(ctx, page.Items, s.inTeam), after(page.Next, stageTeams, ""), nil
	}
	return nil, "", api.Fail(memberships.OpListByMember, memberships.ErrInvalidArgument, "the page token belongs to another listing")
}

// after returns the token after a page: next in the same stage, else the stage then.
func after(next, stage, then string) string {
	if next == "" {
		return then
	}
	return stage + next
}

func scope(text string) *memberships.Gap {
	return &memberships.Gap{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: text}
}

// deniesOthers reports whether Webex refuses the list of another person's rooms, which is
// for compliance officers only.
func deniesOthers(err error) bool {
	var e *memberships.Error
	return errors.As(err, &e) && e.Err == nil && e.StatusCode == http.StatusBadRequest
}

func each[T any](items []*T, convert func(*T) memberships.Membership) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		for _, m := range items {
			if !yield(convert(m), nil) {
				return
			}
		}
	}
}

// inRoom returns the person's membership of a room, or nil.
func (s *search) inRoom(ctx context.Context, r *Room) (*memberships.Membership, error) {
	params := ListMembershipsParams{RoomID: &r.ID}
	person(s.who, &params)
	return s.in(fromRoomGroup(r), portable.Seq(s.p.c.Memberships.List(ctx, params, client.SearchOptions(s.p.opts)...), fromRoom))
}

// inTeam returns the person's membership of a team, or nil. The list has no filter by
// person.
func (s *search) inTeam(ctx context.Context, t *Team) (*memberships.Membership, error) {
	return s.in(fromTeamGroup(t), portable.Seq(s.p.c.TeamMemberships.ListByTeam(ctx, t.ID, ListTeamMembershipsParams{}, client.SearchOptions(s.p.opts)...), fromTeam))
}

func (s *search) in(g memberships.Group, seq iter.Seq2[memberships.Membership, error]) (*memberships.Membership, error) {
	for m, err := range seq {
		if err != nil {
			gap := portable.UnreadGap(g, err)
			s.gaps.Add(gap)
			if gap != nil {
				err = nil
			}
			return nil, err
		}
		if s.who.ID != "" && m.Member.ID == s.who.ID || s.who.ID == "" && strings.EqualFold(m.Member.Email, s.who.Email) {
			m.Group.Name = g.Name
			return &m, nil
		}
	}
	return nil, nil
}

// found reports whether a search has a row or a hidden gap.
func (s *search) found(rows int) bool {
	return rows > 0 || slices.ContainsFunc(s.gaps.All(), func(g memberships.Gap) bool { return g.Level == memberships.GapHidden })
}

// foundBefore reports whether the pages before token have a row or a hidden gap.
func foundBefore(token string) bool { return token != "" && token[0] >= 'A' && token[0] <= 'Z' }

// unknownPerson returns ErrNoSuchMember for an empty search if Webex has no account with
// the address or id.
func (s *search) unknownPerson(ctx context.Context) error {
	if s.unknown {
		return api.NoSuchMember(memberships.OpListByMember, "no person in the caller's organization and no member of the caller's rooms and teams has this address")
	}
	if s.self {
		return nil
	}
	for p, err := range s.p.c.People.List(ctx, ListPeopleParams{ID: &s.who.ID}, s.p.opts...) {
		if err != nil {
			return err
		}
		if p.ID == s.who.ID {
			return nil
		}
	}
	return api.NoSuchMember(memberships.OpListByMember, "Webex knows no person with this id")
}

// listByMember yields the memberships of a person.
func (p *provider) listByMember(ctx context.Context, who memberships.Member, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		s, err := p.searchFor(ctx, who, 0)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		found := 0
		defer func() { summary.Add(s.gaps.All()...) }()
		var loop paging.LoopDetector
		var once portable.Once
		for token := ""; ; {
			rows, next, err := s.page(ctx, token)
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			for m, err := range rows {
				if err == nil && !once.First(m) {
					continue
				}
				found++
				if !yield(m, err) || err != nil {
					return
				}
			}
			if token = next; token == "" {
				break
			}
			if err := loop.Next(s.items, token); err != nil {
				yield(memberships.Membership{}, api.Fail(memberships.OpListByMember, memberships.ErrMalformed, err.Error()))
				return
			}
		}
		if !s.found(found) {
			if err := s.unknownPerson(ctx); err != nil {
				yield(memberships.Membership{}, err)
			}
		}
	}
}

// listByMemberPage returns one page of the memberships of a person.
func (p *provider) listByMemberPage(ctx context.Context, who memberships.Member, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	s, err := p.searchFor(ctx, who, r.Size)
	if err != nil {
		return nil, err
	}
	rows, next, err := s.page(ctx, r.Token)
	if err != nil {
		return nil, err
	}
	page := &memberships.Page[memberships.Membership]{Items: []memberships.Membership{}, Next: next}
	for m, err := range rows {
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, m)
	}
	page.Gaps = s.gaps.All()
	switch found := s.found(len(page.Items)) || foundBefore(r.Token); {
	case found && next != "":
		page.Next = strings.ToUpper(next[:1]) + next[1:]
	case !found && next == "":
		if err := s.unknownPerson(ctx); err != nil {
			return nil, err
		}
	}
	return page, nil
}
