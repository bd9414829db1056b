package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

func (a *app) ofCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var names []string
	var member, role, state string
	var rows output.Listing
	cmd := &cobra.Command{
		Use:   "of MEMBER",
		Short: "List every membership of one person, across providers",
		Long: `List every membership of one person in all configured providers, or in those
that --provider names. All are asked at the same time, and rows are printed as
they arrive. Invitations are included in the state "invited", where the provider
can list them; --state active leaves them out.

If a provider does not know the person, stderr reports it and where it looked.
The exit code is 0 if a provider knows the person, 1 if none does or none
answers, and 3 if some fail: memberships may be missing then.
` + output.CoverageHelp,
		Example: `  memberships of ada@example.com
  memberships of ada@example.com --provider box,clerk -o csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(out.Check(), rows.Check(&out)); err != nil {
				return err
			}
			switch {
			case len(args) > 1:
				return exit.Usagef("memberships of takes one member, found %d", len(args))
			case len(args) == 1 && member != "":
				return exit.Usagef("the member is named twice: once is enough")
			case len(args) == 1:
				member = args[0]
			case member == "":
				return exit.Usagef("no member given, for example: memberships of ada@example.com")
			}
			asked := memberships.Filter{Member: memberships.ParseMember(member), Role: memberships.Role(role)}
			var err error
			if asked.State, err = argument.ParseState(state); err != nil {
				return err
			}
			clients, err := conn.OpenMany(cmd.Context(), names)
			if err != nil {
				return err
			}
			for _, c := range clients {
				if err := argument.Validate(c, memberships.OpListByMember, memberships.Ref{Member: asked.Member}, ""); err != nil {
					return exit.Usagef("%w", err)
				}
			}
			roles, err := roleFilters(clients, role)
			if err != nil {
				return err
			}
			s := output.Open(a.Console, &out, output.GroupsSchema, argument.StateNoun(asked.State, "memberships"))
			return a.of(cmd.Context(), clients, asked, roles, s, &rows)
		},
	}
	connect.AddManyFlag(cmd, &names, connect.All)
	conn.AddShared(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	argument.AddRoleFlag(cmd, &role, "list only memberships with this `role`: "+argument.RoleHelp+"; unknown for roles without a portable name")
	argument.AddStateFlag(cmd, &state)
	rows.Add(cmd)
	cmd.Flags().StringVarP(&member, "member", "m", "", argument.MemberHelp+"; the same as the argument MEMBER")
	out.Add(a.Console, cmd, "table")
	return cmd
}

// of lists the asked memberships in all clients concurrently, up to the limit of l.
func (a *app) of(ctx context.Context, clients []*memberships.Client, asked memberships.Filter, roles map[*memberships.Client]memberships.Role, s *output.Stream[memberships.Membership], l *output.Listing) error {
	o := newOutcome(clients)
	for row := range listEach(ctx, clients, func(ctx context.Context, c *memberships.Client, into memberships.Option) iter.Seq2[memberships.Membership, error] {
		own := asked
		own.Role = roles[c]
		return c.List(ctx, own, into)
	}) {
		if !record(o, row) {
			continue
		}
		if err := s.Print(row.value); err != nil {
			return s.Close(err)
		}
		if o.total() == l.Limit {
			return s.Close(nil)
		}
	}
	if ctx.Err() != nil {
		return s.Close(ctx.Err())
	}
	for i, c := range clients { // in the order of the clients
		l.Summary.Coverage.Gaps = append(l.Summary.Coverage.Gaps, snapshot.ProviderGaps(c.Name(), o.coverage[i].Gaps)...)
	}
	return a.ofEnded(o, asked, s, l)
}

// ofEnded reports the ends of the listings and returns the resulting error.
func (a *app) ofEnded(o *outcome, asked memberships.Filter, s *output.Stream[memberships.Membership], l *output.Listing) error {
	whole := *l
	whole.EndLine = l.EndLine && !slices.ContainsFunc(o.ends, func(err error) bool { return err != nil && !errors.Is(err, memberships.ErrNoSuchMember) })
	if err := s.CloseListing(&whole, o.total()); err != nil {
		return err
	}
	failed, known := 0, 0
	nowhere := !slices.Contains(o.ends, nil)
	for i, c := range o.clients {
		switch err := o.ends[i]; {
		case errors.Is(err, memberships.ErrNoSuchMember):
			report := a.Note
			if nowhere { // the reason of the exit code
				report = a.Report
			}
			report("%s does not know %s: %v", c.Name(), asked.Member, err)
		case err != nil:
			failed++
			a.Report("%v%s", err, a.hint(err))
		default:
			known++
			if o.rows[i] == 0 {
				a.Note("%s", noneOf(asked, c.Name(), o.coverage[i]))
			}
		}
	}
	covered := a.ReportCoverage(l.Summary.Coverage, l.RequireComplete)
	switch {
	case known == 0:
		return exit.With(exit.Failed, nil)
	case failed > 0:
		return exit.With(exit.Partly, nil)
	}
	return covered
}

// noneOf returns the message that a person has no visible memberships in a provider.
func noneOf(asked memberships.Filter, provider string, c memberships.Coverage) string {
	rows := argument.StateNoun(asked.State, "memberships")
	if asked.Role != "" {
		rows += " with the role " + string(asked.Role)
	}
	if len(c.Hidden()) > 0 {
		return fmt.Sprintf("no %s of %s are shown in %s", rows, asked.Member, provider)
	}
	return fmt.Sprintf("%s has no %s in %s", asked.Member, rows, provider)
}
