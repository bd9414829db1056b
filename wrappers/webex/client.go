package webex

import (
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

var api = &client.API{
	Name:         "webex",
	Origin:       "https://webexapis.com",
	Prefix:       "/v1",
	ErrorDetails: readErrorDetails,
	Busy:         busy,
	Kinds:        kinds,
	Duplicates:   duplicates,
	Requires:     requires,
}

// Client calls the Webex API. It is safe for concurrent use.
type Client struct {
	Memberships     *MembershipsService
	TeamMemberships *TeamMembershipsService
	People          *PeopleService
	Rooms           *RoomsService
	Teams           *TeamsService
	Webhooks        *WebhooksService
}

// New returns a client. It requires option.WithToken or option.WithTokenSource with an
// access token of a person, a bot, an integration or a service app. It sends nothing.
func New(opts ...option.Option) (*Client, error) {
	c, err := client.New(api, opts)
	if err != nil {
		return nil, err
	}
	return &Client{
		Memberships:     &MembershipsService{c},
		TeamMemberships: &TeamMembershipsService{c},
		People:          &PeopleService{c},
		Rooms:           &RoomsService{c},
		Teams:           &TeamsService{c},
		Webhooks:        &WebhooksService{c},
	}, nil
}
