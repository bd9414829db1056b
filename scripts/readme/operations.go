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

// method is a wrapper's method and the operation that it calls.
type method struct{ name, op string }

// operations returns the table of every operation, a row for each field of its client.
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
		services, listed := map[string][]string{}, map[string]bool{}
		for _, m := range methods {
			listed[m.op] = true
			op, ok := ops[m.op]
			if !ok {
				return "", fmt.Errorf("wrappers/%s: %s calls %s, which is not generated", d.Name(), m.name, m.op)
			}
			service, name, _ := strings.Cut(m.name, ".")
			services[service] = append(services[service], fmt.Sprintf("`%s`: %s", name, op))
		}
		for op := range ops {
			if !listed[op] {
				return "", fmt.Errorf("wrappers/%s: no client.Call has a Name that is spelled out and the Endpoint gen.%s", d.Name(), op)
			}
		}
		for _, service := range slices.Sorted(maps.Keys(services)) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Name(), service, strings.Join(services[service], "<br>"))
		}
	}
	return b.String(), nil
}

var opFunction = regexp.MustCompile(`(?m)^func (\w+)\(.*\) endpoint\.Endpoint \{\n\te := endpoint\.New\("([^"]+)"\)`)

// opFunctions are the operations by the generated functions that stand for them.
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

// calls finds every client.Call{Name: "Service.Method", Endpoint: gen.Function(...)} of a
// package. One without an Endpoint has that of the file's call.Endpoint = gen.Function(...)
// or return gen.Function(...).
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
		case *ast.ReturnStmt:
			if len(n.Results) == 1 && generated(n.Results[0]) != "" {
				later = generated(n.Results[0])
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

// callOf reads the name and the operation of a client.Call literal, "" for what is computed.
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

// generated returns the function that a call gen.Function(...) names, "" for anything else.
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
