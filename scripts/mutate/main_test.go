package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/deeptest"
)

// The scratch package has every kind of mutation, and tests that notice some of them.
const (
	scratch = `package scratch

import "errors"

const limit = 10

var calls int

// Small has a border that no test covers.
func Small(n int) bool { return n < limit }

// Both has an operand that no test covers.
func Both(a, b bool) bool { return a && b }

// Check has an error that a test covers. Without the error, an import is unused.
func Check(n int) error {
	calls++
	if n == 7 {
		return errors.New("seven is not allowed")
	}
	return nil
}

// Loop never ends without its last statement.
func Loop() int {
	n := 0
	for n != 3 {
		n++
	}
	return n
}
`
	scratchTest = `package scratch

import "testing"

func Test(t *testing.T) {
	if !Small(1) || Small(100) {
		t.Error("small")
	}
	if !Both(true, true) || Both(false, true) {
		t.Error("both")
	}
	if Check(7) == nil || Check(8) != nil {
		t.Error("check")
	}
	if Loop() != 3 {
		t.Error("loop")
	}
}
`
)

// inScratch changes into a module with the scratch package.
func inScratch(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
}

func module() map[string]string {
	return map[string]string{"go.mod": "module scratch\n\ngo 1.26\n", "scratch.go": scratch, "scratch_test.go": scratchTest}
}

// TestRun runs all mutations of the scratch package. The mutations without a test
// survive.
func TestRun(t *testing.T) {
	inScratch(t, module())
	var out, progress bytes.Buffer
	tried := deeptest.Count(5, 12)
	if err := run(t.Context(), []string{"-timeout", "5s", "-n", strconv.Itoa(tried), "."}, &out, &progress); err != nil {
		t.Fatal(err)
	}
	want := `scratch.go:5: number changed: 10 becomes (10+1)
scratch.go:10: border moved: < becomes <=
scratch.go:13: operand removed: a && b becomes a
scratch.go:17: statement removed: calls++ becomes nothing
scratch.go:26: number changed: 0 becomes (0+1)
.: tried 12 of 12, killed 6 (1 by the time they took), not built 1, survived 5
`
	if !deeptest.Enabled() { // those of a sample
		want = `scratch.go:10: border moved: < becomes <=
scratch.go:13: operand removed: a && b becomes a
scratch.go:26: number changed: 0 becomes (0+1)
.: tried 5 of 12, killed 2 (0 by the time they took), not built 0, survived 3
`
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b, err := os.ReadFile("scratch.go"); err != nil || string(b) != scratch {
		t.Errorf("the tree was touched: %v", err)
	}
}

// The tests of further packages run too.
func TestRunFurtherPackages(t *testing.T) {
	inScratch(t, map[string]string{
		"go.mod":            "module scratch\n\ngo 1.26\n",
		"scratch.go":        "package scratch\n\nfunc Small(n int) bool { return n < 10 }\n",
		"user/user_test.go": "package user\n\nimport (\n\t\"testing\"\n\n\t\"scratch\"\n)\n\nfunc Test(t *testing.T) {\n\tif scratch.Small(10) || !scratch.Small(9) {\n\t\tt.Error(\"small\")\n\t}\n}\n",
	})
	for args, want := range map[string]string{
		".":        "survived 2",
		". ./user": "tried 2 of 2, killed 2 (0 by the time they took), not built 0, survived 0",
	} {
		var out, progress bytes.Buffer
		if err := run(t.Context(), strings.Fields(args), &out, &progress); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %s, %v, want %s", args, out.String(), err, want)
		}
	}
}

// A sample depends on the seed alone, has the requested size, and keeps the order.
func TestSample(t *testing.T) {
	var all []mutation
	for i := range 100 {
		all = append(all, mutation{file: "f", from: i, to: i + 1})
	}
	picked := func(n int, seed uint64) string {
		var at []int
		for _, m := range sample(all, n, seed) {
			if len(at) > 0 && at[len(at)-1] >= m.from {
				t.Errorf("%d stands behind %d", m.from, at[len(at)-1])
			}
			at = append(at, m.from)
		}
		if want := min(n, len(all)); n > 0 && len(at) != want {
			t.Errorf("%d were picked, want %d", len(at), want)
		}
		return fmt.Sprint(at)
	}
	if first, again := picked(10, 1), picked(10, 1); first != again || first == picked(10, 2) {
		t.Error("a sample does not depend on its seed alone")
	}
	if picked(0, 1) != picked(100, 2) || picked(1000, 1) != picked(0, 3) {
		t.Error("all are not all")
	}
}

