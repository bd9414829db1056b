package webex

import (
	"context"
	"net/http"

	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// UpdateRoom applies all changes of a request, or none.
func (s *server) UpdateRoom(ctx context.Context, req gen.UpdateRoomRequestObject) (gen.UpdateRoomResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.visible(ctx, typeRoom, req.RoomID)
	if err != nil {
		return nil, err
	}
	b := changes(r, *req.Body)
	if err := s.mayUpdate(ctx, r, b); err != nil {
		return nil, err
	}
	d := &r.data
	if !r.direct() {
		d.Title = b.Title
		if r.team != nil {
			r.team.Name = b.Title
		}
	}
	d.ClassificationID = set(d.ClassificationID, b.ClassificationID)
	if u, ok := decodeID(typeTeam, or(b.TeamID)); ok {
		d.TeamID = &s.rooms[u].team.ID
	}
	d.IsReadOnly = set(d.IsReadOnly, b.IsReadOnly)
	if d.Description = set(d.Description, b.Description); d.Description != nil && *d.Description == " " {
		d.Description = nil
	}
	if b.IsPublic != nil && *b.IsPublic != *d.IsPublic {
		if d.IsPublic, d.MadePublic = b.IsPublic, nil; *b.IsPublic {
			now := s.now()
			d.MadePublic = &now
		}
	}
	if b.IsLocked != nil && *b.IsLocked != *d.IsLocked {
		if *b.IsLocked {
			s.lock(ctx, r)
		} else {
			s.unlock(ctx, r)
		}
	}
	d.IsAnnouncementOnly = set(d.IsAnnouncementOnly, b.IsAnnouncementOnly)
	if !*d.IsLocked {
		no := false
		d.IsAnnouncementOnly = &no
	}
	return gen.UpdateRoom200JSONResponse{RoomJSONResponse: gen.RoomJSONResponse(s.shown(ctx, r))}, nil
}

// changes returns the fields of a request that differ from the room, because SDKs send a
// whole room to change one field. For a direct room it keeps isReadOnly even if equal, the
// only field that can change there.
func changes(r *room, b gen.UpdateRoomRequest) *gen.UpdateRoomRequest {
	d := &r.data
	if !r.direct() {
		b.IsReadOnly = unlike(b.IsReadOnly, d.IsReadOnly)
	}
	b.IsLocked, b.IsPublic = unlike(b.IsLocked, d.IsLocked), unlike(b.IsPublic, d.IsPublic)
	b.TeamID, b.Description = unlike(b.TeamID, d.TeamID), unlike(b.Description, d.Description)
	b.ClassificationID = unlike(b.ClassificationID, d.ClassificationID)
	return &b
}

// unlike returns asked, or nil if it equals old.
func unlike[T comparable](asked, old *T) *T {
	if asked != nil && old != nil && *asked == *old {
		return nil
	}
	return asked
}

// set returns asked, or old if the request omits the field.
func set[T any](old, asked *T) *T {
	if asked == nil {
		return old
	}
	v := *asked
	return &v
}

// or returns *p, or "" if p is nil.
func or(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// unlock makes a room unmoderated.
func (s *server) unlock(ctx context.Context, r *room) {
	var moderators []int64
	for n, m := range r.members.All() {
		if m.moderator {
			moderators = append(moderators, n)
		}
	}
	for _, n := range moderators {
		s.setModerator(ctx, r, n, false)
	}
	no := false
	r.data.IsLocked = &no
}

// mayUpdate returns an error for a change that the caller may not make or that no room
// allows.
func (s *server) mayUpdate(ctx context.Context, r *room, b *gen.UpdateRoomRequest) error {
	is := func(v *bool) bool { return v != nil && *v }
	_, in := r.members.Get(s.caller(ctx))
	description := set(r.data.Description, b.Description)
	switch {
	case b.Title == "":
		return problem(http.StatusBadRequest, "title cannot be null")
	case b.IsReadOnly != nil && (!officer(ctx) || !r.direct()):
		return problem(http.StatusForbidden, "A compliance officer alone makes a room read-only, and a direct one alone.")
	case r.direct() && (b.TeamID != nil || is(b.IsLocked) || is(b.IsPublic) || is(b.IsAnnouncementOnly) || b.IsReadOnly == nil):
		return problem(http.StatusForbidden, "A direct room has nothing of this to change.")
	case r.direct():
		return nil
	case !in && (b.Title != r.data.Title || b.TeamID != nil || b.IsLocked != nil):
		return problem(http.StatusForbidden, "A compliance officer who is not in the room changes classificationId, isAnnouncementOnly, description and isPublic alone.")
	case is(b.IsPublic) && !*r.data.IsPublic && !officer(ctx):
		return problem(http.StatusForbidden, "A compliance officer alone makes a room public.")
	case is(b.IsPublic) && (description == nil || *description == "" || *description == " "):
		return problem(http.StatusBadRequest, "A public room needs a description.")
	case is(b.IsAnnouncementOnly) && !is(set(r.data.IsLocked, b.IsLocked)):
		return problem(http.StatusBadRequest, "A room for announcements has to be moderated.")
	case r.team != nil && b.IsLocked != nil && !*b.IsLocked:
		return problem(http.StatusForbidden, "The General room of a team has its moderators.")
	}
	if err := s.mayChange(ctx, r); err != nil {
		return err
	}
	if b.TeamID == nil {
		return nil
	}
	return s.mayJoinTeam(ctx, r, *b.TeamID)
}

// mayJoinTeam returns an error for a room that is in another team or has a moderator
// outside the team.
func (s *server) mayJoinTeam(ctx context.Context, r *room, id string) error {
	t, err := s.visible(ctx, typeTeam, id)
	switch {
	case err != nil:
		return err
	case r.data.TeamID != nil && *r.data.TeamID != t.team.ID:
		return problem(http.StatusBadRequest, "A room does not change its team.")
	}
	for n, m := range r.members.All() {
		if _, in := t.members.Get(n); m.moderator && !in {
			return problem(http.StatusBadRequest, "A moderator of the room is not in the team.")
		}
	}
	return nil
}

// UpdateTeam also renames the team's General room.
func (s *server) UpdateTeam(ctx context.Context, req gen.UpdateTeamRequestObject) (gen.UpdateTeamResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.visible(ctx, typeTeam, req.TeamID)
	if err != nil {
		return nil, err
	}
	if err := s.mayChange(ctx, t); err != nil {
		return nil, err
	}
	if req.Body.Name == "" {
		return nil, problem(http.StatusBadRequest, "name cannot be null")
	}
	t.team.Name, t.data.Title = req.Body.Name, req.Body.Name
	t.team.Description = set(t.team.Description, req.Body.Description)
	return gen.UpdateTeam200JSONResponse{TeamJSONResponse: gen.TeamJSONResponse(*t.team)}, nil
}
