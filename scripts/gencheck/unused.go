package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// module is the import path of this module.
const module = "github.com/memberships-go/memberships"

// unused returns a line for each declaration of generated/ that the wrapper of its provider
// does not use; servers are left out. A wrapper uses the names in its files, tests
// excluded, and the names in their declarations. It uses a decoder if a file of it names
// the decoder's type.
func unused(root string) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(root, "generated", "*"))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, dir := range dirs {
		provider := filepath.Base(dir)
		declared, err := parseDir(dir)
		if err != nil {
			return nil, err
		}
		users, err := parseDir(filepath.Join(root, "wrappers", provider))
		if err != nil {
			return nil, err
		}
		for _, name := range unusedIn(declared, namesOf(module+"/generated/"+provider, users)) {
			all = append(all, "generated/"+provider+": "+name+": no file of the wrapper uses it")
		}
	}
	return all, nil
}

// parseDir parses the files of a package, tests excluded.
func parseDir(dir string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// namesOf returns the names of a package that files select.
func namesOf(path string, files []*ast.File) map[string]bool {
	found := map[string]bool{}
	for _, f := range files {
		local := ""
		for _, spec := range f.Imports {
			if imported, err := strconv.Unquote(spec.Path.Value); err == nil && imported == path {
				local = filepath.Base(path)
				if spec.Name != nil {
					local = spec.Name.Name
				}
			}
		}
		if local == "" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
					found[sel.Sel.Name] = true
				}
			}
			return true
		})
	}
	return found
}

// declaration is a type or function of a package with what it names.
type declaration struct {
	kind  string // "type" or "func"
	names []string
}

// unusedIn returns the exported types, functions and decoders that used does not reach, in
// alphabetical order.
func unusedIn(files []*ast.File, used map[string]bool) []string {
	declared, decoders := declarations(files)
	reached := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		d, ok := declared[name]
		if !ok || reached[name] {
			return
		}
		reached[name] = true
		for _, n := range d.names {
			reach(n)
		}
	}
	for name := range used {
		reach(name)
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if d := declared[name]; ast.IsExported(name) && !reached[name] {
			out = append(out, d.kind+" "+name)
		} else if decoders[name] && !used[name] {
			out = append(out, "decoder of "+name)
		}
	}
	return out
}

// declarations returns the types and functions of a package by name, and the types that
// have a decoder. Methods and constants come and go with their types.
func declarations(files []*ast.File) (map[string]declaration, map[string]bool) {
	declared, decoders := map[string]declaration{}, map[string]bool{}
	for _, f := range files {
		for _, decl := range f.Decls {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						declared[spec.Name.Name] = declaration{"type", identifiers(spec.Type)}
					}
				}
			case *ast.FuncDecl:
				if decl.Recv == nil {
					declared[decl.Name.Name] = declaration{"func", identifiers(decl)}
				} else if star, ok := decl.Recv.List[0].Type.(*ast.StarExpr); ok && decl.Name.Name == "DecodeJSON" {
					if of, ok := star.X.(*ast.Ident); ok {
						decoders[of.Name] = true
					}
				}
			}
		}
	}
	return declared, decoders
}

// identifiers returns the names in a node that can stand for declarations of the package:
// no fields, parameters or members of another name.
func identifiers(n ast.Node) []string {
	var names []string
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			names = append(names, identifiers(n.Type)...)
			return false
		case *ast.SelectorExpr:
			names = append(names, identifiers(n.X)...)
			return false
		case *ast.Ident:
			names = append(names, n.Name)
		}
		return true
	})
	return names
}
