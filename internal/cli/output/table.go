package output

import (
	"io"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/text"
)

// tableRows is the number of rows that determine a table's widths. A longer cell in a
// later row shifts the rest of its line, if the terminal has room.
const tableRows = 64

// tablePrinter prints columns with a heading.
type tablePrinter struct {
	w       io.Writer
	screen  screen
	names   []string
	kinds   []columnKind
	heading bool
	hold    int // number of rows that determine the widths
	held    [][]string
	widths  []int // minimum widths
	began   bool
	line    []byte
}

// newTablePrinter returns the printer of columns with names. Rows are printed without delay
// if their widths are known.
func newTablePrinter(w io.Writer, names []string, widths []int, on screen, heading bool) *tablePrinter {
	p := &tablePrinter{w: w, screen: on, names: names, heading: heading, hold: tableRows, widths: make([]int, len(names))}
	if widths != nil {
		p.hold = 1
		copy(p.widths, widths)
	}
	for i, name := range names {
		kind := kindOf(name)
		p.kinds = append(p.kinds, kind)
		if widths != nil && kind == proseColumn && on.width > 0 {
			p.widths[i] = proseWidth
		}
	}
	return p
}

func (p *tablePrinter) print(row []string) error {
	for i, cell := range row {
		row[i] = text.Line(cell)
	}
	if p.began {
		return p.write(row, p.screen.colour)
	}
	if p.held = append(p.held, slices.Clone(row)); len(p.held) < p.hold {
		return nil
	}
	return p.release()
}

// release chooses the widths and prints the heading and the held rows.
func (p *tablePrinter) release() error {
	p.began = true
	var rows [][]string
	if p.heading {
		heading := make([]string, len(p.names))
		for i, name := range p.names {
			heading[i] = strings.ToUpper(name)
		}
		rows = append(rows, heading)
	}
	rows = append(rows, p.held...)
	p.held = nil
	for _, row := range rows {
		for i, cell := range row {
			p.widths[i] = max(p.widths[i], CellWidth(cell))
		}
	}
	p.widths = fit(p.widths, p.kinds, p.screen.width)
	for i, row := range rows {
		if err := p.write(row, p.screen.colour && (i > 0 || !p.heading)); err != nil {
			return err
		}
	}
	return nil
}

// write prints one row, on several lines if its last cell is wrapped.
func (p *tablePrinter) write(row []string, colour bool) error {
	widths := p.widthsFor(row)
	last := len(row) - 1
	rest := []string{row[last]}
	if p.screen.width > 0 && p.kinds[last] == proseColumn {
		rest = Wrap(row[last], widths[last])
	}
	b := p.line[:0]
	for n, tail := range rest {
		for i := range last {
			cell := ""
			if n == 0 {
				cell = row[i]
			}
			b = p.cell(b, i, cell, widths[i], colour)
			for range ColumnGap {
				b = append(b, ' ')
			}
		}
		b = p.cell(b, last, tail, widths[last], colour)
		for len(b) > 0 && b[len(b)-1] == ' ' {
			b = b[:len(b)-1]
		}
		b = append(b, '\n')
	}
	p.line = b
	_, err := p.w.Write(b)
	return err
}

// widthsFor returns the widths of one row. A cell longer than its column is whole if the
// line has room.
func (p *tablePrinter) widthsFor(row []string) []int {
	if p.screen.width == 0 {
		return p.widths
	}
	widths := make([]int, len(row))
	for i, cell := range row {
		widths[i] = max(p.widths[i], CellWidth(cell))
	}
	if lineWidth(widths) <= p.screen.width {
		return widths
	}
	for i, kind := range p.kinds {
		if kind == textColumn || kind == stateColumnKind {
			widths[i] = p.widths[i]
		}
	}
	return fit(widths, p.kinds, p.screen.width)
}

// cell appends one cell, padded to its width and on a terminal cut to it.
func (p *tablePrinter) cell(b []byte, column int, text string, width int, colour bool) []byte {
	shown := text
	if p.screen.width > 0 {
		shown = truncate(text, width)
	}
	if code := colourOf(text); colour && code != "" && p.kinds[column] == stateColumnKind {
		b = append(append(append(b, code...), shown...), noColour...)
	} else {
		b = append(b, shown...)
	}
	for range width - CellWidth(shown) {
		b = append(b, ' ')
	}
	return b
}

// end prints no heading for an empty table.
func (p *tablePrinter) end(bool) error {
	if len(p.held) == 0 {
		return nil
	}
	return p.release()
}
