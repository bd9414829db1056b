package pubnub

import (
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

var api = &client.API{
	Name:         "pubnub",
	Origin:       "https://ps.pndsn.com",
	Prefix:       "/v2",
	Account:      "subscribeKey",
	Authorize:    authorize,
	Secrets:      secrets,
	SecretParams: []string{"auth", "signature"},
	Configure:    configure,
	ErrorDetails: readErrorDetails,
	Requires:     requires,
	Kinds:        kinds,
	Duplicates:   duplicates,
}

// Client calls the PubNub App Context API. It is safe for concurrent use.
type Client struct {
	Memberships *MembershipsService
	Members     *MembersService
	Users       *UsersService
	Channels    *ChannelsService
	Events      *EventsService
}

// New returns a client. It needs WithKeys and WithUserID. A keyset with Access
// Manager also needs WithSecretKey, on a server, or else an Access Manager token or
// auth key in option.WithToken or option.WithTokenSource.
func New(opts ...option.Option) (*Client, error) {
	c, err := client.New(api, opts)
	if err != nil {
		return nil, err
	}
	return &Client{
		Memberships: &MembershipsService{c: c},
		Members:     &MembersService{c: c},
		Users:       &UsersService{c},
		Channels:    &ChannelsService{c},
		Events:      &EventsService{c},
	}, nil
}
