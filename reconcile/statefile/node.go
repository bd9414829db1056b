package statefile

import (
	"fmt"

	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/reconcile"
)

// kind is the kind of a value.
type kind int

const (
	nothing kind = iota // no value, or null
	scalar
	list
	mapping
)

// node is a value of a file. Aliases share the value of their anchor.
type node struct {
	kind kind
	at   reconcile.Position
	// text is a scalar as the file has it: no number and no truth value is converted.
	text string
	// tag is YAML's type of a plain scalar; a quoted one is !!str.
	tag   string
	items []*node
	pairs []pair
}

// pair is an entry of a mapping.
type pair struct{ key, value *node }

// YAML's types of scalars.
const (
	tagText   = "!!str"
	tagNumber = "!!int"
	tagFloat  = "!!float"
	tagTruth  = "!!bool"
)

// String describes a value in a sentence.
func (n *node) String() string {
	switch {
	case n.kind == list:
		return "a list"
	case n.kind == mapping:
		return "a mapping"
	case n.kind == nothing && n.text == "":
		return "nothing"
	case n.kind == nothing:
		return n.text + ", which is no value"
	case n.tag == tagNumber || n.tag == tagFloat:
		return fmt.Sprintf("the number %.*s", phrase.MaxQuoted, n.text)
	case n.tag == tagTruth:
		return n.text
	}
	return "the text " + phrase.Quote(n.text)
}
