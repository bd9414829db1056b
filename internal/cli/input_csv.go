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
	c := csv.NewReader(r)
	c.ReuseRecord = true
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return csvError(file, err)
	}
	columns := make([]string, len(header))
	seen := map[string]bool{}
	for i, name := range header {
		line, column := c.FieldPos(i)
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !knownColumn(name):
			return &inputError{file, line, column, fmt.Sprintf("%q is no column; the first line names the columns: %s", header[i], and(usedColumns))}
		case seen[name]:
			return &inputError{file, line, column, fmt.Sprintf("the column %s stands here a second time", name)}
		}
		seen[name], columns[i] = true, name
	}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvError(file, err)
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
