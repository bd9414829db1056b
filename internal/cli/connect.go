package cli

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// connection is the flags that say which provider to talk to, and how.
type connection struct {
	provider        string
	baseURL         string
	profile, config string
	timeout         time.Duration
	pageSize        int
	debug           bool
	// own are options of the provider's own that other flags ask for.
	own []option.Option
	// store has the credentials, once they are asked for.
	store *credentials.Store
}

// add puts the flags on a command that talks to one provider.
func (f *connection) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.provider, "provider", "p", "", "`name` of the provider: "+phrase.Or(providers.Names()))
	complete.With(cmd, "provider", func(string) []string { return providers.Names() })
	f.addShared(cmd)
}

// addShared puts the flags on a command that are the same for one provider and many.
func (f *connection) addShared(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.baseURL, "base-url", "", "`URL` of another server to ask, such as a proxy; it gets the credentials")
	flags.StringVar(&f.profile, "profile", "", "`name` of the profile that has the credentials; the environment does not count then")
	flags.StringVar(&f.config, "config", "", "`file` with the profiles (default "+credentials.DefaultFile+")")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "the longest that one request may take")
	flags.BoolVar(&f.debug, "debug", false, "report every request on stderr, without credentials")
}

// addPageSize puts the flag on a command that lists.
func (f *connection) addPageSize(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.pageSize, "page-size", 0, "how many `rows` to ask the provider for at once (default as many as it gives)")
}

// options are the client's options that the flags ask for.
func (a *app) options(f *connection) ([]option.Option, error) {
	if f.timeout <= 0 {
		return nil, exit.Usagef("--timeout %v is not above zero", f.timeout)
	}
	if f.pageSize < 0 {
		return nil, exit.Usagef("--page-size %d is below zero", f.pageSize)
	}
	opts := []option.Option{option.WithTimeout(f.timeout), option.WithPageSize(f.pageSize)}
	if f.baseURL != "" {
		o, err := credentials.BaseURL("--base-url", f.baseURL)
		if err != nil {
			return nil, err
		}
		opts = append(opts, o)
	}
	if f.debug {
		opts = append(opts, option.WithLogger(slog.New(slog.NewTextHandler(a.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	}
	return opts, nil
}

// connect opens the provider that the flags name, if they and the other flags of a
// command are in order: errs are what is wrong with these.
func (a *app) connect(ctx context.Context, f *connection, errs ...error) (*memberships.Client, error) {
	if err := cmp.Or(append(errs, checkProvider(f.provider))...); err != nil {
		return nil, err
	}
	return a.open(ctx, f, f.provider)
}

// openStore opens the store of f, once. Goroutines may share f behind the first call.
func (a *app) openStore(ctx context.Context, f *connection) (err error) {
	if f.store != nil {
		return nil
	}
	if a.Debug = f.debug; a.Debug && a.Quiet {
		return exit.Usagef("--debug and --quiet exclude each other")
	}
	f.store, err = credentials.OpenStore(ctx, credentials.Place{Getenv: a.Getenv, Profile: f.profile, File: f.config})
	return err
}

// credentials returns the credentials that there are for a provider.
func (a *app) credentials(ctx context.Context, f *connection, name string) (credentials.Set, error) {
	if err := a.openStore(ctx, f); err != nil {
		return credentials.Set{}, err
	}
	return f.store.Find(name)
}

// open opens one provider with the credentials that there are for it.
func (a *app) open(ctx context.Context, f *connection, name string) (*memberships.Client, error) {
	c, err := a.credentials(ctx, f, name)
	if err != nil {
		return nil, err
	}
	opts, err := a.options(f)
	if err != nil {
		return nil, err
	}
	return c.Open(ctx, slices.Concat(opts, f.own))
}

func checkProvider(name string) error {
	switch {
	case name == "":
		return exit.Usagef("--provider is missing: one of %s", phrase.Or(providers.Names()))
	case !slices.Contains(providers.Names(), name):
		return exit.Usagef("there is no provider %q; there are %s", name, phrase.And(providers.Names()))
	}
	return nil
}

// checkSeveral is checkProvider for commands that go to several.
func checkSeveral(f *connection, names []string) error {
	for _, n := range names {
		if err := checkProvider(n); err != nil {
			return err
		}
	}
	if f.baseURL != "" && len(names) != 1 {
		return exit.Usagef("--base-url is of one provider: name it with --provider")
	}
	return nil
}

// needs is the error for a flag that a command cannot do without.
func needs(flag, what string) error { return exit.Usagef("--%s is missing: %s", flag, what) }
