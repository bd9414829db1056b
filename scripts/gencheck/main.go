// Command gencheck regenerates the code of this module in a temporary place, and fails if
// the result differs from the files that are checked in or has a declaration that no
// wrapper uses. It changes nothing.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	idle, err := unused(".")
	if err != nil {
		fail(err)
	}
	diffs, err := run()
	if err != nil {
		fail(err)
	}
	for _, line := range append(idle, diffs...) {
		fmt.Println(line)
	}
	if len(idle) > 0 {
		fmt.Println("leave out of generation, by an overlay or a template, the declarations that no wrapper uses")
	}
	if len(diffs) > 0 {
		fmt.Println("run make generate and commit the result")
	}
	if len(idle)+len(diffs) > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gencheck:", err)
	os.Exit(2)
}

// inputs are the files that generation reads and runs, and its output.
var inputs = []string{"go.mod", "go.sum", "tools.go", "specs", "generated", "scripts/decodegen", "internal"}

func run() ([]string, error) {
	tmp, err := os.MkdirTemp("", "gencheck")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for _, in := range inputs {
		if err := copyTree(in, filepath.Join(tmp, in)); err != nil {
			return nil, err
		}
	}
	// Old output is removed, so that files without a source do not stay.
	if err := remove(filepath.Join(tmp, "generated")); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "generate", "./generated/...")
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go generate: %w\n%s", err, out)
	}
	was, err := generated("generated")
	if err != nil {
		return nil, err
	}
	is, err := generated(filepath.Join(tmp, "generated"))
	if err != nil {
		return nil, err
	}
	var diffs []string
	for name, old := range was {
		if now, ok := is[name]; !ok {
			diffs = append(diffs, name+": nothing generates it")
		} else if !bytes.Equal(old, now) {
			diffs = append(diffs, name+": differs")
		}
	}
	for name := range is {
		if _, ok := was[name]; !ok {
			diffs = append(diffs, name+": missing")
		}
	}
	slices.Sort(diffs)
	return diffs, nil
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, b, 0o600)
	})
}

func remove(dir string) error {
	files, err := generated(dir)
	if err != nil {
		return err
	}
	for name := range files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// generated returns the contents of the generated files below dir by name.
func generated(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".gen.go") && !strings.HasSuffix(path, ".gen_test.go") && !strings.HasSuffix(path, ".gen.json") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = b
		return err
	})
	return files, err
}
