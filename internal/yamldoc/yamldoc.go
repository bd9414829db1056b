// Package yamldoc reads the one YAML or JSON document of a file into values with their
// places, the same way for every file that people write. It reports the mistakes that YAML
// makes easy: tabs, keys that stand twice, merge keys, tags, aliases that expand to
// millions of values, and characters that hide others.
package yamldoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/memberships-go/memberships/internal/nesting"
	"github.com/memberships-go/memberships/internal/phrase"
)

// Options are the bounds of a file.
type Options struct {
	// MaxValues is the greatest number of values, those of aliases included.
	MaxValues int
	// AliasesOnly drops the bound for a file without aliases.
	AliasesOnly bool
	// AnyCharacter accepts control characters and marks of direction.
	AnyCharacter bool
	// Merging ends the sentence about a merge key.
	Merging string
}

// maxErrors is the greatest number of mistakes of a file.
const maxErrors = 1000

// Error is a mistake of a file.
type Error struct {
	At   Position
	Text string
	// Bare is Text without a part of the file, except for keys.
	Bare string
}

func (e *Error) Error() string { return Place(e.At) + ": " + e.Text }

// Place returns a position as file:line:column.
func Place(at Position) string { return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column) }

// Parse returns the value of a file, or its mistakes in the order of their places. The value
// of an empty file is Null without a text. name is the file's in positions. Parse accepts a
// byte order mark and the line ends of any system.
func Parse(name string, data []byte, o Options) (*Node, []*Error) {
	p := &parser{Options: o, name: name}
	var root *Node
	if text, ok := p.clean(data); ok {
		root = p.root(text)
	}
	if len(p.errors) > 0 {
		slices.SortStableFunc(p.errors, func(a, b *Error) int { return compare(a.At, b.At) })
		return nil, p.errors
	}
	return root, nil
}

// parser reads one file.
type parser struct {
	Options
	name   string
	errors []*Error
	total  int // the values so far
	full   bool
}

func (p *parser) root(text []byte) *Node {
	if deep := (*nesting.Error)(nil); errors.As(nesting.Check(text), &deep) {
		p.fail(p.at(deep.Line, deep.Column), "the value is nested deeper than %d levels", nesting.Max)
		return nil
	}
	if begin := bytes.TrimLeft(text, " \t\n"); len(begin) > 0 && (begin[0] == '{' || begin[0] == '[') && json.Valid(text) {
		return p.json(text)
	}
	return p.yaml(text)
}

func (p *parser) at(line, column int) Position {
	return Position{File: p.name, Line: max(line, 1), Column: max(column, 1)}
}

// fail adds a mistake that quotes nothing, or keys alone.
func (p *parser) fail(at Position, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.quote(at, text, "%s", text)
}

// quote adds a mistake that quotes the file.
func (p *parser) quote(at Position, bare, format string, args ...any) {
	if len(p.errors) < maxErrors {
		p.errors = append(p.errors, &Error{At: at, Text: fmt.Sprintf(format, args...), Bare: bare})
	}
}

// count adds values, and reports once that there are too many.
func (p *parser) count(n int, at Position, aliases bool) bool {
	p.total += n
	if p.total <= p.MaxValues || p.AliasesOnly && !aliases {
		return true
	}
	with := ""
	if aliases {
		with = "with the values of its aliases, "
	}
	if !p.full {
		p.full = true
		p.fail(at, "%sthe file has more than %s values", with, phrase.Number(int64(p.MaxValues)))
	}
	return false
}