// TestMutations lists the mutations of sample code.
func TestMutations(t *testing.T) {
	const before = "package p\n\n"
	for name, tt := range map[string]struct {
		code string
		want []string
	}{
		"a condition": {`func f(a int) { if a == b { return } }`, []string{`func f(a int) { if !(a == b) { return } }`}},
		"a condition beside another": {`func f() { for a != b || c {} }`, []string{
			`func f() { for !(a != b || c) {} }`, `func f() { for a != b {} }`, `func f() { for c {} }`, `func f() { for a == b || c {} }`,
		}},
		"cases":            {`func f() { switch { case a: default: } }`, []string{`func f() { switch { case !(a): default: } }`}},
		"cases of a value": {`func f() { switch x { case a: default: } }`, nil},
		"borders":          {`var _, _ = a <= b, a >= b`, []string{`var _, _ = a < b, a >= b`, `var _, _ = a <= b, a > b`}},
		"statements": {`func f() { g(); a = 1; b := 2; _ = b; defer g() }`, []string{
			`func f() { ; a = 1; b := 2; _ = b; defer g() }`, `func f() { g(); ; b := 2; _ = b; defer g() }`, `func f() { g(); a = (1+1); b := 2; _ = b; defer g() }`,
			`func f() { g(); a = 1; b := (2+1); _ = b; defer g() }`, `func f() { g(); a = 1; b := 2; _ = b;  }`,
		}},
		"errors": {`func f() (int, error) { if a { return g() }; return b, err }`, []string{
			`func f() (int, error) { if !(a) { return g() }; return b, err }`, `func f() (int, error) { if a { return nil }; return b, err }`, `func f() (int, error) { if a { return g() }; return b, nil }`,
		}},
		"no errors":           {`func f() (int, error) { return b, nil }`, nil},
		"no errors, inside":   {`func f() error { g(func() int { return n }); return nil }`, []string{`func f() error { ; return nil }`}},
		"errors of a literal": {`var f = func() error { return err }`, []string{`var f = func() error { return nil }`}},
		"constants": {`const a, b, c, d = 0x10, "word", "some words", true`, []string{
			`const a, b, c, d = (0x10+1), "word", "some words", true`, `const a, b, c, d = 0x10, "word~", "some words", true`, `const a, b, c, d = 0x10, "word", "some words", false`,
		}},
		"imports and tags": {"import \"x\"\ntype t struct { f [2]int `json:\"f\"` }", []string{"import \"x\"\ntype t struct { f [(2+1)]int `json:\"f\"` }"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "f.go")
			if err := os.WriteFile(file, []byte(before+tt.code), 0o644); err != nil {
				t.Fatal(err)
			}
			found, err := mutationsOf(file)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range found {
				got = append(got, strings.TrimPrefix(string(m.apply()), before))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Generated code has no mutations.
func TestGeneratedCode(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.go")
	if err := os.WriteFile(file, []byte("// Code generated by x. DO NOT EDIT.\npackage p\n\nconst a = 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if found, err := mutationsOf(file); err != nil || len(found) > 0 {
		t.Errorf("got %v, %v", found, err)
	}
}

// A failed run is an error and does not count.
func TestRunFails(t *testing.T) {
	failing := module()
	failing["scratch_test.go"] = "package scratch\n\nimport \"testing\"\n\nfunc Test(t *testing.T) { t.Error(\"no\") }\n"
	for name, tt := range map[string]struct {
		files map[string]string
		args  []string
		has   string
	}{
		"no package":      {module(), nil, "no package is named"},
		"no such package": {module(), []string{"./nowhere"}, "go list ./nowhere"},
		"no such file":    {module(), []string{"-files", "x.go", "."}, "no file x.go"},
		"no such flag":    {module(), []string{"-x", "."}, "not defined"},
		"tests that fail": {failing, []string{"."}, "the tests fail without a mutation"},
	} {
		t.Run(name, func(t *testing.T) {
			inScratch(t, tt.files)
			var out, progress bytes.Buffer
			if err := run(t.Context(), tt.args, &out, &progress); err == nil || !strings.Contains(err.Error(), tt.has) || out.Len() > 0 {
				t.Errorf("got %v and %q, want an error with %q", err, out.String(), tt.has)
			}
		})
	}
}

// Output other than go test's decides nothing about a mutation.
func TestJudge(t *testing.T) {
	if got := judge("", nil); got != survived {
		t.Errorf("no error: %d", got)
	}
	for _, err := range []error{errors.New("x"), exec.ErrNotFound} {
		if got := judge("", err); got != broken {
			t.Errorf("%v: %d", err, got)
		}
	}
}
