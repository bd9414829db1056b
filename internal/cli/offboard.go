package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/replace"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
	"github.com/memberships-go/memberships/reconcile/report"
	"github.com/memberships-go/memberships/reconcile/view"
)

// offboardFlags are the flags of offboard.
type offboardFlags struct {
	applyFlags
	names      []string
	from       string
	keep, only []string
	successor  string
	dryRun     bool
	file, html string // of the evidence
	signWith   string // file of the key
}

func (a *app) offboardCommand() *cobra.Command {
	var conn connect.Flags
	f := offboardFlags{applyFlags: applyFlags{conn: &conn}}
	cmd := &cobra.Command{
		Use:   "offboard PERSON...",
		Short: "Take people out of all their groups, with evidence",
		Long: `Find the memberships of people in all providers, show them, and end them after a
confirmation. Pending invitations are revoked. Nothing else is changed.

PERSON is an address. Further addresses of the same person, and ids as
PROVIDER=ID, follow after commas: ada@example.com,a.l@old.example,box=123.
--from reads people from a file, as 'memberships add --from' does.

The last manager of a group stays, unless --successor names an account that
takes the group over. The account that makes the changes and conversations of
two people are left as they are.

--evidence saves who did what and when, what was there before, and what a
reading found afterwards; --html saves it as a page. With --sign, the signature
is saved beside the evidence, with the ending .sig:

  openssl pkeyutl -verify -pubin -inkey public.pem -rawin \
    -in evidence.json -sigfile evidence.json.sig

The exit code is 0 if nothing is left, also if there was nothing, and 3 if a
provider could not tell or a membership is left. Conversations of two people and
groups that --keep or --only leaves out do not count.`,
		Example: `  memberships offboard ada@example.com --dry-run
  memberships offboard ada@example.com --successor grace@example.com
  memberships offboard --from leavers.csv --yes --evidence evidence.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := f.leaving(cmd.Context(), a, args)
			if err != nil {
				return err
			}
			return a.offboard(cmd.Context(), &f, l)
		},
	}
	connect.AddManyFlag(cmd, &f.names, connect.All)
	conn.AddShared(a.Console, a.Getenv, cmd)
	f.add(a, cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "read people from a `file`, - for stdin")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what would be changed, and change nothing")
	flags.StringArrayVar(&f.keep, "keep", nil, "leave the `groups` as they are: PROVIDER/GROUP, where * stands for any text")
	flags.StringArrayVar(&f.only, "only", nil, "change these `groups` alone: PROVIDER/GROUP, where * stands for any text")
	flags.StringVar(&f.successor, "successor", "", "`person` who takes over from the last manager of a group, in the form of PERSON")
	flags.StringVar(&f.file, "evidence", "", "save the evidence to a `file`")
	flags.StringVar(&f.html, "html", "", "save the evidence as a page to a `file`")
	flags.StringVar(&f.signWith, "sign", "", "sign the evidence with the ed25519 key of a PEM `file`")
	return cmd
}

// offboard finds the people, plans, applies and writes the evidence.
func (a *app) offboard(ctx context.Context, f *offboardFlags, l reconcile.Leaving) error {
	key, err := interrupt.Await(ctx, f.key)
	if err != nil {
		return err
	}
	if err := f.checkFiles(); err != nil {
		return err
	}
	clients, err := f.conn.OpenMany(ctx, f.names)
	if err != nil {
		return err
	}
	l.Callers = a.knownCallers(ctx, f.conn, clients)
	found := reconcile.Find(ctx, clients, l)
	if found.Err != nil {
		return found.Err
	}
	p, err := reconcile.NewLeavePlan(found, 0)
	if err != nil {
		return err
	}
	var done *reconcile.Report
	var failed error
	switch {
	case f.dryRun && a.Quiet:
	case f.dryRun:
		if err := view.Text(a.Stderr, p); err != nil {
			return err
		}
	case p.Summary().Changes() > 0:
		if done, failed = a.leave(ctx, f, clients, p); done == nil {
			return failed
		}
	}
	var after map[string]reconcile.ReadBack
	if done != nil {
		read, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(f.conn.Timeout, time.Second))
		after = reconcile.ReadBackRemovals(read, clients, done)
		cancel()
	}
	e := evidence.New(found, p, done, after)
	h := holder("")
	e.Actor, e.Finished = fmt.Sprintf("%s on %s, process %d", h.User, h.Host, h.Process), time.Now().UTC()
	unsaved := f.saveEvidence(e, key)
	if err := a.printLeavers(f, e); err != nil {
		return cmp.Or(unsaved, err)
	}
	return cmp.Or(unsaved, failed, f.verdict(e))
}

// checkFiles returns an error if the evidence cannot be saved, before anything is changed.
func (f *offboardFlags) checkFiles() error {
	files := []struct{ flag, path string }{{"evidence", f.file}, {"html", f.html}}
	if f.signWith != "" {
		files = append(files, struct{ flag, path string }{"sign", f.file + ".sig"})
	}
	seen := map[string]string{}
	for _, file := range files {
		if file.path == "" {
			continue
		}
		name := filepath.Clean(file.path)
		if other, twice := seen[name]; twice {
			return exit.Usagef("--%s and --%s have the same file, %s", other, file.flag, name)
		}
		seen[name] = file.flag
		if err := replace.Check(file.path); err != nil {
			return exit.With(exit.Failed, fmt.Errorf("--%s: %w", file.flag, err))
		}
	}
	return nil
}

// verdict returns the error of evidence in which something is left.
func (f *offboardFlags) verdict(e *evidence.Evidence) error {
	answered := false
	for _, s := range e.Searches {
		answered = answered || s.Verdict != evidence.VerdictUndetermined
	}
	switch {
	case !answered:
		return exit.With(exit.Failed, errors.New("no provider could tell the memberships"))
	case f.dryRun:
		for _, s := range e.Searches {
			if s.Verdict == evidence.VerdictUndetermined {
				return exit.With(exit.Partly, nil)
			}
		}
		return nil
	case !e.IsComplete():
		return exit.With(exit.Partly, errors.New("something is left; the rows name it"))
	}
	return nil
}

// leave applies the plan of the leavers, with plan and journal in one folder. The rows of the
// changes go to the evidence.
func (a *app) leave(ctx context.Context, f *offboardFlags, clients []*memberships.Client, p *reconcile.Plan) (*reconcile.Report, error) {
	if err := a.confirm(ctx, &f.applyFlags, p); err != nil {
		return nil, err
	}
	if f.journal == "" {
		f.journal = "offboard-" + time.Now().UTC().Format("20060102T150405Z") + ".journal"
	}
	j, err := openJournal(f.journal, "offboard")
	if err != nil {
		return nil, err
	}
	defer func() { _ = j.Close() }()
	if len(j.Entries()) > 0 { // the file of its plan is needed to resume it
		return nil, exit.With(exit.Failed, otherPlan(f.journal, "expected a folder without a journal"))
	}
	file := filepath.Join(f.journal, "plan.json")
	if err := savePlan(file, p); err != nil {
		return nil, err
	}
	a.Note("the journal is in %s; 'memberships apply %s --journal %s --resume' goes on after an interruption", f.journal, file, f.journal)
	return a.runPlan(ctx, &f.applyFlags, clients, p, j, nil)
}

// key returns the key of --sign, nil without one.
func (f *offboardFlags) key() (func([]byte) []byte, error) {
	switch {
	case f.signWith == "":
		return nil, nil
	case f.file == "":
		return nil, exit.Usagef("--sign signs the file of --evidence, which is missing")
	}
	text, err := os.ReadFile(f.signWith)
	if err != nil {
		return nil, exit.Usagef("--sign: %w", err)
	}
	key, err := evidence.ParseKey(text)
	if err != nil {
		return nil, exit.Usagef("--sign %s: %w", f.signWith, err)
	}
	return func(content []byte) []byte { return evidence.Sign(key, content) }, nil
}

// saveEvidence writes the files of the evidence.
func (f *offboardFlags) saveEvidence(e *evidence.Evidence, sign func([]byte) []byte) error {
	var content bytes.Buffer
	if err := e.Write(&content); err != nil {
		return err
	}
	save := func(flag, file string, content []byte) error {
		if file == "" {
			return nil
		}
		if err := replace.File(file, func(w io.Writer) error { _, err := w.Write(content); return err }); err != nil {
			return fmt.Errorf("--%s: %w", flag, err)
		}
		return nil
	}
	if err := save("evidence", f.file, content.Bytes()); err != nil {
		return err
	}
	if sign != nil {
		if err := save("sign", f.file+".sig", sign(content.Bytes())); err != nil {
			return err
		}
	}
	if f.html == "" {
		return nil
	}
	_, sum, err := evidence.Read(bytes.NewReader(content.Bytes()))
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := report.WriteEvidence(&page, e, sum); err != nil {
		return err
	}
	return save("html", f.html, page.Bytes())
}

// printLeavers prints the rows of the evidence.
func (a *app) printLeavers(f *offboardFlags, e *evidence.Evidence) error {
	s := output.Open(a.Console, &f.out, leaverSchema, "memberships")
	for _, row := range leaverRows(e, f.dryRun) {
		if err := s.Print(row); err != nil {
			return s.Close(err)
		}
	}
	return s.Close(nil)
}
