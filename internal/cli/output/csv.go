package output

import (
	"encoding/csv"
	"io"

	"github.com/memberships-go/memberships/internal/text"
)

// csvPrinter prints RFC 4180 with a header. It escapes cells that a spreadsheet would run
// as a formula, and leaves ids of digits alone. CSV cannot escape control characters, so
// a terminal gets replacements, and a file the original.
type csvPrinter[T any] struct {
	terminal bool
	changed  bool // a cell was replaced
	w        *csv.Writer
	fields   []Field[T]
	began    bool
	row      []string
}

func newCSVPrinter[T any](w io.Writer, fields []Field[T], header bool) *csvPrinter[T] {
	return &csvPrinter[T]{w: csv.NewWriter(w), fields: fields, began: !header, row: make([]string, len(fields))}
}

func (p *csvPrinter[T]) Print(v T) error {
	if err := p.header(); err != nil {
		return err
	}
	for i, f := range p.fields {
		cell := f.Text(v)
		if p.terminal {
			shown := text.Line(cell)
			p.changed = p.changed || shown != cell
			cell = shown
		}
		p.row[i] = text.EscapeCell(cell)
	}
	return p.line()
}

// header writes the header together with the first row.
func (p *csvPrinter[T]) header() error {
	if p.began {
		return nil
	}
	p.began = true
	for i, f := range p.fields {
		p.row[i] = f.Name
	}
	return p.w.Write(p.row)
}

func (p *csvPrinter[T]) line() error {
	if err := p.w.Write(p.row); err != nil {
		return err
	}
	p.w.Flush() // to the flusher, which decides when to write
	return p.w.Error()
}

func (p *csvPrinter[T]) end(complete bool) error {
	if complete {
		if err := p.header(); err != nil {
			return err
		}
	}
	p.w.Flush()
	return p.w.Error()
}
