package clerk

import (
	"errors"
	"net/http"
	"time"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

var api = &client.API{
	Name:         "clerk",
	Origin:       "https://api.clerk.com",
	Prefix:       "/v1",
	Configure:    configure,
	ErrorDetails: readErrorDetails,
	Busy:         busy,
	Kinds:        kinds,
	Duplicates:   duplicates,
}

// DefaultAPIVersion is the version of the Clerk API that this package is written for.
const DefaultAPIVersion = "2026-05-12"

const versionHeader = "Clerk-Api-Version"

// Client calls the Clerk Backend API. It is safe for concurrent use.
type Client struct {
	Memberships   *MembershipsService
	Invitations   *InvitationsService
	Users         *UsersService
	Organizations *OrganizationsService
}

// New returns a client. It requires option.WithToken or option.WithTokenSource with the
// secret key of an instance. It sends nothing.
func New(opts ...option.Option) (*Client, error) {
	c, err := client.New(api, opts)
	if err != nil {
		return nil, err
	}
	return &Client{
		Memberships:   &MembershipsService{c},
		Invitations:   &InvitationsService{c},
		Users:         &UsersService{c},
		Organizations: &OrganizationsService{c},
	}, nil
}

// WithAPIVersion replaces DefaultAPIVersion by another version of the API, a date such as
// 2025-11-10. An unknown version is status 400.
func WithAPIVersion(version string) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		if _, err := time.Parse(time.DateOnly, version); err != nil {
			return errors.New("WithAPIVersion: the version is not a date such as " + DefaultAPIVersion)
		}
		return c.Apply(api.Name, []option.Option{option.WithHeader(versionHeader, version)})
	})
}

// configure adds a version to every request, because Clerk does not document requests
// without one.
func configure(c *config.Config) error {
	if c.Header.Get(versionHeader) != "" {
		return nil
	}
	if c.Header == nil {
		c.Header = http.Header{}
	}
	c.Header.Set(versionHeader, DefaultAPIVersion)
	return nil
}
