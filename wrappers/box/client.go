package box

import (
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

var api = &client.API{
	Name:         "box",
	Origin:       "https://api.box.com",
	Prefix:       "/2.0",
	Configure:    configure,
	Scope:        []string{asUser},
	ErrorDetails: readErrorDetails,
	Requires:     requires,
	Busy:         busy,
	Kinds:        kinds,
	Duplicates:   duplicates,
}

// Client calls the Box API. It is safe for concurrent use.
type Client struct {
	Memberships *MembershipsService
	Users       *UsersService
	Groups      *GroupsService
	Tokens      *TokensService
	Events      *EventsService
}

// New returns a client. It requires WithClientCredentials, option.WithToken or
// option.WithTokenSource with an access token of a user, an app or a developer.
// Changes of groups and memberships require an administrator's token. New sends nothing.
func New(opts ...option.Option) (*Client, error) {
	c, err := client.New(api, opts)
	if err != nil {
		return nil, err
	}
	return &Client{
		Memberships: &MembershipsService{c},
		Users:       &UsersService{c},
		Groups:      &GroupsService{c},
		Tokens:      &TokensService{c},
		Events:      &EventsService{c},
	}, nil
}
