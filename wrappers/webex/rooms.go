package webex

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/core"
	"github.com/memberships-go/memberships/option"
)

// Room is a place for messages with members of its own.
type Room = gen.Room

// ListRoomsParams filters and orders a list of rooms. OrgPublicSpaces does not go
// together with TeamID, Type and SortBy.
type ListRoomsParams = gen.ListRoomsParams

// CreateRoomRequest describes the room to make.
type CreateRoomRequest = gen.CreateRoomRequest

// RoomsService looks rooms up, makes and deletes them.
type RoomsService struct{ c *core.Client }

func roomKey(r *Room) string { return r.ID }

// List yields the caller's rooms. Webex: GET /rooms.
func (s *RoomsService) List(ctx context.Context, p ListRoomsParams, opts ...option.Option) iter.Seq2[*Room, error] {
	return s.list(p, opts).All(ctx)
}

// ListPage returns one page of List: the first for the token "", then the one that
// the Next of the page before names.
func (s *RoomsService) ListPage(ctx context.Context, p ListRoomsParams, token string, opts ...option.Option) (*memberships.Page[*Room], error) {
	return s.list(p, opts).Page(ctx, token)
}

func (s *RoomsService) list(p ListRoomsParams, opts []option.Option) *core.Run[gen.RoomPage, Room] {
	return core.List(s.c, listing(core.Call{
		Name:  "Rooms.List",
		Op:    gen.OpListRooms,
		Build: func(server string) (*http.Request, error) { return gen.NewListRoomsRequest(server, &p) },
		Opts:  opts,
	}, func(page *gen.RoomPage) []Room { return page.Items }, roomKey))
}

// Get returns one room. Webex: GET /rooms/{roomId}.
func (s *RoomsService) Get(ctx context.Context, roomID string, opts ...option.Option) (*Room, error) {
	return core.One(ctx, s.c, core.Call{
		Name:  "Rooms.Get",
		Op:    gen.OpGetRoom,
		IDs:   []core.ID{{Name: "roomID", Value: roomID}},
		Build: func(server string) (*http.Request, error) { return gen.NewGetRoomRequest(server, roomID) },
		Opts:  opts,
	}, roomKey)
}

// Create makes a room with the caller as its first member. Webex: POST /rooms.
func (s *RoomsService) Create(ctx context.Context, r CreateRoomRequest, opts ...option.Option) (*Room, error) {
	return core.One(ctx, s.c, core.Call{
		Name: "Rooms.Create",
		Op:   gen.OpCreateRoom,
		Check: func() error {
			if r.Title == "" {
				return errors.New("Title is empty")
			}
			return nil
		},
		Build: func(server string) (*http.Request, error) { return gen.NewCreateRoomRequest(server, r) },
		Opts:  opts,
	}, roomKey)
}

// Delete deletes a room with all its memberships. Webex: DELETE /rooms/{roomId}.
func (s *RoomsService) Delete(ctx context.Context, roomID string, opts ...option.Option) error {
	return core.Remove(ctx, s.c, core.Call{
		Name:  "Rooms.Delete",
		Op:    gen.OpDeleteRoom,
		IDs:   []core.ID{{Name: "roomID", Value: roomID}},
		Build: func(server string) (*http.Request, error) { return gen.NewDeleteRoomRequest(server, roomID) },
		Opts:  opts,
	}, func(ctx context.Context) (bool, error) {
		return core.Gone(s.Get(ctx, roomID, opts...))
	})
}
