package pubnub

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// User is the metadata of a user (UUID). In a Member it may hold the id alone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.User].
type User = gen.User

// SetUserRequest holds what is to change. A field that is left out stays, Null clears it,
// and Custom replaces all custom values.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetUserRequest].
type SetUserRequest = gen.SetUserRequest

// ListUsersParams says which users to list and what to show of them: Include takes
// the Include constants, Filter a Filter's Param or an expression of one's own, Sort
// what Asc and Desc give, Count CountTotal.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListUsersParams].
type ListUsersParams = gen.ListUsersParams

// GetUserParams asks for more about a user.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.GetUserParams].
type GetUserParams = gen.GetUserParams

// SetUserParams asks for more about the user, and can make the change depend on what
// was read: IfMatch takes its ETag.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetUserParams].
type SetUserParams = gen.SetUserParams

// UsersService reads and changes the metadata of users. A user need not have any to
// be a member.
type UsersService struct{ c *client.Client }

func userKey(u *User) string { return u.ID }

// List yields the users that have metadata, ordered by id unless p.Sort says
// otherwise. PubNub: GET /v2/objects/{subscribeKey}/uuids.
func (s *UsersService) List(ctx context.Context, p ListUsersParams, opts ...option.Option) iter.Seq2[*User, error] {
	return s.list(p, opts).All(ctx)
}

// ListPage returns one page of List: the first for the token "", then the one that
// the Next of the page before names. The page after the last one is empty.
func (s *UsersService) ListPage(ctx context.Context, p ListUsersParams, token string, opts ...option.Option) (*memberships.Page[*User], error) {
	return s.list(p, opts).Page(ctx, token)
}

func (s *UsersService) list(p ListUsersParams, opts []option.Option) *paging.List[User] {
	id := scope(s.c, opts)
	return client.List(s.c, listing(client.Call{
		Name:     "Users.List",
		Endpoint: gen.ListUsers(id.subscribeKey, p),
		Opts:     opts,
	}, func(p gen.UserPage) page[User] { return page[User](p) }, userKey))
}

// Get returns the metadata of one user. A user without any is memberships.ErrNotFound.
// PubNub: GET /v2/objects/{subscribeKey}/uuids/{userId}.
func (s *UsersService) Get(ctx context.Context, userID string, p GetUserParams, opts ...option.Option) (*User, error) {
	id := scope(s.c, opts)
	return s.one(ctx, client.Call{
		Name:     "Users.Get",
		Check:    func() error { return checkID("userID", userID) },
		Endpoint: gen.GetUser(id.subscribeKey, userID, p),
		Opts:     opts,
	})
}

// Set makes or changes the metadata of a user and returns it. With p.IfMatch a user that
// has changed since it was read is memberships.ErrConflict. A repeat can undo somebody
// else's change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}.
func (s *UsersService) Set(ctx context.Context, userID string, r SetUserRequest, p SetUserParams, opts ...option.Option) (*User, error) {
	id := scope(s.c, opts)
	call := client.Call{
		Name:     "Users.Set",
		Check:    func() error { return checkSet("userID", userID, r.Custom, p.IfMatch) },
		Endpoint: gen.SetUser(id.subscribeKey, userID, p, r),
		Opts:     opts,
	}
	if p.IfMatch != nil {
		call.Duplicate, call.Refusal = client.Refused, memberships.ErrConflict
	}
	result, err := client.Write(ctx, s.c, call, userResultKey, func(ctx context.Context) (*gen.UserResult, bool, error) {
		got, err := s.Get(ctx, userID, GetUserParams{Include: WriteParams{Include: p.Include}.include()}, opts...)
		if errors.Is(err, memberships.ErrNotFound) && p.IfMatch == nil {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		done, err := applied(r, got, p.IfMatch, got.ETag)
		if !done {
			return nil, false, err
		}
		return &gen.UserResult{Data: *got}, true, nil
	})
	if err != nil {
		return nil, err
	}
	return &result.Data, nil
}

// Remove removes the metadata of a user, or does nothing if there is none. The user's
// memberships stay, unless the keyset has referential integrity switched on. A repeat can
// undo somebody else's change: see [option.WithoutRepeat].
// PubNub: DELETE /v2/objects/{subscribeKey}/uuids/{userId}.
func (s *UsersService) Remove(ctx context.Context, userID string, opts ...option.Option) error {
	id := scope(s.c, opts)
	return remove(ctx, s.c, client.Call{
		Name:     "Users.Remove",
		Check:    func() error { return checkID("userID", userID) },
		Endpoint: gen.RemoveUser(id.subscribeKey, userID),
		Opts:     opts,
	}, func(ctx context.Context) (*User, error) { return s.Get(ctx, userID, GetUserParams{}, opts...) })
}

func userResultKey(r *gen.UserResult) string { return r.Data.ID }

func (s *UsersService) one(ctx context.Context, call client.Call) (*User, error) {
	r, err := client.One(ctx, s.c, call, userResultKey)
	if err != nil {
		return nil, err
	}
	return &r.Data, nil
}
