package statefile

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
)

const schemaFile = "../../docs/desired-state.schema.json"

// compiled returns the published schema.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON returns a file as an editor's validator sees it, read by another library than that
// of the reader.
func asJSON(t *testing.T, file string) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(file), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return jsonValue(doc.Content[0])
}

func jsonValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return jsonValue(n.Alias)
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, jsonValue(item))
		}
		return list
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = jsonValue(n.Content[i+1])
		}
		return object
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
		}
		return json.Number("1")
	}
	return n.Value
}

// Schema and reader have the same verdict of a file. Where they differ, the reader sees what
// no schema can.
func TestSchema(t *testing.T) {
	schema := compiled(t)
	const (
		base = "version: 1\npeople:\n  ada: {email: ada@example.com, ids: {box: \"5\"}}\n  grace: {ids: {clerk: user_1}}\n"
		in   = base + "groups:\n  a:\n    in: {box: \"1\"}\n"
	)
	const (
		valid      = "valid"
		invalid    = "invalid"
		readerOnly = "the reader alone" // refuses it
	)
	tests := []struct{ name, file, want string }{
		{"the version alone", "version: 1", valid},
		{"nothing", "", invalid},
		{"null", "~", invalid},
		{"a list", "[]", invalid},
		{"no version", "groups: {}", invalid},
		{"version 2", "version: 2", invalid},
		{"version in quotes", "version: \"1\"", invalid},
		{"version true", "version: true", invalid},
		{"an unknown key", base + "group: {}", invalid},
		{"empty sections", "version: 1\npeople: {}\ndefaults: {}\nmax_run_removals: {}\nprotected: []\nroles: {}\ngroups: {}", valid},
		{"a section without a value", "version: 1\ngroups:", invalid},
		{"people as a list", "version: 1\npeople: []", invalid},
		{"a person without anything", "version: 1\npeople: {a: {}}", invalid},
		{"a person with a name alone", "version: 1\npeople: {a: {name: A}}", invalid},
		{"a person with empty ids", "version: 1\npeople: {a: {ids: {}}}", invalid},
		{"a person with an address and empty ids", "version: 1\npeople: {a: {email: a@b, ids: {}}}", valid},
		{"a person with all", "version: 1\npeople: {a: {email: a@b, aliases: [c@d], name: A, ids: {box: 5, clerk: user_1, googlechat: \"app:users/1\", pubnub: 1e20, webex: true}}}", valid},
		{"a person with an unknown key", "version: 1\npeople: {a: {email: a@b, mail: a@b}}", invalid},
		{"a person as a text", "version: 1\npeople: {a: a@b}", invalid},
		{"an address without @", "version: 1\npeople: {a: {email: a}}", invalid},
		{"an address with two @", "version: 1\npeople: {a: {email: a@b@c}}", invalid},
		{"an address with space", "version: 1\npeople: {a: {email: \"a b@c\"}}", invalid},
		{"an address as a number", "version: 1\npeople: {a: {email: 5}}", invalid},
		{"an empty address", "version: 1\npeople: {a: {email: \"\"}}", invalid},
		{"an address in another script", "version: 1\npeople: {a: {email: ä@例え.jp}}", valid},
		{"aliases as a text", "version: 1\npeople: {a: {email: a@b, aliases: c@d}}", invalid},
		{"an alias without @", "version: 1\npeople: {a: {email: a@b, aliases: [c]}}", invalid},
		{"an unknown provider of ids", "version: 1\npeople: {a: {ids: {slack: x}}}", invalid},
		{"an empty id", "version: 1\npeople: {a: {ids: {box: \"\"}}}", invalid},
		{"an id with a control character", "version: 1\npeople: {a: {ids: {box: \"a\\u0007\"}}}", invalid},
		{"an id as a list", "version: 1\npeople: {a: {ids: {box: [x]}}}", invalid},
		{"an id without a value", "version: 1\npeople: {a: {ids: {box: }}}", invalid},
		{"an id that is a path segment", "version: 1\npeople: {a: {ids: {box: ..}}}", readerOnly},
		{"an address among ids", "version: 1\npeople: {a: {ids: {box: email:a@b}}}", readerOnly},
		{"one address, two keys", "version: 1\npeople: {a: {email: a@b}, c: {email: A@b}}", readerOnly},
		{"an empty key", "version: 1\npeople: {\"\": {email: a@b}}", invalid},
		{"a blank key", "version: 1\npeople: {\"  \": {email: a@b}}", invalid},
		{"a key with a control character", "version: 1\npeople: {\"a\\nb\": {email: a@b}}", invalid},
		{"a key with a mark of direction", "version: 1\npeople: {\"a\\u202eb\": {email: a@b}}", invalid},
		{"a long key", "version: 1\npeople: {" + strings.Repeat("x", 257) + ": {email: a@b}}", invalid},
		{"a key of 256 bytes", "version: 1\npeople: {" + strings.Repeat("x", 256) + ": {email: a@b}}", valid},
		{"a key that is long in bytes alone", "version: 1\npeople: {" + strings.Repeat("é", 200) + ": {email: a@b}}", readerOnly},
		{"keys that look like other types", "version: 1\npeople: {no: {email: a@b}, 12: {email: c@d}, true: {email: e@f}, 1.5: {email: g@h}}", valid},
		{"all defaults", "version: 1\ndefaults: {mode: no-removals, max_removals: {count: 0, percent: 100, ceiling: 1}, min_managers: 0, allow_empty: false, invite: true, ignore: [\"app:*\", 5]}", valid},
		{"unmanaged defaults", "version: 1\ndefaults: {mode: unmanaged}", invalid},
		{"a group's key in defaults", "version: 1\ndefaults: {in: {}}", invalid},
		{"a negative count", "version: 1\ndefaults: {max_removals: {count: -1}}", invalid},
		{"a percentage above 100", "version: 1\ndefaults: {max_removals: {percent: 101}}", invalid},
		{"a fraction", "version: 1\ndefaults: {max_removals: {count: 1.5}}", invalid},
		{"a whole number with a point", "version: 1\ndefaults: {max_removals: {count: 1.0}}", readerOnly},
		{"a hexadecimal number", "version: 1\ndefaults: {min_managers: 0x10}", readerOnly},
		{"a ceiling of 0", "version: 1\ndefaults: {max_removals: {ceiling: 0}}", invalid},
		{"a number in quotes", "version: 1\ndefaults: {min_managers: \"1\"}", invalid},
		{"a large number", "version: 1\ndefaults: {min_managers: 1000000001}", invalid},
		{"a ceiling of all groups", "version: 1\nmax_run_removals: {ceiling: 5}", invalid},
		{"a limit of all groups", "version: 1\nmax_run_removals: {count: 0, percent: 0}", valid},
		{"protected people", base + "protected: [ada, grace, x@example.com]", valid},
		{"protected as a mapping", base + "protected: {ada: true}", invalid},
		{"an unknown protected person", base + "protected: [eve]", readerOnly},
		{"roles", "version: 1\nroles: {clerk: {lead: \"org:admin\", 1: 2}}", valid},
		{"roles of an unknown provider", "version: 1\nroles: {Clerk: {lead: \"org:admin\"}}", invalid},
		{"a role without a value", "version: 1\nroles: {clerk: {lead: }}", invalid},
		{"a group", in, valid},
		{"a group with all", in + "    mode: authoritative\n    members: {ada: manager, grace: 5}\n    ignore: []\n    min_managers: 1\n    max_removals: {count: 1}\n    allow_empty: false\n    invite: false\n    roles: {box: {5: member}}\n", valid},
		{"a group of a kind", base + "groups: {a: {in: {webex: \"team:Y2lz\", box: 9000001}}}", valid},
		{"a group without in", base + "groups: {a: {}}", invalid},
		{"a group with an empty in", base + "groups: {a: {in: {}}}", invalid},
		{"a group without a value", base + "groups: {a: }", invalid},
		{"an unmanaged group", base + "groups: {a: {mode: unmanaged}}", valid},
		{"an unmanaged group with an empty in", base + "groups: {a: {mode: unmanaged, in: {}}}", valid},
		{"a misspelt mode", in + "    mode: authorative", invalid},
		{"a mode in capitals", in + "    mode: Additive", invalid},
		{"a mode as a list", in + "    mode: [additive]", invalid},
		{"allow_empty as a text", in + "    allow_empty: \"true\"", invalid},
		{"allow_empty as yes", in + "    allow_empty: yes", invalid},
		{"ignore as a text", in + "    ignore: x", invalid},
		{"an empty pattern", in + "    ignore: [\"\"]", invalid},
		{"members as a list", in + "    members: [ada]", invalid},
		{"a member without a role", in + "    members: {ada: }", invalid},
		{"a member with an empty role", in + "    members: {ada: \"\"}", invalid},
		{"an unknown member", in + "    members: {eve: member}", readerOnly},
		{"a member twice", in + "    members: {ada: member, ada@example.com: member}", readerOnly},
		{"an ignored member", in + "    members: {ada: member}\n    ignore: [\"*@example.com\"]", readerOnly},
		{"an authoritative group without members", in + "    mode: authoritative", readerOnly},
		{"too few managers", in + "    mode: authoritative\n    min_managers: 1\n    members: {ada: member}", readerOnly},
		{"one group, two names", base + "groups: {a: {in: {box: \"1\"}}, b: {in: {box: \"1\"}}}", readerOnly},
		{"an unknown provider of a group", base + "groups: {a: {in: {bx: \"1\"}}}", invalid},
		{"an empty id of a group", base + "groups: {a: {in: {box: \"\"}}}", invalid},
		{"a kind without an id", base + "groups: {a: {in: {box: \"group:\"}}}", readerOnly},
		{"a member file", in + "    members_from: m.csv", valid},
		{"member files", in + "    members_from: [m.csv, m.csv]", valid},
		{"a member file that is missing", in + "    members_from: x.csv", readerOnly},
		{"no member files", in + "    members_from: []", invalid},
		{"a member file as a mapping", in + "    members_from: {file: m.csv}", invalid},
		{"an unknown key of a group", in + "    member: {}", invalid},
		{"anchors", "version: 1\ngroups: {a: {in: &x {box: \"1\"}}, b: {mode: unmanaged, in: {}}}\nroles: {box: &r {lead: member}, clerk: *r}", valid},
		{"a merge key", "version: 1\nroles: {box: &r {lead: member}, clerk: {<<: *r}}", invalid},
	}
	if len(tests) < 60 {
		t.Errorf("there are %d files", len(tests))
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, wrong := load(t, map[string]string{"a.yaml": tt.file, "m.csv": "email\na@b\n"}, "a.yaml")
			bySchema := schema.Validate(asJSON(t, tt.file))
			want := map[string][2]bool{valid: {true, true}, invalid: {false, false}, readerOnly: {false, true}}[tt.want]
			if got := [2]bool{wrong == nil, bySchema == nil}; got != want {
				t.Errorf("want it to be %s\nreader: %v\nschema: %v", tt.want, wrong, bySchema)
			}
		})
	}
}

