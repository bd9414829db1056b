// Package nesting bounds the depth of a YAML or JSON text before it is parsed: the memory
// and time of a YAML parser grow with the square of the depth.
package nesting

import (
	"bytes"
	"fmt"
)

// Max is the largest depth of a text. Files by people have less than ten levels.
const Max = 100

// Error is the place of the first level above Max. Line and Column count from one.
type Error struct{ Line, Column int }

func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: nested deeper than %d levels", e.Line, e.Column, Max)
}

// Check returns an *Error if a text is nested deeper than Max. It stops at that place, and
// its memory does not depend on the length of the text.
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

// scanner reads as much of YAML as distinguishes brackets and blocks from text.
type scanner struct {
	blocks []int // the columns of the open block collections
	flow   int   // the number of open brackets
	quote  byte  // the open quote, 0 for none
	// literal marks a block scalar: lines with more indentation than the last block are
	// text.
	literal bool
}

// line reads one line and returns the column where it exceeds Max, 0 for none.
func (s *scanner) line(text []byte) int {
	at := len(text) - len(bytes.TrimLeft(text, " "))
	empty := len(bytes.TrimSpace(text)) == 0
	if empty || s.literal && at > s.column() {
		return 0
	}
	s.literal = false
	start := s.flow > 0
	if s.flow == 0 && s.quote == 0 {
		at, start = s.begin(text, at), true
	}
	at = s.content(text, at, start)
	switch {
	case len(s.blocks) > Max:
		return s.column() + 1
	case len(s.blocks)+s.flow > Max:
		return at
	}
	return 0
}

// begin reads the marker of a document and the blocks at the beginning of a line, and
// returns the column of the rest.
func (s *scanner) begin(text []byte, at int) int {
	if marker := bytes.HasPrefix(text, []byte("---")) && space(text, 3); marker {
		at, s.blocks = 3, nil
	}
	return s.open(text, at)
}

// content reads the rest of a line up to a comment, the header of a block scalar or Max, and
// returns the column of its end. start reports whether a value may begin at the column at.
func (s *scanner) content(text []byte, at int, start bool) int {
	for ; at < len(text) && len(s.blocks)+s.flow <= Max; at++ {
		switch c := text[at]; {
		case s.quote != 0:
			at += s.quoted(text, at)
		case c == '#' && (at == 0 || space(text, at-1)):
			return at
		case start && (c == '&' || c == '!'):
			at = wordEnd(text, at)
		case start && s.flow == 0 && (c == '|' || c == '>') && header(text[at+1:]):
			s.literal = true
			return at
		default:
			start = s.next(text, at, start)
		}
	}
	return at
}

// next reads a character outside of quotes, and reports whether a value may begin after it.
func (s *scanner) next(text []byte, at int, start bool) bool {
	switch c := text[at]; {
	case c == ' ' || c == '\t' || c == '\r':
		return start
	case (c == '[' || c == '{') && (start || s.flow > 0):
		s.flow++
		return true
	case (c == ']' || c == '}') && s.flow > 0:
		s.flow--
	case c == ':', c == ',' && s.flow > 0:
		return true
	case start && (c == '"' || c == '\'') && (s.flow > 0 || at == 0 || space(text, at-1)):
		s.quote = c
	}
	return false
}

// wordEnd returns the column of the last character of a word.
func wordEnd(text []byte, at int) int {
	for at+1 < len(text) && !space(text, at+1) {
		at++
	}
	return at
}

// open closes the blocks that end before a line, opens the blocks that the line begins, and
// returns the column of their content.
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

// column returns the column of the last block, -1 for none.
func (s *scanner) column() int {
	if len(s.blocks) == 0 {
		return -1
	}
	return s.blocks[len(s.blocks)-1]
}

// quoted reads a character in quotes, and returns the number of further bytes that belong to
// it.
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

// header reports whether a line ends with the rest of a block scalar's header.
func header(rest []byte) bool {
	rest = bytes.TrimLeft(rest, "+-0123456789")
	return space(rest, 0) && (len(bytes.TrimSpace(rest)) == 0 || bytes.HasPrefix(bytes.TrimSpace(rest), []byte("#")))
}

// space reports whether a line has white space at a position, or ends before it.
func space(text []byte, at int) bool {
	return at >= len(text) || text[at] == ' ' || text[at] == '\t' || text[at] == '\r'
}
