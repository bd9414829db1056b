package googlechat

import (
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

var api = &client.API{
	Name:         "googlechat",
	Origin:       "https://chat.googleapis.com",
	Prefix:       "/v1",
	ErrorDetails: readErrorDetails,
	Requires:     requires,
	Busy:         busy,
	Kinds:        kinds,
	Duplicates:   duplicates,
}

// eventsAPI is the Google Workspace Events API. Both APIs take the same tokens.
var eventsAPI = func() *client.API {
	events := *api
	events.Origin = "https://workspaceevents.googleapis.com"
	return &events
}()

// Client calls the Google Chat API and, for Subscriptions and Operations, the Google
// Workspace Events API. It is safe for concurrent use.
type Client struct {
	Memberships   *MembershipsService
	Spaces        *SpacesService
	SpaceEvents   *SpaceEventsService
	Subscriptions *SubscriptionsService
	Operations    *OperationsService
}

// New returns a client. It requires option.WithToken or option.WithTokenSource with an
// OAuth access token of a user or of an app's service account. A call that the token's
// scopes do not allow is memberships.ErrPermissionDenied. New sends nothing.
//
// By default requests go to chat.googleapis.com, and those of Subscriptions and Operations
// to workspaceevents.googleapis.com. With option.WithBaseURL all of them go to that server
// alone.
func New(opts ...option.Option) (*Client, error) {
	c, err := client.New(api, opts)
	if err != nil {
		return nil, err
	}
	events, err := c.At(eventsAPI)
	if err != nil {
		return nil, err
	}
	return &Client{
		Memberships:   &MembershipsService{c},
		Spaces:        &SpacesService{c},
		SpaceEvents:   &SpaceEventsService{c},
		Subscriptions: &SubscriptionsService{events},
		Operations:    &OperationsService{events},
	}, nil
}
