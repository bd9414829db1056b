// Command readme generates parts of README.md and docs/*.md from the code: tables,
// programs, and recordings of the command. Without -w it changes nothing and fails if a
// document is out of date.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	write := flag.Bool("w", false, "rewrite README.md and docs/*.md")
	flag.Parse()
	if err := run(".", *write); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// run rewrites outdated documents, or returns an error with their names.
func run(root string, write bool) error {
	files, err := documents(root)
	if err != nil {
		return err
	}
	var failed []error
	for _, file := range files {
		before, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		after, err := fill(root, before)
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("%s: %w", file, err))
		case bytes.Equal(before, after):
		case !write:
			failed = append(failed, fmt.Errorf("%s is out of date; run go run ./scripts/readme -w", file))
		default:
			failed = append(failed, os.WriteFile(file, after, 0o644))
		}
	}
	return errors.Join(failed...)
}

// documents returns the files with generated parts. README.md is last, because it quotes
// docs.
func documents(root string) ([]string, error) {
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	return append(docs, filepath.Join(root, "README.md")), err
}

// part matches a generated part, between <!-- kind arguments --> and <!-- end -->.
var part = regexp.MustCompile(`(?s)(<!-- (operations|capabilities|roles|settings|statuses|example|recording|speed|jobs)\b(.*?) ?-->\n).*?(<!-- end -->)`)

// opening matches the beginning of a part, also of an invalid one.
var opening = regexp.MustCompile(`(?m)^<!-- (\w+)`)

// fill returns the document with its parts regenerated.
func fill(root string, document []byte) ([]byte, error) {
	var failed []error
	opened := 0
	for _, m := range opening.FindAllSubmatch(document, -1) {
		if kind := string(m[1]); kind != "end" && kind != "bench" && kind != "trips" && kind != "file" {
			opened++
		}
	}
	if n := len(part.FindAll(document, -1)); n != opened {
		failed = append(failed, fmt.Errorf("%d parts are opened, %d of them have a known kind and an end", opened, n))
	}
	files, err := filesOf(document)
	if err != nil {
		failed = append(failed, err)
	}
	out := part.ReplaceAllFunc(document, func(m []byte) []byte {
		sub := part.FindSubmatch(m)
		text, err := made(root, string(sub[2]), string(sub[3]), files)
		if err != nil {
			failed = append(failed, err)
			return m
		}
		return []byte(string(sub[1]) + text + string(sub[4]))
	})
	return out, errors.Join(failed...)
}

// made returns the text of one part. files are those of the document, by name.
func made(root, kind, arguments string, files map[string]string) (string, error) {
	switch kind {
	case "operations":
		return operations(root)
	case "capabilities":
		return capabilities()
	case "roles":
		return roles()
	case "settings":
		return settings()
	case "statuses":
		return statuses(), nil
	case "example":
		return example(root, strings.Fields(arguments))
	case "recording":
		return recording(strings.Split(strings.TrimSpace(arguments), "\n"), files)
	case "speed":
		return speed(root)
	case "jobs":
		return jobs(), nil
	}
	return "", fmt.Errorf("there is no kind of part %q", kind)
}
