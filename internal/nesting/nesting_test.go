package nesting

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

func times(n int, s string) string { return strings.Repeat(s, n) }

// staircase returns n lines, each indented by one more column.
func staircase(n int, line string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(times(i, " ") + line + "\n")
	}
	return b.String()
}

// Check accepts Max levels of every kind of nesting, and returns the place of the next one.
func TestCheckRefuses(t *testing.T) {
	tests := []struct {
		name string
		// text is nested n levels deep.
		text func(n int) string
		// line and column are the place where level Max+1 begins.
		line, column int
	}{
		{"brackets", func(n int) string { return times(n, "[") }, 1, Max + 1},
		{"braces", func(n int) string { return times(n, "{") }, 1, Max + 1},
		{"brackets after a byte order mark", func(n int) string { return "\ufeff" + times(n, "[") }, 1, Max + 1},
		{"objects", func(n int) string { return times(n, `{"a":`) }, 1, 5*Max + 1},
		{"objects without quotes", func(n int) string { return times(n, "{a: ") }, 1, 4*Max + 1},
		{"arrays in objects", func(n int) string { return times(n/2, `{"a" : [`) + times(n%2, "[") }, 1, 8*Max/2 + 1},
		{"a bracket a line", func(n int) string { return times(n, "[\n") }, Max + 1, 1},
		{"brackets with space", func(n int) string { return times(n, " [\t") }, 1, 3*Max + 2},
		{"brackets of a key", func(n int) string { return "a: " + times(n-1, "[") }, 1, Max + 3},
		{"brackets of a key without space", func(n int) string { return `"a":` + times(n-1, "[") }, 1, Max + 4},
		{"brackets in a second document", func(n int) string { return "a: b\n--- " + times(n, "[") }, 2, Max + 5},
		{"brackets behind a tag", func(n int) string { return "a: !!seq &x " + times(n-1, "[") }, 1, Max + 12},
		{"brackets with tags", func(n int) string { return times(n, "!!seq [") }, 1, 7*Max + 7},
		{"brackets in a list", func(n int) string { return "- " + times(n-1, "[") }, 1, Max + 2},
		{"brackets behind a text", func(n int) string { return "a: |\n  [[[\nb: " + times(n-1, "[") }, 3, Max + 3},
		{"brackets behind quotes", func(n int) string { return "a: 'it''s [' # it's\nb: \"\\\"[\"\nc: " + times(n-1, "[") }, 3, Max + 3},
		{"brackets behind an apostrophe", func(n int) string { return "a: it's\nb: [it's, " + times(n-2, "[") }, 2, Max + 9},
		{"dashes", func(n int) string { return times(n, "- ") }, 1, 2*Max + 1},
		{"question marks", func(n int) string { return times(n, "? ") }, 1, 2*Max + 1},
		{"keys", func(n int) string { return staircase(n, "a:") }, Max + 1, Max + 1},
		{"entries", func(n int) string { return staircase(n, "-") }, Max + 1, Max + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := Check([]byte(tt.text(Max))); err != nil {
				t.Errorf("%d levels: %v", Max, err)
			}
			for _, n := range []int{Max + 1, 100_000} {
				if strings.HasSuffix(tt.text(2), "\n") && tt.text(1) != "[\n" {
					n = min(n, 500) // the text of a staircase grows with the square
				}
				var at *Error
				if err := Check([]byte(tt.text(n))); !errors.As(err, &at) {
					t.Errorf("%d levels: got %v", n, err)
				} else if want := (Error{tt.line, tt.column}); *at != want {
					t.Errorf("%d levels: got %v, want %v", n, *at, want)
				}
			}
		})
	}
}

// Brackets in text and closed brackets do not count.
func TestCheckPasses(t *testing.T) {
	open := times(10*Max, "[")
	for _, text := range []string{
		"", "\n", "#" + open, "a: b # " + open, "a: '" + open + "'", `a: "` + open + `\"` + open + `"`, "a: b" + open, "a: b " + open,
		"a: |\n " + open, "a: >-\n " + open + "\n\n " + open + "\nb: c", "- |2+ # text\n  " + open, "- a: b\n  c: |\n   " + open + "\n  d: e\n",
		"a: 'b\n  " + open + "'", "[a, 'b " + open + "']", "{a: \"" + open + "\"}",
		times(10*Max, "[]\n"), "[" + times(10*Max, "[{}],") + "]", times(10*Max, "- a: [b, {c: d}]\n"), times(10*Max, "a:\n  b:\n    - c: d\n"),
		times(10*Max, "- http://[::1]/\n"), times(10*Max, "--- [a]\n"),
	} {
		if err := Check([]byte(text)); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// FuzzCheck compares Check with the depth in the parser's result.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{"a: [b, {c: d}]", "- - - a", "a: |\n [", "'[': [\"]\", []]", "? a\n: b"} {
		f.Add(text, uint8(30))
	}
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		text = times(int(n), text)
		if len(text) > 4<<10 {
			t.Skip("the parser is slow")
		}
		loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthNone())))
		if err != nil {
			t.Fatal(err)
		}
		for {
			var doc yaml.Node
			if loader.Load(&doc) != nil {
				return
			}
			if got := depth(&doc) - 1; got > 2*Max && Check([]byte(text)) == nil {
				t.Errorf("%d levels pass: %q", got, text)
			}
		}
	})
}

// depth returns the depth of a node's collections, that of a document included.
func depth(n *yaml.Node) int {
	if len(n.Content) == 0 && n.Kind == yaml.ScalarNode || n.Kind == yaml.AliasNode {
		return 0
	}
	deepest := 0
	for _, item := range n.Content {
		deepest = max(deepest, depth(item))
	}
	return deepest + 1
}

func TestError(t *testing.T) {
	want := fmt.Sprintf("3:7: nested deeper than %d levels", Max)
	if diff := cmp.Diff(want, (&Error{3, 7}).Error()); diff != "" {
		t.Error(diff)
	}
}
