package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/change"
)

func (a *app) updateCommand() *cobra.Command {
	var f change.Flags
	cmd := &cobra.Command{
		Use:   "update --provider NAME --group GROUP --member MEMBER --role ROLE",
		Short: "Change the role of members",
		Long: `Change the role of one member, or of many. A person who is not a member is
a failure.

A pending invitation of Clerk keeps its role, and a change of it is a failure.
With --invite, a new invitation replaces it, and the person gets another mail.
` + change.Help,
		Example: `  memberships update -p clerk --group org_demo -m ada@example.com --role manager
  memberships update -p clerk -g org_demo -m user_1 --role own:org:editor
  memberships update -p pubnub --from roles.csv -o csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.Run(cmd.Context(), memberships.OpUpdate) },
	}
	f.Add(a.Console, a.Getenv, a.Stdin, cmd)
	f.AddID(cmd)
	f.AddRoles(cmd)
	f.AddInvite(cmd, "replace a pending invitation by one with the new role, which sends another mail")
	argument.AddRoleFlag(cmd, &f.Role, "the new `role`: "+argument.RoleHelp)
	return cmd
}