// The schema has the names of this release: its providers, modes and limits, and the keys
// that the reader has.
func TestSchemaNames(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]struct{ Properties map[string]any }
		Enum       []string
		Maximum    int
		MaxLength  int
	}
	var s struct {
		ID string `json:"$id"`
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if s.ID != SchemaURL {
		t.Errorf("the schema is %s", s.ID)
	}
	if diff := cmp.Diff(providers.Names(), s.Defs["provider"].Enum); diff != "" {
		t.Errorf("providers (-want +got):\n%s", diff)
	}
	var modes []string
	for _, m := range reconcile.Modes() {
		modes = append(modes, string(m))
	}
	if diff := cmp.Diff(modes, s.Defs["mode"].Enum); diff != "" {
		t.Errorf("modes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(modes[:len(modes)-1], s.Defs["managedMode"].Enum); diff != "" {
		t.Errorf("modes of defaults (-want +got):\n%s", diff)
	}
	if s.Defs["number"].Maximum != maxNumber || s.Defs["name"].MaxLength != maxName || s.Defs["email"].MaxLength != maxName {
		t.Errorf("the limits are %+v, %+v and %+v", s.Defs["number"], s.Defs["name"], s.Defs["email"])
	}
	for of, keys := range map[string][]string{
		"a person":     slices.Sorted(maps.Keys(s.Defs["person"].Properties)),
		"a group":      slices.Sorted(maps.Keys(s.Defs["group"].Properties)),
		"max_removals": slices.Sorted(maps.Keys(s.Defs["maxRemovals"].Properties)),
		"defaults":     slices.Sorted(maps.Keys(s.Properties["defaults"].Properties)),
		"the file":     slices.Sorted(maps.Keys(s.Properties)),
	} {
		file := map[string]string{
			"a person": "people: {a: {zzzzzz: 1}}", "a group": "groups: {a: {zzzzzz: 1}}", "max_removals": "defaults: {max_removals: {zzzzzz: 1}}", "defaults": "defaults: {zzzzzz: 1}", "the file": "zzzzzz: 1",
		}[of]
		_, err := loadText("version: 1\n" + file)
		_, got, _ := strings.Cut(message(err), `there is no key "zzzzzz" in `+of+"; the keys are ")
		got = strings.ReplaceAll(got, " and ", ", ")
		if want := strings.Join(keys, ", "); got != want {
			t.Errorf("%s: the reader has %s, the schema %s", of, got, want)
		}
	}
}

// Every key of the schema has a description, its own or that of what it refers to.
func TestSchemaDescriptions(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	keys := 0
	var walk func(path string, v any)
	walk = func(path string, v any) {
		object, _ := v.(map[string]any)
		if properties, ok := object["properties"].(map[string]any); ok && !strings.HasSuffix(path, "else") && !strings.HasSuffix(path, "if") && object["type"] != nil {
			for name, p := range properties {
				p := p.(map[string]any)
				ref, _ := p["$ref"].(string)
				referred, _ := root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
				if keys++; p["description"] == nil && referred["description"] == nil {
					t.Errorf("%s.%s has no description", path, name)
				}
			}
		}
		for name, inner := range object {
			walk(path+"."+name, inner)
		}
	}
	walk("", root)
	if keys < 30 {
		t.Errorf("there are %d keys", keys)
	}
}

// A state that Write writes is valid for the schema.
func TestWrittenFilesFollowTheSchema(t *testing.T) {
	schema := compiled(t)
	d, err := load(t, map[string]string{"a.yaml": memberState("{box: \"1\", webex: \"team:Y2lz\"}", "    mode: authoritative\n    max_removals: {count: 1, ceiling: 2}\n    ignore: [\"app:*\"]\n    roles: {box: {no: member}}\n"), "m": "email,role\non@example.com,no\n"}, "a.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := written(t, d)
	if err := schema.Validate(asJSON(t, file)); err != nil {
		t.Errorf("%v\n%s", err, file)
	}
	if first, _, _ := strings.Cut(file, "\n"); first != "# yaml-language-server: $schema="+SchemaURL {
		t.Errorf("the first line is %s", first)
	}
}
