package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readCSV reads rows below a header, separated by commas.
func readCSV(file string, r io.Reader, each func(inputRow) error) error {
	b, line := &rowBound{r: r}, 1
	c := csv.NewReader(b)
	c.ReuseRecord = true
	read := func() ([]string, error) {
		b.left = maxInputLine + readAhead
		record, err := c.Read()
		if errors.Is(err, errRowTooLong) {
			return nil, &inputError{file, line, 1, "the row is longer than " + number(maxInputLine) + " bytes"}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, csvError(file, err)
		}
		if last := len(record) - 1; last >= 0 {
			line, _ = c.FieldPos(last)
			line += strings.Count(record[last], "\n") + 1
		}
		return record, err
	}
	header, err := read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	columns := make([]string, len(header))
	seen := map[string]bool{}
	for i, name := range header {
		line, column := c.FieldPos(i)
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !knownColumn(name):
			return &inputError{file, line, column, fmt.Sprintf("%s is no column; the first line names the columns: %s", quoted(header[i]), and(usedColumns))}
		case seen[name]:
			return &inputError{file, line, column, fmt.Sprintf("the column %s stands here a second time", name)}
		}
		seen[name], columns[i] = true, name
	}
	for {
		record, err := read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := c.FieldPos(0)
		row := inputRow{line, make(map[string]cell, len(columns))}
		for i, text := range record {
			at, column := c.FieldPos(i)
			row.cells[columns[i]] = cell{unescapeCell(strings.TrimSpace(text)), at, column}
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// readAhead is how much csv.Reader may read beyond a row.
const readAhead = 4096

var errRowTooLong = errors.New("the row is too long")

// rowBound ends the reading of a row that has no end, such as one whose quote is open.
type rowBound struct {
	r    io.Reader
	left int // of the row that is read
}

func (b *rowBound) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func csvError(file string, err error) error {
	var p *csv.ParseError
	switch {
	case !errors.As(err, &p):
		return fmt.Errorf("%s: %w", file, err)
	case errors.Is(err, csv.ErrFieldCount):
		return &inputError{file, p.Line, 1, "this line has not as many cells as the first one"}
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		return &inputError{file, p.Line, p.Column, `a quote is out of place: a cell with quotes stands in quotes, and has each of its own twice`}
	}
	return &inputError{file, p.Line, p.Column, p.Err.Error()}
}
