package clerk

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// User is an account. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.User].
type User = gen.User

// EmailAddress is one address of a user. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.EmailAddress].
type EmailAddress = gen.EmailAddress

// PhoneNumber is one phone number of a user. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.PhoneNumber].
type PhoneNumber = gen.PhoneNumber

// Web3Wallet is one wallet of a user. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.Web3Wallet].
type Web3Wallet = gen.Web3Wallet

// ListUsersParams filters and orders a list of users. A user has to match every filter;
// the values of one filter are alternatives, and unknown values are ignored. Its fields
// are in [github.com/memberships-go/memberships/generated/clerk.ListUsersParams].
type ListUsersParams = gen.ListUsersParams

// CountUsersParams has the filters of ListUsersParams. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.CountUsersParams].
type CountUsersParams = gen.CountUsersParams

// CreateUserRequest describes a new user. The required fields depend on the settings of
// the instance. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.CreateUserRequest].
type CreateUserRequest = gen.CreateUserRequest

// DeletedObject has the id and type of a deleted user or organization. Its fields are in
// [github.com/memberships-go/memberships/generated/clerk.DeletedObject].
type DeletedObject = gen.DeletedObject

// UsersService reads, creates and deletes users.
type UsersService struct{ c *client.Client }

func userKey(u *User) string { return u.ID }

