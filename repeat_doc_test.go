package memberships_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// uniqueIDs are the services whose objects have ids that are never given a second time, so
// that the repeat of a deletion cannot meet something that somebody else has made.
var uniqueIDs = map[string][]string{
	"box":        {"Groups", "Memberships", "Users"},
	"clerk":      {"Organizations", "Users"},
	"googlechat": {"Spaces"},
	"webex":      {"Rooms", "Teams", "Webhooks"},
}

// Every method whose write may be sent a second time says that this can undo somebody
// else's change, and no other does.
func TestWritesTellOfRepeats(t *testing.T) {
	for _, p := range []string{"box", "clerk", "googlechat", "pubnub", "webex"} {
		t.Run(p, func(t *testing.T) {
			var told []string
			repeated := map[string]bool{}
			files, err := filepath.Glob("wrappers/" + p + "/*.go")
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range files {
				if strings.HasSuffix(name, "_test.go") {
					continue
				}
				f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.ParseComments)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range f.Decls {
					switch d := d.(type) {
					case *ast.GenDecl:
						for _, method := range duplicates(d) {
							if service, ok := strings.CutSuffix(method, ".Delete"); !ok || !slices.Contains(uniqueIDs[p], service) {
								repeated[method] = true
							}
						}
					case *ast.FuncDecl:
						if service, ok := serviceOf(d); ok && tells(d.Doc) {
							told = append(told, service+"."+d.Name.Name)
						}
					}
				}
			}
			slices.Sort(told)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(repeated)), told); diff != "" {
				t.Errorf("methods whose comment tells of repeats (-want +got):\n%s", diff)
			}
		})
	}
}

// The portable writes tell of repeats, too.
func TestClientTellsOfRepeats(t *testing.T) {
	f, err := parser.ParseFile(gotoken.NewFileSet(), "client.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && tells(d.Doc) {
			told = append(told, d.Name.Name)
		}
	}
	if diff := cmp.Diff([]string{"Add", "Update", "Remove"}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// tells reports that a comment has the sentence about repeats.
func tells(doc *ast.CommentGroup) bool {
	text := strings.NewReplacer("\n", " ", "[", "", "]", "").Replace(doc.Text())
	return strings.Contains(text, "A repeat can undo somebody else's change: see option.WithoutRepeat.")
}

// duplicates returns the keys of a wrapper's table of this name, without the writes that
// are never sent a second time.
func duplicates(d *ast.GenDecl) (methods []string) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != "duplicates" {
			continue
		}
		for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
			row := e.(*ast.KeyValueExpr)
			if rule, ok := row.Value.(*ast.SelectorExpr); !ok || rule.Sel.Name != "Harms" {
				methods = append(methods, strings.Trim(row.Key.(*ast.BasicLit).Value, `"`))
			}
		}
	}
	return methods
}

// serviceOf is the service that an exported method is of.
func serviceOf(d *ast.FuncDecl) (string, bool) {
	if d.Recv == nil || !d.Name.IsExported() {
		return "", false
	}
	star, ok := d.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return "", false
	}
	name, ok := star.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name.Name, "Service")
}
