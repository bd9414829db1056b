// Package nesting bounds how deep a YAML or JSON text is nested, before a parser sees it:
// what a parser of YAML needs grows with the square of the depth.
package nesting

import (
	"bytes"
	"fmt"
)

// Max is how deep a text may be nested. The files that people write have less than ten
// levels.
const Max = 100

// Error is the place where a text becomes too deep.
type Error struct{ Line, Column int }

func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: nested deeper than %d levels", e.Line, e.Column, Max)
}

// Check returns an *Error if a text is nested deeper than Max. It stops at the first place
// that is too deep, and needs no memory for what it reads.
func Check(data []byte) error {
	var s scanner
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for line := 1; len(data) > 0; line++ {
		text, rest, _ := bytes.Cut(data, []byte("\n"))
		if column := s.line(text); column > 0 {
			return &Error{line, column}
		}
		data = rest
	}
	return nil
}

// scanner knows of YAML as much as tells brackets and blocks from text.
type scanner struct {
	blocks []int // the columns of the block collections that are open
	flow   int   // how many brackets are open
	quote  byte  // the quote that is open, 0 for none
	// literal reports that lines are text as long as they are indented by more than the
	// last block.
	literal bool
}

// line reads one line and returns the column where it is too deep, 0 if it is not.
func (s *scanner) line(text []byte) int {
	at := len(text) - len(bytes.TrimLeft(text, " "))
	empty := len(bytes.TrimSpace(text)) == 0
	if empty || s.literal && at > s.column() {
		return 0
	}
	s.literal = false
	start := s.flow > 0
	if s.flow == 0 && s.quote == 0 {
		if marker := bytes.HasPrefix(text, []byte("---")) && space(text, 3); marker {
			at, s.blocks = 3, nil
		}
		at = s.open(text, at)
		start = true
	}
	for ; at < len(text) && len(s.blocks)+s.flow <= Max; at++ {
		c := text[at]
		switch {
		case s.quote != 0:
			at += s.quoted(text, at)
		case c == ' ' || c == '\t' || c == '\r':
		case c == '#' && (at == 0 || space(text, at-1)):
			return 0
		case (c == '[' || c == '{') && (start || s.flow > 0):
			s.flow++
			start = true
		case (c == ']' || c == '}') && s.flow > 0:
			s.flow--
			start = false
		case c == ':', c == ',' && s.flow > 0:
			start = true
		case start && (c == '"' || c == '\'') && (s.flow > 0 || at == 0 || space(text, at-1)):
			s.quote, start = c, false
		case start && (c == '&' || c == '!'):
			for at+1 < len(text) && !space(text, at+1) {
				at++
			}
		case start && s.flow == 0 && (c == '|' || c == '>') && header(text[at+1:]):
			s.literal = true
			return 0
		default:
			start = false
		}
	}
	switch {
	case len(s.blocks) > Max:
		return s.column() + 1
	case len(s.blocks)+s.flow > Max:
		return at
	}
	return 0
}

// open closes the blocks that a line is not indented for, opens those that it begins, and
// returns where their content is.
func (s *scanner) open(text []byte, at int) int {
	for len(s.blocks) > 0 && s.column() >= at {
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
	for ; at < len(text) && len(s.blocks) <= Max; at++ {
		switch c := text[at]; {
		case space(text, at):
		case (c == '-' || c == '?' || c == ':') && space(text, at+1):
			s.blocks = append(s.blocks, at)
		case c == '[', c == '{', c == '|', c == '>', c == '#', c == '&', c == '!':
			return at
		default:
			s.blocks = append(s.blocks, at) // a key, or a text
			return at
		}
	}
	return at
}

// column is that of the last block, -1 if there is none.
func (s *scanner) column() int {
	if len(s.blocks) == 0 {
		return -1
	}
	return s.blocks[len(s.blocks)-1]
}

// quoted reads a character in quotes, and returns how many more belong to it.
func (s *scanner) quoted(text []byte, at int) int {
	switch c := text[at]; {
	case c == '\\' && s.quote == '"':
		return 1
	case c == '\'' && s.quote == c && at+1 < len(text) && text[at+1] == c:
		return 1
	case c == s.quote:
		s.quote = 0
	}
	return 0
}

// header reports that a line ends with the rest of a block scalar's header.
func header(rest []byte) bool {
	rest = bytes.TrimLeft(rest, "+-0123456789")
	return space(rest, 0) && (len(bytes.TrimSpace(rest)) == 0 || bytes.HasPrefix(bytes.TrimSpace(rest), []byte("#")))
}

// space reports that a line has no character at at, or one that separates.
func space(text []byte, at int) bool {
	return at >= len(text) || text[at] == ' ' || text[at] == '\t' || text[at] == '\r'
}
