package yamldoc

import (
	"cmp"
	"fmt"

	"github.com/memberships-go/memberships/internal/phrase"
)

// Kind is the kind of a value.
type Kind int

// The kinds of values.
const (
	Null Kind = iota // no value, or null
	Scalar
	List
	Mapping
)

// Position is a place in a file. Line and Column count from one, Column by characters.
type Position = struct {
	File         string
	Line, Column int
}

// Node is a value of a file. Aliases share the value of their anchor.
type Node struct {
	Kind Kind
	At   Position
	// Text is a scalar as the file has it: no number and no truth value is converted.
	Text string
	// Tag is YAML's type of a plain scalar; a quoted one is TagText.
	Tag string
	// Block reports a text that stands below | or >, mostly with a line break at its end.
	Block bool
	Items []*Node
	Pairs []Pair
}

// Pair is an entry of a mapping. The key is a scalar.
type Pair struct{ Key, Value *Node }

// YAML's types of scalars.
const (
	TagText   = "!!str"
	TagNumber = "!!int"
	TagFloat  = "!!float"
	TagTruth  = "!!bool"
	tagNull   = "!!null"
)

// Empty reports whether a file has no value.
func (n *Node) Empty() bool { return n.Kind == Null && n.Text == "" }

// Get returns the value of a key, nil for none.
func (n *Node) Get(key string) *Node {
	for _, p := range n.Pairs {
		if p.Key.Text == key {
			return p.Value
		}
	}
	return nil
}

// String describes a value in a sentence.
func (n *Node) String() string {
	switch {
	case n.Kind == List:
		return "a list"
	case n.Kind == Mapping:
		return "a mapping"
	case n.Kind == Null && n.Text == "":
		return "nothing"
	case n.Kind == Null:
		return n.Text + ", which is no value"
	case n.Tag == TagNumber || n.Tag == TagFloat:
		return fmt.Sprintf("the number %.*s", phrase.MaxQuoted, n.Text)
	case n.Tag == TagTruth:
		return n.Text
	}
	return "the text " + phrase.Quote(n.Text)
}

func compare(a, b Position) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
