// Package input reads files of members: CSV, JSON, NDJSON and lists, with the columns and
// encodings of spreadsheets and other programs.
package input

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/memberships-go/memberships/internal/phrase"
)

const (
	maxRows     = 1_000_000
	maxLine     = 1 << 20
	maxHead     = 64 << 10 // bytes for the detection of encoding, format and separator
	MaxProblems = 10       // reported at once
)

// Cell is a value of an input file and its position.
type Cell struct {
	Text         string
	Line, Column int
}

// Space is ignored around every value.
const Space = " \t\r\n"

// Row is one row of an input file by column. Empty cells may be absent.
type Row struct {
	Line  int
	Cells map[string]Cell
	JSON  bool // from JSON, which no spreadsheet changes
}

// Text returns the text of a column, "" if the row does not have it.
func (r Row) Text(column string) string { return r.Cells[column].Text }

// Error is an error at a position of an input file.
type Error struct {
	File         string
	Line, Column int
	Text         string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
}

// Name returns the name of an input file for messages.
func Name(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}

// Formats are the values of --format.
var Formats = []string{"csv", "json", "ndjson", "list"}

// Source reads the rows of an input file.
type Source struct {
	Name    string // for messages
	Format  string // one of Formats, "" to detect it
	Columns Columns

	separator byte // from a sep= line
	rows      int
	skipped   skippedColumns
	hidden    []string // gaps that the end line reports
}

// Read calls each with the rows of a file, "-" for stdin, until it returns an error.
func Read(stdin io.Reader, file string, s *Source, each func(Row) error) error {
	s.Name = Name(file)
	if file == "-" {
		return s.read(stdin, each)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return s.read(f, each)
}

// read calls each with the rows of r until it returns an error.
func (s *Source) read(r io.Reader, each func(Row) error) error {
	text, err := s.decode(bufio.NewReaderSize(r, maxHead))
	if err != nil {
		return err
	}
	b := bufio.NewReaderSize(&lineReader{r: text, file: s.Name}, maxHead)
	line, err := s.skipPreamble(b)
	if err != nil {
		return err
	}
	bounded := func(row Row) error {
		if s.rows++; s.rows > maxRows {
			return &Error{s.Name, row.Line, 1, "more than " + phrase.Number(maxRows) + " rows; split the file"}
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
		err = s.Columns.unused(s.Name)
	}
	return err
}

// Notices returns messages about the file as a whole, one sentence each.
func (s *Source) Notices() []string {
	var all []string
	if text := s.skipped.String(); text != "" {
		all = append(all, s.Name+": not read: "+text)
	}
	if len(s.hidden) > 0 {
		all = append(all, s.Name+": the listing is not whole: "+strings.Join(s.hidden, "; "))
	}
	return all
}

// Hidden returns the gaps that the end line of a listing reports, empty if the listing was
// whole.
func (s *Source) Hidden() []string { return s.hidden }
