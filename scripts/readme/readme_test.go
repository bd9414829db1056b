package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/cli"
)

// root is the module's directory.
var root = filepath.Join("..", "..")

// TestMain runs the memberships command in processes that the programs start.
func TestMain(m *testing.M) {
	if os.Getenv("README_TEST_RUNS_COMMAND") != "" {
		os.Exit(cli.Main())
	}
	os.Exit(m.Run())
}

// eachDocument runs a subtest for README.md and for every file in docs.
func eachDocument(t *testing.T, test func(t *testing.T, file, text string)) {
	t.Helper()
	files, err := documents(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Fatalf("documents %q, want README.md and docs", files)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			test(t, file, string(text))
		})
	}
}

// TestREADMEIsUpToDate compares the documents with the code that generates their parts.
func TestREADMEIsUpToDate(t *testing.T) {
	eachDocument(t, func(t *testing.T, _, before string) {
		after, err := fill(root, []byte(before))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, string(after)); diff != "" {
			t.Errorf("run go run ./scripts/readme -w (-document +code):\n%s", diff)
		}
	})
}

// TestREADMEIsShort checks the length of the README.
func TestREADMEIsShort(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 200 {
		t.Errorf("README.md has %d lines, want at most 200; docs/ has room", n)
	}
}

// TestRunRewrites runs in a directory with an outdated document.
func TestRunRewrites(t *testing.T) {
	dir := t.TempDir()
	readme := filepath.Join(dir, "README.md")
	before := "before\n<!-- recording memberships check -p clerk -g org_demo -m ada@example.com -->\nold\n<!-- end -->\nafter\n"
	if err := os.WriteFile(readme, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err == nil || !strings.Contains(err.Error(), "README.md is out of date") {
		t.Errorf("got %v, want that README.md is out of date", err)
	}
	if err := run(dir, true); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err != nil {
		t.Errorf("after a rewrite: %v", err)
	}
	after, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n<!-- recording memberships check -p clerk -g org_demo -m ada@example.com -->\n" +
		"```console\n$ memberships check -p clerk -g org_demo -m ada@example.com\nmember\n```\n<!-- end -->\nafter\n"
	if diff := cmp.Diff(want, string(after)); diff != "" {
		t.Errorf("README.md (-want +got):\n%s", diff)
	}
}

// TestFilesOfRecordings runs a command on a file that the document shows.
func TestFilesOfRecordings(t *testing.T) {
	before := "<!-- file m.csv -->\n```csv\nemail\nada@example.com\n```\n<!-- recording memberships add -p box -g 9000002 --from m.csv --dry-run --no-headers -->\n<!-- end -->\n"
	after, err := fill(root, []byte(before))
	if err != nil || !strings.Contains(string(after), "already       ada@example.com") {
		t.Errorf("got %v and\n%s", err, after)
	}
	for _, wrong := range []string{"<!-- file m.csv -->\ntext\n", "<!-- file a/b -->\n```\nx\n```\n", strings.Repeat("<!-- file a -->\n```\nx\n```\n", 2)} {
		if _, err := fill(root, []byte(wrong)); err == nil {
			t.Errorf("%q: got no error", wrong)
		}
	}
}

// TestPartsThatCannotBeMade checks the error of each invalid part.
func TestPartsThatCannotBeMade(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"docs/speed.md": "<!-- bench -->\n|  | Box |\n|---|--:|\n<!-- end -->\n",
		"code.go":       "package p\n\nfunc here() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for marker, want := range map[string]string{
		"recording rm -r":              "a recording runs memberships with plain words",
		"recording memberships list >": "a recording runs memberships with plain words",
		"example code.go":              "an example needs a file and a function",
		"example code.go there":        "code.go has no function there",
		"speed":                        "docs/speed.md has 1 of the rows",
		"recordings memberships list":  "1 parts are opened, 0 of them have a known kind",
	} {
		document := "<!-- " + marker + " -->\nold\n<!-- end -->\n"
		after, err := fill(dir, []byte(document))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", marker, err, want)
		}
		if string(after) != document {
			t.Errorf("%s: the document changed to %q", marker, after)
		}
	}
}

// TestExampleOfATest turns a test into a test file with the imports that it uses.
func TestExampleOfATest(t *testing.T) {
	dir := t.TempDir()
	code := "package p\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestHere(t *testing.T) { t.Log(os.Args) }\n\nfunc Example() { fmt.Println() }\n"
	if err := os.WriteFile(filepath.Join(dir, "p_test.go"), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := example(dir, []string{"p_test.go", "TestHere"})
	if err != nil {
		t.Fatal(err)
	}
	want := "```go\npackage main_test\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestHere(t *testing.T) { t.Log(os.Args) }\n```\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}
