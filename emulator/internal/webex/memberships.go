package webex

import (
	"context"
	"net/http"

	"github.com/memberships-go/memberships/emulator/internal/kit"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

func (s *server) membership(r *room, n int64, m member) gen.Membership {
	p, _ := s.people.Get(n)
	no := false
	roomType := gen.MembershipRoomType(r.data.Type)
	return gen.Membership{
		ID: membershipID(typeMembership, n, r.uuid), RoomID: r.data.ID,
		PersonID: personID(n), PersonEmail: p.Mail, PersonDisplayName: kit.Ptr(p.Name()), PersonOrgID: &orgID,
		IsModerator: m.moderator, IsMonitor: &no, IsRoomHidden: &m.hidden, RoomType: &roomType, Created: m.joined,
	}
}

func (s *server) ListMemberships(ctx context.Context, req gen.ListMembershipsRequestObject) (gen.ListMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	named := p.PersonID != nil || p.PersonEmail != nil
	if p.RoomID == nil {
		return s.listOfPerson(ctx, p, named)
	}
	r, outside, err := s.seen(ctx, *p.RoomID)
	if err != nil {
		return nil, err
	}
	pg, err := pageOf(p.Max, p.Cursor)
	if err != nil {
		return nil, err
	}
	if named {
		items := []gen.Membership{}
		if who, err := s.person(p.PersonID, p.PersonEmail, false); err == nil {
			if m, in := r.members.Get(who.N); in && (m.moderator || !outside) {
				items = append(items, s.membership(r, who.N, m))
			}
		}
		return gen.ListMemberships200JSONResponse{Body: gen.MembershipPage{Items: items}}, nil
	}
	items, more := s.page(r, pg, outside)
	end := pg.start + len(items)
	return gen.ListMemberships200JSONResponse{
		Body:    gen.MembershipPage{Items: items},
		Headers: gen.ListMemberships200ResponseHeaders{Link: pg.next(ctx, more, end)},
	}, nil
}

// listOfPerson lists the rooms of the caller or, for a compliance officer, of somebody else.
func (s *server) listOfPerson(ctx context.Context, p gen.ListMembershipsParams, named bool) (gen.ListMembershipsResponseObject, error) {
	n := s.caller(ctx)
	if named {
		who, err := s.person(p.PersonID, p.PersonEmail, false)
		if err != nil {
			return nil, err
		}
		if who.N != n && !officer(ctx) {
			return nil, problem(http.StatusBadRequest, "roomId cannot be null")
		}
		n = who.N
	}
	all := []gen.Membership{}
	for _, u := range s.order {
		if m, in := s.rooms[u].members.Get(n); in {
			all = append(all, s.membership(s.rooms[u], n, m))
		}
	}
	items, link, err := cut(ctx, all, p.Max, p.Cursor)
	if err != nil {
		return nil, err
	}
	return gen.ListMemberships200JSONResponse{
		Body:    gen.MembershipPage{Items: items},
		Headers: gen.ListMemberships200ResponseHeaders{Link: link},
	}, nil
}

func (s *server) CreateMembership(ctx context.Context, req gen.CreateMembershipRequestObject) (gen.CreateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	r, n, err := s.join(ctx, typeRoom, b.RoomID, b.PersonID, b.PersonEmail, b.IsModerator)
	if err != nil {
		return nil, err
	}
	m, _ := r.members.Get(n)
	return gen.CreateMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(r, n, m))}, nil
}

// join adds a person to a room or team.
func (s *server) join(ctx context.Context, typ, id string, person, mail *string, moderator *bool) (*room, int64, error) {
	r, err := s.visible(ctx, typ, id)
	if err != nil {
		return nil, 0, err
	}
	if err := s.mayChange(ctx, r); err != nil {
		return nil, 0, err
	}
	p, err := s.person(person, mail, true)
	if err != nil {
		return nil, 0, err
	}
	if _, in := r.members.Get(p.N); in {
		return nil, 0, problem(http.StatusConflict, "Person is already in the room.")
	}
	r.members.Put(p.N, member{joined: s.now()})
	s.notify(ctx, "created", r, p.N)
	if moderator != nil && *moderator {
		s.promote(ctx, r, p.N)
		s.notify(ctx, "updated", r, p.N)
	}
	return r, p.N, nil
}

// find returns the room and member that a membership id names.
func (s *server) find(ctx context.Context, typ, id string) (*room, int64, member, error) {
	n, u, ok := splitMembershipID(typ, id)
	if !ok {
		return nil, 0, member{}, &kit.Problem{Status: http.StatusNotFound}
	}
	r := s.rooms[u]
	if r == nil || typ == typeTeamMembership && r.team == nil {
		return nil, 0, member{}, notFound(typ)
	}
	m, in := r.members.Get(n)
	if _, inside := r.members.Get(s.caller(ctx)); !inside && !officer(ctx) && (!m.moderator || !s.outside(ctx, r)) {
		return nil, 0, member{}, notFound(typ)
	}
	if !in {
		return nil, 0, member{}, notFound(typ)
	}
	return r, n, m, nil
}

func (s *server) GetMembership(ctx context.Context, req gen.GetMembershipRequestObject) (gen.GetMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, m, err := s.find(ctx, typeMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	return gen.GetMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(r, n, m))}, nil
}

func (s *server) UpdateMembership(ctx context.Context, req gen.UpdateMembershipRequestObject) (gen.UpdateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, m, err := s.find(ctx, typeMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	if hidden := req.Body.IsRoomHidden; hidden != nil {
		if *hidden && r.data.Type != gen.RoomTypeDirect {
			return nil, problem(http.StatusBadRequest, "Only direct rooms can be hidden.")
		}
		m.hidden = *hidden
		r.members.Put(n, m)
	}
	if req.Body.IsModerator != nil {
		if err := s.moderate(ctx, r, n, *req.Body.IsModerator); err != nil {
			return nil, err
		}
	}
	m, _ = r.members.Get(n)
	return gen.UpdateMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(r, n, m))}, nil
}

// moderate makes a member a moderator or an ordinary member.
func (s *server) moderate(ctx context.Context, r *room, n int64, moderator bool) error {
	if err := s.mayChange(ctx, r); err != nil {
		return err
	}
	m, _ := r.members.Get(n)
	switch {
	case m.moderator == moderator:
		return nil
	case moderator:
		s.promote(ctx, r, n)
	case lastModerator(r, n):
		return problem(http.StatusForbidden, "The last moderator of a team cannot step down.")
	default:
		m.moderator = false
		r.members.Put(n, m)
	}
	s.notify(ctx, "updated", r, n)
	return nil
}

func (s *server) DeleteMembership(ctx context.Context, req gen.DeleteMembershipRequestObject) (gen.DeleteMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, _, err := s.find(ctx, typeMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	return gen.DeleteMembership204Response{}, s.leave(ctx, r, n)
}

// leave removes a member; everybody may leave by themselves.
func (s *server) leave(ctx context.Context, r *room, n int64) error {
	if n != s.caller(ctx) {
		if err := s.mayChange(ctx, r); err != nil {
			return err
		}
	}
	if lastModerator(r, n) && r.members.Len() > 1 {
		return problem(http.StatusForbidden, "The last moderator of a team cannot be removed.")
	}
	s.notify(ctx, "deleted", r, n)
	r.members.Delete(n)
	return nil
}
