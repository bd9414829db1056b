// Command readme fills the parts of README.md that are made from the code: the tables
// of operations, capabilities, roles and exit codes, and the examples, which are compiled and
// run by go test. Without -w it changes nothing and fails if the file is out of date.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	write := flag.Bool("w", false, "rewrite README.md")
	flag.Parse()
	was, err := os.ReadFile("README.md")
	if err == nil {
		var is []byte
		if is, err = fill(".", was); err == nil && !bytes.Equal(was, is) {
			if !*write {
				err = fmt.Errorf("README.md is out of date; run go run ./scripts/readme -w")
			} else {
				err = os.WriteFile("README.md", is, 0o644)
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// A part stands between <!-- kind argument... --> and <!-- end -->.
var part = regexp.MustCompile(`(?s)(<!-- (operations|capabilities|roles|statuses|example)([^>]*) -->\n).*?(<!-- end -->)`)

func fill(root string, readme []byte) ([]byte, error) {
	var failure error
	out := part.ReplaceAllFunc(readme, func(m []byte) []byte {
		sub := part.FindSubmatch(m)
		var text string
		var err error
		switch string(sub[2]) {
		case "operations":
			text, err = operations(root)
		case "capabilities":
			text, err = capabilities()
		case "roles":
			text, err = roles()
		case "statuses":
			text = statuses()
		case "example":
			text, err = example(root, strings.Fields(string(sub[3])))
		}
		if err != nil {
			failure = err
			return m
		}
		return []byte(string(sub[1]) + text + string(sub[4]))
	})
	return out, failure
}
