package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

func (a *app) ofCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var names []string
	var member, state string
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
			asked := memberships.Filter{Member: memberships.ParseMember(member)}
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
			s := output.Open(a.Console, &out, output.GroupsSchema, argument.StateNoun(asked.State, "memberships"))
			return a.of(cmd.Context(), clients, asked, s, &rows)
		},
	}
	connect.AddProvidersFlag(cmd, &names)
	conn.AddShared(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	argument.AddStateFlag(cmd, &state)
	rows.Add(cmd)
	cmd.Flags().StringVarP(&member, "member", "m", "", argument.MemberHelp+"; the same as the argument MEMBER")
	out.Add(a.Console, cmd, "table")
	return cmd
}

// ofRow is one membership, or the end of one provider's list.
type ofRow struct {
	memberships.Membership
	from    int // index of the client
	ended   bool
	err     error
	summary memberships.Summary
}

// of lists the asked memberships in all clients concurrently, up to the limit of l.
func (a *app) of(ctx context.Context, clients []*memberships.Client, asked memberships.Filter, s *output.Stream[memberships.Membership], l *output.Listing) error {
	ctx, cancel := context.WithCancel(ctx)
	rows := make(chan ofRow)
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() { listOf(ctx, i, c, asked, rows) })
	}
	go func() {
		wg.Wait()
		close(rows)
	}()
	defer func() {
		cancel()
		for range rows { // until all lists have ended
		}
	}()
	counts, ends := make([]int, len(clients)), make([]error, len(clients))
	gaps := make([]memberships.Coverage, len(clients))
	n := 0
	for f := range rows {
		if f.ended {
			ends[f.from], gaps[f.from] = f.err, f.summary.Coverage
			continue
		}
		counts[f.from]++
		if err := s.Print(f.Membership); err != nil {
			return s.Close(err)
		}
		if n++; n == l.Limit {
			return s.Close(nil)
		}
	}
	for i, c := range clients { // in the order of the clients
		for _, g := range gaps[i].Gaps {
			g.Text = c.Name() + ": " + g.Text
			l.Summary.Coverage.Gaps = append(l.Summary.Coverage.Gaps, g)
		}
	}
	return a.ofEnded(ctx, clients, asked, s, l, counts, ends, gaps)
}

// listOf sends the rows of one client, then the end of its list.
func listOf(ctx context.Context, i int, c *memberships.Client, asked memberships.Filter, rows chan<- ofRow) {
	end := ofRow{from: i, ended: true}
	for m, err := range c.List(ctx, asked, memberships.WithSummary(&end.summary)) {
		if err != nil {
			end.err = err
			break
		}
		select {
		case rows <- ofRow{Membership: m, from: i}:
		case <-ctx.Done():
		}
	}
	rows <- end // the receiver reads until all lists have ended
}

// ofEnded reports the ends of the lists and returns the resulting error.
func (a *app) ofEnded(ctx context.Context, clients []*memberships.Client, asked memberships.Filter, s *output.Stream[memberships.Membership], l *output.Listing, counts []int, ends []error, gaps []memberships.Coverage) error {
	if ctx.Err() != nil {
		return s.Close(ctx.Err())
	}
	rows, failed, known := 0, 0, 0
	for _, n := range counts {
		rows += n
	}
	whole := *l
	whole.EndLine = l.EndLine && !slices.ContainsFunc(ends, func(err error) bool { return err != nil && !errors.Is(err, memberships.ErrNoSuchMember) })
	if err := output.CloseListing(s, &whole, rows); err != nil {
		return err
	}
	nowhere := !slices.Contains(ends, nil)
	for i, c := range clients {
		switch err := ends[i]; {
		case errors.Is(err, memberships.ErrNoSuchMember):
			report := a.Note
			if nowhere { // the reason of the exit code
				report = a.Report
			}
			report("%s does not know %s: %v", c.Name(), asked.Member, err)
		case err != nil:
			failed++
			a.Report("%v%s", err, hint(err))
		default:
			known++
			if counts[i] == 0 {
				a.Note("%s", noneOf(asked, c.Name(), gaps[i]))
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
	if len(c.Hidden()) > 0 {
		return fmt.Sprintf("no %s of %s are shown in %s", rows, asked.Member, provider)
	}
	return fmt.Sprintf("%s has no %s in %s", asked.Member, rows, provider)
}
