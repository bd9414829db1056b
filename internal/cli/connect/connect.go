// Package connect has the flags that select providers, and opens the providers.
package connect

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
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// Flags holds the flags that select a provider and its connection.
type Flags struct {
	Provider        string
	BaseURL         string
	Profile, Config string
	Timeout         time.Duration
	pageSize        int
	debug           bool
	// Options are provider-specific options from other flags.
	Options []option.Option
	// store holds the credentials after OpenStore.
	store   *credentials.Store
	console *output.Console
	getenv  func(string) string
}

// Add adds the flags to a command for one provider.
func (f *Flags) Add(c *output.Console, getenv func(string) string, cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.Provider, "provider", "p", "", "`name` of the provider: "+phrase.Or(providers.Names()))
	complete.With(cmd, "provider", func(string) []string { return providers.Names() })
	f.AddShared(c, getenv, cmd)
}

// AddShared adds the flags that commands for one provider and for several have in common.
func (f *Flags) AddShared(c *output.Console, getenv func(string) string, cmd *cobra.Command) {
	f.AddStore(c, getenv, cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.BaseURL, "base-url", "", "`URL` of another server to ask, such as a proxy; it gets the credentials")
	flags.DurationVar(&f.Timeout, "timeout", 30*time.Second, "time limit of one request")
	flags.BoolVar(&f.debug, "debug", false, "report every request on stderr, without credentials")
}

// AddPageSize adds --page-size to a command that lists.
func (f *Flags) AddPageSize(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.pageSize, "page-size", 0, "`rows` to request at a time (default the provider's maximum)")
}

// options returns the client options of the flags.
func (f *Flags) options() ([]option.Option, error) {
	if f.Timeout <= 0 {
		return nil, exit.Usagef("--timeout %v is not above zero", f.Timeout)
	}
	if f.pageSize < 0 {
		return nil, exit.Usagef("--page-size %d is below zero", f.pageSize)
	}
	opts := []option.Option{option.WithTimeout(f.Timeout), option.WithPageSize(f.pageSize)}
	if f.BaseURL != "" {
		o, err := credentials.BaseURL("--base-url", f.BaseURL)
		if err != nil {
			return nil, err
		}
		opts = append(opts, o)
	}
	if f.debug {
		opts = append(opts, option.WithLogger(slog.New(slog.NewTextHandler(f.console.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	}
	return opts, nil
}

// Open opens the provider of the flags. It first reports errs, the errors of the
// command's other flags.
func (f *Flags) Open(ctx context.Context, errs ...error) (*memberships.Client, error) {
	if err := cmp.Or(append(errs, checkProvider(f.Provider))...); err != nil {
		return nil, err
	}
	return f.OpenProvider(ctx, f.Provider)
}

// OpenStore opens the credentials store once. After the first call, goroutines may share
// f.
func (f *Flags) OpenStore(ctx context.Context) (err error) {
	if f.store != nil {
		return nil
	}
	if f.console.Debug = f.debug; f.debug && f.console.Quiet {
		return exit.Usagef("--debug and --quiet exclude each other")
	}
	f.store, err = credentials.OpenStore(ctx, credentials.Place{Getenv: f.getenv, Profile: f.Profile, File: f.Config})
	return err
}

// Credentials returns the credentials of a provider.
func (f *Flags) Credentials(ctx context.Context, name string) (credentials.Set, error) {
	if err := f.OpenStore(ctx); err != nil {
		return credentials.Set{}, err
	}
	return f.store.Find(ctx, name)
}

// Sources returns the sources of a provider's credentials; see credentials.Store.
func (f *Flags) Sources(ctx context.Context, name string) ([]credentials.Source, error) {
	if err := f.OpenStore(ctx); err != nil {
		return nil, err
	}
	return f.store.Sources(name), nil
}

// Webhook returns the values of a provider's webhook settings.
func (f *Flags) Webhook(ctx context.Context, name string) (map[string]string, error) {
	if err := f.OpenStore(ctx); err != nil {
		return nil, err
	}
	return f.store.Webhook(name), nil
}

// AddStore adds the flags that select the source of settings.
func (f *Flags) AddStore(c *output.Console, getenv func(string) string, cmd *cobra.Command) {
	f.console, f.getenv = c, getenv
	flags := cmd.Flags()
	flags.StringVar(&f.Profile, "profile", "", "`name` of the profile with the credentials, in place of the environment")
	complete.With(cmd, "profile", func(provider string) []string {
		return credentials.Profiles(credentials.Place{Getenv: getenv, File: f.Config}, provider)
	})
	flags.StringVar(&f.Config, "config", "", "`file` with the profiles (default "+credentials.DefaultFile+")")
}

// OpenProvider opens a provider with its credentials. It notes a sign-in that ends soon.
func (f *Flags) OpenProvider(ctx context.Context, name string) (*memberships.Client, error) {
	c, err := f.Credentials(ctx, name)
	if err != nil {
		return nil, err
	}
	return f.OpenNoting(ctx, name, c)
}

// OpenNoting opens the provider of credentials, and notes a sign-in that ends soon.
func (f *Flags) OpenNoting(ctx context.Context, name string, c credentials.Set) (*memberships.Client, error) {
	for _, warning := range c.Warnings(time.Now()) {
		f.console.Note("%s: %s", name, warning)
	}
	return f.OpenWith(ctx, c)
}

// OpenWith opens the provider of credentials, and notes nothing.
func (f *Flags) OpenWith(ctx context.Context, c credentials.Set) (*memberships.Client, error) {
	opts, err := f.options()
	if err != nil {
		return nil, err
	}
	return c.Open(ctx, slices.Concat(opts, f.Options))
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

// CheckSeveral returns an error for an unknown provider, or for --base-url without
// exactly one provider.
func CheckSeveral(f *Flags, names []string) error {
	for _, n := range names {
		if err := checkProvider(n); err != nil {
			return err
		}
	}
	if f.BaseURL != "" && len(names) != 1 {
		return exit.Usagef("--base-url is of one provider: name it with --provider")
	}
	return nil
}

// CheckConcurrency returns an error for a --concurrency below one.
func CheckConcurrency(n int) error {
	if n < 1 {
		return exit.Usagef("--concurrency %d is below one", n)
	}
	return nil
}