// List yields the users that match p, the oldest first by default. Unknown addresses and
// ids yield nothing, without an error. In an order other than that of creation it
// restarts if users are created or deleted during the range. Clerk: GET /users.
func (s *UsersService) List(ctx context.Context, p ListUsersParams, opts ...option.Option) iter.Seq2[*User, error] {
	return client.List(s.c, userListing(p, opts)).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one. The page has no Total; Count returns it.
func (s *UsersService) ListPage(ctx context.Context, p ListUsersParams, token string, opts ...option.Option) (*memberships.Page[*User], error) {
	return client.List(s.c, userListing(p, opts)).Page(ctx, token)
}

func userListing(p ListUsersParams, opts []option.Option) client.Listing[gen.UserList, User] {
	if p.OrderBy == nil {
		p.OrderBy = new(oldestFirst)
	}
	l := client.Listing[gen.UserList, User]{
		Call: client.Call{
			Name:     "Users.List",
			Check:    func() error { return checkList(p) },
			Endpoint: gen.ListUsers(p),
			Opts:     opts,
		},
		SizeParam: "limit",
		MaxSize:   maxPageSize,
		Items:     func(p *gen.UserList) []User { return *p },
		Key:       userKey,
	}
	// The page is an array without a total, so only an empty page ends the list. A cursor
	// after the last user, which Clerk recommends, does not shift when users are deleted.
	// Clerk supports it in the order of creation only.
	if strings.TrimLeft(*p.OrderBy, "+-") == "created_at" {
		l.CursorParam = "starting_after"
		l.Next = func(p client.PageInfo[gen.UserList]) (string, error) {
			users := *p.Page
			if len(users) == 0 {
				return "", nil
			}
			return users[len(users)-1].ID, nil
		}
		return l
	}
	l.CursorParam = "offset"
	l.Positions = paging.Offsets
	l.Next = func(p client.PageInfo[gen.UserList]) (string, error) {
		if len(*p.Page) == 0 {
			return "", nil
		}
		next, err := addOffset(p.Cursor, int64(len(*p.Page)))
		return strconv.FormatInt(next, 10), err
	}
	return l
}

// Count returns the number of users that match p. Clerk: GET /users/count.
func (s *UsersService) Count(ctx context.Context, p CountUsersParams, opts ...option.Option) (int64, error) {
	c, err := client.One(ctx, s.c, client.Call{
		Name:     "Users.Count",
		Check:    func() error { return checkList(p) },
		Endpoint: gen.CountUsers(p),
		Opts:     opts,
	}, func(c *gen.TotalCount) string {
		if c.TotalCount == nil {
			return ""
		}
		return c.Object
	})
	if err != nil {
		return 0, err
	}
	return *c.TotalCount, nil
}

// FindByEmail returns the user with this address, which may be one of several. An unknown
// address is memberships.ErrNoSuchMember, an address of two users
// memberships.ErrAmbiguous. Clerk: GET /users?email_address=.
func (s *UsersService) FindByEmail(ctx context.Context, email string, opts ...option.Option) (*User, error) {
	found, err := s.findByEmail(ctx, []string{email}, opts)
	if err != nil {
		return nil, err
	}
	return found[0].user, found[0].err
}

// maxAddresses is the documented number of values of one filter.
const maxAddresses = 100

// emailResult is the user with an address, or the error of the search for it.
type emailResult struct {
	user *User
	err  error
}

// findByEmail searches up to maxAddresses addresses in one request, and returns one result
// per address, in their order. One page has room for a user of every address. The error is
// for a search that failed as a whole.
func (s *UsersService) findByEmail(ctx context.Context, emails []string, opts []option.Option) ([]emailResult, error) {
	const name = "Users.FindByEmail"
	l := userListing(ListUsersParams{EmailAddress: emails}, client.SizedOptions(opts, maxPageSize))
	l.Call.Name = name
	next := l.Next
	l.Next = func(p client.PageInfo[gen.UserList]) (string, error) {
		for _, u := range *p.Page {
			if !slices.ContainsFunc(emails, func(email string) bool { return hasAddress(&u, email) }) {
				return "", errors.New("the response has a user without this address")
			}
		}
		return next(p)
	}
	fail := func(kind error, why string) error {
		return &memberships.Error{Provider: api.Name, Op: name, Kind: kind, Err: errors.New(why)}
	}
	page, err := client.List(s.c, l).Page(ctx, "")
	if err != nil {
		return nil, err
	}
	results := make([]emailResult, len(emails))
	for i, email := range emails {
		r := &results[i]
		for _, u := range page.Items {
			switch {
			case !hasAddress(u, email):
			case r.user == nil:
				r.user = u
			case r.user.ID != u.ID:
				r.err = fail(memberships.ErrAmbiguous, "two users have this address")
			}
		}
		if r.user == nil {
			r.err = fail(memberships.ErrNoSuchMember, "no user of the instance has this address")
		}
	}
	return results, nil
}

func hasAddress(u *User, email string) bool {
	return slices.ContainsFunc(u.EmailAddresses, func(a EmailAddress) bool { return strings.EqualFold(a.EmailAddress, email) })
}

// Create makes a user and returns it. An address, number or name of another user is
// memberships.ErrAlreadyExists. After a lost response, a user with these addresses and
// names counts as made by the call; a request without an address is
// memberships.ErrOutcomeUnknown. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Clerk: POST /users.
func (s *UsersService) Create(ctx context.Context, r CreateUserRequest, opts ...option.Option) (*User, error) {
	return client.Write(ctx, s.c, client.Call{
		Name: "Users.Create",
		Check: func() error {
			return cmp.Or(checkObject("PublicMetadata", r.PublicMetadata), checkObject("PrivateMetadata", r.PrivateMetadata),
				checkObject("UnsafeMetadata", r.UnsafeMetadata))
		},
		Endpoint: gen.CreateUser(r),
		Opts:     opts,
	}, userKey, func(ctx context.Context) (*User, bool, error) {
		if len(r.EmailAddress) == 0 {
			return nil, false, errors.New("a user without an e-mail address cannot be found again")
		}
		u, err := s.FindByEmail(ctx, r.EmailAddress[0], opts...)
		if errors.Is(err, memberships.ErrNoSuchMember) {
			return nil, false, nil
		}
		return u, err == nil && matches(u, r), err
	})
}

// matches reports whether a user has the values of a request.
func matches(u *User, r CreateUserRequest) bool {
	for _, mail := range r.EmailAddress {
		if !hasAddress(u, mail) {
			return false
		}
	}
	return (r.ExternalID == "" || u.ExternalID == r.ExternalID) && (r.Username == "" || strings.EqualFold(u.Username, r.Username)) &&
		(r.FirstName == "" || u.FirstName == r.FirstName) && (r.LastName == "" || u.LastName == r.LastName)
}

// Get returns one user. Clerk: GET /users/{user_id}.
func (s *UsersService) Get(ctx context.Context, userID string, opts ...option.Option) (*User, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Users.Get",
		Endpoint: gen.GetUser(userID),
		Opts:     opts,
	}, userKey)
}

// Delete deletes a user with all memberships. [option.WithDeleted] stores the
// DeletedObject, with its id and type only if the response was lost. Clerk: DELETE
// /users/{user_id}.
func (s *UsersService) Delete(ctx context.Context, userID string, opts ...option.Option) error {
	_, err := client.RemoveOne(ctx, s.c, client.Call{
		Name:     "Users.Delete",
		Endpoint: gen.DeleteUser(userID),
		Opts:     opts,
	}, deletedKey, func(ctx context.Context) (*DeletedObject, bool, error) {
		gone, err := client.Gone(s.Get(ctx, userID, opts...))
		return &DeletedObject{ID: userID, Object: "user", Deleted: true}, gone, err
	})
	return err
}

// deletedKey returns the key of a deletion, "" for a response that does not confirm it,
// which makes the response malformed.
func deletedKey(d *DeletedObject) string {
	if !d.Deleted {
		return ""
	}
	return d.Object
}
