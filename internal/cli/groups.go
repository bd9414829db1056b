package cli

import (
	"context"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
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

// severalGroupsSchema is groupSchema for the groups of several providers.
var severalGroupsSchema = output.Schema[groupRecord]{
	Fields:  groupSchema.Fields,
	Columns: slices.Concat(groupSchema.Fields[:1], groupSchema.Columns),
}

func (a *app) groupsCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var names []string
	var role string
	var rows output.Listing
	cmd := &cobra.Command{
		Use:   "groups --provider NAME",
		Short: "List the groups that you can see",
		Long: `List the groups that the credential can see: groups in Box, organizations in
Clerk, spaces in Google Chat, channels in PubNub, rooms and teams in Webex. The
last column has the value for --group.

With several providers, or with --provider all, all are asked at the same time.
One that fails is reported, the others go on, and the exit code is 3.

With --role, the members of all groups are read, and only the groups with a
visible member of that role are listed.
` + output.CoverageHelp,
		Example: `  memberships groups --provider webex
  memberships groups -p clerk -o json
  memberships groups -p all --role owner`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			clients, err := conn.OpenNamed(cmd.Context(), names, out.Check(), rows.Check(&out))
			if err != nil {
				return err
			}
			roles, err := roleFilters(clients, role)
			if err != nil {
				return err
			}
			several := connect.Several(names)
			list := func(ctx context.Context, c *memberships.Client, into memberships.Option) iter.Seq2[groupRecord, error] {
				if roles[c] == "" {
					return groupRecords(c, c.Groups(ctx, into))
				}
				return groupRecords(c, groupsOf(c.ListAll(ctx, memberships.ManyOptions{Role: roles[c], KeepGoing: several}, into)))
			}
			if several {
				s := output.Open(a.Console, &out, severalGroupsSchema, "groups")
				return printEach(cmd.Context(), a, clients, s, &rows, true, list)
			}
			s := output.Open(a.Console, &out, groupSchema, "groups")
			return output.PrintAll(s, &rows, list(cmd.Context(), clients[0], rows.Into()))
		},
	}
	connect.AddManyFlag(cmd, &names, "")
	conn.AddShared(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	argument.AddRoleFlag(cmd, &role, "list only groups that have a member with this `role`: "+argument.RoleHelp)
	rows.Add(cmd)
	out.Add(a.Console, cmd, "table")
	return cmd
}

// groupRecords yields groups with their provider.
func groupRecords(c *memberships.Client, groups iter.Seq2[memberships.Group, error]) iter.Seq2[groupRecord, error] {
	return func(yield func(groupRecord, error) bool) {
		for g, err := range groups {
			if !yield(groupRecord{c.Name(), g}, err) {
				return
			}
		}
	}
}

// groupsOf yields the groups of memberships, each once.
func groupsOf(rows iter.Seq2[memberships.Membership, error]) iter.Seq2[memberships.Group, error] {
	return func(yield func(memberships.Group, error) bool) {
		listed := map[memberships.Group]bool{}
		for m, err := range rows {
			key := memberships.Group{Kind: m.Group.Kind, ID: m.Group.ID}
			if err == nil && listed[key] {
				continue
			}
			listed[key] = true
			if !yield(m.Group, err) {
				return
			}
		}
	}
}
