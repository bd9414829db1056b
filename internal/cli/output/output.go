// Package output prints the records of a command as a table, JSON, NDJSON or CSV, and
// reports progress and errors on stderr.
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

// Formats are the values of -o.
var Formats = []string{"table", "json", "ndjson", "csv"}

// Flags holds the output flags.
type Flags struct {
	Format    string
	noHeaders bool
	jq        string
	query     *query         // of jq, nil without one
	cmd       *cobra.Command // the command of the flags
}

// Add adds the flags to a command. standard is the default format.
func (o *Flags) Add(c *Console, cmd *cobra.Command, standard string) {
	o.AddFormat(c, cmd, standard)
	cmd.Flags().StringVar(&o.jq, "jq", "", "jq `expression` that selects from the output of -o json; strings are printed raw, other values as a line of JSON each")
}

// AddFormat adds the flags without --jq, for rows without an end.
func (o *Flags) AddFormat(c *Console, cmd *cobra.Command, standard string) {
	o.cmd = cmd
	flags := cmd.Flags()
	flags.StringVarP(&o.Format, "output", "o", standard, "`format` of the output: "+phrase.Or(Formats))
	complete.With(cmd, "output", func(string) []string { return Formats })
	flags.BoolVar(&o.noHeaders, "no-headers", false, "print no heading above a table or CSV")
	flags.BoolVarP(&c.Quiet, "quiet", "q", false, "print only errors on stderr")
}

// Check validates the flags and compiles the --jq expression.
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

// HasQuery reports whether the output passes through --jq.
func (o *Flags) HasQuery() bool { return o.query != nil }

// flag returns the format flag in the user's spelling.
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

// Schema describes the display of a record.
type Schema[T any] struct {
	// Fields are the keys of JSON and the columns of CSV. Every record has all of them,
	// "" if there is no value.
	Fields []Field[T]
	// Columns are the columns of a table.
	Columns []Field[T]
	// Widths are the widths of the columns, if they are known in advance. Rows are then
	// printed without delay.
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
	// end prints the end of the output. An incomplete output gets no end, so a JSON array
	// stays open and no parser accepts it.
	end(complete bool) error
}

// newPrinter returns the printer of a valid format. single omits the array around one
// JSON record.
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

// terminalPrinter is newPrinter for stdout. report notes whether a terminal got replaced
// characters.
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

// Stream prints the records of one command.
type Stream[T any] struct {
	printer[T]
	console  *Console
	table    bool
	report   func()
	flush    *flusher
	progress *progress
}

// Open opens stdout for records. doing describes the command's work for the progress
// line.
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

// Flush writes the printed records now.
func (s *Stream[T]) Flush() error { return s.flush.Flush() }

// Expect sets the total number of records for the progress line.
func (s *Stream[T]) Expect(n int64) { s.progress.total(n) }

// HideProgress removes the progress line until its next update.
func (s *Stream[T]) HideProgress() { s.progress.hide() }

// Close ends the output. err is the reason that it is incomplete. Close returns err, or
// an error of writing.
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

// One prints a single record, in JSON an object without an array.
func One[T any](c *Console, o *Flags, s Schema[T], v T) error {
	p, report := terminalPrinter(c, c.Stdout, o, s, true)
	if err := p.Print(v); err != nil {
		return err
	}
	defer report()
	return p.end(true)
}
