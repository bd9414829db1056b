package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
	"github.com/memberships-go/memberships/reconcile/view"
)

// applyFlags are the flags of the commands that apply a plan.
type applyFlags struct {
	conn        *connect.Flags
	out         output.Flags
	yes         bool
	journal     string
	concurrency int
	resume      bool
	confirmed   bool                  // the plan was shown and confirmed already
	clients     []*memberships.Client // to use, in place of new ones
	rows        *sharedRows           // of several plans, nil for one
}

// add adds the flags to a command.
func (f *applyFlags) add(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.yes, "yes", false, "make the changes without a question")
	flags.StringVar(&f.journal, "journal", "", "`folder` of the journal")
	f.out.Add(a.Console, cmd, "table")
}

func (f *applyFlags) check() error {
	if f.concurrency < 0 {
		return exit.Usagef("--concurrency %d is below zero", f.concurrency)
	}
	return f.out.Check()
}

func (a *app) applyCommand() *cobra.Command {
	var conn connect.Flags
	var replan []string
	f := applyFlags{conn: &conn}
	cmd := &cobra.Command{
		Use:   "apply PLAN",
		Short: "Make the changes of a plan",
		Long: `Make the changes of a plan that 'memberships plan --out' has saved. The plan is
shown again, and a terminal is asked to confirm it.

Every group is read again first. A group that has changed since the plan is
refused, and the changes are shown; the other groups go on. Additions and
promotions come before demotions and removals.

The journal records every change before and after it is sent, in the folder
PLAN.journal or that of --journal. After an interruption or a crash, --resume
finds out by reading which changes were made, and makes the others.

The exit code is 0 if all changes were made, 3 if some were not, and 1 if none
was made.`,
		Example: `  memberships apply plan.json
  memberships apply plan.json --yes -o ndjson
  memberships apply plan.json --resume`,
		ValidArgsFunction: planFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return exit.Usagef("memberships apply takes one plan, found %d", len(args))
			}
			if err := f.check(); err != nil {
				return err
			}
			if f.journal == "" {
				f.journal = journalOf(args[0])
			}
			p, err := interrupt.Await(cmd.Context(), func() (*reconcile.Plan, error) { return readPlan(args[0]) })
			if err != nil {
				return err
			}
			if len(replan) > 0 {
				return a.applyAndReplan(cmd.Context(), &f, args[0], p, replan)
			}
			_, err = a.apply(cmd.Context(), &f, args[0], p)
			return err
		},
	}
	conn.AddShared(a.Console, a.Getenv, cmd)
	f.add(a, cmd)
	cmd.Flags().IntVar(&f.concurrency, "concurrency", 0, "`changes` in flight at each provider (default the provider's own number)")
	cmd.Flags().BoolVar(&f.resume, "resume", false, "go on with the run of the journal")
	cmd.Flags().StringArrayVar(&replan, "replan", nil, "plan the groups that have changed anew from the `file` of the desired state")
	return cmd
}

// journalOf returns the standard folder of the journal of a file.
func journalOf(file string) string { return file + ".journal" }

// planFiles completes the argument of apply with files of JSON.
func planFiles(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
}

// readPlan reads the plan of a file.
func readPlan(file string) (*reconcile.Plan, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, exit.Usagef("%w", err)
	}
	defer func() { _ = r.Close() }()
	p, err := reconcile.ReadPlan(r)
	if err != nil {
		return nil, exit.Usagef("%s: %w", file, err)
	}
	return p, nil
}

// apply shows a plan, asks, makes its changes and reports them. The report is nil if none
// was begun.
func (a *app) apply(ctx context.Context, f *applyFlags, name string, p *reconcile.Plan) (*reconcile.Report, error) {
	if p.Summary().Changes() == 0 && !f.resume {
		return nil, a.nothingToApply(f, p)
	}
	if !f.confirmed {
		if err := a.confirm(ctx, f, p); err != nil {
			return nil, err
		}
	}
	clients := f.clients
	if clients == nil {
		var err error
		if clients, err = a.openFor(ctx, f.conn, changedProviders(p)); err != nil {
			return nil, err
		}
	}
	j, err := openJournal(f.journal, name)
	if err != nil {
		return nil, err
	}
	report, err := a.makeChanges(ctx, f, clients, p, j)
	if errors.Is(err, reconcile.ErrOtherPlan) {
		err = exit.With(exit.Failed, otherPlan(f.journal, "expected that of "+name+"; --journal names another folder"))
	}
	if closed := j.Close(); err == nil && closed != nil {
		err = exit.With(exit.Failed, closed)
	}
	return report, err
}

// nothingToApply reports a plan without changes.
func (a *app) nothingToApply(f *applyFlags, p *reconcile.Plan) error {
	if time.Now().After(p.Expires) {
		return exit.With(exit.Failed, fmt.Errorf("%w (%s)", reconcile.ErrPlanExpired, p.Expires.Format(time.RFC3339)))
	}
	_, end := a.openRows(f)
	if err := end(nil); err != nil {
		return err
	}
	a.Note("the plan has no changes")
	if len(p.Blocked) > 0 || p.Failed != "" || p.Summary().BlockedGroups > 0 {
		return exit.With(exit.Failed, errors.New("the plan is blocked: "+strings.Trim(strings.TrimPrefix(view.Summary(p), "Plan:"), " .")))
	}
	return nil
}

