package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	ours := filepath.Join("testdata", "paths", "ours.yaml")
	theirs := filepath.Join("testdata", "paths", "theirs.yaml")
	for _, tc := range []struct {
		name string
		args []string
		want string // a part of stderr
	}{
		{"no spec", []string{"-upstream", theirs}, "-spec is missing"},
		{"no upstream", []string{"-spec", ours}, "-upstream is missing"},
		{"an argument", []string{"-spec", ours, "-upstream", theirs, "more"}, `unexpected argument "more"`},
		{"an unknown flag", []string{"-specs", ours}, "-specs"},
		{"an unknown form of output", []string{"-spec", ours, "-upstream", theirs, "-o", "xml"}, "-o xml is unknown"},
		{"a spec that is not there", []string{"-spec", "nowhere.yaml", "-upstream", theirs}, "nowhere.yaml: no such file"},
		{"an upstream that is not there", []string{"-spec", ours, "-upstream", "nowhere.json"}, "nowhere.json: no such file"},
		{"excuses that are not there", []string{"-spec", ours, "-upstream", theirs, "-excuses", "nowhere.yaml"}, "nowhere.yaml: no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			stdout, stderr, exit := execute(tc.args...)
			if exit != exitUsage || stdout != "" || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d, stdout %q, stderr %q; want exit %d and stderr with %q", exit, stdout, stderr, exitUsage, tc.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	_, stderr, exit := execute("-h")
	if exit != exitClean || !strings.Contains(stderr, "-upstream file") {
		t.Errorf("exit %d, stderr %q", exit, stderr)
	}
}

func TestUnreadableDocument(t *testing.T) {
	for _, tc := range []struct {
		name, file, text string
		want             string
	}{
		{"nothing", "a.yaml", "", "the top level is not a mapping"},
		{"a list", "a.json", "[1]", "the top level is not a mapping"},
		{"cut JSON", "a.json", "{\n\"openapi\": ", "line 2: the document ends too early"},
		{"wrong JSON", "a.json", "{\n\n'a'}", "line 3: invalid character"},
		{"more than JSON", "a.json", "{} {}", "something follows the end"},
		{"an alias within its anchor", "a.yaml", "openapi: 3.0.3\npaths: &a {b: *a}\n", "line 2: the document is nested deeper than 1000 levels"},
		{"wrong YAML", "a.yaml", "a: 1\nb: [\n", "line 2: "},
		{"JSON without a name that says so", "a.txt", " {1}", "line 1: invalid character"},
		{"another kind of document", "a.yaml", "asyncapi: 2.0.0\n", "neither an OpenAPI 3 document"},
		{"an older kind of document", "a.yaml", "swagger: '2.0'\npaths: {}\n", "swagger 2.0 is not supported"},
		{"no operation", "a.yaml", "openapi: 3.0.3\npaths: {/a: {summary: x}}\n", "describes no operation"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), tc.file)
			write(t, file, tc.text)
			stdout, stderr, exit := execute("-spec", filepath.Join("testdata", "paths", "ours.yaml"), "-upstream", file)
			if exit != exitUsage || stdout != "" || !strings.HasPrefix(stderr, "specdrift: "+file+": ") || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d, stdout %q, stderr %q; want exit %d and stderr with %q", exit, stdout, stderr, exitUsage, tc.want)
			}
		})
	}
}

// A document with a flaw that does not prevent the comparison is accepted.
func TestFlawedDocument(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flawed")
	write(t, file, "\ufeffopenapi: 3.0.0\ninfo: none\ninfo: twice\npaths:\n  /a: null\n  /b: {get: 3}\n  /v1/books:\n    parameters: {}\n    get: {parameters: [3, {name: x}], responses: {200: null, x-y: 3}}\n")
	stdout, stderr, exit := execute("-spec", filepath.Join("testdata", "prefix", "ours.yaml"), "-upstream", file, "-excuses", empty(t))
	if exit != exitClean || stderr != "" {
		t.Errorf("exit %d, stdout %q, stderr %q", exit, stdout, stderr)
	}
}

func TestJSONOfAnEmptyReport(t *testing.T) {
	spec := filepath.Join("testdata", "paths", "ours.yaml")
	stdout, _, exit := execute("-spec", spec, "-upstream", spec, "-o", "json")
	var got struct {
		Findings []jsonFinding
		Summary  summary
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if exit != exitClean || got.Findings == nil || got.Summary.Compared != 5 {
		t.Errorf("exit %d, output %s", exit, stdout)
	}
}

func TestSeveralUpstreamDocuments(t *testing.T) {
	dir := t.TempDir()
	ours, books, loans := filepath.Join(dir, "ours.yaml"), filepath.Join(dir, "books.yaml"), filepath.Join(dir, "loans.yaml")
	const head, item = "openapi: 3.0.3\npaths:\n", ": {get: {responses: {'200': {description: ok}}}}\n"
	write(t, ours, head+"  /books"+item+"  /loans"+item)
	write(t, books, head+"  /books"+item)
	write(t, loans, head+"  /loans"+item)
	stdout, _, exit := execute("-whole", "-spec", ours, "-upstream", books)
	if exit != exitDrift || !strings.HasPrefix(stdout, "GET /loans  operation missing") {
		t.Errorf("one document: exit %d, output %q", exit, stdout)
	}
	stdout, _, exit = execute("-whole", "-spec", ours, "-upstream", books, "-upstream", loans)
	if exit != exitClean || !strings.HasPrefix(stdout, "2 operations compared") {
		t.Errorf("both documents: exit %d, output %q", exit, stdout)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// empty returns the path of a file without excuses.
func empty(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "drift.yaml")
	write(t, file, "# nothing is excused\n")
	return file
}
