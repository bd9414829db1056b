package providers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// tokenServer is the server of requests for tokens, by the options of a client.
type tokenServer struct {
	base   string // the base URL of the client, "" for the default one
	client *http.Client
}

// tokenServer returns that of opts. Invalid options fail in open.
func (d declaration) tokenServer(opts []option.Option) tokenServer {
	var c config.Config
	_ = c.Apply(d.name, opts)
	return tokenServer{c.BaseURL, c.HTTPClient}
}

// origin returns the base URL of the token endpoint without the version of the API, "" for the
// provider's own: no base URL, or one of its domain.
func (s tokenServer) origin(version, domain string) string {
	u, err := url.Parse(s.base)
	if err != nil || s.base == "" || u.Hostname() == domain || strings.HasSuffix(u.Hostname(), "."+domain) {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(s.base, "/"), version)
}
