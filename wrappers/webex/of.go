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

// The stages of a listing of somebody's memberships. A page token begins with the letter
// of its stage, which is a capital once something was found or hidden.
const (
	// stageOwn asks for the rooms of a person: the caller's own, or anybody's for a
	// compliance officer.
	stageOwn = "o"
	// stageRooms looks for a person in the rooms of the caller, one room after the other.
	stageRooms = "r"
	// stageTeams looks for a person in the teams of the caller, which Webex lists for
	// nobody else.
	stageTeams = "t"
)

// search is a listing of one person's memberships.
type search struct {
	p   *provider
	who memberships.Member
	// self says that who is the caller; unknown that nobody of the organization has the
	// address of who.
	self, unknown bool
	size          int
	gaps          portable.Gaps
	// came is how many rows, rooms or teams the last page had.
	came int
}

// searchFor finds out who is meant. An address may be one of several of a person, so it
// becomes an id where Webex knows it.
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
	case errors.Is(err, memberships.ErrNoSuchMember): // may be somebody from elsewhere
		s.unknown = true
	case err != nil:
		return nil, err
	default:
		s.who = found.Member
	}
	return s, nil
}

// page returns the rows of the page that token names, and the token of the next one. The
// rows are not asked for before they are ranged over where the page is a search.
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
		if ofOthers(err) && !s.self && cursor == "" {
			return s.page(ctx, stageRooms)
		}
		if err != nil {
			return nil, "", err
		}
		s.came = len(page.Items)
		if !s.self {
			s.gaps.Add(scope("only teams that the caller is in, and rooms of the caller's organization, were searched"))
		}
		return each(page.Items, fromRoom), after(page.Next, stageOwn, stageTeams), nil
	case stageRooms:
		page, err := s.p.c.Rooms.ListPage(ctx, ListRoomsParams{}, cursor, client.SizedOptions(s.p.opts, s.size)...)
		if err != nil {
			return nil, "", err
		}
		s.came = len(page.Items)
		s.gaps.Add(scope("only rooms and teams that the caller is in were searched"))
		return portable.Search(ctx, page.Items, s.inRoom), after(page.Next, stageRooms, stageTeams), nil
	case stageTeams:
		page, err := s.p.c.Teams.ListPage(ctx, ListTeamsParams{}, cursor, client.SizedOptions(s.p.opts, s.size)...)
		if err != nil {
			return nil, "", err
		}
		s.came = len(page.Items)
		return portable.Search(ctx, page.Items, s.inTeam), after(page.Next, stageTeams, ""), nil
	}
	return nil, "", api.Fail(memberships.OpListByMember, memberships.ErrInvalidArgument, "the page token is not one of this listing's")
}

// after is the token behind a page: next in the same stage, else the start of then.
func after(next, stage, then string) string {
	if next == "" {
		return then
	}
	return stage + next
}

func scope(text string) *memberships.Gap {
	return &memberships.Gap{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: text}
}

// ofOthers reports whether Webex refuses a list of somebody else's rooms, as it does to
// everybody but compliance officers.
func ofOthers(err error) bool {
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

// inRoom looks for the person in a room.
func (s *search) inRoom(ctx context.Context, r *Room) (*memberships.Membership, error) {
	params := ListMembershipsParams{RoomID: &r.ID}
	person(s.who, &params)
	return s.in(fromRoomGroup(r), portable.Seq(s.p.c.Memberships.List(ctx, params, client.SearchOptions(s.p.opts)...), fromRoom))
}

// inTeam looks for the person in a team, whose list has no filter for people.
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

// found reports whether a search has something to say: a row, or that a part was hidden.
func (s *search) found(rows int) bool {
	return rows > 0 || slices.ContainsFunc(s.gaps.All(), func(g memberships.Gap) bool { return g.Level == memberships.GapHidden })
}

// foundBefore reports whether the pages before token have something to say.
func foundBefore(token string) bool { return token != "" && token[0] >= 'A' && token[0] <= 'Z' }

// nobody is the error of a search that has found and missed nothing if Webex knows nobody
// by the address or the id.
func (s *search) nobody(ctx context.Context) error {
	if s.unknown {
		return api.NoSuchMember(memberships.OpListByMember, "no person of the caller's organization has this address, and no room or team of the caller's shows it")
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

// of yields the memberships of a person.
func (p *provider) of(ctx context.Context, who memberships.Member, summary *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		s, err := p.searchFor(ctx, who, 0)
		if err != nil {
			yield(memberships.Membership{}, err)
			return
		}
		found := 0
		defer func() { summary.Add(s.gaps.All()...) }()
		var loop paging.LoopDetector
		for token := ""; ; {
			rows, next, err := s.page(ctx, token)
			if err != nil {
				yield(memberships.Membership{}, err)
				return
			}
			for m, err := range rows {
				found++
				if !yield(m, err) || err != nil {
					return
				}
			}
			if token = next; token == "" {
				break
			}
			if err := loop.Next(s.came, token); err != nil {
				yield(memberships.Membership{}, api.Fail(memberships.OpListByMember, memberships.ErrMalformed, err.Error()))
				return
			}
		}
		if !s.found(found) {
			if err := s.nobody(ctx); err != nil {
				yield(memberships.Membership{}, err)
			}
		}
	}
}

// ofPage is a page of the memberships of a person.
func (p *provider) ofPage(ctx context.Context, who memberships.Member, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
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
		if err := s.nobody(ctx); err != nil {
			return nil, err
		}
	}
	return page, nil
}
