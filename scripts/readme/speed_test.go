package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The README quotes the first table only, and lacks no row of it.
func TestSpeedQuotesTheFirstTable(t *testing.T) {
	table := func(value string) string {
		var b strings.Builder
		for i, name := range quoted {
			b.WriteString("| " + name + " | " + value + " |\n")
			if i == 0 {
				b.WriteString("|---|--:|\n| a row for the document | " + value + " |\n")
			}
		}
		return b.String()
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	doc := "<!-- bench -->\nFirst:\n\n" + table("1") + "\nSecond:\n\n" + table("2") + "<!-- end -->\n"
	if err := os.WriteFile(filepath.Join(root, "docs", "speed.md"), []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := speed(root)
	want := strings.Replace(table("1"), "| a row for the document | 1 |\n", "", 1)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}
