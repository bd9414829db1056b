package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/want-*")

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// generate writes the code of every kind of field, for the types of responses only.
func TestGenerate(t *testing.T) {
	files, err := generate("openapi.yaml", read(t, "openapi.yaml"), read(t, "client.gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range files {
		want := "want-" + name + ".txt"
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", want), got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(read(t, want)), string(got)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if len(files) != 2 {
		t.Errorf("got %d files", len(files))
	}
}

// The output does not depend on the order of maps.
func TestGenerateTwice(t *testing.T) {
	first, err := generate("openapi.yaml", read(t, "openapi.yaml"), read(t, "client.gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := generate("openapi.yaml", read(t, "openapi.yaml"), read(t, "client.gen.go"))
		if diff := cmp.Diff(first, again); diff != "" || err != nil {
			t.Fatalf("%v (-first +again)\n%s", err, diff)
		}
	}
}

// The error for an unsupported type names the type and its place.
func TestGenerateRefuses(t *testing.T) {
	many := "type Thing struct {\n"
	for i := range 49 {
		many += "\tF" + strings.Repeat("x", i) + " string `json:\"" + strings.Repeat("x", i+1) + "\"`\n"
	}
	many += "}"
	types := "type Thing struct {\n\tPart Part0 `json:\"part\"`\n}\n"
	for i := range 40 {
		types += "type Part" + strings.Repeat("0", i+1) + " struct {\n\tNext Part" + strings.Repeat("0", i+2) + " `json:\"next\"`\n}\n"
	}
	types += "type Part" + strings.Repeat("0", 41) + " struct {\n\tID string `json:\"id\"`\n}"
	tests := []struct{ name, code, want string }{
		{"a float", "type Thing struct {\n\tSize float64 `json:\"size\"`\n}", "Thing.Size: there is no code to read a float64"},
		{"anything", "type Thing struct {\n\tX interface{} `json:\"x\"`\n}", "Thing.X: there is no code to read a interface"},
		{"a map of anything", "type Thing struct {\n\tX map[string]interface{} `json:\"x\"`\n}", "Thing.X: there is no code to read a interface"},
		{"a map by number", "type Thing struct {\n\tX map[int64]bool `json:\"x\"`\n}", "Thing.X: there is no code to read a map[int64]bool"},
		{"a struct without a name", "type Thing struct {\n\tX struct{} `json:\"x\"`\n}", "Thing.X: there is no code to read a struct without a name"},
		{"a type from elsewhere", "type Thing struct {\n\tX other.Type `json:\"x\"`\n}", "Thing.X: there is no code to read a other.Type"},
		{"a list of lists", "type Thing struct {\n\tX [][]string `json:\"x\"`\n}", "Thing.X: there is no code to read this value"},
		{"a list of times", "type Thing struct {\n\tX []time.Time `json:\"x\"`\n}", "Thing.X: there is no code to read this value"},
		{"a list of words", "type Word string\ntype Thing struct {\n\tX []Word `json:\"x\"`\n}", "Thing.X: there is no code to read this value"},
		{"a nullable struct", "type Part struct {\n\tID string `json:\"id\"`\n}\ntype Thing struct {\n\tX nullable.Nullable[Part] `json:\"x\"`\n}", "Thing.X: there is no code to read this value"},
		{"deep down", "type Part struct {\n\tSize float64 `json:\"size\"`\n}\ntype Thing struct {\n\tParts []*Part `json:\"parts\"`\n}", "Part.Size"},
		{"itself", "type Thing struct {\n\tParts []Thing `json:\"parts\"`\n}", "Thing holds itself"},
		{"no JSON name", "type Thing struct {\n\tX string\n}", "Thing has a field of type string without a name"},
		{"embedded", "type Part struct {\n\tID string `json:\"id\"`\n}\ntype Thing struct {\n\tPart `json:\"part\"`\n}", "Thing has a field of type Part without a name"},
		{"the same name twice", "type Thing struct {\n\tA string `json:\"a\"`\n\tB string `json:\"a\"`\n}", "Thing has a twice"},
		{"another name for a list", "type Thing = []string", "Thing is another name for []string"},
		{"no such type", "type Other struct{}", "operations answer with Thing, which is not a type"},
		{"too many fields", many, "Thing has 49 fields, and decode.MaxFields is 48"},
		{"too many types", types, "types of objects, and decode.MaxTypes is 32"},
		{"no Go", "type Thing", "client.gen.go"},
	}
	parts := "Part: {}"
	for i := range 41 {
		parts += ", Part" + strings.Repeat("0", i+1) + ": {}"
	}
	document := things("Thing: {properties: {}}, " + parts)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, err := generate("openapi.yaml", document, []byte("package things\n"+tt.code))
			if err == nil || !strings.Contains(err.Error(), tt.want) || files != nil {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	for document, want := range map[string]string{
		`{paths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {type: object}}}}}}}}}`: "get /a, status 200, application/json: the schema has no name",
		`{paths: [}`: "",
	} {
		if _, err := generate("openapi.yaml", []byte(document), []byte("package things")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", document, err, want)
		}
	}
}

// things returns a document with one operation, whose response is a Thing.
func things(schemas string) []byte {
	return []byte("{paths: {/a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}}}}, components: {schemas: {" + schemas + "}}}")
}

// The error for a mark without a valid reason, or outside of scalars, names its place. An
// item without a strict field is an error too.
func TestGenerateRefusesMarks(t *testing.T) {
	const code = `package things
import "encoding/json"
type Thing struct {
	ID    string          ` + "`json:\"id\"`" + `
	Part  Part            ` + "`json:\"part\"`" + `
	Parts []Part          ` + "`json:\"parts\"`" + `
	Raw   json.RawMessage ` + "`json:\"raw\"`" + `

	RawJSON json.RawMessage ` + "`json:\"-\"`" + `
}
type Part struct {
	ID string ` + "`json:\"id\"`" + `
}`
	tests := []struct{ name, schemas, want string }{
		{"good", "Thing: {properties: {id: {x-strict: identity}}}, Part: {properties: {}}", ""},
		{"marked in a part", "Thing: {properties: {}}, Part: {properties: {id: {x-strict: role}}}", ""},
		{"marked through a reference", "Thing: {properties: {id: {$ref: '#/components/schemas/ID'}}}, Part: {properties: {}}, ID: {x-strict: state}", ""},
		{"no reason that there is", "Thing: {properties: {id: {x-strict: true}}}, Part: {properties: {}}", `Thing.id: x-strict is "true" and not one of identity, paging, role, state`},
		{"no reason, through a reference", "Thing: {properties: {id: {$ref: '#/components/schemas/ID'}}}, Part: {properties: {}}, ID: {x-strict: money}", `Thing.id: x-strict is "money"`},
		{"an object", "Thing: {properties: {id: {x-strict: identity}, part: {x-strict: identity}}}, Part: {properties: {}}", "Thing.part is x-strict, which is for scalars"},
		{"a list of objects", "Thing: {properties: {id: {x-strict: identity}, parts: {x-strict: identity}}}, Part: {properties: {}}", "Thing.parts is x-strict, which is for scalars"},
		{"a raw value", "Thing: {properties: {id: {x-strict: identity}, raw: {x-strict: identity}}}, Part: {properties: {}}", "Thing.raw is x-strict, and is kept as sent"},
		{"nothing", "Thing: {properties: {id: {}}}, Part: {properties: {}}", "Thing has no field that is x-strict"},
		{"a part without a schema", "Thing: {properties: {id: {x-strict: identity}}}", "Part is not a schema of the document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, err := generate("openapi.yaml", things(tt.schemas), []byte(code))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || files != nil) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
