package webex

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

func (s *server) ListRooms(ctx context.Context, req gen.ListRoomsRequestObject) (gen.ListRoomsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	public := p.OrgPublicSpaces != nil && *p.OrgPublicSpaces
	if public && (p.TeamID != nil || p.Type != nil || p.SortBy != nil) {
		return nil, problem(http.StatusBadRequest, "orgPublicSpaces does not go together with teamId, type or sortBy.")
	}
	all := []gen.Room{}
	for _, u := range s.order {
		r := s.rooms[u]
		_, in := r.members.Get(s.caller(ctx))
		switch {
		case public && !*r.data.IsPublic, !public && !in && !officer(ctx):
		case p.TeamID != nil && (r.data.TeamID == nil || *r.data.TeamID != *p.TeamID):
		case p.Type != nil && string(*p.Type) != string(r.data.Type):
		default:
			all = append(all, s.shown(ctx, r))
		}
	}
	if p.SortBy != nil {
		slices.SortStableFunc(all, func(a, b gen.Room) int {
			switch *p.SortBy {
			case gen.ListRoomsParamsSortByLastactivity:
				return b.LastActivity.Compare(*a.LastActivity)
			case gen.ListRoomsParamsSortByCreated:
				return b.Created.Compare(a.Created)
			}
			return cmp.Compare(a.ID, b.ID)
		})
	}
	items, link, err := cut(ctx, all, p.Max, p.Cursor)
	if err != nil {
		return nil, err
	}
	return gen.ListRooms200JSONResponse{Body: gen.RoomPage{Items: items}, Headers: gen.ListRooms200ResponseHeaders{Link: link}}, nil
}

func (s *server) CreateRoom(ctx context.Context, req gen.CreateRoomRequestObject) (gen.CreateRoomResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	if b.Title == "" {
		return nil, problem(http.StatusBadRequest, "title cannot be null")
	}
	if b.TeamID != nil {
		if _, err := s.visible(ctx, typeTeam, *b.TeamID); err != nil {
			return nil, err
		}
	}
	now := s.now()
	r := s.newRoom(b.Title, now)
	d := &r.data
	d.TeamID, d.Description, d.ClassificationID = b.TeamID, b.Description, b.ClassificationID
	d.IsLocked, d.IsPublic = cmp.Or(b.IsLocked, d.IsLocked), cmp.Or(b.IsPublic, d.IsPublic)
	d.IsAnnouncementOnly = cmp.Or(b.IsAnnouncementOnly, d.IsAnnouncementOnly)
	if *d.IsPublic {
		d.MadePublic = &now
	}
	d.CreatorID = httpapi.Ptr(personID(s.caller(ctx)))
	r.members.Put(s.caller(ctx), member{joined: now, moderator: *d.IsLocked})
	s.notify(ctx, "created", r, s.caller(ctx))
	return gen.CreateRoom200JSONResponse{RoomJSONResponse: gen.RoomJSONResponse(r.data)}, nil
}

func (s *server) GetRoom(ctx context.Context, req gen.GetRoomRequestObject) (gen.GetRoomResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, _, err := s.listable(ctx, req.RoomID)
	if err != nil {
		return nil, err
	}
	return gen.GetRoom200JSONResponse{RoomJSONResponse: gen.RoomJSONResponse(s.shown(ctx, r))}, nil
}

// shown returns a room as the caller sees it. The title of a direct room is the other
// member's name, or both names for other callers.
func (s *server) shown(ctx context.Context, r *room) gen.Room {
	data := r.data
	if r.direct() {
		var names []string
		for n := range r.members.All() {
			if p, _ := s.people.Get(n); n != s.caller(ctx) {
				names = append(names, p.Name())
			}
		}
		data.Title = strings.Join(names, ", ")
	}
	return data
}

func (s *server) DeleteRoom(ctx context.Context, req gen.DeleteRoomRequestObject) (gen.DeleteRoomResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.visible(ctx, typeRoom, req.RoomID)
	if err != nil {
		return nil, err
	}
	if r.direct() {
		return nil, problem(http.StatusForbidden, "A direct room cannot be deleted; it can be hidden.")
	}
	if r.team != nil {
		return nil, problem(http.StatusForbidden, "The General room of a team is deleted with the team.")
	}
	if err := s.mayChange(ctx, r); err != nil {
		return nil, err
	}
	s.drop(r)
	return gen.DeleteRoom204Response{}, nil
}

func (s *server) drop(r *room) {
	delete(s.rooms, r.uuid)
	s.order = slices.DeleteFunc(s.order, func(u string) bool { return u == r.uuid })
}
