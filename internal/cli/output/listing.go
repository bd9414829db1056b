package output

import (
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/row"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

const CoverageHelp = `
If the provider hides a part of the listing, stderr reports it and the exit code
is 3. Groups that the credential cannot see are reported in one line, and the
exit code stays 0 unless --require-complete is given.`

// Listing holds the flags of commands that list, and the coverage of their list.
type Listing struct {
	Limit           int
	RequireComplete bool
	EndLine         bool
	Summary         memberships.Summary
	// UnreadReported reports that the command itself reports the groups and providers that
	// could not be read.
	UnreadReported bool
}

// Add adds the flags to a command.
func (l *Listing) Add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&l.Limit, "limit", 0, "stop after this many `rows` (default all)")
	flags.BoolVar(&l.RequireComplete, "require-complete", false, "exit with 3 if anything could not be seen, including groups that the credential cannot see")
	flags.BoolVar(&l.EndLine, "end-line", false, "end NDJSON with a line that holds the number of rows and the coverage")
}

// Check returns an error for an invalid combination with the output flags.
func (l *Listing) Check(o *Flags) error {
	switch {
	case l.Limit < 0:
		return exit.Usagef("--limit %d is below zero", l.Limit)
	case l.EndLine && o.Format != "ndjson":
		return exit.Usagef("--end-line is for -o ndjson, found %s", o.flag())
	case l.EndLine && l.Limit > 0:
		return exit.Usagef("--end-line and --limit exclude each other: a listing that stops early has no end")
	}
	return nil
}

// Into returns the option with which a listing fills in l's Summary.
func (l *Listing) Into() memberships.Option { return memberships.WithSummary(&l.Summary) }

// PrintAll prints the rows of seq up to l's limit and reports the coverage.
func PrintAll[T any](s *Stream[T], l *Listing, seq iter.Seq2[T, error]) error {
	n := 0
	for v, err := range seq {
		if all, known := l.Summary.Total.Get(); known {
			s.progress.total(all)
		}
		if err == nil {
			err = s.Print(v)
		}
		if err != nil {
			return s.Close(err)
		}
		if n++; n == l.Limit {
			return s.Close(nil)
		}
	}
	if err := s.CloseListing(l, n); err != nil {
		return err
	}
	return s.ReportListing(l, n)
}

// ReportListing reports the coverage of a listing with n printed rows after the stream was
// closed, and returns the resulting error.
func (r *rows) ReportListing(l *Listing, n int) error {
	if n == 0 && r.table { // an empty table prints nothing
		r.console.Note("%s", none(r.progress.doing, l.Summary.Coverage))
	}
	return r.console.ReportCoverage(l.rest(), l.RequireComplete)
}

// none returns the message for a list without visible rows.
func none(rows string, c memberships.Coverage) string {
	if len(c.Hidden()) > 0 {
		return "no " + rows + " are shown"
	}
	return "no " + rows
}

// rest returns the part of the coverage that is not reported yet.
func (l *Listing) rest() memberships.Coverage {
	if l.UnreadReported {
		return WithoutUnread(l.Summary.Coverage)
	}
	return l.Summary.Coverage
}

// WithoutUnread returns a coverage without the groups and providers that could not be read.
func WithoutUnread(c memberships.Coverage) memberships.Coverage {
	return memberships.Coverage{Gaps: slices.DeleteFunc(slices.Clone(c.Gaps), func(g memberships.Gap) bool {
		return g.Code == memberships.GapUnreadGroup || g.Code == snapshot.GapUnreadProvider
	})}
}

// CloseListing closes a stream after its n rows, with the end line if the flags ask for it.
func (r *rows) CloseListing(l *Listing, n int) error {
	var failed error
	if l.EndLine {
		_, failed = r.flush.Write(row.AppendEnd(nil, row.End{Rows: n, Coverage: l.Summary.Coverage}))
	}
	return r.Close(failed)
}

// mostGaps is the maximum number of hidden parts that are reported one by one.
const mostGaps = 10

// ReportCoverage reports the parts that a list could not see, and returns the resulting
// error.
func (c *Console) ReportCoverage(cov memberships.Coverage, requireComplete bool) error {
	return c.ReportCoverageOf("", cov, requireComplete)
}

// ReportCoverageOf is ReportCoverage for one of several lists, whose name begins the
// messages.
func (c *Console) ReportCoverageOf(name string, cov memberships.Coverage, requireComplete bool) error {
	if name != "" {
		name += ": "
	}
	hidden, scope := cov.Hidden(), cov.Scope()
	for i, g := range hidden {
		if i == mostGaps {
			c.Report("%shidden: %s more", name, phrase.Number(int64(len(hidden)-i)))
			break
		}
		c.Report("%shidden: %s", name, g)
	}
	if len(scope) > 0 {
		texts := make([]string, len(scope))
		for i, g := range scope {
			texts[i] = g.String()
		}
		report := c.Note
		if requireComplete { // the reason of the exit code
			report = c.Report
		}
		report("%snot searched: %s", name, strings.Join(texts, "; "))
	}
	if len(hidden) > 0 || requireComplete && len(scope) > 0 {
		return exit.With(exit.Partly, nil)
	}
	return nil
}
