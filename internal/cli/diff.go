package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

func (a *app) diffCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var exitCode bool
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Show what differs between snapshots, groups and files",
		Long: `Show the memberships that differ between A, the older, and B. Each of them is

  a file of 'memberships snapshot', or NDJSON with an end line of 'export'
  a file of members, as 'add --from' reads it, or - for stdin
  a provider, such as box: all groups that the credential sees now
  a group, such as box/9000001, webex/room:Y2lz or clerk/Demo

A name of a provider is the provider; ./box is a file of that name. A file of a
snapshot is compared with a provider or group by its rows of that one.

A row begins with + for added, - for removed, ~ for a changed role, state or
name of the group, and ? for unknown: one side did not see the group, or a part
of it, or the member has nothing to match by. A membership that one side did not
see is never shown as added or removed.

Within a provider, members are matched by id. Members of different providers are
matched by address, ignoring letter case, and groups by name, except if A and B
are one group each.

The exit code is 0, or 3 if one side was not seen as a whole. With --exit-code,
any difference exits with 4:

` + helpList(statusFacts(diffStatuses)),
		Example: `  memberships diff monday.ndjson friday.ndjson
  memberships diff monday.ndjson box --exit-code -q
  memberships diff box/9000001 clerk/org_demo
  memberships diff team.csv webex/room:Y2lz -o csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.Check(); err != nil {
				return err
			}
			if len(args) != 2 {
				return exit.Usagef("diff takes two sides, found %d, for example: memberships diff monday.ndjson friday.ndjson", len(args))
			}
			d := differ{app: a, conn: &conn, exitCode: exitCode}
			return d.run(cmd.Context(), &out, args[0], args[1])
		},
	}
	conn.AddShared(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "give the result in the exit code too")
	out.Add(a.Console, cmd, "table")
	return cmd
}

// differ is one run of diff.
type differ struct {
	*app
	conn     *connect.Flags
	exitCode bool
}

func (d *differ) run(ctx context.Context, out *output.Flags, first, second string) error {
	sides, err := d.sides(ctx, first, second)
	if err != nil {
		return err
	}
	matching, err := match(&sides[0], &sides[1])
	if err != nil {
		return err
	}
	changes := snapshot.Compare(sides[0].snapshot, sides[1].snapshot, matching)
	s := output.Open(d.Console, out, changeSchema(sides, matching), "differences")
	for _, c := range changes {
		if err := s.Print(c); err != nil {
			return s.Close(err)
		}
	}
	if err := s.Close(nil); err != nil {
		return err
	}
	return d.result(sides, matching, changes)
}

// result reports the summary and the parts that were not seen, and returns the error with
// the exit code.
func (d *differ) result(sides [2]side, m snapshot.Matching, changes []snapshot.Change) error {
	if m.ByAddress {
		d.Note("%s", matchedBy(m))
	}
	counts := map[snapshot.Kind]int{}
	for _, c := range changes {
		counts[c.Kind]++
	}
	d.Note("%s", summary(counts))
	unseen := counts[snapshot.NotSeen]+counts[snapshot.Unmatched] > 0
	for _, s := range sides {
		if d.ReportCoverageOf(s.name, s.snapshot.Coverage, false) != nil {
			unseen = true
		}
	}
	switch {
	case d.exitCode && counts[snapshot.Added]+counts[snapshot.Removed]+counts[snapshot.Changed] > 0:
		return exit.With(exit.Changes, nil)
	case unseen:
		return exit.With(exit.Partly, nil)
	}
	return nil
}

// matchedBy says how members of different providers are matched.
func matchedBy(m snapshot.Matching) string {
	if m.Groups == snapshot.GroupsByName {
		return "members are matched by address, and groups by name"
	}
	return "members are matched by address"
}

// summary counts the differences in words.
func summary(counts map[snapshot.Kind]int) string {
	var parts []string
	for _, k := range []snapshot.Kind{snapshot.Added, snapshot.Removed, snapshot.Changed, snapshot.NotSeen, snapshot.Unmatched} {
		if n := counts[k]; n > 0 {
			parts = append(parts, phrase.Number(int64(n))+" "+strings.ReplaceAll(string(k), "_", " "))
		}
	}
	if parts == nil {
		return "no differences"
	}
	return strings.Join(parts, ", ")
}

// match chooses the matching of two sides, and limits a file to the provider or group that
// the other side is.
func match(a, b *side) (snapshot.Matching, error) {
	if a.kind != wholeSide || b.kind != wholeSide {
		a.asGroup()
		b.asGroup()
	}
	switch {
	case a.kind == wholeSide && b.kind == wholeSide:
		if a.client != nil {
			b.only(a.client.Name(), memberships.Group{})
		}
		if b.client != nil {
			a.only(b.client.Name(), memberships.Group{})
		}
		if !shared(a, b) {
			return snapshot.Matching{ByAddress: true, Groups: snapshot.GroupsByName}, nil
		}
		return snapshot.Matching{}, nil
	case a.kind == wholeSide || b.kind == wholeSide:
		whole, part := a, b
		if b.kind == wholeSide {
			whole, part = b, a
		}
		if part.kind != groupSide || !whole.only(part.group.provider, part.group.Group) {
			return snapshot.Matching{}, exit.Usagef("%s has several groups and %s is one set of members: name a group, as in PROVIDER/GROUP", whole.name, part.name)
		}
		part.snapshot.Providers = []string{part.group.provider}
		return snapshot.Matching{}, nil
	}
	return snapshot.Matching{ByAddress: !shared(a, b), Groups: snapshot.GroupsAsOne}, nil
}

// shared reports whether two sides have a provider in common, or one has none.
func shared(a, b *side) bool {
	x, y := a.providers(), b.providers()
	return len(x) == 0 || len(y) == 0 || slices.ContainsFunc(x, func(p string) bool { return slices.Contains(y, p) })
}
