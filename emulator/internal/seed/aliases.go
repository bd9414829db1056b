package seed

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// maxNodes is how many values a file may come to when each alias is a copy of what it
// stands for. A list of aliases of lists of aliases comes to any number in a few lines.
const maxNodes = 1_000_000

// checkAliases returns an error if a file comes to more values than maxNodes.
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

// aliasCounter counts values, and keeps how many each anchor stands for.
type aliasCounter struct {
	anchors map[string]int
	aliases bool // there are some
}

// count is how many values a node comes to, and no more than some above maxNodes.
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
