package yamldoc

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/memberships-go/memberships/internal/phrase"
)

// yaml reads a text in YAML.
func (p *parser) yaml(text []byte) *Node {
	begin := p.at(1, 1)
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	var doc, next yaml.Node
	if err == nil {
		err = loader.Load(&doc)
	}
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return &Node{At: begin}
	}
	if err != nil {
		p.syntax(text, err)
		return nil
	}
	switch err := loader.Load(&next); {
	case err == nil:
		p.fail(p.at(next.Line, next.Column), "a second document begins here; a file has one")
		return nil
	case !errors.Is(err, io.EOF):
		p.syntax(text, err)
		return nil
	}
	c := &converter{parser: p, open: map[*yaml.Node]bool{}, done: map[*yaml.Node]*Node{}, sizes: map[*yaml.Node]int{}}
	return c.node(doc.Content[0])
}

// syntax reports an error of the library.
func (p *parser) syntax(text []byte, err error) {
	at, problem := p.at(1, 1), err.Error()
	if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
		problem = e.Message
		if e.Mark.Line > 0 {
			at = p.at(e.Mark.Line, e.Mark.Column)
		}
	}
	lines := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	if at.Line > len(lines) {
		at.Line, at.Column = len(lines), utf8.RuneCount(lines[len(lines)-1])+1
	}
	line := string(lines[at.Line-1])
	if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(indent, "\t") {
		at.Column = strings.Index(indent, "\t") + 1
		p.fail(at, "a tab indents this line; YAML is indented with spaces")
		return
	}
	p.quote(at, "this is not YAML", "this is not YAML: %s", problem)
}

// converter converts a document into values with expanded aliases.
type converter struct {
	*parser
	open    map[*yaml.Node]bool  // around the current value
	done    map[*yaml.Node]*Node // values of anchors
	sizes   map[*yaml.Node]int   // expanded values of anchors
	aliases bool                 // the text has at least one so far
}

func (c *converter) place(y *yaml.Node) Position { return c.at(y.Line, y.Column) }

func (c *converter) node(y *yaml.Node) *Node {
	if !c.count(1, c.place(y), c.aliases) {
		return &Node{At: c.place(y)}
	}
	if y.Kind == yaml.AliasNode {
		return c.alias(y)
	}
	before := c.total
	if y.Anchor != "" {
		c.open[y] = true
	}
	n := c.value(y)
	if y.Anchor != "" {
		delete(c.open, y)
		c.done[y], c.sizes[y] = n, c.total-before
	}
	return n
}

// alias returns the value of an alias.
func (c *converter) alias(y *yaml.Node) *Node {
	switch {
	case y.Alias == nil || c.open[y.Alias]:
		c.quote(c.place(y), "the alias stands within its own anchor", "the alias *%s stands within its own anchor", y.Value)
		return &Node{At: c.place(y)}
	case c.done[y.Alias] == nil:
		c.quote(c.place(y), "there is no anchor before this alias", "there is no anchor &%s before this alias", y.Value)
		return &Node{At: c.place(y)}
	}
	c.aliases = true
	c.count(c.sizes[y.Alias], c.place(y), true)
	return c.done[y.Alias]
}

func (c *converter) value(y *yaml.Node) *Node {
	n := &Node{At: c.place(y), Text: y.Value, Tag: y.Tag, Block: y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0}
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != TagText {
		c.quote(n.At, "a tag is not read", "the tag %s is not read", phrase.Quote(y.Tag))
		return &Node{At: n.At}
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = Mapping
		c.pairs(n, y)
	case yaml.SequenceNode:
		n.Kind = List
		for _, item := range y.Content {
			n.Items = append(n.Items, c.node(item))
		}
	default:
		if n.Kind = Scalar; y.Tag == tagNull {
			n.Kind = Null
		}
	}
	return n
}

// pairs adds the entries of a mapping. Two keys are equal if their texts are.
func (c *converter) pairs(n *Node, y *yaml.Node) {
	keys := make(keys, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		if y.Content[i].Tag == "!!merge" {
			c.fail(c.place(y.Content[i]), "the key << is not read; %s", c.Merging)
			continue
		}
		pair := Pair{c.node(y.Content[i]), c.node(y.Content[i+1])}
		if keys.add(c.parser, pair.Key) {
			n.Pairs = append(n.Pairs, pair)
		}
	}
}
