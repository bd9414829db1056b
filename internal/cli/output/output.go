// Package output prints the records of a command as a table, JSON, NDJSON or CSV, and
// reports progress and errors on stderr.
package output

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
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

// shown returns the fields that a format shows.
func (s Schema[T]) shown(o *Flags) []Field[T] {
	if o.Format == "table" {
		return s.Columns
	}
	return s.Fields
}

// One prints a single record, in JSON an object without an array.
func One[T any](c *Console, o *Flags, s Schema[T], v T) error {
	fields := s.shown(o)
	p, report := terminalPrinter(c, c.Stdout, o, names(fields), s.Widths, true)
	if err := p.print(texts(fields, v, nil)); err != nil {
		return err
	}
	defer report()
	return p.end(true)
}

func names[T any](fields []Field[T]) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return all
}

// texts appends the texts of a record to row.
func texts[T any](fields []Field[T], v T, row []string) []string {
	for _, f := range fields {
		row = append(row, f.Text(v))
	}
	return row
}
