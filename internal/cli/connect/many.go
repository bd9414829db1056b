package connect

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/providers"
)

// AddProvidersFlag adds --provider to a command for several providers.
func AddProvidersFlag(cmd *cobra.Command, into *[]string) {
	cmd.Flags().StringSliceVarP(into, "provider", "p", nil, "`names` of providers, with commas: "+phrase.Or(providers.Names())+" (default all with credentials)")
	complete.With(cmd, "provider", func(string) []string { return providers.Names() })
}

// AddListenersFlag adds --provider to a command for providers with webhooks.
func AddListenersFlag(cmd *cobra.Command, into *[]string) {
	cmd.Flags().StringSliceVarP(into, "provider", "p", nil, "`names` of providers, with commas (default all with the secret of a webhook)")
	complete.With(cmd, "provider", func(string) []string { return providers.Names() })
}

// OpenMany opens the named providers, or all providers with credentials.
func (f *Flags) OpenMany(ctx context.Context, names []string) ([]*memberships.Client, error) {
	if err := CheckSeveral(f, names); err != nil {
		return nil, err
	}
	if err := f.OpenStore(ctx); err != nil {
		return nil, err
	}
	all := len(names) == 0
	if all {
		names = providers.Names()
	}
	var clients []*memberships.Client
	for _, n := range slices.Compact(slices.Sorted(slices.Values(names))) {
		c, err := f.OpenProvider(ctx, n)
		switch {
		case all && errors.Is(err, credentials.ErrNone):
		case err != nil:
			return nil, err
		default:
			clients = append(clients, c)
		}
	}
	if len(clients) == 0 {
		return nil, exit.Usagef("there are no credentials for any provider; 'memberships doctor' tells what to set, and 'memberships auth login PROVIDER' signs in")
	}
	return clients, nil
}
