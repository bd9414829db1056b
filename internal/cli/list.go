package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

func (a *app) listCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var group, role, state string
	var rows output.Listing
	cmd := &cobra.Command{
		Use:   "list --provider NAME --group GROUP",
		Short: "List the members of a group",
		Long: `List the members of a group in the provider's order. Invited people are
included in the state "invited", where the provider can list them; --state
active leaves them out.

Rows are printed as they arrive. With exit code 0, the list is complete. A list
that cannot be read to its end exits with 1, and its JSON array stays open, so
that no parser accepts it.
` + output.CoverageHelp + `

JSON, NDJSON and CSV hold the same fields, all of them in every row. In CSV, an
apostrophe stands before a cell that a spreadsheet would run as a formula.
Import columns of ids as text: a spreadsheet rounds long numbers. --jq keeps all
rows in memory until the list is complete.`,
		Example: `  memberships list --provider clerk --group org_demo
  memberships list -p webex -g team:Y2lzY29zcGFyazovL3VzL1RFQU0vMQ -r manager
  memberships list -p clerk -g org_demo --state invited
  memberships list -p box -g 12345 -o csv > members.csv
  memberships list -p googlechat -g spaces/AAAA0000001 --jq '.[].email'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := conn.Open(cmd.Context(), out.Check(), rows.Check(&out))
			if err != nil {
				return err
			}
			if group == "" {
				return exit.MissingFlag("group", "the group whose members to list")
			}
			asked, err := argument.ParseGroup(c, group)
			if err != nil {
				return err
			}
			f := memberships.Filter{Group: asked.Checkable()}
			if f.State, err = argument.ParseState(state); err != nil {
				return err
			}
			if f.Role, err = argument.ParseRoleFilter(c, role); err != nil {
				return exit.Usagef("--role: %w", err)
			}
			if err := argument.Validate(c, memberships.OpList, memberships.Ref{Group: f.Group}, ""); err != nil {
				return exit.Usagef("%w", err)
			}
			if f.Group, err = argument.GroupNamed(cmd.Context(), c, group); err != nil {
				return err
			}
			s := output.Open(a.Console, &out, output.MembersSchema, argument.StateNoun(f.State, "members"))
			return output.PrintAll(s, &rows, c.List(cmd.Context(), f, rows.Into()))
		},
	}
	conn.Add(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	argument.AddGroupFlag(cmd, &group, argument.GroupHelp)
	argument.AddRoleFlag(cmd, &role, "list only members with this `role`: "+argument.RoleHelp+"; unknown for roles without a portable name")
	argument.AddStateFlag(cmd, &state)
	rows.Add(cmd)
	out.Add(a.Console, cmd, "table")
	return cmd
}