// confirm shows a plan and asks whether to make its changes.
func (a *app) confirm(ctx context.Context, f *applyFlags, p *reconcile.Plan) error {
	if !a.Quiet || !f.yes {
		if err := view.Text(a.Stderr, p); err != nil {
			return err
		}
	}
	if f.yes {
		return nil
	}
	file, ok := a.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return exit.Usagef("stdin is no terminal to ask: --yes makes the changes without a question")
	}
	answer, err := a.prompt.read(ctx, a, "Make these changes? yes or no", false)
	switch {
	case err != nil:
		return err
	case answer != "yes":
		return exit.With(exit.Failed, errors.New("nothing was changed"))
	}
	return nil
}

// changedProviders returns the providers whose groups a plan changes.
func changedProviders(p *reconcile.Plan) []string {
	var names []string
	for _, g := range p.Groups {
		if len(g.Changes) > 0 && !slices.Contains(names, g.Provider) {
			names = append(names, g.Provider)
		}
	}
	return names
}

// holder returns this process as the holder of a journal.
func holder(plan string) journal.Holder {
	h := journal.Holder{User: "unknown", Host: "unknown", Process: os.Getpid(), Plan: plan, Since: time.Now().UTC()}
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		h.Host = host
	}
	return h
}

// openJournal opens the journal of a folder for this process.
func openJournal(folder, plan string) (*journal.Journal, error) {
	j, err := journal.Open(folder, journal.Options{Holder: holder(plan)})
	if err != nil {
		return nil, exit.With(exit.Failed, fmt.Errorf("journal: %w", err))
	}
	return j, nil
}

// otherPlan returns the error of a journal in a folder that belongs to another plan.
func otherPlan(folder, expected string) error {
	return fmt.Errorf("%s:1: %w: %s", filepath.Join(folder, journal.FileName), reconcile.ErrOtherPlan, expected)
}

// makeChanges applies a plan and prints a row for each change.
func (a *app) makeChanges(ctx context.Context, f *applyFlags, clients []*memberships.Client, p *reconcile.Plan, j reconcile.Journal) (*reconcile.Report, error) {
	s, end := a.openRows(f)
	s.Expect(int64(p.Summary().Changes()))
	defer context.AfterFunc(ctx, s.HideProgress)()
	rows := resultRows{stream: s, printed: map[string]bool{}}
	report, err := a.runPlan(ctx, f, clients, p, j, rows.print)
	if report != nil {
		for _, r := range report.Results {
			rows.print(r)
		}
	}
	failed := rows.failed
	if report == nil {
		failed = err
	}
	if ended := end(failed); ended != nil {
		return report, ended
	}
	if err == nil {
		err = a.applied(ctx, report)
	}
	return report, err
}

// runPlan applies a plan. After the end of ctx, the changes in flight end and no other is
// begun. The error is that of the whole run; failed changes are in the report alone.
func (a *app) runPlan(ctx context.Context, f *applyFlags, clients []*memberships.Client, p *reconcile.Plan, j reconcile.Journal, progress func(reconcile.ChangeResult)) (*reconcile.Report, error) {
	work, cancel := interrupt.WithGrace(ctx, f.conn.Timeout)
	defer cancel()
	stop := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		close(stop)
		a.Note("finishing what is under way; Ctrl-C again ends at once")
	})()
	h := holder("")
	report, err := reconcile.Apply(work, clients, p, j, reconcile.ApplyOptions{
		Resume: f.resume, Concurrency: f.concurrency, Stop: stop, Progress: progress,
		Actor: fmt.Sprintf("%s on %s, process %d", h.User, h.Host, h.Process),
	})
	if report != nil {
		a.reportMoves(report.Moved)
	}
	if err != nil {
		err = exit.With(exit.Failed, err)
	}
	return report, err
}

// reportMoves reports the groups that were refused.
func (a *app) reportMoves(moved []reconcile.MovedGroup) {
	for _, g := range moved {
		a.Report("%s in %s (%s) has changed since the plan:", g.Name, g.Provider, g.Group)
		for _, m := range g.Moves {
			a.Report("  %s", m)
		}
	}
}

// applied returns the error of a run with changes that were not made.
func (a *app) applied(ctx context.Context, r *reconcile.Report) error {
	done := r.Count(reconcile.OutcomeDone, reconcile.OutcomeAlready)
	open := r.Count(reconcile.OutcomeUnknown)
	left := len(r.Results) - done
	switch {
	case ctx.Err() != nil:
		a.Report("%s made, %s not made; --resume goes on", phrase.Count(done, "change"), phrase.Number(int64(left)))
		return ctx.Err()
	case left == 0:
		return nil
	case open > 0:
		return exit.With(exit.Partly, fmt.Errorf("%s of %s may have been made: --resume finds out", phrase.Count(open, "change"), phrase.Number(int64(len(r.Results)))))
	case done == 0:
		// An addition can be half made: its error says so.
		return exit.With(exit.Failed, notMade(left, r))
	}
	return exit.With(exit.Partly, notMade(left, r))
}

