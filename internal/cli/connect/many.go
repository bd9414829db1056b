package connect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
)

// AddProvidersFlag adds --provider to a command for several providers.
func AddProvidersFlag(cmd *cobra.Command, into *[]string) {
	cmd.Flags().StringSliceVarP(into, "provider", "p", nil, "`names` of providers, with commas: "+phrase.Or(providers.Names())+" (default all with credentials)")
	complete.With(cmd, "provider", func(string) []string { return providers.Names() })
}

// All is the value of --provider for all providers with credentials.
const All = "all"

// AddManyFlag adds --provider to a command for one provider, several, or All. unset is the
// meaning of a missing flag, or "" if the flag is required.
func AddManyFlag(cmd *cobra.Command, into *[]string, unset string) {
	text := "`names` of providers, with commas: " + phrase.And(providers.Names()) + "; or " + All + ", those with credentials"
	if unset != "" {
		text += " (default " + unset + ")"
	}
	cmd.Flags().StringSliceVarP(into, "provider", "p", nil, text)
	complete.With(cmd, "provider", func(string) []string { return append(providers.Names(), All) })
}

// Several reports whether the values of --provider ask for more than one provider, or for
// All, however many that are.
func Several(names []string) bool {
	return len(distinct(names)) > 1 || slices.Contains(names, All)
}

// Named returns the names of --provider in alphabetical order, each once, and none for All,
// which stands alone.
func Named(names []string) ([]string, error) {
	names = distinct(names)
	switch {
	case !slices.Contains(names, All):
		return names, nil
	case len(names) > 1:
		return nil, exit.Usagef("--provider %s stands alone, found %s", All, strings.Join(names, ","))
	}
	return nil, nil
}

// distinct returns names in alphabetical order, each once.
func distinct(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// OpenNamed is OpenMany for a command that requires --provider. It first reports errs, the
// errors of the command's other flags.
func (f *Flags) OpenNamed(ctx context.Context, names []string, errs ...error) ([]*memberships.Client, error) {
	if len(names) == 0 {
		errs = append(errs, checkProvider(""))
	}
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	return f.OpenMany(ctx, names)
}

// AddListenersFlag adds --provider to a command for providers with webhooks.
func AddListenersFlag(cmd *cobra.Command, into *[]string) {
	cmd.Flags().StringSliceVarP(into, "provider", "p", nil, "`names` of providers, with commas (default all with the secret of a webhook)")
	complete.With(cmd, "provider", func(string) []string { return providers.Names() })
}

// OpenMany opens the named providers, or all providers with credentials for no name and
// for All, which stands alone.
func (f *Flags) OpenMany(ctx context.Context, names []string) ([]*memberships.Client, error) {
	names, err := Named(names)
	if err == nil {
		err = CheckSeveral(f, names)
	}
	if err != nil {
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
	for _, n := range names {
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
