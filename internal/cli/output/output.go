// Package output prints the records of a command as a table, JSON, NDJSON or CSV, and reports
// progress and problems on stderr.
package output

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// Formats are what -o takes.
var Formats = []string{"table", "json", "ndjson", "csv"}

// Flags is the flags that say how to print.
type Flags struct {
	Format    string
	noHeaders bool
	jq        string
	query     *query         // of jq, nil without one
	cmd       *cobra.Command // the command that has the flags
}

// Add puts the flags on a command, with the standard format.
func (o *Flags) Add(c *Console, cmd *cobra.Command, standard string) {
	o.cmd = cmd
	flags := cmd.Flags()
	flags.StringVarP(&o.Format, "output", "o", standard, "`format` of the output: "+phrase.Or(Formats))
	complete.With(cmd, "output", func(string) []string { return Formats })
	flags.BoolVar(&o.noHeaders, "no-headers", false, "print no heading above a table or CSV")
	flags.StringVar(&o.jq, "jq", "", "jq `expression` that selects from the output of -o json; strings are printed raw, other values as a line of JSON each")
	flags.BoolVarP(&c.Quiet, "quiet", "q", false, "print only errors on stderr")
}

// Check reports what is wrong with the flags, and compiles the expression of --jq.
func (o *Flags) Check() error {
	if !slices.Contains(Formats, o.Format) {
		return exit.Usagef("there is no output format %q; there are %s", o.Format, phrase.And(Formats))
	}
	if o.given("jq") {
		if o.given("output") && o.Format != "json" {
			return exit.Usagef("--jq works on -o json, found -o %s", o.Format)
		}
		var err error
		if o.query, err = compileQuery(o.jq); err != nil {
			return exit.Usagef("--jq: %w", err)
		}
		o.Format = "json"
	}
	if o.noHeaders && o.Format != "table" && o.Format != "csv" {
		return exit.Usagef("--no-headers is for -o table and csv, found %s", o.flag())
	}
	return nil
}

func (o *Flags) given(flag string) bool { return o.cmd != nil && o.cmd.Flags().Changed(flag) }

// HasQuery reports whether the output goes through --jq.
func (o *Flags) HasQuery() bool { return o.query != nil }

// flag names the format as the user did.
func (o *Flags) flag() string {
	if o.query != nil {
		return "--jq"
	}
	return "-o " + o.Format
}

// context returns the context of the command.
func (o *Flags) context() context.Context {
	if o.cmd == nil || o.cmd.Context() == nil {
		return context.Background()
	}
	return o.cmd.Context()
}

// Schema is how a record is shown.
type Schema[T any] struct {
	// Fields are the keys of JSON and the columns of CSV: all of them in every record,
	// "" where there is nothing.
	Fields []Field[T]
	// Columns are those of the table that people read.
	Columns []Field[T]
	// Widths of the columns, where they are known before the first record. Rows are
	// printed at once then.
	Widths []int
}

// Field is one value of a record.
type Field[T any] struct {
	Name string
	Text func(T) string
}

// printer prints records in one format.
type printer[T any] interface {
	Print(T) error
	// end prints what stands behind the last record. An output that is not complete gets
	// no end: JSON then stays an array that nothing closes, and no parser takes it for
	// the whole.
	end(complete bool) error
}

// newPrinter returns the printer of a format that has been checked. single reports that
// there is one record, and in JSON no array around it.
func newPrinter[T any](w io.Writer, o *Flags, on screen, s Schema[T], single bool) printer[T] {
	switch {
	case o.query != nil:
		return &jqPrinter[T]{w: w, ctx: o.context(), query: o.query, fields: s.Fields, single: single, terminal: on.terminal, grace: queryGrace}
	case o.Format == "json":
		return &jsonPrinter[T]{w: w, fields: s.Fields, array: !single}
	case o.Format == "ndjson":
		return &jsonPrinter[T]{w: w, fields: s.Fields}
	case o.Format == "csv":
		return newCSVPrinter(w, s.Fields, !o.noHeaders)
	}
	return newTablePrinter(w, s, on, !o.noHeaders)
}

// terminalPrinter is newPrinter for stdout. report notes at the end that a
// terminal was shown other characters.
func terminalPrinter[T any](c *Console, w io.Writer, o *Flags, s Schema[T], single bool) (p printer[T], report func()) {
	p = newPrinter(w, o, c.screen(), s, single)
	csv, ok := p.(*csvPrinter[T])
	if !ok {
		return p, func() {}
	}
	csv.terminal = c.StdoutTerminal
	return p, func() {
		if csv.changed {
			c.Note("some values hold characters that are not for terminals, and are shown with others; in a file or a pipe they are as they are")
		}
	}
}

// Stream is where the records of one command go.
type Stream[T any] struct {
	printer[T]
	console  *Console
	table    bool
	report   func()
	flush    *flusher
	progress *progress
}

// Open opens stdout for records; doing is what they are.
func Open[T any](c *Console, o *Flags, s Schema[T], doing string) *Stream[T] {
	p := c.progress(doing)
	hide := p.hide
	if !c.StdoutTerminal {
		hide = nil
	}
	f := newFlusher(c.Stdout, hide)
	printer, report := terminalPrinter(c, f, o, s, false)
	return &Stream[T]{printer, c, o.Format == "table", report, f, p}
}

// Print prints one record and counts it.
func (s *Stream[T]) Print(v T) error {
	s.progress.Add(1)
	return s.printer.Print(v)
}

// Expect sets how many records there will be, for the progress line.
func (s *Stream[T]) Expect(n int64) { s.progress.total(n) }

// HideProgress takes the progress line away until it is shown again.
func (s *Stream[T]) HideProgress() { s.progress.hide() }

// Close ends the output; err is what kept it from being complete. It returns err, or
// what went wrong in writing.
func (s *Stream[T]) Close(err error) error {
	s.progress.stop()
	if exit.IsBrokenPipe(err) {
		return err
	}
	ended := s.end(err == nil)
	if flushed := s.flush.Close(); ended == nil {
		ended = flushed
	}
	s.report()
	if err == nil {
		err = ended
	}
	return err
}

// One prints a single record, in JSON as an object.
func One[T any](c *Console, o *Flags, s Schema[T], v T) error {
	p, report := terminalPrinter(c, c.Stdout, o, s, true)
	if err := p.Print(v); err != nil {
		return err
	}
	defer report()
	return p.end(true)
}
