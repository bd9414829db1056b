package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"

	"go.yaml.in/yaml/v4"
)

// parseYAML reads YAML into maps with texts as keys, slices and scalars. A provider's document
// may repeat a key, which does not concern us: the last value counts.
func parseYAML(data []byte) (any, error) {
	var doc yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys(false))
	if err == nil {
		err = loader.Load(&doc)
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, atLine(data, err)
	}
	return treeOf(&doc, 0)
}

// maxDepth is the greatest depth of a document. An alias within its own anchor has no end.
const maxDepth = 1000

// treeOf returns the value of a node.
func treeOf(n *yaml.Node, depth int) (any, error) {
	if depth++; depth > maxDepth {
		return nil, fmt.Errorf("line %d: the document is nested deeper than %d levels", n.Line, maxDepth)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return treeOf(n.Content[0], depth)
	case yaml.AliasNode:
		return treeOf(n.Alias, depth)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			var err error
			if list[i], err = treeOf(item, depth); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.MappingNode:
		return mapping(n, depth)
	}
	if n.Tag == "!!timestamp" {
		return n.Value, nil // JSON has none
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, fmt.Errorf("line %d: %s is no value of JSON", n.Line, n.Value)
	}
	return v, nil
}

// mapping returns the value of a mapping. Its own keys replace those of a merge key.
func mapping(n *yaml.Node, depth int) (map[string]any, error) {
	own, merged := map[string]any{}, map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		v, err := treeOf(n.Content[i+1], depth)
		if err != nil {
			return nil, err
		}
		if key.Tag == "!!merge" {
			maps.Copy(merged, mapOf(v))
			continue
		}
		own[key.Value] = v
	}
	maps.Copy(merged, own)
	return merged, nil
}

// atLine converts an error of the YAML package to one line with the number of its line.
func atLine(data []byte, err error) error {
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		last := 1 + bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n"))
		return fmt.Errorf("line %d: %s", min(max(e.Mark.Line, 1), last), e.Message)
	}
	return err
}
