package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mayName are the files that may name a provider outside help texts and examples.
var mayName = map[string]string{
	"change/box_permissions.go": "the flag --box-permissions is about one provider, and its name says so",
	"help_credentials.go":       "the help shows a file of profiles",
	"change/flags.go":           "the help lists other programs whose files are read",
}

// Providers are data of package providers, so a new provider changes no file of the
// command. Only help texts and examples name one.
func TestNoFileNamesAProvider(t *testing.T) {
	name := regexp.MustCompile(`(?i)\b(box|clerk|google|pubnub|webex)|wrappers/`)
	named := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			text := ""
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && slices.Contains([]string{"Short", "Long", "Example"}, key.Name) {
					return false
				}
			case *ast.Ident:
				text = n.Name
			case *ast.BasicLit:
				text = n.Value
			}
			if !name.MatchString(text) {
				return true
			}
			named[filepath.ToSlash(path)] = true
			if mayName[filepath.ToSlash(path)] == "" {
				t.Errorf("%s: %.60s names a provider", fset.Position(n.Pos()), text)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for file := range mayName {
		if !named[file] {
			t.Errorf("%s names no provider any more", file)
		}
	}
}
