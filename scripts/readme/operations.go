package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// method is a wrapper's method and the operation that its comment names.
type method struct{ service, name, op string }

// operations returns the table of operations, with a row for each field of a client. Every
// method's comment names an operation of the provider's document, and every operation has a
// method.
func operations(root string) (string, error) {
	dirs, err := os.ReadDir(filepath.Join(root, "wrappers"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| provider | field of the client | method: operation |\n|---|---|---|\n")
	for _, d := range dirs {
		ops, err := generatedOperations(filepath.Join(root, "generated", d.Name(), "client.gen.go"))
		if err != nil {
			return "", err
		}
		methods, err := documented(filepath.Join(root, "wrappers", d.Name()))
		if err != nil {
			return "", err
		}
		rows, listed := map[string][]string{}, map[string]bool{}
		for _, m := range methods {
			op, ok := ops[m.op]
			if !ok {
				return "", fmt.Errorf("wrappers/%s: the comment of %s.%s names %s, which is not generated", d.Name(), m.service, m.name, m.op)
			}
			listed[op] = true
			rows[m.service] = append(rows[m.service], fmt.Sprintf("`%s`: %s", m.name, op))
		}
		for _, op := range ops {
			if !listed[op] {
				return "", fmt.Errorf("wrappers/%s: no method's comment names %s", d.Name(), op)
			}
		}
		for _, service := range slices.Sorted(maps.Keys(rows)) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Name(), service, strings.Join(rows[service], "<br>"))
		}
	}
	return b.String(), nil
}

var (
	generatedOperation = regexp.MustCompile(`(?m)^\te := endpoint\.New\("(\w+ )(/[^/"]+)?(/[^"]*)"\)`)
	namedOperation     = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE) (/[^\s?]*[^\s?.,;)])`)
)

// generatedOperations returns the operations of a generated client. Each is there under its
// path and under the path without the version of the API, which comments leave out.
func generatedOperations(file string) (map[string]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	ops := map[string]string{}
	for _, m := range generatedOperation.FindAllSubmatch(b, -1) {
		verb, version, rest := string(m[1]), string(m[2]), string(m[3])
		ops[verb+rest], ops[verb+version+rest] = verb+version+rest, verb+version+rest
	}
	return ops, nil
}

// documented returns the exported methods of a wrapper's services whose comments name an
// operation, in alphabetical order.
func documented(dir string) ([]method, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var out []method
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.IsExported() {
				if m := methodOf(fn); m.op != "" {
					out = append(out, m)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b method) int { return strings.Compare(a.service+"."+a.name, b.service+"."+b.name) })
	return out, nil
}

// methodOf returns a method of a service, with the first operation that its comment names.
func methodOf(fn *ast.FuncDecl) (m method) {
	if fn.Recv == nil {
		return m
	}
	star, _ := fn.Recv.List[0].Type.(*ast.StarExpr)
	if star == nil {
		return m
	}
	typ, _ := star.X.(*ast.Ident)
	if typ == nil {
		return m
	}
	service, ok := strings.CutSuffix(typ.Name, "Service")
	if !ok {
		return m
	}
	text := strings.ReplaceAll(fn.Doc.Text(), "\n", " ")
	op := namedOperation.FindStringSubmatch(text)
	if op == nil {
		return m
	}
	return method{service, fn.Name.Name, op[1] + " " + op[2]}
}
