package seed

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// maxNodes is the maximum number of values in a file after the expansion of its aliases.
// Nested lists of aliases reach any number in a few lines.
const maxNodes = 1_000_000

// checkAliases returns an error if a file with aliases expands to more than maxNodes
// values.
func checkAliases(name string, file *ast.File) error {
	c := aliasCounter{anchors: map[string]int{}}
	total := 0
	for _, doc := range file.Docs {
		if total += c.count(doc.Body); total > maxNodes && c.aliases {
			return fmt.Errorf("%s: the aliases in it come to more than %d values", name, maxNodes)
		}
	}
	return nil
}

// aliasCounter counts values and keeps the count of each anchor.
type aliasCounter struct {
	anchors map[string]int
	aliases bool // the file has at least one
}

// count returns the number of values in a node with its aliases expanded, at most
// maxNodes+1.
func (c *aliasCounter) count(node ast.Node) int {
	n := 1
	switch node := node.(type) {
	case nil:
	case *ast.MappingNode:
		for _, v := range node.Values {
			n = min(n+c.count(v), maxNodes+1)
		}
	case *ast.MappingValueNode:
		n += c.count(node.Key) + c.count(node.Value)
	case *ast.MappingKeyNode:
		n = c.count(node.Value)
	case *ast.SequenceNode:
		for _, v := range node.Values {
			n = min(n+c.count(v), maxNodes+1)
		}
	case *ast.TagNode:
		n = c.count(node.Value)
	case *ast.AnchorNode:
		n = c.count(node.Value)
		c.anchors[node.Name.GetToken().Value] = n
	case *ast.AliasNode:
		c.aliases = true
		n = max(n, c.anchors[node.Value.GetToken().Value])
	}
	return min(n, maxNodes+1)
}
