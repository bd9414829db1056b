package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// kept are the keywords of a schema that the emulator checks in a request, or reads in an
// answer.
var kept = []string{
	"type", "format", "nullable", "enum", "anyOf", "not", "pattern", "minimum", "maximum", "minLength", "maxLength",
	"items", "maxItems", "properties", "required", "additionalProperties",
}

// dropped are the keywords of a schema that say nothing about the validity of a value.
// Any other keyword fails the run, because the emulator has no check for it.
var dropped = []string{"description", "title", "default", "example", "deprecated"}

// compact returns a document as JSON for the emulator: its paths, with references
// resolved and without texts.
func compact(document []byte) ([]byte, error) {
	var root map[string]any
	if err := yamldoc.Read("document", document, &root); err != nil {
		return nil, err
	}
	c := compactor{root: root}
	paths := map[string]any{}
	for path, item := range mapping(root["paths"]) {
		operations, err := c.item(mapping(item))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		paths[path] = operations
	}
	out, err := json.MarshalIndent(map[string]any{"paths": paths}, "", " ")
	return append(out, '\n'), err
}

type compactor struct {
	root map[string]any
	open []string // the references on the way to the present value
}

func mapping(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func sequence(v any) []any {
	l, _ := v.([]any)
	return l
}

// item returns the operations of a path by method.
func (c *compactor) item(item map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, method := range []string{"get", "post", "put", "patch", "delete"} {
		op := mapping(item[method])
		if op == nil {
			continue
		}
		compacted, err := c.operation(op, sequence(item["parameters"]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
		out[strings.ToUpper(method)] = compacted
	}
	return out, nil
}

func (c *compactor) operation(op map[string]any, shared []any) (map[string]any, error) {
	out := pick(op, "operationId")
	if security, ok := op["security"]; ok && len(sequence(security)) == 0 {
		out["public"] = true
	}
	var parameters []any
	for _, p := range slices.Concat(shared, sequence(op["parameters"])) {
		compacted, err := c.parameter(p)
		if err != nil {
			return nil, err
		}
		parameters = append(parameters, compacted)
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	err := c.resolve(op["requestBody"], func(body map[string]any) error {
		content, err := c.content(body)
		out["requestBody"] = merge(pick(body, "required"), content)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = c.resolve(mapping(op["responses"])["200"], func(response map[string]any) error {
		content, err := c.content(response)
		out["response"] = content
		return err
	})
	return out, err
}

func (c *compactor) parameter(p any) (out map[string]any, err error) {
	err = c.resolve(p, func(p map[string]any) error {
		out = pick(p, "name", "in", "required", "style", "explode")
		out["schema"], err = c.schema(p["schema"])
		return err
	})
	return out, err
}

// content returns the schemas of a body by media type.
func (c *compactor) content(body map[string]any) (map[string]any, error) {
	content := map[string]any{}
	for media, v := range mapping(body["content"]) {
		schema, err := c.schema(mapping(v)["schema"])
		if err != nil {
			return nil, err
		}
		content[media] = schema
	}
	return map[string]any{"content": content}, nil
}

func (c *compactor) schema(v any) (out map[string]any, err error) {
	err = c.resolve(v, func(s map[string]any) error {
		out = pick(s, kept...)
		for key := range s {
			if !slices.Contains(kept, key) && !slices.Contains(dropped, key) && !strings.HasPrefix(key, "x-") {
				return fmt.Errorf("the emulator has no check for the keyword %s", key)
			}
		}
		for _, key := range []string{"items", "not", "additionalProperties"} {
			if mapping(s[key]) == nil {
				continue
			}
			if out[key], err = c.schema(s[key]); err != nil {
				return err
			}
		}
		var alternatives []any
		for _, v := range sequence(s["anyOf"]) {
			alternative, err := c.schema(v)
			if err != nil {
				return err
			}
			alternatives = append(alternatives, alternative)
		}
		if alternatives != nil {
			out["anyOf"] = alternatives
		}
		properties := map[string]any{}
		for name, property := range mapping(s["properties"]) {
			if properties[name], err = c.schema(property); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if len(properties) > 0 {
			out["properties"] = properties
		}
		return nil
	})
	return out, err
}

// resolve calls f with v or with the value that v refers to, and not at all if v is
// absent.
func (c *compactor) resolve(v any, f func(map[string]any) error) error {
	m := mapping(v)
	ref, ok := m["$ref"].(string)
	if !ok {
		if m == nil {
			return nil
		}
		return f(m)
	}
	if slices.Contains(c.open, ref) {
		return fmt.Errorf("%s refers to itself", ref)
	}
	c.open = append(c.open, ref)
	defer func() { c.open = c.open[:len(c.open)-1] }()
	target := any(c.root)
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		target = mapping(target)[part]
	}
	if mapping(target) == nil {
		return fmt.Errorf("%s is not in the document", ref)
	}
	return c.resolve(target, f)
}

// pick returns the entries of m with the given keys.
func pick(m map[string]any, keys ...string) map[string]any {
	out := map[string]any{}
	for _, key := range keys {
		if v, ok := m[key]; ok {
			out[key] = v
		}
	}
	return out
}

func merge(a, b map[string]any) map[string]any {
	for key, v := range b {
		a[key] = v
	}
	return a
}
