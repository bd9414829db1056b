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
	Busy:         busy,
	Kinds:        kinds,
	Duplicates:   duplicates,
}

// Client calls the Google Chat API. It is safe for concurrent use.
type Client struct {
	Memberships *MembershipsService
	Spaces      *SpacesService
}

// New returns a client. It requires option.WithToken or option.WithTokenSource with an
// OAuth access token of a user or of an app's service account. A call that the token's
// scopes do not allow is memberships.ErrPermissionDenied. New sends nothing.
func New(opts ...option.Option) (*Client, error) {
	c, err := client.New(api, opts)
	if err != nil {
		return nil, err
	}
	return &Client{
		Memberships: &MembershipsService{c},
		Spaces:      &SpacesService{c},
	}, nil
}