// notMade returns the error of changes of a report that were not made.
func notMade(n int, r *reconcile.Report) error {
	return fmt.Errorf("%s of %s not made", phrase.Number(int64(n)), phrase.Count(len(r.Results), "change"))
}

// sharedRows is the output of several plans, opened for the first rows.
type sharedRows struct {
	stream *output.Stream[reconcile.ChangeResult]
	failed error // the reason that the output is incomplete
}

// openRows returns the output of results, and the function that ends it.
func (a *app) openRows(f *applyFlags) (s *output.Stream[reconcile.ChangeResult], end func(error) error) {
	if f.rows != nil && f.rows.stream != nil {
		return f.rows.stream, f.rows.end
	}
	s = output.Open(a.Console, &f.out, resultSchema, "changes")
	if f.rows == nil {
		return s, s.Close
	}
	f.rows.stream = s
	return s, f.rows.end
}

// end ends the rows of one plan.
func (r *sharedRows) end(err error) error {
	r.stream.HideProgress()
	r.failed = cmp.Or(r.failed, err)
	return err
}

// close ends the output.
func (r *sharedRows) close() error {
	if r.stream == nil {
		return nil
	}
	if err := r.stream.Close(r.failed); r.failed == nil {
		return err
	}
	return nil
}

// applyAndReplan applies a plan, plans the groups that have changed anew, and applies that
// plan too. Changes of other groups that were not made stay an error.
func (a *app) applyAndReplan(ctx context.Context, f *applyFlags, name string, p *reconcile.Plan, files []string) error {
	f.rows = &sharedRows{}
	report, err := a.apply(ctx, f, name, p)
	if report != nil && len(report.Moved) > 0 && ctx.Err() == nil && !errors.Is(err, reconcile.ErrJournalFailed) {
		err = a.replan(ctx, f, name, p, files, report.Moved)
		if left := unmadeElsewhere(report); err == nil && left > 0 {
			err = exit.With(exit.Partly, notMade(left, report))
		}
	}
	return cmp.Or(err, f.rows.close())
}

// unmadeElsewhere returns the number of changes that were not made in groups that have not
// moved.
func unmadeElsewhere(r *reconcile.Report) (n int) {
	for _, res := range r.Results {
		final := res.Outcome == reconcile.OutcomeDone || res.Outcome == reconcile.OutcomeAlready
		if !final && !slices.ContainsFunc(r.Moved, func(m reconcile.MovedGroup) bool { return m.Name == res.Name && m.Provider == res.Provider }) {
			n++
		}
	}
	return n
}

// replan plans the groups that have changed anew, and applies that plan. Its file and
// journal stand beside those of the first one.
func (a *app) replan(ctx context.Context, f *applyFlags, name string, p *reconcile.Plan, files []string, moved []reconcile.MovedGroup) error {
	d, err := a.loadDesired(ctx, files, nil)
	if err != nil {
		return err
	}
	if d.Hash != p.Configuration {
		return exit.Usagef("--replan: the files are not those of the plan")
	}
	again := planFlags{conn: *f.conn, look: reconcile.LookOptions{Concurrency: f.concurrency}}
	next, _, err := a.makePlan(ctx, &again, d.OnlyGroups(func(group, provider string) bool {
		return slices.ContainsFunc(moved, func(g reconcile.MovedGroup) bool { return g.Name == group && g.Provider == provider })
	}))
	if err != nil {
		return err
	}
	file := replanFile(name)
	if err := savePlan(file, next); err != nil {
		return err
	}
	a.Note("%s planned anew, in %s", phrase.Count(len(moved), "group"), file)
	following := *f
	following.resume, following.journal = false, journalOf(file)
	_, err = a.apply(ctx, &following, file, next)
	return err
}

// replanFile returns the name of a file for the new plan of groups that have moved. It is the
// name of no other plan, whose file --resume needs.
func replanFile(name string) string {
	begin := strings.TrimSuffix(name, ".json") + ".replan"
	file := begin + ".json"
	for i := 2; isPresent(file) || isPresent(journalOf(file)); i++ {
		file = fmt.Sprintf("%s%d.json", begin, i)
	}
	return file
}

func isPresent(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// resultRows prints the results of changes, each once.
type resultRows struct {
	stream  *output.Stream[reconcile.ChangeResult]
	mu      sync.Mutex
	printed map[string]bool
	failed  error
}

func (r *resultRows) print(res reconcile.ChangeResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.printed[res.Change.Key] || r.failed != nil {
		return
	}
	r.printed[res.Change.Key] = true
	r.failed = r.stream.Print(res)
}
