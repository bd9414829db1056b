package cli

import (
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
)

// groupRecord is a group and whose it is.
type groupRecord struct {
	provider string
	memberships.Group
}

var groupSchema = schema[groupRecord]{
	fields: []field[groupRecord]{
		{name: "provider", text: func(g groupRecord) string { return g.provider }},
		{name: "group_kind", text: func(g groupRecord) string { return string(g.Kind) }},
		{name: "group_id", text: func(g groupRecord) string { return g.ID }},
		{name: "group_name", text: func(g groupRecord) string { return g.Name }},
	},
	columns: []field[groupRecord]{
		{name: "name", text: func(g groupRecord) string { return g.Name }},
		{name: "group", text: func(g groupRecord) string { return g.String() }},
	},
}

func (a *app) groupsCommand() *cobra.Command {
	var conn connection
	var out output
	var rows listing
	cmd := &cobra.Command{
		Use:   "groups --provider NAME",
		Short: "List the groups that you can see",
		Long: `List the groups that the credential can see: groups in Box, organizations in
Clerk, spaces in Google Chat, channels in PubNub, rooms and teams in Webex. The
last column is what --group takes.
` + coverageHelp,
		Example: `  memberships groups --provider webex
  memberships groups -p clerk -o json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.connect(cmd.Context(), &conn, out.check(), rows.check(&out))
			if err != nil {
				return err
			}
			s := openStream(a, &out, groupSchema, "groups")
			return printAll(s, &rows, func(yield func(groupRecord, error) bool) {
				for g, err := range c.Groups(cmd.Context(), rows.into()) {
					if !yield(groupRecord{c.Name(), g}, err) {
						return
					}
				}
			})
		},
	}
	conn.add(cmd)
	conn.addPageSize(cmd)
	rows.add(cmd)
	out.add(a, cmd, "table")
	return cmd
}
