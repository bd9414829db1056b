package input

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/internal/phrase"
)

// readList reads members without a header: one for each line or, with a separator, one
// for each cell.
func (s *Source) readList(b *bufio.Reader, before int, separator byte, each func(Row) error) error {
	if separator != 0 {
		return s.readRecords(b, before, separator, func(record []Cell) error {
			for _, c := range record {
				if err := s.listed(c, each); err != nil {
					return err
				}
			}
			return nil
		})
	}
	lines := bufio.NewScanner(b)
	lines.Buffer(nil, maxLine)
	n := before
	for lines.Scan() {
		n++
		text := lines.Text()
		indent := len(text) - len(strings.TrimLeft(text, Space))
		for _, c := range mailboxes(Cell{strings.Trim(text, Space), n, 1 + indent}) {
			if err := s.listed(c, each); err != nil {
				return err
			}
		}
	}
	return s.lineError(lines.Err(), n+1)
}

// namedAddress matches an address after a name.
var namedAddress = pattern.New(`<[^<>@]+@[^<>]+>`)

// mailboxes splits a line in the form of mail programs, Name <address>; Name <address>. A
// comma in a name is no separator, because no address precedes it. Any other line stays
// one cell.
func mailboxes(line Cell) []Cell {
	if !namedAddress.MatchString(line.Text) {
		return []Cell{line}
	}
	var all []Cell
	begin, quotes, angle := 0, false, false
	add := func(end int) bool {
		text := line.Text[begin:end]
		inner := strings.Trim(text, Space)
		if inner != "" {
			indent := len(text) - len(strings.TrimLeft(text, Space))
			all = append(all, Cell{inner, line.Line, line.Column + begin + indent})
		}
		begin = end + 1
		return inner == "" || strings.Contains(inner, "@")
	}
	for i := range len(line.Text) {
		switch c := line.Text[i]; {
		case c == '"' && (quotes || strings.Trim(line.Text[begin:i], Space) == ""):
			quotes = !quotes
		case quotes:
		case c == '<' || c == '>':
			angle = c == '<'
		case (c == ',' || c == ';') && !angle && strings.Contains(line.Text[begin:i], "@"):
			add(i)
		}
	}
	if !add(len(line.Text)) {
		return []Cell{line}
	}
	return all
}

// listed passes on a member if the cell is not empty.
func (s *Source) listed(c Cell, each func(Row) error) error {
	if c.Text == "" {
		return nil
	}
	return each(Row{Line: c.Line, Cells: map[string]Cell{"member": c}})
}

// lineError converts an error of reading into an error of the file, if it has a position.
func (s *Source) lineError(err error, line int) error {
	var wrong *Error
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.As(err, &wrong):
		if wrong != nil {
			return wrong
		}
		return nil
	case errors.Is(err, bufio.ErrTooLong), errors.Is(err, errRowTooLong):
		return &Error{s.Name, line, 1, "the row is longer than " + phrase.Number(maxLine) + " bytes"}
	}
	return &readError{s.Name, err}
}
