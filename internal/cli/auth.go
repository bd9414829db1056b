package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
)

func (a *app) authCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Sign in and out, and show which credentials are used",
		Long: `Sign in at a provider and out of it, and show which credentials are used.

The first of these that has any credential of a provider is used, as a whole:

  --profile NAME     the sign-in of the profile, else its part of the file
  the environment    the variables of 'memberships help credentials'
  the sign-in        of the profile "default"
  the file           its profile "default"`,
		Example: `  memberships auth login webex
  memberships auth status
  memberships auth logout webex`,
		Args: a.noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, c := range []*cobra.Command{a.loginCommand(), a.statusCommand(), a.logoutCommand()} {
		c.RunE = asFailure(c.RunE)
		c.DisableFlagsInUseLine = true
		complete.NoFiles(c)
		cmd.AddCommand(c)
	}
	return cmd
}

// oneProvider returns an error unless the argument is the name of a provider.
func oneProvider(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return exit.Usagef("expected one provider: %s", phrase.Or(providers.Names()))
	}
	if len(methods.Of(args[0])) == 0 {
		return exit.Usagef("there is no provider %q; there are %s", args[0], phrase.And(providers.Names()))
	}
	return nil
}

// completeProvider completes the argument of oneProvider.
func completeProvider(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return providers.Names(), cobra.ShellCompDirectiveNoFileComp
}

// logins returns the sign-ins, with a prompt for the passphrase of the encrypted store.
func (a *app) logins(ctx context.Context) (*signin.Logins, error) {
	return credentials.Logins(credentials.Place{Getenv: a.Getenv, Passphrase: a.passphrase(ctx)})
}

// passphrase returns the function that gets the passphrase of the encrypted store from the
// environment, or by a prompt.
func (a *app) passphrase(ctx context.Context) func() (string, error) {
	return func() (string, error) {
		if text := a.Getenv(signin.PassphraseVariable); text != "" {
			return text, nil
		}
		return a.secret(ctx, "passphrase of the store")
	}
}

// askingOnTerminal returns a context in which every command asks for the passphrase of the
// encrypted store. Without a terminal, stdin is data.
func (a *app) askingOnTerminal(ctx context.Context) context.Context {
	if _, ok := a.terminal(); !ok {
		return ctx
	}
	return credentials.WithPassphrase(ctx, a.passphrase(ctx))
}

// profileOf returns the profile of a flag or of the environment, by default "default".
func (a *app) profileOf(flag string) (string, error) {
	name, by := flag, "--profile"
	if name == "" {
		name, by = a.Getenv("MEMBERSHIPS_PROFILE"), "MEMBERSHIPS_PROFILE"
	}
	if name == "" {
		name = "default"
	}
	if strings.ContainsAny(name, "/\\") || memberships.CheckID("the profile", name) != nil {
		return "", exit.Usagef("%s %q: a profile has no slash and no control character, and is not a dot or two", by, name)
	}
	return name, nil
}

// errNoAnswer is the error of a prompt without an answer.
var errNoAnswer = errors.New("nothing was entered")

// secret asks for a secret without an echo, or reads a line of stdin if that is no terminal.
func (a *app) secret(ctx context.Context, what string) (string, error) {
	return a.ask(ctx, what, true)
}

func (a *app) ask(ctx context.Context, what string, hidden bool) (string, error) {
	line, err := a.prompt.read(ctx, a, what, hidden)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	line = strings.TrimPrefix(line, "\ufeff") // which some shells write to a pipe
	if line == "" {
		return "", fmt.Errorf("%s: %w", what, errNoAnswer)
	}
	return line, nil
}
