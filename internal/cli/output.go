package cli

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// formats are what -o takes.
var formats = []string{"table", "json", "ndjson", "csv"}

// output is the flags that say how to print.
type output struct {
	format    string
	noHeaders bool
	jq        string
	query     *query         // of jq, nil without one
	cmd       *cobra.Command // the command that has the flags
}

func (o *output) add(a *app, cmd *cobra.Command, standard string) {
	o.cmd = cmd
	flags := cmd.Flags()
	flags.StringVarP(&o.format, "output", "o", standard, "`format` of the output: "+phrase.Or(formats))
	completeWith(cmd, "output", func(string) []string { return formats })
	flags.BoolVar(&o.noHeaders, "no-headers", false, "print no heading above a table or CSV")
	flags.StringVar(&o.jq, "jq", "", "jq `expression` that selects from the output of -o json; strings are printed raw, other values as a line of JSON each")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print only errors on stderr")
}

// check reports what is wrong with the flags, and compiles the expression of --jq.
func (o *output) check() error {
	if !slices.Contains(formats, o.format) {
		return exit.Usagef("there is no output format %q; there are %s", o.format, phrase.And(formats))
	}
	if o.given("jq") {
		if o.given("output") && o.format != "json" {
			return exit.Usagef("--jq works on -o json, found -o %s", o.format)
		}
		var err error
		if o.query, err = compileQuery(o.jq); err != nil {
			return exit.Usagef("--jq: %w", err)
		}
		o.format = "json"
	}
	if o.noHeaders && o.format != "table" && o.format != "csv" {
		return exit.Usagef("--no-headers is for -o table and csv, found %s", o.flag())
	}
	return nil
}

func (o *output) given(flag string) bool { return o.cmd != nil && o.cmd.Flags().Changed(flag) }

// flag names the format as the user did.
func (o *output) flag() string {
	if o.query != nil {
		return "--jq"
	}
	return "-o " + o.format
}

// context returns the context of the command.
func (o *output) context() context.Context {
	if o.cmd == nil || o.cmd.Context() == nil {
		return context.Background()
	}
	return o.cmd.Context()
}

// schema is how a record is shown.
type schema[T any] struct {
	// fields are the keys of JSON and the columns of CSV: all of them in every record,
	// "" where there is nothing to say.
	fields []field[T]
	// columns are those of the table that people read.
	columns []field[T]
	// widths of the columns, where they are known before the first record. Rows are
	// printed at once then.
	widths []int
}

// field is one value of a record.
type field[T any] struct {
	name string
	text func(T) string
}

// printer prints records in one format.
type printer[T any] interface {
	print(T) error
	// end prints what stands behind the last record. An output that is not complete gets
	// no end: JSON then stays an array that nothing closes, and no parser takes it for
	// the whole.
	end(complete bool) error
}

// newPrinter returns the printer of a format that has been checked. single says that
// there is one record, and in JSON no array around it.
func newPrinter[T any](w io.Writer, o *output, on screen, s schema[T], single bool) printer[T] {
	switch {
	case o.query != nil:
		return &jqPrinter[T]{w: w, ctx: o.context(), query: o.query, fields: s.fields, single: single, terminal: on.terminal, grace: queryGrace}
	case o.format == "json":
		return &jsonPrinter[T]{w: w, fields: s.fields, array: !single}
	case o.format == "ndjson":
		return &jsonPrinter[T]{w: w, fields: s.fields}
	case o.format == "csv":
		return newCSVPrinter(w, s.fields, !o.noHeaders)
	}
	return newTablePrinter(w, s, on, !o.noHeaders)
}

// terminalPrinter is newPrinter for stdout. tell says at the end what a terminal did not
// get to see.
func terminalPrinter[T any](a *app, w io.Writer, o *output, s schema[T], single bool) (p printer[T], tell func()) {
	p = newPrinter(w, o, a.screen(), s, single)
	c, ok := p.(*csvPrinter[T])
	if !ok {
		return p, func() {}
	}
	c.terminal = a.StdoutTerminal
	return p, func() {
		if c.changed {
			a.note("some values hold characters that are not for terminals, and are shown with others; in a file or a pipe they are as they are")
		}
	}
}

// stream is where the records of one command go.
type stream[T any] struct {
	printer[T]
	app      *app
	table    bool
	tell     func()
	flush    *flusher
	progress *progress
}

// openStream opens stdout for records; doing is what they are.
func openStream[T any](a *app, o *output, s schema[T], doing string) *stream[T] {
	p := a.progress(doing)
	hide := p.hide
	if !a.StdoutTerminal {
		hide = nil
	}
	f := newFlusher(a.Stdout, hide)
	printer, tell := terminalPrinter(a, f, o, s, false)
	return &stream[T]{printer, a, o.format == "table", tell, f, p}
}

// print prints one record and counts it.
func (s *stream[T]) print(v T) error {
	s.progress.add(1)
	return s.printer.print(v)
}

// close ends the output; err is what kept it from being complete. It returns err, or
// what went wrong in writing.
func (s *stream[T]) close(err error) error {
	s.progress.stop()
	if exit.IsBrokenPipe(err) {
		return err
	}
	ended := s.end(err == nil)
	if flushed := s.flush.Close(); ended == nil {
		ended = flushed
	}
	s.tell()
	if err == nil {
		err = ended
	}
	return err
}

// one prints a single record, in JSON as an object.
func one[T any](a *app, o *output, s schema[T], v T) error {
	p, tell := terminalPrinter(a, a.Stdout, o, s, true)
	if err := p.print(v); err != nil {
		return err
	}
	defer tell()
	return p.end(true)
}
