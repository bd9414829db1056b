package webex

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Room is a place for messages with members of its own.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.Room].
type Room = gen.Room

// ListRoomsParams filters and orders a list of rooms. OrgPublicSpaces excludes TeamID,
// Type and SortBy. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.ListRoomsParams].
type ListRoomsParams = gen.ListRoomsParams

// CreateRoomRequest describes a new room. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.CreateRoomRequest].
type CreateRoomRequest = gen.CreateRoomRequest

// UpdateRoomRequest has the required title of a room and its new values. Its fields are
// in [github.com/memberships-go/memberships/generated/webex.UpdateRoomRequest].
type UpdateRoomRequest = gen.UpdateRoomRequest

// RoomsService reads, creates, updates and deletes rooms.
type RoomsService struct{ c *client.Client }

func roomKey(r *Room) string { return r.ID }

// List yields the caller's rooms. Webex: GET /rooms.
func (s *RoomsService) List(ctx context.Context, p ListRoomsParams, opts ...option.Option) iter.Seq2[*Room, error] {
	return listRooms(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *RoomsService) ListPage(ctx context.Context, p ListRoomsParams, token string, opts ...option.Option) (*memberships.Page[*Room], error) {
	return listRooms(s, p, opts).Page(ctx, token)
}

func listRooms(s *RoomsService, p ListRoomsParams, opts []option.Option) *paging.List[Room] {
	return client.List(s.c, listing(client.Call{
		Name:     "Rooms.List",
		Endpoint: gen.ListRooms(p),
		Opts:     opts,
	}, func(page *gen.RoomPage) []Room { return page.Items }, roomKey))
}

// Get returns one room. Webex: GET /rooms/{roomId}.
func (s *RoomsService) Get(ctx context.Context, roomID string, opts ...option.Option) (*Room, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Rooms.Get",
		Endpoint: gen.GetRoom(roomID),
		Opts:     opts,
	}, roomKey)
}

// Create makes a room with the caller as its first member. Webex: POST /rooms.
func (s *RoomsService) Create(ctx context.Context, r CreateRoomRequest, opts ...option.Option) (*Room, error) {
	return client.One(ctx, s.c, client.Call{
		Name: "Rooms.Create",
		Check: func() error {
			if r.Title == "" {
				return errors.New("Title is empty")
			}
			return nil
		},
		Endpoint: gen.CreateRoom(r),
		Opts:     opts,
	}, roomKey)
}

// Update changes a room and returns it. Fields that are left empty stay as they are; the
// Title is always sent. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Webex: PUT /rooms/{roomId}.
func (s *RoomsService) Update(ctx context.Context, roomID string, r UpdateRoomRequest, opts ...option.Option) (*Room, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Rooms.Update",
		Check: func() error {
			if r.Title == "" {
				return errors.New("Title is empty")
			}
			return nil
		},
		Endpoint: gen.UpdateRoom(roomID, r),
		Opts:     opts,
	}, roomKey, func(ctx context.Context) (*Room, bool, error) {
		room, err := s.Get(ctx, roomID, opts...)
		return room, err == nil && updated(room, &r), err
	})
}

// updated reports whether a room has the values of a request.
func updated(room *Room, r *UpdateRoomRequest) bool {
	text := func(asked, is string) bool { return asked == "" || strings.TrimSpace(asked) == strings.TrimSpace(is) }
	flag := func(asked *bool, is bool) bool { return asked == nil || *asked == is }
	return room.Title == r.Title && text(r.ClassificationID, room.ClassificationID) && text(r.TeamID, room.TeamID) &&
		text(r.Description, room.Description) && flag(r.IsLocked, room.IsLocked) && flag(r.IsPublic, room.IsPublic) &&
		flag(r.IsAnnouncementOnly, room.IsAnnouncementOnly) && flag(r.IsReadOnly, room.IsReadOnly)
}

// Delete deletes a room with all its memberships. Webex: DELETE /rooms/{roomId}.
func (s *RoomsService) Delete(ctx context.Context, roomID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Rooms.Delete",
		Endpoint: gen.DeleteRoom(roomID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, roomID, opts...))
	})
}
