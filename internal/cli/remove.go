package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/change"
)

func (a *app) removeCommand() *cobra.Command {
	var f change.Flags
	cmd := &cobra.Command{
		Use:   "remove --provider NAME --group GROUP --member MEMBER",
		Short: "Remove members from a group",
		Long: `Remove one member, or many, from a group. A pending invitation is withdrawn. A
person who is certainly neither a member nor invited counts as done ("absent");
with --strict, that is a failure.

The caller's own removal comes last in Box and Webex, and in Google Chat if
GOOGLE_SUBJECT names the caller. Elsewhere members are removed before managers,
and managers before owners, where the rows have roles.
` + change.Help,
		Example: `  memberships remove --provider clerk --group org_demo --member ada@example.com
  memberships remove -p webex --id Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMQ
  memberships remove -p box -g 12345 --from leavers.csv --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.Run(cmd.Context(), memberships.OpRemove) },
	}
	f.Add(a.Console, a.Getenv, a.Stdin, cmd)
	f.AddID(cmd)
	cmd.Flags().BoolVar(&f.Strict, "strict", false, "count a person who is not a member as a failure")
	return cmd
}
