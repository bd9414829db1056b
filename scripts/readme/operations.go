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

// method is a wrapper's method and its operation.
type method struct{ name, op string }

// operations returns the table of operations, with a row for each field of a client.
func operations(root string) (string, error) {
	dirs, err := os.ReadDir(filepath.Join(root, "wrappers"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| provider | field of the client | method: operation |\n|---|---|---|\n")
	for _, d := range dirs {
		ops, err := opFunctions(filepath.Join(root, "generated", d.Name(), "client.gen.go"))
		if err != nil {
			return "", err
		}
		methods, err := calls(filepath.Join(root, "wrappers", d.Name()))
		if err != nil {
			return "", err
		}
		resources, listed := map[string][]string{}, map[string]bool{}
		for _, m := range methods {
			listed[m.op] = true
			op, ok := ops[m.op]
			if !ok {
				return "", fmt.Errorf("wrappers/%s: %s calls %s, which is not generated", d.Name(), m.name, m.op)
			}
			resource, name, _ := strings.Cut(m.name, ".")
			resources[resource] = append(resources[resource], fmt.Sprintf("`%s`: %s", name, op))
		}
		for op := range ops {
			if !listed[op] {
				return "", fmt.Errorf("wrappers/%s: no client.Call has a Name that is spelled out and the Endpoint gen.%s", d.Name(), op)
			}
		}
		for _, resource := range slices.Sorted(maps.Keys(resources)) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Name(), resource, strings.Join(resources[resource], "<br>"))
		}
	}
	return b.String(), nil
}

var opFunction = regexp.MustCompile(`(?m)^func (\w+)\(.*\) endpoint\.Endpoint \{\n\te := endpoint\.New\("([^"]+)"\)`)

// opFunctions maps generated functions to their operations.
func opFunctions(file string) (map[string]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	ops := map[string]string{}
	for _, m := range opFunction.FindAllSubmatch(b, -1) {
		ops[string(m[1])] = string(m[2])
	}
	return ops, nil
}

// calls returns every client.Call{Name: "Resource.Method", Endpoint: gen.Function(...)}
// of a package. A call without an Endpoint uses the file's call.Endpoint =
// gen.Function(...).
func calls(dir string) ([]method, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var out []method
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, callsOf(f)...)
	}
	slices.SortStableFunc(out, func(a, b method) int { return strings.Compare(a.name, b.name) })
	return slices.Compact(out), nil
}

func callsOf(f *ast.File) []method {
	var found []method
	later := ""
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if isSelector(n.Type, "client", "Call") {
				if m := callOf(n); m.name != "" {
					found = append(found, m)
				}
			}
		case *ast.AssignStmt:
			if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "Endpoint" {
				later = generated(n.Rhs[0])
			}
		}
		return true
	})
	for i := range found {
		if found[i].op == "" {
			found[i].op = later
		}
	}
	return slices.DeleteFunc(found, func(m method) bool { return m.op == "" })
}

// callOf returns the name and the operation of a client.Call literal, "" for computed
// ones.
func callOf(lit *ast.CompositeLit) (m method) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key, _ := kv.Key.(*ast.Ident); key.Name {
		case "Name":
			if v, ok := kv.Value.(*ast.BasicLit); ok {
				m.name = strings.Trim(v.Value, `"`)
			}
		case "Endpoint":
			m.op = generated(kv.Value)
		}
	}
	return m
}

// generated returns the function that a call gen.Function(...) names, "" for any other
// expression.
func generated(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok {
		if f, ok := call.Fun.(*ast.SelectorExpr); ok && isSelector(f, "gen", f.Sel.Name) {
			return f.Sel.Name
		}
	}
	return ""
}

func isSelector(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && s.Sel.Name == name
}
