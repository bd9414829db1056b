package webex

import (
	"context"
	"net/http"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

func (s *server) ListTeams(ctx context.Context, req gen.ListTeamsRequestObject) (gen.ListTeamsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []gen.Team{}
	for _, u := range s.order {
		r := s.rooms[u]
		if _, in := r.members.Get(s.caller(ctx)); r.team != nil && (in || officer(ctx)) {
			all = append(all, *r.team)
		}
	}
	items, link, err := cut(ctx, all, req.Params.Max, req.Params.Cursor)
	if err != nil {
		return nil, err
	}
	return gen.ListTeams200JSONResponse{Body: gen.TeamPage{Items: items}, Headers: gen.ListTeams200ResponseHeaders{Link: link}}, nil
}

func (s *server) CreateTeam(ctx context.Context, req gen.CreateTeamRequestObject) (gen.CreateTeamResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if req.Body.Name == "" {
		return nil, problem(http.StatusBadRequest, "name cannot be null")
	}
	description := ""
	if req.Body.Description != nil {
		description = *req.Body.Description
	}
	r := s.newTeam(req.Body.Name, description, s.now())
	yes := true
	r.data.IsLocked = &yes
	r.data.CreatorID = httpapi.Ptr(personID(s.caller(ctx)))
	r.members.Put(s.caller(ctx), member{joined: r.data.Created, moderator: true})
	return gen.CreateTeam200JSONResponse{TeamJSONResponse: gen.TeamJSONResponse(*r.team)}, nil
}

func (s *server) GetTeam(ctx context.Context, req gen.GetTeamRequestObject) (gen.GetTeamResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.visible(ctx, typeTeam, req.TeamID)
	if err != nil {
		return nil, err
	}
	return gen.GetTeam200JSONResponse{TeamJSONResponse: gen.TeamJSONResponse(*r.team)}, nil
}

func (s *server) DeleteTeam(ctx context.Context, req gen.DeleteTeamRequestObject) (gen.DeleteTeamResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.visible(ctx, typeTeam, req.TeamID)
	if err != nil {
		return nil, err
	}
	if err := s.mayChange(ctx, r); err != nil {
		return nil, err
	}
	for _, u := range append([]string{}, s.order...) {
		if other := s.rooms[u]; other.data.TeamID != nil && *other.data.TeamID == r.team.ID {
			s.drop(other)
		}
	}
	return gen.DeleteTeam204Response{}, nil
}
