package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"testing"
)

// The tests of this file use the documents of the project itself, as both sides.

func specs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "specs", "*", "openapi.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents in specs (%v)", err)
	}
	return files
}

func TestSpecsDoNotDifferFromThemselves(t *testing.T) {
	for _, spec := range specs(t) {
		stdout, stderr, exit := execute("-whole", "-v", "-spec", spec, "-upstream", spec, "-excuses", empty(t))
		if exit != exitClean || stderr != "" {
			t.Errorf("%s: exit %d\n%s%s", spec, exit, stdout, stderr)
		}
	}
}

// TestExcusesNameWhatIsOurs finds an excuse that a renaming left behind, without
// a document of the provider's.
func TestExcusesNameWhatIsOurs(t *testing.T) {
	for _, spec := range specs(t) {
		file := filepath.Join(filepath.Dir(spec), "drift.yaml")
		ex, err := loadExcuses(file)
		if err != nil {
			t.Error(err)
			continue
		}
		doc := load(t, spec)
		for _, e := range ex.Excuses {
			if e.Schema != "" && schemasOf(doc)[e.Schema] == nil {
				t.Errorf("%s:%d: our document has no schema %s", file, e.line, e.Schema)
			}
			if e.Operation != "" && !slices.ContainsFunc(slices.Collect(maps.Keys(doc.operations)), e.Operation.match) {
				t.Errorf("%s:%d: our document has no operation %s", file, e.line, e.Operation)
			}
		}
	}
}

// TestNothingIsOverlooked adds one property to each schema in turn, and one
// parameter to each operation, and expects that it is found.
func TestNothingIsOverlooked(t *testing.T) {
	for _, spec := range specs(t) {
		ours := load(t, spec)
		reached := compare(ours, []*document{copied(t, ours)}).reached
		added := 0
		for name := range schemasOf(ours) {
			theirs := copied(t, ours)
			props := mapOf(mapOf(schemasOf(theirs)[name])["properties"])
			if props == nil || !reached[name] {
				continue
			}
			added++
			props["brand_new"] = map[string]any{"type": "string"}
			want := finding{place: place{schema: name, part: "property", path: "brand_new"}, kind: kindMissing, text: missing}
			if found := compare(ours, []*document{theirs}).findings; !found[want] {
				t.Errorf("%s: a new property of %s was not found, but %v", spec, name, found)
			}
		}
		for key := range ours.operations {
			theirs := copied(t, ours)
			op := theirs.operations[key][0]
			params, _ := mapOf(op.raw.raw)["parameters"].([]any)
			mapOf(op.raw.raw)["parameters"] = append(params, map[string]any{"name": "brand_new", "in": "query"})
			want := finding{place: place{operation: op.name(), part: "query parameter", path: "brand_new"}, kind: kindMissing, text: missing}
			if found := compare(ours, []*document{theirs}).findings; !found[want] {
				t.Errorf("%s: a new parameter of %s was not found, but %v", spec, key, found)
			}
		}
		if added == 0 {
			t.Errorf("%s: no schema was tried", spec)
		}
	}
}

func load(t *testing.T, file string) *document {
	t.Helper()
	doc, err := loadDocument(file, "")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// copied is the document read once more.
func copied(t *testing.T, d *document) *document {
	t.Helper()
	data, err := json.Marshal(d.root)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parseTree("copy.json", data)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := newDocument(d.file, tree, "")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func schemasOf(d *document) map[string]any { return mapOf(mapOf(d.root["components"])["schemas"]) }

// FuzzCompare holds documents of any shape against each other: nothing that a
// provider publishes may make the comparison panic or go on for ever.
func FuzzCompare(f *testing.F) {
	for _, doc := range []string{
		`{"type": "object", "properties": {"a": {"$ref": "#/components/schemas/S"}}}`,
		`{"allOf": [{"$ref": "#/components/schemas/S"}, {"items": {"oneOf": [true, 3, {"enum": [null, {}]}]}}]}`,
		`{"$ref": "#/components/schemas/S/properties/a", "properties": {"a": {"type": ["null", 1]}}}`,
		`{"additionalProperties": {"additionalProperties": {"$ref": "#/components/schemas/S"}}, "required": "a"}`,
	} {
		f.Add(doc, `{}`)
		f.Add(`{}`, doc)
		f.Add(doc, doc)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		docs := make([]*document, 2)
		for i, text := range []string{a, b} {
			var schema any
			if json.Unmarshal([]byte(text), &schema) != nil {
				return // not JSON: nothing to compare
			}
			body := map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": schema}}}
			doc, err := newDocument("fuzz", map[string]any{
				"openapi":    "3.1.0",
				"paths":      map[string]any{"/a": map[string]any{"put": map[string]any{"requestBody": body, "responses": map[string]any{"200": body}}}},
				"components": map[string]any{"schemas": map[string]any{"S": schema}},
			}, "")
			if err != nil {
				t.Fatal(err)
			}
			docs[i] = doc
		}
		compare(docs[0], docs[1:])
	})
}
