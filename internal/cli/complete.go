package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/memberships-go/memberships"
)

// completeWith completes a flag with words that depend on the provider.
func completeWith(cmd *cobra.Command, flag string, words func(provider string) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		provider := ""
		if f := cmd.Flags().Lookup("provider"); f != nil {
			provider = f.Value.String()
		}
		directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		if flag == "group" {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		return words(provider), directive
	})
	if err != nil {
		panic(err) // the flag is not there, or was completed twice: a mistake in this package
	}
}

// completeNoFiles keeps the names of files away from flags that take none. Those that do
// say so in their usage.
func completeNoFiles(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		takes, _ := pflag.UnquoteUsage(f)
		if _, known := cmd.GetFlagCompletionFunc(f.Name); known || takes == "file" || takes == "" {
			return
		}
		if err := cmd.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions); err != nil {
			panic(err) // as in completeWith
		}
	})
}

// roleWords are the roles of a provider, and of all of them where none is named.
func roleWords(provider string) []string {
	roles := portableRoles
	if c, err := capabilities(provider); err == nil {
		roles = c.Roles
	}
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return words
}

// kindWords begin the name of a group, where there is more than one kind.
func kindWords(provider string) []string {
	c, err := capabilities(provider)
	if err != nil || len(c.GroupKinds) < 2 {
		return nil
	}
	words := make([]string, len(c.GroupKinds))
	for i, k := range c.GroupKinds {
		words[i] = string(k) + ":"
	}
	return words
}

var portableRoles = []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}
