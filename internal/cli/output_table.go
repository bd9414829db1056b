package cli

import (
	"io"
	"strings"
)

// tableRows is how many rows a table looks at to choose its widths. Longer cells that
// come later push the rest of their line to the right.
const tableRows = 64

// tablePrinter prints columns with a heading.
type tablePrinter[T any] struct {
	w       io.Writer
	columns []field[T]
	hold    int // so many rows are held to choose the widths
	held    [][]string
	widths  []int // at least
	began   bool
	line    []byte
}

func newTablePrinter[T any](w io.Writer, s schema[T]) *tablePrinter[T] {
	p := &tablePrinter[T]{w: w, columns: s.columns, hold: tableRows, widths: make([]int, len(s.columns))}
	if s.widths != nil {
		p.hold = 1
		copy(p.widths, s.widths)
	}
	return p
}

func (p *tablePrinter[T]) print(v T) error {
	row := make([]string, len(p.columns))
	for i, c := range p.columns {
		row[i] = plain(c.text(v))
	}
	if p.began {
		return p.write(row)
	}
	if p.held = append(p.held, row); len(p.held) < p.hold {
		return nil
	}
	return p.release()
}

// release chooses the widths and prints the heading and the rows held.
func (p *tablePrinter[T]) release() error {
	p.began = true
	heading := make([]string, len(p.columns))
	for i, c := range p.columns {
		heading[i] = strings.ToUpper(c.name)
	}
	rows := append([][]string{heading}, p.held...)
	p.held = nil
	for _, row := range rows {
		for i, cell := range row {
			p.widths[i] = max(p.widths[i], cellWidth(cell))
		}
	}
	for _, row := range rows {
		if err := p.write(row); err != nil {
			return err
		}
	}
	return nil
}

func (p *tablePrinter[T]) write(row []string) error {
	b := p.line[:0]
	for i, cell := range row {
		b = append(b, cell...)
		for range max(0, p.widths[i]-cellWidth(cell)) + 2 {
			b = append(b, ' ')
		}
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	b = append(b, '\n')
	p.line = b
	_, err := p.w.Write(b)
	return err
}

// end prints no heading above nothing.
func (p *tablePrinter[T]) end(bool) error {
	if len(p.held) == 0 {
		return nil
	}
	return p.release()
}
