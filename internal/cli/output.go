package cli

import (
	"io"
	"slices"

	"github.com/spf13/cobra"
)

// formats are what -o takes.
var formats = []string{"table", "json", "ndjson", "csv"}

// output is the flag that says how to print.
type output struct{ format string }

func (o *output) add(cmd *cobra.Command, standard string) {
	cmd.Flags().StringVarP(&o.format, "output", "o", standard, "`format` of the output: "+or(formats))
	completeWith(cmd, "output", func(string) []string { return formats })
}

func (o *output) check() error {
	if !slices.Contains(formats, o.format) {
		return usage("there is no output format %q; there are %s", o.format, and(formats))
	}
	return nil
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

// newPrinter returns the printer of a format that has been checked.
func newPrinter[T any](w io.Writer, format string, s schema[T]) printer[T] {
	switch format {
	case "json":
		return &jsonPrinter[T]{w: w, fields: s.fields, array: true}
	case "ndjson":
		return &jsonPrinter[T]{w: w, fields: s.fields}
	case "csv":
		return newCSVPrinter(w, s.fields)
	}
	return newTablePrinter(w, s)
}

// terminalPrinter is newPrinter for stdout. tell says at the end what a terminal did not
// get to see.
func terminalPrinter[T any](a *app, w io.Writer, format string, s schema[T]) (p printer[T], tell func()) {
	p = newPrinter(w, format, s)
	c, ok := p.(*csvPrinter[T])
	if !ok {
		return p, func() {}
	}
	c.terminal = a.StdoutTerminal
	return p, func() {
		if c.changed {
			a.say("some values hold characters that are not for terminals, and are shown with others; in a file or a pipe they are as they are")
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
	printer, tell := terminalPrinter(a, f, o.format, s)
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
	if brokenPipe(err) {
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
	format := o.format
	if format == "json" {
		format = "ndjson"
	}
	p, tell := terminalPrinter(a, a.Stdout, format, s)
	if err := p.print(v); err != nil {
		return err
	}
	defer tell()
	return p.end(true)
}
