package box

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// User is an account. The fields after NotificationEmail come only when Fields names
// them; of an external user, those are empty that the caller may not see.
// Its fields are in [github.com/memberships-go/memberships/generated/box.User].
type User = gen.User

// TrackingCode is a label that an enterprise puts on users.
// Its fields are in [github.com/memberships-go/memberships/generated/box.TrackingCode].
type TrackingCode = gen.TrackingCode

// UserType is which users a list holds.
// Its values are in [github.com/memberships-go/memberships/generated/box.ListUsersParamsUserType].
type UserType = gen.ListUsersParamsUserType

// The kinds of users: the enterprise's own with its app users, those of other
// enterprises, and both.
const (
	UserTypeAll      = gen.ListUsersParamsUserTypeAll
	UserTypeManaged  = gen.ListUsersParamsUserTypeManaged
	UserTypeExternal = gen.ListUsersParamsUserTypeExternal
)

// ListUsersParams filters a list of users. The list pages by marker, unless Usemarker is
// false.
// Its fields are in [github.com/memberships-go/memberships/generated/box.ListUsersParams].
type ListUsersParams = gen.ListUsersParams

// GetUserParams names the fields to answer with; id and type always come.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetUserParams].
type GetUserParams = gen.GetUserParams

// GetMeParams names the fields to answer with; id and type always come.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetMeParams].
type GetMeParams = gen.GetMeParams

// CreateUserRequest describes the account to make: a managed user with a Login, or an
// app user with IsPlatformAccessOnly and without one.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateUserRequest].
type CreateUserRequest = gen.CreateUserRequest

// CreateUserParams names the fields to answer with; id and type always come.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateUserParams].
type CreateUserParams = gen.CreateUserParams

// DeleteUserParams says what is to happen with a user's mail and files.
// Its fields are in [github.com/memberships-go/memberships/generated/box.DeleteUserParams].
type DeleteUserParams = gen.DeleteUserParams

// UsersService looks users up, makes and deletes them.
type UsersService struct{ c *client.Client }

func userKey(u *User) string { return u.ID }

// List yields the users that p asks for, in the provider's order. Asked for by offset,
// it starts again where users come or go while it runs, and ends behind some 11,000 of
// them with memberships.ErrListLimit. Box: GET /users.
func (s *UsersService) List(ctx context.Context, p ListUsersParams, opts ...option.Option) iter.Seq2[*User, error] {
	return whole(s.c, listUsers(p, opts)).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one. Box drops markers after a while, so that tokens
// of this list are not for keeping.
func (s *UsersService) ListPage(ctx context.Context, p ListUsersParams, token string, opts ...option.Option) (*memberships.Page[*User], error) {
	return client.List(s.c, listUsers(p, opts)).Page(ctx, token)
}

func listUsers(p ListUsersParams, opts []option.Option) client.Listing[gen.UserPage, User] {
	byOffset := p.Usemarker != nil && !*p.Usemarker
	if !byOffset {
		p.Usemarker = new(true)
	}
	call := client.Call{
		Name:     "Users.List",
		Endpoint: gen.ListUsers(p),
		Opts:     opts,
	}
	if byOffset {
		return listing(call, readUsers, userKey)
	}
	return markerListing(call, readUsers, func(page *gen.UserPage) string { return page.NextMarker }, userKey)
}

func readUsers(p *gen.UserPage) page[User] { return page[User]{p.Entries, p.Limit, p.TotalCount} }

// FindByEmail returns the user who signs in with this address, in any case, an external one
// too. Nobody is memberships.ErrNoSuchMember, two users are memberships.ErrAmbiguous.
// Box has no operation for this: GET /users?filter_term=&user_type=all.
func (s *UsersService) FindByEmail(ctx context.Context, email string, opts ...option.Option) (*User, error) {
	const name = "Users.FindByEmail"
	fail := func(kind error, why string) (*User, error) {
		return nil, &memberships.Error{Provider: api.Name, Op: name, Kind: kind, Err: errors.New(why)}
	}
	var found *User
	p := ListUsersParams{FilterTerm: &email, UserType: new(UserTypeAll)}
	for u, err := range whole(s.c, named(name, listUsers(p, opts))).All(ctx) {
		switch {
		case err != nil:
			return nil, err
		case !strings.EqualFold(u.Login, email): // the filter takes names and beginnings too
		case found != nil && found.ID != u.ID:
			return fail(memberships.ErrAmbiguous, "two users have this address")
		default:
			found = u
		}
	}
	if found == nil {
		return fail(memberships.ErrNoSuchMember, "no user has this address")
	}
	return found, nil
}

// GetMe returns the user that the token stands for, or the one of WithAsUser.
// Box: GET /users/me.
func (s *UsersService) GetMe(ctx context.Context, p GetMeParams, opts ...option.Option) (*User, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Users.GetMe",
		Endpoint: gen.GetMe(p),
		Opts:     opts,
	}, userKey)
}

// Get returns one user: of the enterprise, or an external one who works on its content.
// Box: GET /users/{user_id}.
func (s *UsersService) Get(ctx context.Context, userID string, p GetUserParams, opts ...option.Option) (*User, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Users.Get",
		Endpoint: gen.GetUser(userID, p),
		Opts:     opts,
	}, userKey)
}

// Create makes a managed user or an app user. A login that somebody has is
// memberships.ErrAlreadyExists. If no answer tells what became of the call, a user of this
// login and name counts as made by it, and without a login it is
// memberships.ErrOutcomeUnknown. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Box: POST /users.
func (s *UsersService) Create(ctx context.Context, r CreateUserRequest, p CreateUserParams, opts ...option.Option) (*User, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Users.Create",
		Check: func() error {
			switch {
			case r.Name == "":
				return errors.New("Name is empty")
			case r.Login == "" && (r.IsPlatformAccessOnly == nil || !*r.IsPlatformAccessOnly):
				return errors.New("Login is empty and IsPlatformAccessOnly is not true")
			}
			return nil
		},
		Endpoint: gen.CreateUser(p, r),
		Opts:     opts,
	}, userKey, func(ctx context.Context) (*User, bool, error) {
		if r.Login == "" {
			return nil, false, errors.New("the user has no login to be found by")
		}
		u, err := s.FindByEmail(ctx, r.Login, opts...)
		if errors.Is(err, memberships.ErrNoSuchMember) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if u.Name != r.Name {
			return u, false, nil
		}
		u, err = s.Get(ctx, u.ID, GetUserParams(p), opts...)
		return u, err == nil, err
	})
}

// Delete deletes a user with all memberships. One who has files left stays, unless
// Force is true. Box: DELETE /users/{user_id}.
func (s *UsersService) Delete(ctx context.Context, userID string, p DeleteUserParams, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Users.Delete",
		Endpoint: gen.DeleteUser(userID, p),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, userID, GetUserParams{}, opts...))
	})
}
