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

// uniqueIDs lists the resources of each provider whose ids are never reused, so a
// repeated deletion or revocation cannot end a new object.
var uniqueIDs = map[string][]string{
	"box":        {"Groups", "Memberships", "Users"},
	"clerk":      {"Invitations", "Organizations", "Users"},
	"googlechat": {"Spaces", "Subscriptions"},
	"webex":      {"Rooms", "Teams", "Webhooks"},
}

// TestWritesDocumentRepeats checks that the comment of a method warns of repeats exactly if
// the method may send its write twice.
func TestWritesDocumentRepeats(t *testing.T) {
	for _, p := range []string{"box", "clerk", "googlechat", "pubnub", "webex"} {
		t.Run(p, func(t *testing.T) {
			var documented []string
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
							resource, verb, _ := strings.Cut(method, ".")
							if ends := verb == "Delete" || verb == "Revoke"; !ends || !slices.Contains(uniqueIDs[p], resource) {
								repeated[method] = true
							}
						}
					case *ast.FuncDecl:
						if resource, ok := resourceOf(d); ok && warnsOfRepeats(d.Doc) {
							documented = append(documented, resource+"."+d.Name.Name)
						}
					}
				}
			}
			slices.Sort(documented)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(repeated)), documented); diff != "" {
				t.Errorf("methods whose comment warns of repeats (-want +got):\n%s", diff)
			}
		})
	}
}

// TestClientDocumentsRepeats checks the same of the portable writes.
func TestClientDocumentsRepeats(t *testing.T) {
	var documented []string
	for _, file := range []string{"apply.go", "client.go", "write.go"} {
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && warnsOfRepeats(d.Doc) {
				documented = append(documented, d.Name.Name)
			}
		}
	}
	if diff := cmp.Diff([]string{"Apply", "Add", "Update", "Remove"}, documented); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// warnsOfRepeats reports whether a comment has the sentence about repeats.
func warnsOfRepeats(doc *ast.CommentGroup) bool {
	text := strings.NewReplacer("\n", " ", "[", "", "]", "").Replace(doc.Text())
	return strings.Contains(text, "A repeat can undo another caller's change: see option.WithoutRepeat.")
}

// duplicates returns the methods in a wrapper's table of that name, without the writes
// that are never repeated.
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

// resourceOf returns the name before "Service" in the receiver of an exported method,
// such as "Memberships".
func resourceOf(d *ast.FuncDecl) (string, bool) {
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
