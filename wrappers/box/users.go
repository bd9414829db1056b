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

// User is an account. Fields selects the fields after NotificationEmail. Fields of an
// external user are empty if the caller may not see them.
// Its fields are in [github.com/memberships-go/memberships/generated/box.User].
type User = gen.User

// TrackingCode is an enterprise's label of a user.
// Its fields are in [github.com/memberships-go/memberships/generated/box.TrackingCode].
type TrackingCode = gen.TrackingCode

// UserType selects the users of a list.
// Its values are in [github.com/memberships-go/memberships/generated/box.ListUsersParamsUserType].
type UserType = gen.ListUsersParamsUserType

// The kinds of users: managed ones are the enterprise's own with its app users, external
// ones belong to other enterprises.
const (
	UserTypeAll      = gen.ListUsersParamsUserTypeAll
	UserTypeManaged  = gen.ListUsersParamsUserTypeManaged
	UserTypeExternal = gen.ListUsersParamsUserTypeExternal
)

// ListUsersParams filters a list of users. The list pages by marker, unless Usemarker is
// false.
// Its fields are in [github.com/memberships-go/memberships/generated/box.ListUsersParams].
type ListUsersParams = gen.ListUsersParams

// GetUserParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetUserParams].
type GetUserParams = gen.GetUserParams

// GetMeParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.GetMeParams].
type GetMeParams = gen.GetMeParams

// CreateUserRequest describes a new account: a managed user with a Login, or an app user
// with IsPlatformAccessOnly and without a Login.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateUserRequest].
type CreateUserRequest = gen.CreateUserRequest

// CreateUserParams selects the fields of the response; id and type are always there.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateUserParams].
type CreateUserParams = gen.CreateUserParams

// DeleteUserParams selects an e-mail to the user, and the deletion of a user with files.
// Its fields are in [github.com/memberships-go/memberships/generated/box.DeleteUserParams].
type DeleteUserParams = gen.DeleteUserParams

// UsersService reads, creates and deletes users.
type UsersService struct{ c *client.Client }

func userKey(u *User) string { return u.ID }

// List yields the users that match p in the provider's order. A list by offset restarts if
// users are created or deleted during a range, and ends after about 11,000 users with
// memberships.ErrListLimit. Box: GET /users.
func (s *UsersService) List(ctx context.Context, p ListUsersParams, opts ...option.Option) iter.Seq2[*User, error] {
	return fullList(s.c, listUsers(p, opts)).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one. Tokens of this list expire: Box drops old markers.
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

// FindByEmail returns the managed or external user with this login, in any case. An unknown
// address is memberships.ErrNoSuchMember, an address of two users
// memberships.ErrAmbiguous. Box: GET /users?filter_term=&user_type=all.
func (s *UsersService) FindByEmail(ctx context.Context, email string, opts ...option.Option) (*User, error) {
	const name = "Users.FindByEmail"
	fail := func(kind error, why string) (*User, error) {
		return nil, &memberships.Error{Provider: api.Name, Op: name, Kind: kind, Err: errors.New(why)}
	}
	var found *User
	p := ListUsersParams{FilterTerm: &email, UserType: new(UserTypeAll)}
	for u, err := range fullList(s.c, named(name, listUsers(p, opts))).All(ctx) {
		switch {
		case err != nil:
			return nil, err
		case !strings.EqualFold(u.Login, email): // the filter also matches names and prefixes
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

// GetMe returns the caller: the user of the token or of WithAsUser.
// Box: GET /users/me.
func (s *UsersService) GetMe(ctx context.Context, p GetMeParams, opts ...option.Option) (*User, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Users.GetMe",
		Endpoint: gen.GetMe(p),
		Opts:     opts,
	}, userKey)
}

// Get returns one user: of the enterprise, or an external one with access to its content.
// Box: GET /users/{user_id}.
func (s *UsersService) Get(ctx context.Context, userID string, p GetUserParams, opts ...option.Option) (*User, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Users.Get",
		Endpoint: gen.GetUser(userID, p),
		Opts:     opts,
	}, userKey)
}

// Create makes a managed user or an app user and returns it. If another user has the login,
// it fails with memberships.ErrAlreadyExists. If the response is lost, Create takes a user
// with the login and the name of r for its own; without a login it fails with
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
			return nil, false, errors.New("a user without a login cannot be found again")
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

// Delete deletes a user with all memberships. Box refuses to delete a user with files
// unless Force is true. Box: DELETE /users/{user_id}.
func (s *UsersService) Delete(ctx context.Context, userID string, p DeleteUserParams, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Users.Delete",
		Endpoint: gen.DeleteUser(userID, p),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, userID, GetUserParams{}, opts...))
	})
}
