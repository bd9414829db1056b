// Package client makes one call to a provider: it checks arguments, builds the request,
// sends it, decodes the answer, classifies a failure and settles a write.
package client

import (
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Client holds the configuration and the retry budget that the services of a wrapper share.
type Client struct {
	api    *API
	cfg    *config.Config
	http   *http.Client
	budget *transport.Budget
	// throttle holds all calls back after one was rate limited.
	throttle *transport.Throttle
	base     *url.URL // of cfg
}

// New checks the options and builds a client.
func New(v *API, opts []option.Option) (*Client, error) {
	cfg := &config.Config{
		BaseURL:   v.Origin,
		UserAgent: userAgent(),
		Timeout:   transport.DefaultTimeout,
		MaxBody:   transport.DefaultMaxBody,
		Retry:     transport.DefaultRetry,

		CallTimeout: transport.DefaultCallTimeout,
	}
	if err := apply(v, cfg, opts); err != nil {
		return nil, invalid(v.Name, "New", err)
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, invalid(v.Name, "New", err)
	}
	return &Client{
		api: v, cfg: cfg, http: transport.Guard(cfg.HTTPClient), budget: transport.NewBudget(), throttle: new(transport.Throttle), base: base,
	}, nil
}

// At returns a client for a further API of the provider, with the configuration of c. Without
// a base URL of the options the client calls the API's own origin, and with one the same as c.
func (c *Client) At(v *API) (*Client, error) {
	cfg := c.cfg.Clone()
	if cfg.BaseURL == c.api.Origin {
		cfg.BaseURL = v.Origin
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, invalid(v.Name, "New", err)
	}
	return &Client{api: v, cfg: cfg, http: c.http, budget: transport.NewBudget(), throttle: new(transport.Throttle), base: base}, nil
}

func apply(v *API, cfg *config.Config, opts []option.Option) error {
	if err := cfg.Apply(v.Name, opts); err != nil {
		return err
	}
	if v.Prefix != "" {
		cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, v.Prefix)
	}
	if v.Configure != nil {
		return v.Configure(cfg)
	}
	return nil
}

// Config returns the configuration of a call with opts.
func (c *Client) Config(opts []option.Option) (*config.Config, error) {
	if len(opts) == 0 {
		return c.cfg, nil
	}
	cfg := c.cfg.Clone()
	return cfg, apply(c.api, cfg, opts)
}

func (c *Client) httpFor(cfg *config.Config) *http.Client {
	if cfg.HTTPClient == c.cfg.HTTPClient {
		return c.http
	}
	return transport.Guard(cfg.HTTPClient)
}

func userAgent() string {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok {
		const module = "github.com/memberships-go/memberships"
		if info.Main.Path == module && info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		for _, d := range info.Deps {
			if d.Path == module {
				version = d.Version
			}
		}
	}
	return "memberships-go/" + strings.TrimPrefix(version, "v")
}
