package input

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readError is a file that could not be read to its end.
type readError struct {
	file string
	err  error
}

func (e *readError) Error() string { return e.file + ": " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// readCSV reads rows below a header. before is the number of lines above the header.
func (s *Source) readCSV(b *bufio.Reader, before int, separator byte, each func(Row) error) error {
	var columns []column
	return s.readRecords(b, before, separator, func(record []Cell) error {
		if columns == nil {
			var err error
			columns, err = s.header(record)
			return err
		}
		row := Row{Line: record[0].Line, Cells: make(map[string]Cell, len(columns))}
		full := false
		for i, c := range record {
			if i >= len(columns) {
				if c.Text != "" {
					return &Error{s.Name, c.Line, c.Column, "this cell has no column: the first line has fewer cells"}
				}
				continue
			}
			full = full || c.Text != ""
			if columns[i].header == "" && c.Text != "" {
				s.skipped.add(fmt.Sprintf("column %d, which has no name", i+1))
			}
			if name := columns[i].target; name != "" {
				row.Cells[name] = columns[i].read(c)
			}
		}
		switch {
		case !full: // spreadsheets leave empty rows
			return nil
		case len(record) < len(columns):
			return &Error{s.Name, row.Line, 1, "this line has not as many cells as the first one"}
		}
		return each(row)
	})
}

// header returns the columns of a file.
func (s *Source) header(record []Cell) ([]column, error) {
	names := make([]string, len(record))
	for i, c := range record {
		names[i] = c.Text
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	columns, wrong := s.Columns.of(names)
	if wrong == nil && !anyMember(columns) {
		if err := s.Columns.unused(s.Name); err != nil {
			return nil, err
		}
		wrong = s.Columns.noMemberColumn(columns)
	}
	if wrong == nil {
		wrong = memberAsHeader(columns)
	}
	if wrong != nil {
		at := record[min(wrong.index, len(record)-1)]
		return nil, &Error{s.Name, at.Line, at.Column, wrong.Text}
	}
	s.skipped.addAll(columns)
	return columns, nil
}

// readRecords calls each with the records of a file. Each record has at least one cell.
func (s *Source) readRecords(b *bufio.Reader, before int, separator byte, each func([]Cell) error) error {
	bound, line := &rowBound{r: &formulaReader{r: b, separator: separator}}, before+1
	c := newCSVReader(bound, separator)
	c.ReuseRecord = true
	var cells []Cell
	for {
		bound.left = maxLine + readAhead
		record, err := c.Read()
		if err != nil {
			var p *csv.ParseError
			if !errors.As(err, &p) {
				return s.lineError(err, line)
			}
			return &Error{s.Name, before + p.Line, p.Column, `a quote is out of place: a cell with quotes stands in quotes, and has each of its own twice`}
		}
		cells = cells[:0]
		for i, text := range record {
			at, column := c.FieldPos(i)
			cells = append(cells, Cell{strings.Trim(text, Space), before + at, column})
		}
		line = cells[len(cells)-1].Line + strings.Count(record[len(record)-1], "\n") + 1
		if err := each(cells); err != nil {
			return err
		}
	}
}

// readAhead is the maximum number of bytes that csv.Reader reads beyond a row.
const readAhead = 4096

var errRowTooLong = errors.New("the row is too long")

// rowBound fails on a row that is too long, such as one with an open quote.
type rowBound struct {
	r    io.Reader
	left int // bytes left for the current row
}

func (b *rowBound) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
