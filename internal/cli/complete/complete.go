// Package complete adds shell completions for the values of flags.
package complete

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// With completes a flag with words that depend on the provider.
func With(cmd *cobra.Command, flag string, words func(provider string) []string) {
	register(cmd, flag, func(cmd *cobra.Command, _ []string) []string {
		provider := ""
		if f := cmd.Flags().Lookup("provider"); f != nil {
			provider = f.Value.String()
		}
		return words(provider)
	})
}

// WithArgument completes a flag with words that depend on the first argument, "" without one.
func WithArgument(cmd *cobra.Command, flag string, words func(argument string) []string) {
	register(cmd, flag, func(_ *cobra.Command, args []string) []string {
		if len(args) == 0 {
			return words("")
		}
		return words(args[0])
	})
}

func register(cmd *cobra.Command, flag string, words func(*cobra.Command, []string) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		if flag == "group" {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		return words(cmd, args), directive
	})
	if err != nil {
		panic(err) // a missing flag or a second completion is a mistake in this module
	}
}

// NoFiles disables the completion of file names for flags that take no file, and completes
// folders for a flag that takes one. A flag's usage shows its kind of value.
func NoFiles(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		takes, _ := pflag.UnquoteUsage(f)
		if _, known := cmd.GetFlagCompletionFunc(f.Name); known || takes == "file" || takes == "" {
			return
		}
		words := cobra.NoFileCompletions
		if takes == "folder" {
			words = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
		}
		if err := cmd.RegisterFlagCompletionFunc(f.Name, words); err != nil {
			panic(err) // as in register
		}
	})
}
