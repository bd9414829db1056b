package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

func (a *app) logoutCommand() *cobra.Command {
	var profile string
	var keep bool
	cmd := &cobra.Command{
		Use:   "logout PROVIDER",
		Short: "End the sign-in at a provider",
		Long: `End the sign-in at a provider: the tokens are revoked where the provider can do
that, and removed from their store. Credentials of the environment and of the
file of profiles stay.

If the provider cannot be reached, the tokens stay in their store, and the exit
code is 1. --keep-tokens removes them from the store without revoking them. A
file that cannot be read is then kept under another name.`,
		Example: `  memberships auth logout webex
  memberships auth logout box --profile staging --keep-tokens`,
		Args:              oneProvider,
		ValidArgsFunction: completeProvider,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := a.profileOf(profile)
			if err != nil {
				return err
			}
			logins, err := a.logins(cmd.Context())
			if err != nil {
				return err
			}
			key := signin.Key(args[0], name)
			valid := false
			ended, err := logins.End(cmd.Context(), key, func(c *auth.Credential, unread error) error {
				if keep {
					valid = unread == nil && remain(c)
					return nil
				}
				if unread != nil {
					return unread
				}
				if m, err := methods.MethodOf(c); err == nil && !m.Revokes() {
					valid = remain(c)
				}
				if err := methods.Revoke(cmd.Context(), nil, c); err != nil {
					return fmt.Errorf("%w; the tokens stay in their store: try again, or remove them without a revocation by '%s'", err, signin.Command("logout", key, "--keep-tokens"))
				}
				return nil
			})
			switch {
			case errors.Is(err, auth.ErrAbsent):
				return exit.Usagef("profile %q is not signed in at %s", name, args[0])
			case err != nil:
				return err
			}
			switch {
			case ended.Missing:
				a.Report("signed out of %s; %s had no tokens, and none was revoked", args[0], ended.Store.Name())
			case ended.Kept != "":
				a.Report("signed out of %s; the file that could not be read is now %s", args[0], ended.Kept)
			default:
				a.Report("signed out of %s; the tokens are removed from %s", args[0], ended.Store.Name())
			}
			if valid {
				a.Note("%s has not revoked the tokens: a copy of them works until their end.", args[0])
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&profile, "profile", "", "`name` of the profile that is signed out (default \"default\")")
	complete.WithArgument(cmd, "profile", func(provider string) []string {
		return credentials.SignedIn(credentials.Place{Getenv: a.Getenv}, provider)
	})
	cmd.Flags().BoolVar(&keep, "keep-tokens", false, "do not revoke the tokens at the provider")
	return cmd
}

// remain reports whether a credential has tokens, which outlast their removal from a store.
func remain(c *auth.Credential) bool { return c.AccessToken != "" || c.RefreshToken != "" }
