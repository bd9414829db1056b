package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/memberships-go/memberships/internal/cli/phrase"
)

const (
	maxInputRows = 1_000_000
	maxInputLine = 1 << 20
	maxInputHead = 64 << 10 // bytes that tell encoding, format and separator
	maxProblems  = 10       // that are told at once
)

// cell is a value of an input file and where it begins.
type cell struct {
	text         string
	line, column int
}

// plainSpace is left out around every value.
const plainSpace = " \t\r\n"

// inputRow is one row of an input file, by column. Empty cells may be left out.
type inputRow struct {
	line  int
	cells map[string]cell
	json  bool // no spreadsheet has had the texts
}

func (r inputRow) text(column string) string { return r.cells[column].text }

// inputError is a mistake in an input file.
type inputError struct {
	file         string
	line, column int
	text         string
}

func (e *inputError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.file, e.line, e.column, e.text)
}

// inputName is what messages call an input file.
func inputName(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}

// inputFormats are what --format takes.
var inputFormats = []string{"csv", "json", "ndjson", "list"}

// inputSource is an input file: its bytes become rows here.
type inputSource struct {
	name    string // in messages
	format  string // one of inputFormats, "" to tell by the first characters
	columns columnNames

	separator byte // that a sep= line names
	rows      int
	skipped   skippedColumns
	hidden    []string // what the end line says was left out
}

// readInput calls each with the rows of a file, "-" for stdin, until it returns an
// error.
func (a *app) readInput(file string, s *inputSource, each func(inputRow) error) error {
	s.name = inputName(file)
	if file == "-" {
		return s.read(a.Stdin, each)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return s.read(f, each)
}

// read calls each with the rows of r, until it returns an error.
func (s *inputSource) read(r io.Reader, each func(inputRow) error) error {
	text, err := s.decode(bufio.NewReaderSize(r, maxInputHead))
	if err != nil {
		return err
	}
	b := bufio.NewReaderSize(&lineReader{r: text, file: s.name}, maxInputHead)
	line, err := s.skipPreamble(b)
	if err != nil {
		return err
	}
	bounded := func(row inputRow) error {
		if s.rows++; s.rows > maxInputRows {
			return &inputError{s.name, row.line, 1, "more than " + phrase.Number(maxInputRows) + " rows; split the file"}
		}
		return each(row)
	}
	format, separator, err := s.guess(b, line)
	switch {
	case err != nil:
	case format == "ndjson" || format == "json":
		err = s.readJSON(b, line, bounded)
	case format == "list":
		err = s.readList(b, line, separator, bounded)
	default:
		err = s.readCSV(b, line, separator, bounded)
	}
	if err == nil && s.rows > 0 {
		err = s.columns.unused(s.name)
	}
	return err
}

// notices are what the rows do not tell, a sentence each.
func (s *inputSource) notices() []string {
	var all []string
	if text := s.skipped.String(); text != "" {
		all = append(all, s.name+": not read: "+text)
	}
	if len(s.hidden) > 0 {
		all = append(all, s.name+": the listing is not whole: "+strings.Join(s.hidden, "; "))
	}
	return all
}
