package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// example returns the body of a compiled example, without its set-up: what stands
// above a comment "readme" is left out, and so is the expected output.
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
		body := string(src[fset.Position(fn.Body.Lbrace).Offset+1 : fset.Position(fn.Body.Rbrace).Offset])
		if _, after, ok := strings.Cut(body, "// readme\n"); ok {
			body = after
		}
		body, _, _ = strings.Cut(body, "\t// Output:")
		var lines []string
		for line := range strings.SplitSeq(strings.Trim(body, "\n"), "\n") {
			lines = append(lines, strings.TrimPrefix(line, "\t"))
		}
		return "```go\n" + strings.Join(lines, "\n") + "\n```\n", nil
	}
	return "", fmt.Errorf("%s has no function %s", args[0], args[1])
}
