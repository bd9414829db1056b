package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// groupRecord is a group and its provider.
type groupRecord struct {
	provider string
	memberships.Group
}

var groupSchema = output.Schema[groupRecord]{
	Fields: []output.Field[groupRecord]{
		{Name: "provider", Text: func(g groupRecord) string { return g.provider }},
		{Name: "group_kind", Text: func(g groupRecord) string { return string(g.Kind) }},
		{Name: "group_id", Text: func(g groupRecord) string { return g.ID }},
		{Name: "group_name", Text: func(g groupRecord) string { return g.Name }},
	},
	Columns: []output.Field[groupRecord]{
		{Name: "name", Text: func(g groupRecord) string { return g.Name }},
		{Name: "group", Text: func(g groupRecord) string { return g.String() }},
	},
}

func (a *app) groupsCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var rows output.Listing
	cmd := &cobra.Command{
		Use:   "groups --provider NAME",
		Short: "List the groups that you can see",
		Long: `List the groups that the credential can see: groups in Box, organizations in
Clerk, spaces in Google Chat, channels in PubNub, rooms and teams in Webex. The
last column has the value for --group.
` + output.CoverageHelp,
		Example: `  memberships groups --provider webex
  memberships groups -p clerk -o json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := conn.Open(cmd.Context(), out.Check(), rows.Check(&out))
			if err != nil {
				return err
			}
			s := output.Open(a.Console, &out, groupSchema, "groups")
			return output.PrintAll(s, &rows, func(yield func(groupRecord, error) bool) {
				for g, err := range c.Groups(cmd.Context(), rows.Into()) {
					if !yield(groupRecord{c.Name(), g}, err) {
						return
					}
				}
			})
		},
	}
	conn.Add(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	rows.Add(cmd)
	out.Add(a.Console, cmd, "table")
	return cmd
}
