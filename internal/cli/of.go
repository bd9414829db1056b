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
	"github.com/memberships-go/memberships/providers"
)

func (a *app) ofCommand() *cobra.Command {
	var conn connection
	var out output
	var names []string
	var member string
	var rows listing
	cmd := &cobra.Command{
		Use:   "of MEMBER",
		Short: "List every membership of one person, across providers",
		Long: `List every membership of one person in all providers that there are credentials
for, or in those that --provider names, all at the same time. Rows are printed
as they arrive, those of the providers mixed.

A provider that does not know the person is told on stderr, with where it was
looked. The exit code is 0 if the person was found, 1 if no provider knows the
person or could tell, and 3 if some failed: then there may be more memberships.
` + coverageHelp,
		Example: `  memberships of ada@example.com
  memberships of ada@example.com --provider box,clerk -o csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(out.check(), rows.check(&out)); err != nil {
				return err
			}
			switch {
			case len(args) > 1:
				return usage("memberships of takes one member, found %d", len(args))
			case len(args) == 1 && member != "":
				return usage("the member is named twice: once is enough")
			case len(args) == 1:
				member = args[0]
			case member == "":
				return usage("who? Name a member: memberships of ada@example.com")
			}
			clients, err := a.connectMany(cmd.Context(), &conn, names)
			if err != nil {
				return err
			}
			who := memberships.ParseMember(member)
			for _, c := range clients {
				if err := valid(c, memberships.OpOf, memberships.Ref{Member: who}, ""); err != nil {
					return usage("%w", err)
				}
			}
			s := openStream(a, &out, groupsSchema, "memberships")
			return a.of(cmd.Context(), clients, who, s, &rows)
		},
	}
	addProvidersFlag(cmd, &names)
	conn.addShared(cmd)
	conn.addPageSize(cmd)
	rows.add(cmd)
	cmd.Flags().StringVarP(&member, "member", "m", "", memberHelp+"; the same as to name it without a flag")
	out.add(a, cmd, "table")
	return cmd
}

// addProvidersFlag puts --provider on a command that goes to several.
func addProvidersFlag(cmd *cobra.Command, into *[]string) {
	cmd.Flags().StringSliceVarP(into, "provider", "p", nil, "`names` of providers, with commas: "+or(providers.Names())+" (default all that there are credentials for)")
	completeWith(cmd, "provider", func(string) []string { return providers.Names() })
}

// connectMany opens the named providers, or all that there are credentials for.
func (a *app) connectMany(ctx context.Context, f *connection, names []string) ([]*memberships.Client, error) {
	if err := checkSeveral(f, names); err != nil {
		return nil, err
	}
	s, err := a.store(ctx, f)
	if err != nil {
		return nil, err
	}
	all := len(names) == 0
	if all {
		names = providers.Names()
	}
	var clients []*memberships.Client
	for _, n := range slices.Compact(slices.Sorted(slices.Values(names))) {
		c, err := a.open(ctx, f, s, n)
		switch {
		case all && errors.Is(err, errNoCredentials):
		case err != nil:
			return nil, err
		default:
			clients = append(clients, c)
		}
	}
	if len(clients) == 0 {
		return nil, usage("there are no credentials for any provider; 'memberships doctor' tells what to set")
	}
	return clients, nil
}

// found is one membership of a listing of many providers, or how the listing of one of
// them ended.
type found struct {
	memberships.Membership
	from  int // index of the client
	ended bool
	err   error
	pass  memberships.Pass
}

// of lists the memberships of who in all clients at once, up to the limit of l.
func (a *app) of(ctx context.Context, clients []*memberships.Client, who memberships.Member, s *stream[memberships.Membership], l *listing) error {
	ctx, cancel := context.WithCancel(ctx)
	rows := make(chan found)
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() { listOf(ctx, i, c, who, rows) })
	}
	go func() {
		wg.Wait()
		close(rows)
	}()
	defer func() {
		cancel()
		for range rows { // until all have ended
		}
	}()
	counts, ends := make([]int, len(clients)), make([]error, len(clients))
	gaps := make([]memberships.Coverage, len(clients))
	n := 0
	for f := range rows {
		if f.ended {
			ends[f.from], gaps[f.from] = f.err, f.pass.Coverage
			continue
		}
		counts[f.from]++
		if err := s.print(f.Membership); err != nil {
			return s.close(err)
		}
		if n++; n == l.limit {
			return s.close(nil)
		}
	}
	for i, c := range clients { // in their order
		for _, g := range gaps[i].Gaps {
			g.Text = c.Name() + ": " + g.Text
			l.pass.Coverage.Gaps = append(l.pass.Coverage.Gaps, g)
		}
	}
	return a.ofEnded(ctx, clients, who, s, l, counts, ends, gaps)
}

// listOf sends what one client lists, and how that ended.
func listOf(ctx context.Context, i int, c *memberships.Client, who memberships.Member, rows chan<- found) {
	end := found{from: i, ended: true}
	for m, err := range c.MembershipsOf(ctx, who, memberships.WithPass(&end.pass)) {
		if err != nil {
			end.err = err
			break
		}
		select {
		case rows <- found{Membership: m, from: i}:
		case <-ctx.Done():
		}
	}
	rows <- end // somebody reads until all have ended
}

// ofEnded tells what the rows do not, and what it all comes to.
func (a *app) ofEnded(ctx context.Context, clients []*memberships.Client, who memberships.Member, s *stream[memberships.Membership], l *listing, counts []int, ends []error, gaps []memberships.Coverage) error {
	if ctx.Err() != nil {
		return s.close(ctx.Err())
	}
	rows, failed, known := 0, 0, 0
	for _, n := range counts {
		rows += n
	}
	whole := *l
	whole.endLine = l.endLine && !slices.ContainsFunc(ends, func(err error) bool { return err != nil && !errors.Is(err, memberships.ErrNoSuchMember) })
	if err := whole.end(s, s.flush, rows); err != nil {
		return err
	}
	nowhere := !slices.Contains(ends, nil)
	for i, c := range clients {
		switch err := ends[i]; {
		case errors.Is(err, memberships.ErrNoSuchMember):
			tell := a.note
			if nowhere { // the reason of the exit code
				tell = a.say
			}
			tell("%s does not know %s: %v", c.Name(), who, err)
		case err != nil:
			failed++
			a.say("%v%s", err, hint(err))
		default:
			known++
			if counts[i] == 0 {
				a.note("%s", noneOf(who, c.Name(), gaps[i]))
			}
		}
	}
	covered := a.covered(l.pass.Coverage, l.requireComplete)
	switch {
	case known == 0:
		return &failure{code: exitFailed}
	case failed > 0:
		return &failure{code: exitPartly}
	}
	return covered
}

// noneOf says that somebody has no memberships in a provider, as far as that is known.
func noneOf(who memberships.Member, provider string, c memberships.Coverage) string {
	if len(c.Hidden()) > 0 {
		return fmt.Sprintf("no memberships of %s are shown in %s", who, provider)
	}
	return fmt.Sprintf("%s has no memberships in %s", who, provider)
}
