package pubnub

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// User is the metadata of a user (UUID). In a Member it may hold the id alone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.User].
type User = gen.User

// SetUserRequest holds the changes. A field that is left out stays, Null clears it, and
// Custom replaces all custom values.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetUserRequest].
type SetUserRequest = gen.SetUserRequest

// ListUsersParams selects users and their properties. Include takes the Include constants,
// Filter a Filter's Param or another expression, Sort the results of Asc and Desc, and
// Count takes CountNone.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.ListUsersParams].
type ListUsersParams = gen.ListUsersParams

// GetUserParams selects further properties of the user.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.GetUserParams].
type GetUserParams = gen.GetUserParams

// SetUserParams selects further properties of the user. IfMatch takes the ETag of the user
// that was read, so that the change depends on it.
// Its fields are in [github.com/memberships-go/memberships/generated/pubnub.SetUserParams].
type SetUserParams = gen.SetUserParams

// UsersService reads and changes the metadata of users. A user need not have any to
// be a member.
type UsersService struct{ c *client.Client }

// List yields the users that have metadata, ordered by id unless p.Sort says
// otherwise. PubNub: GET /v2/objects/{subscribeKey}/uuids.
func (s *UsersService) List(ctx context.Context, p ListUsersParams, opts ...option.Option) iter.Seq2[*User, error] {
	return listUsers(s, p, opts).All(ctx)
}

// ListPage returns one page of List: the first for the token "", then the page
// that the Next of the page before names. Without a total, the page after the last one is
// empty.
func (s *UsersService) ListPage(ctx context.Context, p ListUsersParams, token string, opts ...option.Option) (*memberships.Page[*User], error) {
	return listUsers(s, p, opts).Page(ctx, token)
}

func listUsers(s *UsersService, p ListUsersParams, opts []option.Option) *paging.List[User] {
	p.Count = counted(p.Count)
	return userMetadata(s).list(client.Call{
		Name:     "Users.List",
		Endpoint: gen.ListUsers(scope(s.c, opts).subscribeKey, p),
		Opts:     opts,
	})
}

// Get returns the metadata of one user. If there are none, the error is
// memberships.ErrNotFound.
// PubNub: GET /v2/objects/{subscribeKey}/uuids/{userId}.
func (s *UsersService) Get(ctx context.Context, userID string, p GetUserParams, opts ...option.Option) (*User, error) {
	return userMetadata(s).read(ctx, userID, p.Include, opts)
}

// Set makes or changes the metadata of a user and returns it. If p.IfMatch is not the
// user's ETag any more, the error is memberships.ErrConflict. A repeat can undo another caller's
// change: see [option.WithoutRepeat].
// PubNub: PATCH /v2/objects/{subscribeKey}/uuids/{userId}.
func (s *UsersService) Set(ctx context.Context, userID string, r SetUserRequest, p SetUserParams, opts ...option.Option) (*User, error) {
	return userMetadata(s).set(ctx, userID, client.Call{
		Name:     "Users.Set",
		Endpoint: gen.SetUser(scope(s.c, opts).subscribeKey, userID, p, r),
		Opts:     opts,
	}, r, r.Custom, setParams(p))
}

// Remove removes the metadata of a user, or does nothing if there is none. The user's
// memberships stay, unless the keyset has referential integrity switched on. A repeat can
// undo another caller's change: see [option.WithoutRepeat].
// PubNub: DELETE /v2/objects/{subscribeKey}/uuids/{userId}.
func (s *UsersService) Remove(ctx context.Context, userID string, opts ...option.Option) error {
	return userMetadata(s).remove(ctx, userID, client.Call{
		Name:     "Users.Remove",
		Endpoint: gen.RemoveUser(scope(s.c, opts).subscribeKey, userID),
		Opts:     opts,
	})
}

// userMetadata returns the API of the metadata of users.
func userMetadata(s *UsersService) *metadataAPI[gen.UserPage, gen.UserResult, User] {
	return &metadataAPI[gen.UserPage, gen.UserResult, User]{
		c:    s.c,
		name: "Users",
		id:   "userID",
		page: func(p gen.UserPage) page[User] { return page[User](p) },
		data: func(r *gen.UserResult) *User { return &r.Data },
		key:  func(u *User) string { return u.ID },
		tag:  func(u *User) string { return u.ETag },
		get: func(key, id string, include []string) endpoint.Endpoint {
			return gen.GetUser(key, id, GetUserParams{Include: include})
		},
	}
}
