package cli

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/memberships-go/memberships/internal/cli/phrase"
)

// readList reads members without a header: one a line or, with a separator, each cell one.
func (s *inputSource) readList(b *bufio.Reader, before int, separator byte, each func(inputRow) error) error {
	if separator != 0 {
		return s.readRecords(b, before, separator, func(record []cell) error {
			for _, c := range record {
				if err := s.listed(c, each); err != nil {
					return err
				}
			}
			return nil
		})
	}
	lines := bufio.NewScanner(b)
	lines.Buffer(nil, maxInputLine)
	n := before
	for lines.Scan() {
		n++
		text := lines.Text()
		indent := len(text) - len(strings.TrimLeft(text, plainSpace))
		for _, c := range mailboxes(cell{strings.Trim(text, plainSpace), n, 1 + indent}) {
			if err := s.listed(c, each); err != nil {
				return err
			}
		}
	}
	return s.lineError(lines.Err(), n+1)
}

// namedAddress is what a line of mailboxes holds: an address behind a name.
var namedAddress = regexp.MustCompile(`<[^<>@]+@[^<>]+>`)

// mailboxes splits a line as a mail program writes it, Name <address>; Name <address>. The
// comma in a name separates nothing, as there is no address before it. A line with anything
// else stays one cell.
func mailboxes(line cell) []cell {
	if !namedAddress.MatchString(line.text) {
		return []cell{line}
	}
	var all []cell
	begin, quotes, angle := 0, false, false
	add := func(end int) bool {
		text := line.text[begin:end]
		inner := strings.Trim(text, plainSpace)
		if inner != "" {
			indent := len(text) - len(strings.TrimLeft(text, plainSpace))
			all = append(all, cell{inner, line.line, line.column + begin + indent})
		}
		begin = end + 1
		return inner == "" || strings.Contains(inner, "@")
	}
	for i := range len(line.text) {
		switch c := line.text[i]; {
		case c == '"' && (quotes || strings.Trim(line.text[begin:i], plainSpace) == ""):
			quotes = !quotes
		case quotes:
		case c == '<' || c == '>':
			angle = c == '<'
		case (c == ',' || c == ';') && !angle && strings.Contains(line.text[begin:i], "@"):
			add(i)
		}
	}
	if !add(len(line.text)) {
		return []cell{line}
	}
	return all
}

// listed passes on a member, if the cell holds one.
func (s *inputSource) listed(c cell, each func(inputRow) error) error {
	if c.text == "" {
		return nil
	}
	return each(inputRow{line: c.line, cells: map[string]cell{"member": c}})
}

// lineError is an error of reading as a mistake of the file, if it is one.
func (s *inputSource) lineError(err error, line int) error {
	var wrong *inputError
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.As(err, &wrong):
		if wrong != nil {
			return wrong
		}
		return nil
	case errors.Is(err, bufio.ErrTooLong), errors.Is(err, errRowTooLong):
		return &inputError{s.name, line, 1, "the row is longer than " + phrase.Number(maxInputLine) + " bytes"}
	}
	return &readError{s.name, err}
}
