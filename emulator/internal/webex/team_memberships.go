package webex

import (
	"context"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

func (s *server) teamMembership(r *room, n int64, m member) gen.TeamMembership {
	p, _ := s.people.Get(n)
	return gen.TeamMembership{
		ID: membershipID(typeTeamMembership, n, r.uuid), TeamID: r.team.ID,
		PersonID: personID(n), PersonEmail: p.Mail, PersonDisplayName: httpapi.Ptr(p.Name()), PersonOrgID: &orgID,
		IsModerator: m.moderator, Created: m.joined,
	}
}

func (s *server) ListTeamMemberships(ctx context.Context, req gen.ListTeamMembershipsRequestObject) (gen.ListTeamMembershipsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.visible(ctx, typeTeam, req.Params.TeamID)
	if err != nil {
		return nil, err
	}
	pg, err := pageOf(req.Params.Max, req.Params.Cursor)
	if err != nil {
		return nil, err
	}
	items := []gen.TeamMembership{}
	for n, m := range r.members.From(pg.start) {
		if len(items) == pg.max {
			break
		}
		items = append(items, s.teamMembership(r, n, m))
	}
	end := pg.start + len(items)
	return gen.ListTeamMemberships200JSONResponse{
		Body:    gen.TeamMembershipPage{Items: items},
		Headers: gen.ListTeamMemberships200ResponseHeaders{Link: pg.next(ctx, end < r.members.Len(), end)},
	}, nil
}

func (s *server) CreateTeamMembership(ctx context.Context, req gen.CreateTeamMembershipRequestObject) (gen.CreateTeamMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	r, n, err := s.join(ctx, typeTeam, b.TeamID, b.PersonID, b.PersonEmail, b.IsModerator)
	if err != nil {
		return nil, err
	}
	m, _ := r.members.Get(n)
	return gen.CreateTeamMembership200JSONResponse{TeamMembershipJSONResponse: gen.TeamMembershipJSONResponse(s.teamMembership(r, n, m))}, nil
}

func (s *server) GetTeamMembership(ctx context.Context, req gen.GetTeamMembershipRequestObject) (gen.GetTeamMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, m, err := s.find(ctx, typeTeamMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	return gen.GetTeamMembership200JSONResponse{TeamMembershipJSONResponse: gen.TeamMembershipJSONResponse(s.teamMembership(r, n, m))}, nil
}

func (s *server) UpdateTeamMembership(ctx context.Context, req gen.UpdateTeamMembershipRequestObject) (gen.UpdateTeamMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, _, err := s.find(ctx, typeTeamMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	if err := s.moderate(ctx, r, n, req.Body.IsModerator); err != nil {
		return nil, err
	}
	m, _ := r.members.Get(n)
	return gen.UpdateTeamMembership200JSONResponse{TeamMembershipJSONResponse: gen.TeamMembershipJSONResponse(s.teamMembership(r, n, m))}, nil
}

func (s *server) DeleteTeamMembership(ctx context.Context, req gen.DeleteTeamMembershipRequestObject) (gen.DeleteTeamMembershipResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, n, _, err := s.find(ctx, typeTeamMembership, req.MembershipID)
	if err != nil {
		return nil, err
	}
	return gen.DeleteTeamMembership204Response{}, s.leave(ctx, r, n)
}
