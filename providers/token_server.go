package providers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// tokenServer is the server of requests for tokens, by the options of a client.
type tokenServer struct {
	origin string // the base URL of the token endpoint, "" for the provider's own
	client *http.Client
}

// tokenServer returns that of opts. Invalid options fail in open.
func (d declaration) tokenServer(opts []option.Option) tokenServer {
	var c config.Config
	_ = c.Apply(d.name, opts)
	return tokenServer{d.tokens.origin(c.BaseURL), c.HTTPClient}
}

// tokenEndpoint says how the base URL of a provider's token endpoint follows from that of a
// client.
type tokenEndpoint struct {
	version string // the path of the API's version, which the token endpoint does not have
	domain  string // of the provider's own servers
}

// origin returns the base URL of the token endpoint, "" for the provider's own: no base URL, or
// one of its domain.
func (e tokenEndpoint) origin(base string) string {
	u, err := url.Parse(base)
	if err != nil || base == "" || e.domain != "" && (u.Hostname() == e.domain || strings.HasSuffix(u.Hostname(), "."+e.domain)) {
		return ""
	}
	return strings.TrimSuffix(strings.TrimRight(base, "/"), e.version)
}

// TokenOrigin returns the base URL of the authorization server that goes with the base URL of
// a client, such as that of an emulator: it is without the version of the API. It is "" for
// the provider's own servers. An unknown name and an invalid URL are
// memberships.ErrInvalidArgument.
func TokenOrigin(name, baseURL string) (string, error) {
	d, err := declared("TokenOrigin", name)
	if err != nil || baseURL == "" {
		return "", err
	}
	if err := new(config.Config).Apply(name, []option.Option{option.WithBaseURL(baseURL)}); err != nil {
		return "", &memberships.Error{Provider: name, Op: "TokenOrigin", Kind: memberships.ErrInvalidArgument, Err: errors.New(strings.TrimPrefix(err.Error(), "WithBaseURL: "))}
	}
	return d.tokens.origin(baseURL), nil
}
