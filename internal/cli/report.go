package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile/report"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

func (a *app) reportCommand() *cobra.Command {
	r := reporter{app: a}
	cmd := &cobra.Command{
		Use:   "report [SNAPSHOT]",
		Short: "Write a report for an access review, as one HTML file",
		Long: `Write one HTML file from a file of 'memberships snapshot', or NDJSON with an end
line of 'export', or - for stdin. Without a file, all groups of all providers
with credentials, or of those of --provider, are read now.

The report has the people by groups with their roles, managers and owners first,
and a list for each group, which prints with columns for decision, reviewer and
date. Parts that were not seen are at the top, the hash of the snapshot at the
bottom. The file loads nothing from elsewhere and is complete without its
script, which filters and sorts.

People with an address outside of --home-domain, by default the most frequent
domain, are marked as outsiders. --since marks the differences from an earlier
snapshot. A membership that one side did not see is never called removed.

With --out, the file is replaced at the end, and only you may read it: it holds
names and addresses. The exit code is 3 if a part was not seen.`,
		Example: `  memberships report monday.ndjson --out review.html
  memberships report --provider box,clerk > review.html
  memberships report friday.ndjson --since monday.ndjson --title "Week 48"`,
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd.Context(), args) },
	}
	connect.AddManyFlag(cmd, &r.providers, connect.All)
	r.conn.AddShared(a.Console, a.Getenv, cmd)
	r.conn.AddPageSize(cmd)
	cmd.Flags().StringVar(&r.since, "since", "", "`file` of an earlier snapshot, to mark the differences from")
	cmd.Flags().StringVar(&r.options.Title, "title", "", "`heading` of the report (default Memberships)")
	cmd.Flags().StringSliceVar(&r.options.HomeDomains, "home-domain", nil, "`domains` of addresses of your own house, with commas")
	cmd.Flags().StringVar(&r.out, "out", "", "`file` to write in place of stdout")
	return cmd
}

// reporter is one run of report.
type reporter struct {
	*app
	conn       connect.Flags
	providers  []string
	since, out string
	options    report.Options
}

func (r *reporter) run(ctx context.Context, args []string) error {
	if err := r.check(args); err != nil {
		return err
	}
	if r.since != "" {
		var err error
		if r.options.Since, err = r.file(ctx, r.since); err != nil {
			return err
		}
	}
	s, partly, err := r.snapshot(ctx, args)
	if err != nil {
		return err
	}
	r.options.Now = time.Now()
	if err := r.writeTo(r.out, func(w io.Writer) error { return report.Write(w, s, r.options) }); err != nil {
		return err
	}
	return partly
}

// check returns an error for arguments that contradict each other.
func (r *reporter) check(args []string) error {
	switch {
	case len(args) > 1:
		return exit.Usagef("report takes one snapshot, found %d", len(args))
	case len(args) == 0:
		return nil
	case len(r.providers) > 0:
		return exit.Usagef("a snapshot and --provider exclude each other")
	case slices.Contains(providers.Names(), args[0]):
		return exit.Usagef("%s is a provider: --provider %s reads it, and ./%s is a file", args[0], args[0], args[0])
	case args[0] == "-" && r.since == "-":
		return exit.Usagef("stdin can be one of the two snapshots")
	}
	return nil
}

// snapshot returns the snapshot to report, from a file or from the providers. partly is the
// error for the parts that were not seen.
func (r *reporter) snapshot(ctx context.Context, args []string) (s *snapshot.Snapshot, partly, err error) {
	if len(args) == 1 {
		if s, err = r.file(ctx, args[0]); err != nil {
			return nil, nil, err
		}
		return s, r.ReportCoverage(s.Coverage, false), nil
	}
	clients, err := r.conn.OpenMany(ctx, r.providers)
	if err != nil {
		return nil, nil, err
	}
	var content bytes.Buffer
	if partly, err = r.app.snapshot(ctx, clients, &content); err != nil {
		return nil, nil, err
	}
	s, err = snapshot.Read(&content)
	return s, partly, err
}

// file reads a snapshot, or a listing with an end line.
func (r *reporter) file(ctx context.Context, path string) (*snapshot.Snapshot, error) {
	if _, err := os.Stat(path); path != "-" && errors.Is(err, os.ErrNotExist) {
		return nil, exit.Usagef("there is no file %s", phrase.Quote(path))
	}
	s := side{name: input.Name(path)}
	if err := (&differ{app: r.app, conn: &r.conn}).readFile(ctx, &s, nil); err != nil {
		return nil, err
	}
	if s.kind != wholeSide {
		return nil, exit.Usagef("%s is a file of members; expected one of 'memberships snapshot', or NDJSON with an end line", s.name)
	}
	return s.snapshot, nil
}
