package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPublic holds every public package to the rules.
func TestPublic(t *testing.T) {
	t.Chdir("../..")
	packages, err := publicPackages()
	if err != nil {
		t.Fatal(err)
	}
	generated := 0
	for _, p := range packages {
		files, err := p.parse()
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range p.faults(files) {
			t.Errorf("%s: %s", p.path(), fault)
		}
		if p.generated() {
			generated++
		}
	}
	if generated != 5 || len(packages) < 15 {
		t.Errorf("%d packages were looked at, %d of them generated", len(packages), generated)
	}
}

func file(t *testing.T, src string) []*ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return []*ast.File{f}
}

const imports = `import (
	"github.com/memberships-go/memberships/internal/decode"
	conf "github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
	gen "github.com/memberships-go/memberships/generated/webex"
)
`

func TestFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		path, src string
		want      []string
	}{
		"none":                           {"option", `func WithX(x int) option.Option { return nil }`, nil},
		"an alias":                       {"option", `type X = conf.X`, []string{"type X = conf.X: names the internal type conf.X"}},
		"a parameter":                    {"option", `func F(x []*decode.Reader) {}`, []string{"func F([]*decode.Reader): names the internal type decode.Reader"}},
		"a result of a method":           {"option", `func (t *T) M() map[string]conf.X { return nil }`, []string{"method (*T) M() map[string]conf.X: names the internal type conf.X"}},
		"a field":                        {"option", `type T struct{ F func(conf.X) }`, []string{"type T struct, F func(conf.X): names the internal type conf.X"}},
		"an unexported field":            {"option", `type T struct{ f conf.X }`, nil},
		"a body":                         {"option", `func F() { conf.F() }`, nil},
		"an unexported type's method":    {"option", `func (t *t) M(conf.X) {}`, nil},
		"a decoder":                      {"generated/webex", `func (t *T) DecodeJSON(r *decode.Reader) {}`, nil},
		"a decoder elsewhere":            {"option", `func (t *T) DecodeJSON(r *decode.Reader) {}`, []string{"method (*T) DecodeJSON(*decode.Reader): names the internal type decode.Reader"}},
		"a generated model's method":     {"generated/webex", `func (t *T) M(conf.X) {}`, []string{"method (*T) M(conf.X): names the internal type conf.X"}},
		"an option":                      {"option", `func AsX() option.Option { return nil }`, []string{"func AsX() option.Option: is an option whose name does not begin with With"}},
		"an option of its own package":   {"option", `func Into(p *Pass) Option { return nil }`, []string{"func Into(*Pass) Option: is an option whose name does not begin with With"}},
		"what makes options":             {"option", `func NewOption(v any) Option { return nil }`, nil},
		"an alias without a way":         {"wrappers/webex", "// X is x.\ntype X = gen.Y", []string{"type X: its comment does not lead to [github.com/memberships-go/memberships/generated/webex.Y]"}},
		"an alias with the way":          {"wrappers/webex", "// X is x.\n// Its fields are in [github.com/memberships-go/memberships/generated/webex.Y].\ntype X = gen.Y", nil},
		"aliases of one comment":         {"wrappers/webex", "// In [github.com/memberships-go/memberships/generated/webex.Y].\ntype (\nX = gen.Y\n)", []string{"type X: its comment does not lead to [github.com/memberships-go/memberships/generated/webex.Y]"}},
		"a field without a description":  {"generated/webex", "// T is t.\ntype T struct {\n// F is f.\nF int\nG int\n}", []string{"type T: the field G has no description in the document"}},
		"a field of a type that is used": {"option", "// T is t.\ntype T struct {\nG int\n}", nil},
	} {
		p := goPackage{ImportPath: module + "/" + tc.path}
		if diff := cmp.Diff(tc.want, p.faults(file(t, imports+tc.src))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestDeclarations(t *testing.T) {
	const src = `
import "context"
const A, b = 1, 2
const C T = "c"
var D, e *T
type T string
type G[K comparable, V any] struct { M map[K]V; *T; context.Context; hidden int }
type I interface { context.Context; Do(ctx context.Context, n ...int) (x int, err error); do() }
type F = func(a, b int) (err error)
func Do[K any](a, b K, f func(x int) error) (n int, err error) { return }
func (g *G[K, V]) Get(k K) (v V) { return }
func (T) hidden() {}
func hidden() {}
func (h hiddenType) Do() {}
`
	want := []string{
		`const A = 1`, `const C T = "c"`, `var D *T`, `type T string`,
		`type G[K comparable, V any] struct`, `type G[K comparable, V any] struct, M map[K]V`,
		`type G[K comparable, V any] struct, T *T`, `type G[K comparable, V any] struct, Context context.Context`,
		`type I interface`, `type I interface, context.Context`,
		`type I interface, Do(context.Context, ...int) (int, error)`, `type I interface, has unexported methods`,
		`type F = func(int, int) error`, `func Do[K any](K, K, func(int) error) (int, error)`,
		`method (*G[K, V]) Get(K) V`,
	}
	var got []string
	for _, d := range declarations(file(t, src)) {
		got = append(got, d.text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDiff(t *testing.T) {
	want := []string{"- option: func A(int)", "+ option: func A(string)"}
	if diff := cmp.Diff(want, diff("option.txt", []string{"func A(int)", "func B()"}, []string{"func A(string)", "func B()"})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := diff("option.txt", []string{"func B()"}, []string{"func B()"}); got != nil {
		t.Errorf("got %q of two that are the same", got)
	}
}

// TestRun writes a listing, finds it the same, and finds a line that was taken away.
func TestRun(t *testing.T) {
	t.Chdir("../..")
	packages, err := publicPackages()
	if err != nil {
		t.Fatal(err)
	}
	packages = slices.DeleteFunc(packages, func(p goPackage) bool { return p.path() == "events/all" }) // exports nothing
	t.Chdir(t.TempDir())
	for _, p := range packages {
		lines, err := p.listing()
		if err != nil || len(lines) == 0 {
			t.Fatalf("%s: %d lines, %v", p.path(), len(lines), err)
		}
		if err := write(p.file(), lines); err != nil {
			t.Fatal(err)
		}
		before, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if got := diff(p.file(), before[p.file()], lines); got != nil {
			t.Errorf("%s: %q after it was written", p.path(), got)
		}
		if got := diff(p.file(), before[p.file()], lines[1:]); len(got) != 1 {
			t.Errorf("%s: %q without its first line", p.path(), got)
		}
	}
	if err := write(packages[0].file(), nil); err != nil {
		t.Fatal(err)
	}
	if left, err := read(); err != nil || len(left) != len(packages)-1 {
		t.Errorf("%d files are left of %d, %v", len(left), len(packages), err)
	}
}
