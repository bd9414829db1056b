// Package complete completes the values of flags in a shell.
package complete

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// With completes a flag with words that depend on the provider.
func With(cmd *cobra.Command, flag string, words func(provider string) []string) {
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

// NoFiles completes no names of files for the flags that take none. The usage of a flag
// shows whether it takes one.
func NoFiles(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		takes, _ := pflag.UnquoteUsage(f)
		if _, known := cmd.GetFlagCompletionFunc(f.Name); known || takes == "file" || takes == "" {
			return
		}
		if err := cmd.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions); err != nil {
			panic(err) // as in With
		}
	})
}
