package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/phrase"
)

// shells maps a shell to the example in its help.
var shells = map[string]string{
	"bash": `  source <(memberships completion bash)
  memberships completion bash > /etc/bash_completion.d/memberships`,
	"fish": `  memberships completion fish | source
  memberships completion fish > ~/.config/fish/completions/memberships.fish`,
	"powershell": `  memberships completion powershell | Out-String | Invoke-Expression`,
	"zsh": `  source <(memberships completion zsh)
  memberships completion zsh > "${fpath[1]}/_memberships"`,
}

// completions sets the texts of cobra's completion command and makes it reject unknown
// shells.
func completions(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		var names []string
		for _, shell := range c.Commands() {
			names = append(names, shell.Name())
			shell.Short = "Print the completions for " + shell.Name()
			shell.Long = shell.Short + `. The first example gives
them to the shell that runs.`
			shell.Example = shells[shell.Name()]
			shell.DisableFlagsInUseLine = true
		}
		c.Short = "Print the completions for a shell"
		c.Long = "Print the completions for a shell: " + phrase.Or(names) + `.
They know providers, profiles, roles, formats and kinds of groups.`
		c.Example = "  memberships completion bash"
		c.Args = func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return fmt.Errorf("there are no completions for %q; there are for %s", args[0], phrase.And(names))
		}
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		c.DisableFlagsInUseLine = true
	}
}
