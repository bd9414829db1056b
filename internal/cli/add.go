package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/change"
)

func (a *app) addCommand() *cobra.Command {
	var f change.Flags
	cmd := &cobra.Command{
		Use:   "add --provider NAME --group GROUP --member MEMBER",
		Short: "Add members to a group",
		Long: `Add one member, or many, to a group. The provider looks an e-mail address up,
and the report names the member. A person who is already a member or invited
counts as done ("already", "already-invited") and keeps the present role; with
--strict, that is a failure.

An address without an account is a failure, except in Webex, which takes people
from outside. With --invite, Clerk sends such an address an invitation: the
result is "invited", and the detail says when the invitation ends. A second run
sends no second mail.
` + change.Help,
		Example: `  memberships add --provider clerk --group org_demo --member ada@example.com
  memberships add -p box -g 12345 -m ada@example.com -m eva@example.com
  memberships add -p clerk -g org_demo -m new@example.com --invite
  memberships add -p webex -g Y2lz --from people.csv --dry-run
  memberships list -p webex -g Y2lz -o ndjson |
    memberships add -p clerk -g org_demo --from -`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.Run(cmd.Context(), memberships.OpAdd) },
	}
	f.Add(a.Console, a.Getenv, a.Stdin, cmd)
	f.AddRoles(cmd)
	f.AddInvite(cmd, "invite addresses that have no account, where the provider has invitations")
	argument.AddRoleFlag(cmd, &f.Role, "`role` to give: "+argument.RoleHelp+" (default the provider's ordinary one)")
	cmd.Flags().BoolVar(&f.Strict, "strict", false, "count a person who is a member or invited already as a failure")
	return cmd
}
