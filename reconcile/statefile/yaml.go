package statefile

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/internal/nesting"
	"github.com/memberships-go/memberships/reconcile"
)

// maxNodes is the greatest number of values of a file after the expansion of its aliases.
// Nested lists of aliases reach any number in a few lines.
const maxNodes = 2_000_000

// parse returns the only document of a file, nil after a mistake.
func (l *loader) parse(name string, data []byte) *node {
	begin := reconcile.Position{File: name, Line: 1, Column: 1}
	if deep := (*nesting.Error)(nil); errors.As(nesting.Check(data), &deep) {
		l.add(reconcile.Position{File: name, Line: deep.Line, Column: deep.Column}, "the value is nested deeper than %d levels", nesting.Max)
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	var doc, next yaml.Node
	if err == nil {
		err = loader.Load(&doc)
	}
	if errors.Is(err, io.EOF) || err == nil && empty(&doc) {
		l.add(begin, "the file is empty; it begins with version: %d", Version)
		return nil
	}
	if err != nil {
		l.syntax(begin, data, err)
		return nil
	}
	switch err := loader.Load(&next); {
	case err == nil:
		at := reconcile.Position{File: name, Line: max(next.Line, 1), Column: max(next.Column, 1)}
		l.add(at, "a second document begins here; a file has one")
		return nil
	case !errors.Is(err, io.EOF):
		l.syntax(begin, data, err)
		return nil
	}
	c := &converter{mistakes: &l.mistakes, file: name, open: map[*yaml.Node]bool{}, done: map[*yaml.Node]*node{}, sizes: map[*yaml.Node]int{}}
	root := c.node(doc.Content[0])
	if c.broken {
		return nil
	}
	return root
}

// empty reports whether a document has no value.
func empty(doc *yaml.Node) bool {
	return len(doc.Content) == 0 || doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null" && doc.Content[0].Value == ""
}

// syntax reports an error of the parser.
func (l *loader) syntax(at reconcile.Position, data []byte, err error) {
	problem := err.Error()
	if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
		problem = e.Message
		if e.Mark.Line > 0 {
			at.Line, at.Column = e.Mark.Line, max(e.Mark.Column, 1)
		}
	}
	lines := bytes.Split(bytes.TrimRight(data, "\n"), []byte("\n"))
	if at.Line > len(lines) {
		at.Line, at.Column = len(lines), utf8.RuneCount(lines[len(lines)-1])+1
	}
	line := string(lines[at.Line-1])
	if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(indent, "\t") {
		at.Column = strings.Index(indent, "\t") + 1
		l.add(at, "a tab indents this line; YAML is indented with spaces")
		return
	}
	l.add(at, "this is not YAML: %s", problem)
}

// converter converts a document into values with expanded aliases.
type converter struct {
	*mistakes
	file   string
	open   map[*yaml.Node]bool  // around the current value
	done   map[*yaml.Node]*node // values of anchors
	sizes  map[*yaml.Node]int   // expanded values of anchors
	total  int
	broken bool // the values are not complete
}

func (c *converter) at(y *yaml.Node) reconcile.Position {
	return reconcile.Position{File: c.file, Line: max(y.Line, 1), Column: max(y.Column, 1)}
}

// fail reports a mistake that leaves a value out.
func (c *converter) fail(y *yaml.Node, format string, args ...any) *node {
	c.broken = true
	c.add(c.at(y), format, args...)
	return &node{at: c.at(y)}
}

func (c *converter) node(y *yaml.Node) *node {
	if c.total++; c.total > maxNodes {
		if c.broken { // and it says so
			return &node{at: c.at(y)}
		}
		return c.fail(y, "the file has more than %s values", phrase.Number(maxNodes))
	}
	if y.Kind == yaml.AliasNode {
		return c.alias(y)
	}
	before := c.total
	c.open[y] = true
	n := c.value(y)
	delete(c.open, y)
	if y.Anchor != "" {
		c.done[y], c.sizes[y] = n, c.total-before
	}
	return n
}

// alias returns the value of an alias.
func (c *converter) alias(y *yaml.Node) *node {
	switch {
	case y.Alias == nil || c.open[y.Alias]:
		return c.fail(y, "the alias *%s stands within its own anchor", y.Value)
	case c.done[y.Alias] == nil:
		return c.fail(y, "there is no anchor &%s before this alias", y.Value)
	}
	c.total += c.sizes[y.Alias]
	return c.done[y.Alias]
}

func (c *converter) value(y *yaml.Node) *node {
	n := &node{at: c.at(y), text: y.Value, tag: y.Tag}
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != tagText {
		return c.fail(y, "the tag %s is not read", phrase.Quote(y.Tag))
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = mapping
		c.pairs(n, y)
	case yaml.SequenceNode:
		n.kind = list
		for _, item := range y.Content {
			n.items = append(n.items, c.node(item))
		}
	default:
		if n.kind = scalar; y.Tag == "!!null" {
			n.kind = nothing
		}
	}
	return n
}

// pairs adds the entries of a mapping. Two keys are equal if their texts are.
func (c *converter) pairs(n *node, y *yaml.Node) {
	first := make(map[string]reconcile.Position, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		if y.Content[i].Tag == "!!merge" {
			c.fail(y.Content[i], "the key << is not read; defaults hold what groups have in common")
			continue
		}
		key, value := c.node(y.Content[i]), c.node(y.Content[i+1])
		switch at, twice := first[key.text]; {
		case key.kind == nothing:
			c.fail(y.Content[i], "expected a key, found %s; in quotes it is a key", key)
			continue
		case key.kind != scalar:
			c.fail(y.Content[i], "expected a key, found %s", key)
			continue
		case twice:
			c.fail(y.Content[i], "the key %s stands here a second time; the first is at %s", phrase.Quote(key.text), at)
			continue
		}
		first[key.text] = key.at
		n.pairs = append(n.pairs, pair{key, value})
	}
}
