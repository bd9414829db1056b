package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// example returns an example function as a program with the imports that it uses. It
// turns a test into a test file in the same way.
func example(root string, args []string) (string, error) {
	if len(args) != 2 {
		return "", fmt.Errorf("an example needs a file and a function, found %q", args)
	}
	file := filepath.Join(root, filepath.FromSlash(args[0]))
	src, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ParseComments)
	if err != nil {
		return "", err
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Name.Name != args[1] {
			continue
		}
		body := src[fset.Position(fn.Body.Lbrace).Offset : fset.Position(fn.Body.Rbrace).Offset+1]
		pkg, head := "main", "func main()"
		if strings.HasPrefix(args[1], "Test") {
			pkg, head = "main_test", fmt.Sprintf("func %s(t *testing.T)", args[1])
		}
		program, err := format.Source(fmt.Appendf(nil, "package %s\n\nimport (\n%s)\n\n%s %s\n", pkg, imports(f, fn), head, body))
		if err != nil {
			return "", fmt.Errorf("%s: %w", args[1], err)
		}
		return "```go\n" + string(program) + "```\n", nil
	}
	return "", fmt.Errorf("%s has no function %s", args[0], args[1])
}

// imports returns the imports that a function uses: the standard library, an empty line,
// the others.
func imports(f *ast.File, fn *ast.FuncDecl) string {
	used := map[string]bool{}
	ast.Inspect(fn, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	var standard, others []string
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		name, line := path.Base(p), spec.Path.Value
		if spec.Name != nil {
			name, line = spec.Name.Name, spec.Name.Name+" "+line
		}
		if err != nil || !used[name] {
			continue
		}
		if strings.Contains(p, ".") {
			others = append(others, line)
		} else {
			standard = append(standard, line)
		}
	}
	if len(others) > 0 {
		standard = append(standard, "")
	}
	return strings.Join(slices.Concat(standard, others), "\n") + "\n"
}
