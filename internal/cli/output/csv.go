package output

import (
	"encoding/csv"
	"io"

	"github.com/memberships-go/memberships/internal/text"
)

// csvPrinter prints RFC 4180 with a header. It escapes cells that a spreadsheet would run
// as a formula, and leaves ids of digits alone. CSV cannot escape control characters, so
// a terminal gets replacements, and a file the original.
type csvPrinter struct {
	terminal bool
	changed  bool // a cell was replaced
	w        *csv.Writer
	names    []string
	began    bool
}

func newCSVPrinter(w io.Writer, names []string, header bool) *csvPrinter {
	return &csvPrinter{w: csv.NewWriter(w), names: names, began: !header}
}

func (p *csvPrinter) print(row []string) error {
	if err := p.header(); err != nil {
		return err
	}
	for i, cell := range row {
		if p.terminal {
			shown := text.Line(cell)
			p.changed = p.changed || shown != cell
			cell = shown
		}
		row[i] = text.EscapeCell(cell)
	}
	if err := p.w.Write(row); err != nil {
		return err
	}
	p.w.Flush() // to the flusher, which decides when to write
	return p.w.Error()
}

// header writes the header together with the first row.
func (p *csvPrinter) header() error {
	if p.began {
		return nil
	}
	p.began = true
	return p.w.Write(p.names)
}

func (p *csvPrinter) end(complete bool) error {
	if complete {
		if err := p.header(); err != nil {
			return err
		}
	}
	p.w.Flush()
	return p.w.Error()
}
