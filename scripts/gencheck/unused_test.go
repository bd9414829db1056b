package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The clients of generated/ declare nothing that their wrappers do not use.
func TestTreeHasNothingUnused(t *testing.T) {
	lines, err := unused("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		t.Error(line)
	}
}

func TestUnused(t *testing.T) {
	const client = `package box
type Member struct { Role Role; Group *Group; Tags map[string][]Tag; UserID string }
type Role string
const RoleAdmin Role = "admin"
func (r Role) Valid() bool { return r == RoleAdmin }
type Group struct { ID string }
type Tag struct{}
type UserID = string
type internal struct{ Hidden Hidden }
type Hidden struct{}
type Body = Member
func Create(id string, b Body) Endpoint { e := New("POST"); e.UserID(id); return e }
func (v *Member) DecodeJSON(r *Reader, p int) int { return p }
func (v *Group) DecodeJSON(r *Reader, p int) int { return p }
`
	all := []string{"type Body", "func Create", "type Group", "type Hidden", "type Member", "type Role", "type Tag", "type UserID"}
	tests := []struct {
		name, wrapper string
		want          []string
	}{
		{"nothing is used", `package box`, all},
		{"another package of the name", "package box\nimport gen \"example.com/box\"\nvar _ gen.Member", all},
		{"a model with its fields", "package box\nimport gen \"m/generated/box\"\ntype Member = gen.Member",
			[]string{"type Body", "func Create", "decoder of Group", "type Hidden", "type UserID"}},
		{"an import without a name of its own", "package box\nimport \"m/generated/box\"\ntype Member = box.Member",
			[]string{"type Body", "func Create", "decoder of Group", "type Hidden", "type UserID"}},
		{"an endpoint with its body", "package box\nimport gen \"m/generated/box\"\nvar _, _ = gen.Create, gen.Group{}",
			[]string{"type Hidden", "decoder of Member", "type UserID"}},
		{"everything", "package box\nimport gen \"m/generated/box\"\nvar _, _, _, _ = gen.Create, gen.Group{}, gen.Hidden{}, gen.Member{}; type _ = gen.UserID", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := unusedIn(files(t, client), namesOf("m/generated/box", files(t, tt.wrapper)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func files(t *testing.T, text string) []*ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return []*ast.File{f}
}
