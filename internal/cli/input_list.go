package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"
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
		if err := s.listed(cell{strings.Trim(text, plainSpace), n, 1 + indent}, each); err != nil {
			return err
		}
	}
	return s.lineError(lines.Err(), n+1)
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
		return &inputError{s.name, line, 1, "the row is longer than " + number(maxInputLine) + " bytes"}
	}
	return &readError{s.name, err}
}
