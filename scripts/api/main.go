// Command api keeps docs/api, the text listing of what this module exports: one file a
// package, one line a declaration, a field or a method. It needs neither the network nor the
// history of the repository.
//
//	go run ./scripts/api          # writes the listing
//	go run ./scripts/api -check   # prints what was added and removed, and fails on it
//
// Parameters have no names there, for these can change. Of generated/<provider> the listing
// has what its doc.go promises: the models, params and requests.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dir is the directory of the listing.
const dir = "docs/api"

func main() {
	check := flag.Bool("check", false, "compare with the files and write none")
	flag.Parse()
	changed, err := run(*check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
	if *check && len(changed) > 0 {
		fmt.Println(strings.Join(changed, "\n"))
		fmt.Fprintln(os.Stderr, "api: what is exported has changed; if that is meant, run go run ./scripts/api")
		os.Exit(1)
	}
}

// run compares the packages with their files and returns the added and removed lines.
// Without check it rewrites the files.
func run(check bool) (changed []string, _ error) {
	packages, err := publicPackages()
	if err != nil {
		return nil, err
	}
	now := map[string][]string{}
	for _, p := range packages {
		lines, err := p.listing()
		if err != nil {
			return nil, err
		}
		now[p.file()] = lines
	}
	before, err := read()
	if err != nil {
		return nil, err
	}
	names := slices.Concat(slices.Collect(maps.Keys(now)), slices.Collect(maps.Keys(before)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		changed = append(changed, diff(name, before[name], now[name])...)
		if check {
			continue
		}
		if err := write(name, now[name]); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// read returns the lines of all files.
func read() (map[string][]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		text := strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
		all[filepath.Base(f)] = strings.Split(text, "\n")
	}
	return all, nil
}

// write writes the lines of a file, or removes the file of a package without any.
func write(name string, lines []string) error {
	path := filepath.Join(dir, name)
	if lines == nil {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// diff returns the lines that one of two listings lacks, with + or - and the file's name.
func diff(name string, before, now []string) (out []string) {
	for _, line := range before {
		if !slices.Contains(now, line) {
			out = append(out, "- "+strings.TrimSuffix(name, ".txt")+": "+line)
		}
	}
	for _, line := range now {
		if !slices.Contains(before, line) {
			out = append(out, "+ "+strings.TrimSuffix(name, ".txt")+": "+line)
		}
	}
	return out
}
