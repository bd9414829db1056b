package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
)

func (a *app) exportCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var rows output.Listing
	var many memberships.ManyOptions
	var names []string
	var role, state string
	rows.UnreadReported = true
	cmd := &cobra.Command{
		Use:   "export --provider NAME",
		Short: "Print all members of all groups",
		Long: `Print the members of every group that the credential can see, several groups at
a time. Rows are printed as they arrive: in the provider's order within a group,
and mixed between groups. Invited people are included in the state "invited",
where the provider can list them; --state active leaves them out.

A group that cannot be read ends the export with exit code 1. With --keep-going,
the other groups are still read, stderr names the failed ones, and the exit code
is 3.

With several providers, or with --provider all, all are read at the same time,
and their rows are mixed. With --keep-going, a provider that fails does not stop
the others either, and the end line has it as a gap.
` + output.CoverageHelp,
		Example: `  memberships export --provider clerk > clerk.ndjson
  memberships export -p box -o csv --keep-going > box.csv
  memberships export -p all --role owner -o csv > owners.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var wrong error
			many.State, wrong = argument.ParseState(state)
			clients, err := conn.OpenNamed(cmd.Context(), names, out.Check(), wrong, connect.CheckConcurrency(many.Concurrency), rows.Check(&out))
			if err != nil {
				return err
			}
			roles, err := roleFilters(clients, role)
			if err != nil {
				return err
			}
			s := output.Open(a.Console, &out, output.MembershipsSchema, argument.StateNoun(many.State, "members"))
			if connect.Several(names) {
				return printEach(cmd.Context(), a, clients, s, &rows, many.KeepGoing, func(ctx context.Context, c *memberships.Client, into memberships.Option) iter.Seq2[memberships.Membership, error] {
					own := many
					own.Role = roles[c]
					return c.ListAll(ctx, own, into)
				})
			}
			c := clients[0]
			many.Role = roles[c]
			var failed []error
			read := 0
			err = output.PrintAll(s, &rows, func(yield func(memberships.Membership, error) bool) {
				for m, err := range c.ListAll(cmd.Context(), many, rows.Into()) {
					var of *memberships.GroupError
					if many.KeepGoing && errors.As(err, &of) {
						failed = append(failed, err)
						continue
					}
					read++
					if !yield(m, err) {
						return
					}
				}
			})
			if missing := a.exported(read, failed); missing != nil && partly(err) {
				return missing
			}
			return err
		},
	}
	connect.AddManyFlag(cmd, &names, "")
	conn.AddShared(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	argument.AddRoleFlag(cmd, &role, "export only members with this `role`: "+argument.RoleHelp+"; unknown for roles without a portable name")
	argument.AddStateFlag(cmd, &state)
	rows.Add(cmd)
	cmd.Flags().IntVar(&many.Concurrency, "concurrency", 8, "`groups` to read at once")
	cmd.Flags().BoolVar(&many.KeepGoing, "keep-going", false, "read the other groups when one cannot be read")
	out.Add(a.Console, cmd, "ndjson")
	return cmd
}

// partly reports whether an export is complete except for what it could not see.
func partly(err error) bool {
	var f *exit.Error
	return err == nil || errors.As(err, &f) && f.Code == exit.Partly && f.Err == nil
}

// exported reports the groups that are missing beside the rows that were read.
func (a *app) exported(rows int, failed []error) error {
	if len(failed) == 0 {
		return nil
	}
	for _, err := range failed {
		a.Report("%v", err)
	}
	code := exit.Partly
	if rows == 0 {
		code = exit.Failed
	}
	return exit.With(code, fmt.Errorf("%s could not be read", phrase.Count(len(failed), "group")))
}
