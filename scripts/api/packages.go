package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

const module = "github.com/memberships-go/memberships"

// goPackage is go list's description of a package.
type goPackage struct {
	ImportPath, Name, Dir string
	GoFiles               []string
}

// path returns the package's import path relative to the module, "." for the root.
func (p goPackage) path() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

// file returns the name of the package's listing.
func (p goPackage) file() string {
	if p.path() == "." {
		return "memberships.txt"
	}
	return strings.ReplaceAll(p.path(), "/", "-") + ".txt"
}

// generated reports whether the package has generated models, which are partly promised.
func (p goPackage) generated() bool { return strings.HasPrefix(p.path(), "generated/") }

// public reports whether the package is importable and promises anything.
func (p goPackage) public() bool {
	if p.Name == "main" || len(p.GoFiles) == 0 {
		return false
	}
	path := p.path() + "/"
	return !strings.Contains("/"+path, "/internal/") && !strings.HasPrefix(path, "scripts/") &&
		!strings.HasPrefix(path, "specs/") && !(p.generated() && strings.HasSuffix(path, "/server/"))
}

// publicPackages returns the public packages of the module in the order of go list.
func publicPackages() ([]goPackage, error) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Dir,GoFiles", module+"/...").Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("go list: %w: %s", err, failed.Stderr)
		}
		return nil, err
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if p.public() {
			all = append(all, p)
		}
	}
}

// parse returns the package's files.
func (p goPackage) parse() ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// internals returns the names of the internal packages that a file imports.
func internals(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, imp := range f.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil || !strings.Contains("/"+path+"/", "/internal/") {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if imp.Name != nil {
			name = imp.Name.Name
		}
		names[name] = true
	}
	return names
}
