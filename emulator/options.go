package emulator

import (
	"slices"

	"github.com/memberships-go/memberships/emulator/internal/seed"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/option"
)

// Options returns options that open a client or the Provider of the named provider at the
// server, with made-up credentials:
//
//	client, err := clerk.New(srv.Options("clerk")...)
//
// If the state names the valid credentials, an option behind them sets one of those. It
// panics for an unknown provider.
func (s *Server) Options(provider string) []option.Option {
	return append(options(provider), option.WithBaseURL(s.URL))
}

// Options is that of Server for clients whose requests reach the emulator in memory.
func (e *Emulator) Options(provider string) []option.Option {
	return append(options(provider), option.WithHTTPClient(e.Client()))
}

func options(provider string) []option.Option {
	if !slices.Contains(seed.Providers, provider) {
		panic("emulator: there is no provider " + provider)
	}
	opts := []option.Option{option.WithToken(emulated.Token)}
	if provider == "pubnub" {
		opts = append(opts, config.ProviderOption(provider, func(c *config.Config) error {
			c.Set(emulated.Keyset{}, emulated.Settings(provider))
			return nil
		}))
	}
	return opts
}
