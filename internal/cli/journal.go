package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
	"github.com/memberships-go/memberships/reconcile/journal"
)

// journalLine is a line of a journal with its number.
type journalLine struct {
	number int
	reconcile.Entry
}

var journalSchema = output.Schema[journalLine]{
	Fields: []output.Field[journalLine]{
		{Name: "line", Text: func(l journalLine) string { return strconv.Itoa(l.number) }},
		{Name: "time", Text: func(l journalLine) string { return instantText(l.Time) }},
		{Name: "kind", Text: func(l journalLine) string { return string(l.Kind) }},
		{Name: "key", Text: func(l journalLine) string { return l.Key }},
		{Name: "outcome", Text: func(l journalLine) string { return string(l.Outcome) }},
		{Name: "actor", Text: func(l journalLine) string { return l.Actor }},
		{Name: "plan", Text: func(l journalLine) string { return l.Plan }},
		{Name: "error", Text: func(l journalLine) string { return l.Error }},
	},
	Columns: []output.Field[journalLine]{
		{Name: "time", Text: func(l journalLine) string { return instantText(l.Time) }},
		{Name: "kind", Text: func(l journalLine) string { return string(l.Kind) }},
		{Name: "outcome", Text: func(l journalLine) string { return string(l.Outcome) }},
		{Name: "change", Text: journalText},
	},
}

// journalText returns the subject of a line.
func journalText(l journalLine) string {
	switch {
	case l.Kind == reconcile.EntryEnd:
		return strconv.Itoa(l.Done) + " made, " + strconv.Itoa(l.Left) + " not made"
	case l.Key == "":
		return l.Actor
	case l.Error != "":
		return l.Key + ": " + l.Error
	}
	return l.Key
}

func (a *app) journalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "journal",
		Short:   "Show or verify the journal of an applied plan",
		Long:    `Show or verify the journal of 'memberships apply'.`,
		Example: "  memberships journal show plan.json.journal\n  memberships journal verify plan.json.journal",
		Args:    a.noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, c := range []*cobra.Command{a.journalShowCommand(), a.journalVerifyCommand()} {
		c.RunE = asFailure(c.RunE)
		cmd.AddCommand(c)
	}
	return cmd
}

func (a *app) journalShowCommand() *cobra.Command {
	var out output.Flags
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Print the lines of a journal",
		Long: `Print the lines of a journal, which is a folder or its file. The lines are
verified as by 'memberships journal verify'.`,
		Example: "  memberships journal show plan.json.journal\n  memberships journal show plan.json.journal -o ndjson",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.Check(); err != nil {
				return err
			}
			c, err := interrupt.Await(cmd.Context(), func() (*journal.Content, error) { return readJournal(args) })
			if err != nil {
				return err
			}
			s := output.Open(a.Console, &out, journalSchema, "lines")
			for i, e := range c.Entries {
				if err := s.Print(journalLine{i + 1, e}); err != nil {
					return s.Close(err)
				}
			}
			return s.Close(nil)
		},
	}
	out.Add(a.Console, cmd, "table")
	return cmd
}

func (a *app) journalVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify FILE",
		Short: "Check that no line of a journal was changed",
		Long: `Check that no line of a journal was changed, left out, repeated or moved. FILE
is the folder of the journal or its file, or the evidence of an offboarding.

The exit code is 0 if the journal is whole and its last run has ended, 3 if the
run has not ended, and 1 if the journal was changed.`,
		Example: "  memberships journal verify plan.json.journal",
		RunE: func(cmd *cobra.Command, args []string) error {
			type verified struct {
				*journal.Content        // nil for evidence
				sum              string // of evidence
			}
			c, err := interrupt.Await(cmd.Context(), func() (v verified, err error) {
				sum, ok, err := verifyEvidence(args)
				if v.sum = sum; !ok {
					v.Content, err = readJournal(args)
				}
				return v, err
			})
			switch {
			case err != nil:
				return err
			case c.Content == nil:
				_, err = fmt.Fprintf(a.Stdout, "whole: evidence, checksum %s\n", c.sum)
				return err
			}
			text := phrase.Count(len(c.Entries), "line")
			if c.Sum != "" {
				text += ", checksum " + c.Sum
			}
			switch {
			case c.Cut:
				return exit.With(exit.Partly, errors.New(text+"; the last line is cut, as by the end of its process"))
			case len(c.Entries) == 0:
				return exit.With(exit.Partly, errors.New("the journal is empty: no run has begun"))
			case !c.IsEnded():
				return exit.With(exit.Partly, errors.New(text+"; the last run has not ended"))
			}
			_, err = a.Stdout.Write([]byte("whole: " + text + "\n"))
			return err
		},
	}
}

// verifyEvidence verifies the evidence of an offboarding. It reports false if the file is
// none.
func verifyEvidence(args []string) (sum string, ok bool, err error) {
	if len(args) != 1 {
		return "", false, nil
	}
	content, err := os.ReadFile(args[0])
	if err != nil || !evidence.Is(content) {
		return "", false, nil //nolint:nilerr // the caller reads the file as a journal
	}
	_, sum, err = evidence.Read(bytes.NewReader(content))
	if err != nil {
		return "", true, exit.With(exit.Failed, fmt.Errorf("%s: %w", args[0], err))
	}
	return sum, true, nil
}

// readJournal reads the journal of a command's arguments.
func readJournal(args []string) (*journal.Content, error) {
	if len(args) != 1 {
		return nil, exit.Usagef("name one journal, found %d", len(args))
	}
	c, err := journal.Read(args[0])
	var wrong *journal.Error
	switch {
	case errors.As(err, &wrong):
		return nil, exit.With(exit.Failed, err)
	case err != nil:
		return nil, exit.Usagef("%w", err)
	}
	return c, nil
}
