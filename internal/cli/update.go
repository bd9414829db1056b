package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
)

func (a *app) updateCommand() *cobra.Command {
	var f changeFlags
	cmd := &cobra.Command{
		Use:   "update --provider NAME --group GROUP --member MEMBER --role ROLE",
		Short: "Change the role of members",
		Long: `Change the role of one member, or of many. Somebody who is not a member is a
failure.
` + inputHelp,
		Example: `  memberships update -p clerk --group org_demo -m ada@example.com --role manager
  memberships update -p clerk -g org_demo -m user_1 --role own:org:editor
  memberships update -p pubnub --from roles.csv -o csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), a, memberships.OpUpdate) },
	}
	f.add(a, cmd)
	f.addID(cmd)
	f.addRoles(cmd)
	addRoleFlag(cmd, &f.role, "the new `role`: "+roleHelp)
	return cmd
}
