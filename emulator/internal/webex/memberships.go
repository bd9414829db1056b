package webex

import (
	"context"
	"net/http"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// membership returns a member as viewer sees it. Only the member sees whether a direct
// room is hidden.
func (s *server) membership(viewer int64, r *room, n int64, m member) gen.Membership {
	p, _ := s.people.Get(n)
	no, hidden := false, m.hidden && viewer == n
	roomType := gen.MembershipRoomType(r.data.Type)
	return gen.Membership{
		ID: membershipID(typeMembership, n, r.uuid), RoomID: r.data.ID,
		PersonID: personID(n), PersonEmail: p.Mail, PersonDisplayName: httpapi.Ptr(p.Name()), PersonOrgID: &orgID,
		IsModerator: m.moderator, IsMonitor: &no, IsRoomHidden: &hidden, RoomType: &roomType, Created: m.joined,
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
	r, outside, err := s.listable(ctx, *p.RoomID)
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
				items = append(items, s.membership(s.caller(ctx), r, who.N, m))
			}
		}
		return gen.ListMemberships200JSONResponse{Body: gen.MembershipPage{Items: items}}, nil
	}
	items, more := s.page(s.caller(ctx), r, pg, outside)
	end := pg.start + len(items)
	return gen.ListMemberships200JSONResponse{
		Body:    gen.MembershipPage{Items: items},
		Headers: gen.ListMemberships200ResponseHeaders{Link: pg.next(ctx, more, end)},
	}, nil
}

// listOfPerson lists the memberships of the caller or, for a compliance officer, of
// another person.
func (s *server) listOfPerson(ctx context.Context, p gen.ListMembershipsParams, named bool) (gen.ListMembershipsResponseObject, error) {
	n := s.caller(ctx)
	if named {
		who, err := s.person(p.PersonID, p.PersonEmail, false)
		switch {
		case !officer(ctx) && (err != nil || who.N != n):
			return nil, problem(http.StatusBadRequest, "roomId cannot be null")
		case err != nil:
			return nil, err
		}
		n = who.N
	}
	all := []gen.Membership{}
	for _, u := range s.order {
		if m, in := s.rooms[u].members.Get(n); in {
			all = append(all, s.membership(s.caller(ctx), s.rooms[u], n, m))
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
	return gen.CreateMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(s.caller(ctx), r, n, m))}, nil
}

// join adds a person to a room or team.
func (s *server) join(ctx context.Context, typ, id string, person, mail *string, moderator *bool) (*room, int64, error) {
	r, err := s.visible(ctx, typ, id)
	if err != nil {
		return nil, 0, err
	}
	if r.direct() {
		return nil, 0, problem(http.StatusForbidden, "A direct room stays with its two members.")
	}
	if err := s.mayChange(ctx, r); err != nil {
		return nil, 0, err
	}
	if r.data.TeamID != nil && r.members.Len() == 0 {
		return nil, 0, problem(http.StatusForbidden, "A compliance officer cannot add people to an empty space of a team.")
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
	}
	return r, p.N, nil
}

// find returns the room and the member that a membership id names.
func (s *server) find(ctx context.Context, typ, id string) (*room, int64, member, error) {
	n, u, ok := splitMembershipID(typ, id)
	if !ok {
		return nil, 0, member{}, &httpapi.Problem{Status: http.StatusNotFound}
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
	return gen.GetMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(s.caller(ctx), r, n, m))}, nil
}

func (s *server) UpdateMembership(ctx context.Context, req gen.UpdateMembershipRequestObject) (gen.UpdateMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, m, err := s.find(ctx, typeMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	moderator, hidden := req.Body.IsModerator, req.Body.IsRoomHidden
	if _, in := r.members.Get(s.caller(ctx)); !in && !officer(ctx) {
		return nil, notFound(typeMembership)
	}
	if hidden != nil {
		if err := s.mayHide(ctx, r, n, *hidden); err != nil {
			return nil, err
		}
	}
	if moderator != nil {
		if err := s.moderate(ctx, r, n, *moderator); err != nil {
			return nil, err
		}
	}
	if m, _ = r.members.Get(n); hidden != nil && *hidden != m.hidden {
		m.hidden = *hidden
		r.members.Put(n, m)
		s.tell(ctx, "updated", r, n, func(owner int64) bool { return owner == n })
	}
	m, _ = r.members.Get(n)
	return gen.UpdateMembership200JSONResponse{MembershipJSONResponse: gen.MembershipJSONResponse(s.membership(s.caller(ctx), r, n, m))}, nil
}

// mayHide returns an error unless the room is direct and the membership is the caller's.
func (s *server) mayHide(ctx context.Context, r *room, n int64, hidden bool) error {
	switch {
	case r.direct() && n != s.caller(ctx):
		return problem(http.StatusForbidden, "A direct room is hidden for the caller alone.")
	case hidden && !r.direct():
		return problem(http.StatusBadRequest, "Only direct rooms can be hidden.")
	}
	return nil
}

// moderate makes a member a moderator or an ordinary member.
func (s *server) moderate(ctx context.Context, r *room, n int64, moderator bool) error {
	if r.direct() {
		if moderator {
			return problem(http.StatusForbidden, "A direct room has no moderators.")
		}
		return nil
	}
	if err := s.mayChange(ctx, r); err != nil {
		return err
	}
	m, _ := r.members.Get(n)
	switch {
	case m.moderator == moderator:
		return nil
	case moderator:
		s.promote(ctx, r, n)
		return nil
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

// leave removes a member. Each member may remove their own membership.
func (s *server) leave(ctx context.Context, r *room, n int64) error {
	if r.direct() {
		return problem(http.StatusForbidden, "A direct room stays with its two members; it can be hidden.")
	}
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
