package cli

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/internal/config"
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
	flags.StringVar(&f.config, "config", "", "`file` with the profiles (default "+configFile+")")
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
		o, err := server("--base-url", f.baseURL)
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
	s, err := a.store(ctx, f)
	if err != nil {
		return nil, err
	}
	return a.open(ctx, f, s, f.provider)
}

// open opens one provider with the credentials that s has for it.
func (a *app) open(ctx context.Context, f *connection, s *store, name string) (*memberships.Client, error) {
	c, err := s.find(name)
	if err != nil {
		return nil, err
	}
	opts, err := a.options(f)
	if err != nil {
		return nil, err
	}
	return c.open(ctx, slices.Concat(opts, f.own))
}

// emulated opens a provider for an emulator.
func emulated(name string, opts ...option.Option) (*memberships.Client, error) {
	values, err := providers.EmulatorValues(name)
	if err != nil {
		return nil, err
	}
	p, err := providers.OpenWith(name, values, opts...)
	if err != nil {
		return nil, err
	}
	return memberships.New(p), nil
}

// server is the option to ask another server. A URL that cannot be one is told with the
// place that it is from.
func server(from, url string) (option.Option, error) {
	o := option.WithBaseURL(url)
	if err := new(config.Config).Apply("", []option.Option{o}); err != nil {
		return option.Option{}, exit.Usagef("%s: %s", from, unnamed(err))
	}
	return o, nil
}

// unnamed is what an option has against its value, without the name that it has in Go.
func unnamed(err error) string {
	if name, text, ok := strings.Cut(err.Error(), ": "); ok && strings.HasPrefix(name, "With") {
		return text
	}
	return err.Error()
}

// capabilities is what a provider can do, which needs neither credentials nor requests.
func capabilities(name string) (memberships.Capabilities, error) {
	if err := checkProvider(name); err != nil {
		return memberships.Capabilities{}, err
	}
	c, err := emulated(name)
	if err != nil {
		return memberships.Capabilities{}, err
	}
	return c.Capabilities(), nil
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
