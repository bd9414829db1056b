package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestREADMEIsUpToDate holds the README to the code.
func TestREADMEIsUpToDate(t *testing.T) {
	root := filepath.Join("..", "..")
	was, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	is, err := fill(root, was)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(was), string(is)); diff != "" {
		t.Errorf("run go run ./scripts/readme -w (-README +code):\n%s", diff)
	}
	if n, m := strings.Count(string(was), "```go\n"), strings.Count(string(was), "<!-- example "); n != m {
		t.Errorf("%d Go snippets, %d of them compiled", n, m)
	}
}
