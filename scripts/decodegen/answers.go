package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// answers returns the names of the schemas of all responses, including errors, in
// alphabetical order. It omits a schema without properties, which has nothing to decode.
func answers(document []byte) ([]string, error) {
	var doc struct {
		Paths      map[string]map[string]any
		Components struct {
			Responses map[string]response
			Schemas   map[string]map[string]any
		}
	}
	if err := yamldoc.Read("document", document, &doc); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for path, item := range doc.Paths {
		for method, op := range item {
			op, ok := op.(map[string]any)
			if !ok || op["responses"] == nil {
				continue // a field that the operations of a path share
			}
			responses, err := reread[map[string]response](op["responses"])
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			for status, r := range responses {
				if name := strings.TrimPrefix(r.Ref, "#/components/responses/"); name != r.Ref {
					r = doc.Components.Responses[name]
				}
				for media, content := range r.Content {
					name, ok := strings.CutPrefix(content.Schema.Ref, "#/components/schemas/")
					if !ok {
						return nil, fmt.Errorf("%s %s, status %s, %s: the schema has no name; give it one in components", method, path, status, media)
					}
					s := doc.Components.Schemas[name]
					if s["properties"] != nil || s["items"] != nil || s["allOf"] != nil {
						found[name] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct {
		Schema struct {
			Ref string `json:"$ref"`
		}
	}
}

// reread decodes a part of a document as a T.
func reread[T any](part any) (v T, err error) {
	b, err := json.Marshal(part)
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(b, &v)
}
