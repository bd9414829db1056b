package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// measured matches the tables in docs/speed.md, which bench prints.
var measured = regexp.MustCompile(`(?s)<!-- bench -->\n(.*?)<!-- end -->`)

// quoted are the rows of the table that the README shows.
var quoted = []string{
	"", "this module's portable API", "net/http and encoding/json/v2's UnmarshalRead",
	"net/http, io.ReadAll and json.Unmarshal of all fields", "net/http and json.Unmarshal of the portable membership's fields only",
}

// speed returns the rows of the first table in docs/speed.md that the README shows.
func speed(root string) (string, error) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "speed.md"))
	if err != nil {
		return "", err
	}
	table := measured.FindSubmatch(doc)
	if table == nil {
		return "", fmt.Errorf("docs/speed.md has no part <!-- bench -->")
	}
	var b strings.Builder
	found := 0
	for line := range strings.Lines(string(table[1])) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			if found > 0 {
				break // the tables after the first one are for other ways of the answers
			}
			continue
		}
		name := strings.TrimSpace(cells[1])
		if slices.Contains(quoted, name) {
			found++
		}
		if slices.Contains(quoted, name) || strings.HasPrefix(name, "---") {
			b.WriteString(line)
		}
	}
	if found != len(quoted) {
		return "", fmt.Errorf("docs/speed.md has %d of the rows %q", found, quoted)
	}
	return b.String(), nil
}
