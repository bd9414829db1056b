package cli

import (
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
)

const coverageHelp = `
A listing that hides a part of what was asked for tells it on stderr and exits
with 3. Groups that no call with this credential can see are told in one line;
the exit code stays 0 unless --require-complete is given.`

// listing is the flags of commands that list, and what a range of the listing told.
type listing struct {
	limit           int
	requireComplete bool
	endLine         bool
	pass            memberships.Pass
	// unreadTold says that the command tells by itself which groups could not be read.
	unreadTold bool
}

func (l *listing) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&l.limit, "limit", 0, "stop after this many `rows` (default all)")
	flags.BoolVar(&l.requireComplete, "require-complete", false, "exit with 3 if anything could not be seen, also outside of what the credential can see")
	flags.BoolVar(&l.endLine, "end-line", false, "end NDJSON with a line that holds the number of rows and the coverage")
}

func (l *listing) check(o *output) error {
	switch {
	case l.limit < 0:
		return usage("--limit %d is below zero", l.limit)
	case l.endLine && o.format != "ndjson":
		return usage("--end-line is for -o ndjson, found %s", o.flag())
	case l.endLine && l.limit > 0:
		return usage("--end-line and --limit exclude each other: a listing that stops early has no end")
	}
	return nil
}

// into has a range fill the pass of l.
func (l *listing) into() memberships.Option { return memberships.WithPass(&l.pass) }

// printAll prints what seq yields, up to the limit of l, and tells what was not seen.
func printAll[T any](s *stream[T], l *listing, seq iter.Seq2[T, error]) error {
	n := 0
	for v, err := range seq {
		if all, known := l.pass.Total.Get(); known {
			s.progress.total(all)
		}
		if err == nil {
			err = s.print(v)
		}
		if err != nil {
			return s.close(err)
		}
		if n++; n == l.limit {
			return s.close(nil)
		}
	}
	if err := l.end(s, s.flush, n); err != nil {
		return err
	}
	if n == 0 && s.table { // a table of nothing is empty
		s.app.note("%s", none(s.progress.doing, l.pass.Coverage))
	}
	return s.app.covered(l.untold(), l.requireComplete)
}

// none says that there are no rows, as far as that is known.
func none(rows string, c memberships.Coverage) string {
	if len(c.Hidden()) > 0 {
		return "no " + rows + " are shown"
	}
	return "no " + rows
}

// untold is what is left to tell.
func (l *listing) untold() memberships.Coverage {
	var left memberships.Coverage
	for _, g := range l.pass.Coverage.Gaps {
		if !l.unreadTold || g.Code != memberships.GapUnreadGroup {
			left.Gaps = append(left.Gaps, g)
		}
	}
	return left
}

// end closes a stream behind its last row, with the end line if there is to be one.
func (l *listing) end(s interface{ close(error) error }, w io.Writer, rows int) error {
	var failed error
	if l.endLine {
		_, failed = w.Write(endLine(rows, l.pass.Coverage))
	}
	return s.close(failed)
}

// endLine is the last line of NDJSON: {"end":{"rows":2,"coverage":{...}}}.
func endLine(rows int, c memberships.Coverage) []byte {
	b := append([]byte(`{"end":{"rows":`), strconv.Itoa(rows)...)
	b = append(b, `,"coverage":{"complete":`...)
	b = strconv.AppendBool(b, c.Complete())
	b = append(b, `,"gaps":[`...)
	for i, g := range c.Gaps {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for _, f := range []struct{ name, value string }{
			{"level", string(g.Level)}, {"code", string(g.Code)}, {"group_kind", string(g.Group.Kind)}, {"group_id", g.Group.ID},
		} {
			b = append(append(appendString(b, f.name), ':'), append(appendString(nil, f.value), ',')...)
		}
		b = append(b, `"count":`...)
		b = strconv.AppendInt(b, g.Count, 10)
		b = append(append(b, `,"text":`...), appendString(nil, g.String())...)
		b = append(b, '}')
	}
	return append(b, "]}}}\n"...)
}

// mostGaps is how many hidden parts are told one by one.
const mostGaps = 10

// covered tells what a listing could not see, and is the failure that this comes to.
func (a *app) covered(c memberships.Coverage, requireComplete bool) error {
	hidden, scope := c.Hidden(), c.Scope()
	for i, g := range hidden {
		if i == mostGaps {
			a.say("hidden: %s more", number(int64(len(hidden)-i)))
			break
		}
		a.say("hidden: %s", g)
	}
	if len(scope) > 0 {
		texts := make([]string, len(scope))
		for i, g := range scope {
			texts[i] = g.String()
		}
		tell := a.note
		if requireComplete { // the reason of the exit code
			tell = a.say
		}
		tell("not searched: %s", strings.Join(texts, "; "))
	}
	if len(hidden) > 0 || requireComplete && len(scope) > 0 {
		return &failure{code: exitPartly}
	}
	return nil
}
