package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Google publishes discovery documents instead of OpenAPI. This file converts them to
// OpenAPI, so that the rest of the program knows one format.

func isDiscovery(root map[string]any) bool {
	if kind, _ := root["kind"].(string); strings.HasPrefix(kind, "discovery#") {
		return true
	}
	_, resources := root["resources"].(map[string]any)
	_, methods := root["methods"].(map[string]any)
	return root["paths"] == nil && (resources || methods)
}

func discoveryToOpenAPI(root map[string]any) map[string]any {
	d := &discovery{paths: map[string]any{}}
	for _, name := range sortedKeys(root["parameters"]) {
		d.global = append(d.global, parameterFromDiscovery(name, mapOf(mapOf(root["parameters"])[name])))
	}
	d.resource(root)
	schemas := map[string]any{}
	for name, s := range mapOf(root["schemas"]) {
		schemas[name] = schemaFromDiscovery(s)
	}
	return map[string]any{
		"openapi":    "3.0.3",
		"servers":    []any{map[string]any{"url": serverFromDiscovery(root)}},
		"paths":      d.paths,
		"components": map[string]any{"schemas": schemas},
	}
}

func serverFromDiscovery(root map[string]any) string {
	host, _ := root["rootUrl"].(string)
	path, _ := root["servicePath"].(string)
	return cmp.Or(strings.TrimSuffix(host, "/"), "https://googleapis.com") + "/" + path
}

type discovery struct {
	global []any // parameters of every operation
	paths  map[string]any
}

// resource adds the methods of a resource and of its nested resources.
func (d *discovery) resource(r map[string]any) {
	for _, name := range sortedKeys(r["methods"]) {
		d.method(mapOf(mapOf(r["methods"])[name]))
	}
	for _, name := range sortedKeys(r["resources"]) {
		d.resource(mapOf(mapOf(r["resources"])[name]))
	}
}

func (d *discovery) method(m map[string]any) {
	path := "/" + strings.TrimPrefix(flatPath(m), "/")
	params := slices.Clone(d.global)
	for _, name := range sortedKeys(m["parameters"]) {
		params = append(params, parameterFromDiscovery(name, mapOf(mapOf(m["parameters"])[name])))
	}
	op := map[string]any{"parameters": params}
	if request := mapOf(m["request"]); request != nil {
		op["requestBody"] = map[string]any{"content": jsonContent(request)}
	}
	ok := map[string]any{}
	if response := mapOf(m["response"]); response != nil {
		ok["content"] = jsonContent(response)
	}
	op["responses"] = map[string]any{"200": ok}

	item := mapOf(d.paths[path])
	if item == nil {
		item = map[string]any{}
		d.paths[path] = item
	}
	verb, _ := m["httpMethod"].(string)
	item[strings.ToLower(verb)] = op
}

func jsonContent(schema map[string]any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schemaFromDiscovery(schema)}}
}

// flatPath returns the method's path with one parameter for each segment. Documents
// without a flat path have {+name} and a pattern for it.
func flatPath(m map[string]any) string {
	if flat, _ := m["flatPath"].(string); flat != "" {
		return flat
	}
	path, _ := m["path"].(string)
	return templateParam.ReplaceAllStringFunc(path, func(param string) string {
		name, reserved := strings.CutPrefix(strings.Trim(param, "{}"), "+")
		if !reserved {
			return param
		}
		pattern, _ := mapOf(mapOf(m["parameters"])[name])["pattern"].(string)
		if pattern == "" {
			return "{" + name + "}"
		}
		pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
		return strings.ReplaceAll(pattern, "[^/]+", "{"+name+"}")
	})
}

func parameterFromDiscovery(name string, p map[string]any) map[string]any {
	schema := mapOf(schemaFromDiscovery(p))
	delete(schema, "required")
	if repeated, _ := p["repeated"].(bool); repeated {
		schema = map[string]any{"type": "array", "items": schema}
	}
	out := map[string]any{"name": name, "in": p["location"], "schema": schema}
	if required, ok := p["required"]; ok {
		out["required"] = required
	}
	return out
}

// schemaFromDiscovery converts the spelling of discovery documents: bare references, the
// type "any", and the formats of dates.
func schemaFromDiscovery(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = schemaFromDiscovery(v[i])
		}
		return out
	case map[string]any:
		out := maps.Clone(v)
		if ref, ok := v["$ref"].(string); ok {
			out["$ref"] = componentSchemas + ref
		}
		if v["type"] == "any" {
			delete(out, "type")
		}
		if v["format"] == "google-datetime" {
			out["format"] = "date-time"
		}
		if props := mapOf(v["properties"]); props != nil {
			converted := map[string]any{}
			for name, p := range props {
				converted[name] = schemaFromDiscovery(p)
			}
			out["properties"] = converted
		}
		for _, key := range []string{"items", "additionalProperties"} {
			if inner, ok := v[key]; ok {
				out[key] = schemaFromDiscovery(inner)
			}
		}
		return out
	}
	return v
}

func mapOf(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func sortedKeys(v any) []string { return slices.Sorted(maps.Keys(mapOf(v))) }
