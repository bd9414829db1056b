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

// operations returns the table of every operation, a row for each service.
func operations(root string) (string, error) {
	dirs, err := os.ReadDir(filepath.Join(root, "wrappers"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| provider | service | method: operation |\n|---|---|---|\n")
	for _, d := range dirs {
		ops, err := opConstants(filepath.Join(root, "generated", d.Name(), "client.gen.go"))
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
				return "", fmt.Errorf("wrappers/%s: no core.Call has a Name that is spelled out and the Op %s", d.Name(), op)
			}
		}
		for _, service := range slices.Sorted(maps.Keys(services)) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", d.Name(), service, strings.Join(services[service], "<br>"))
		}
	}
	return b.String(), nil
}

var opConstant = regexp.MustCompile(`(?m)^\t(Op\w+)\s+= "([^"]+)"$`)

func opConstants(file string) (map[string]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	ops := map[string]string{}
	for _, m := range opConstant.FindAllSubmatch(b, -1) {
		ops[string(m[1])] = string(m[2])
	}
	return ops, nil
}

// calls finds every core.Call{Name: "Service.Method", Op: gen.OpName} of a package.
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
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			var m method
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, _ := kv.Key.(*ast.Ident)
				switch v := kv.Value.(type) {
				case *ast.BasicLit:
					if key != nil && key.Name == "Name" {
						m.name = strings.Trim(v.Value, `"`)
					}
				case *ast.SelectorExpr:
					if key != nil && key.Name == "Op" {
						m.op = v.Sel.Name
					}
				}
			}
			if m.name != "" && strings.HasPrefix(m.op, "Op") {
				out = append(out, m)
			}
			return true
		})
	}
	slices.SortStableFunc(out, func(a, b method) int { return strings.Compare(a.name, b.name) })
	return slices.Compact(out), nil
}
