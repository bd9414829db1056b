package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/output"
)

func (a *app) getCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var named argument.Reference
	cmd := &cobra.Command{
		Use:   "get --provider NAME --group GROUP --member MEMBER",
		Short: "Show one membership",
		Long: `Show one membership, named by group and member, or by its own id where the
provider has ids for memberships.

The exit code is 1 if there is none. 'check' asks whether a person is a member,
and distinguishes "not a member" from "could not be determined".`,
		Example: `  memberships get --provider clerk --group org_demo --member ada@example.com
  memberships get -p webex --id Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMQ -o json
  memberships get -p webex -g team: \
    --id Y2lzY29zcGFyazovL3VzL1RFQU1fTUVNQkVSU0hJUC8x`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, ref, err := named.Open(cmd.Context(), &conn, memberships.OpGet, out.Check())
			if err != nil {
				return err
			}
			m, err := c.Get(cmd.Context(), ref)
			if err != nil {
				return err
			}
			return output.One(a.Console, &out, output.MembershipsSchema, m)
		},
	}
	conn.Add(a.Console, a.Getenv, cmd)
	named.Add(cmd)
	out.Add(a.Console, cmd, "table")
	return cmd
}
