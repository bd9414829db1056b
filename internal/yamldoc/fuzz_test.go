package yamldoc

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// A text that is JSON has the same values, places and mistakes as JSON and as YAML. Every
// mistake has a place.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "a: [b, {c: d}]", "\ufeffa\r\n", "[&a [x], *a, *b]", "{<<: {a: b}}", "? [a]\n: b", "a: !b c", "---\na\n---\nb", "\"\\ud83d\"", "- - - a\n- b", "a: |\n\tb",
		`{"a":[1,-0.5e+3,true,false,null,"\u00e9\"\\\/\b\f\n\r\t",{"b":{}}],"a":[]}`, " [ \"\u00e9\" ,\n{\"\":0}]", `["😀", 1]`,
	} {
		f.Add(seed)
	}
	o := Options{MaxValues: 200}
	f.Fuzz(func(t *testing.T, file string) {
		n, errs := Parse("f", []byte(file), o)
		if (n == nil) != (len(errs) > 0) {
			t.Fatalf("got %v, %v", n, errs)
		}
		for _, e := range errs {
			if e.At.Line < 1 || e.At.Line > 1+strings.Count(file, "\n")+strings.Count(file, "\r") || e.At.Column < 1 || e.Text == "" || e.Bare == "" {
				t.Errorf("%+v", e)
			}
		}
		if strings.Contains(file, "\\") || strings.Contains(file, "\r") || !json.Valid([]byte(file)) || !utf8.ValidString(file) || strings.IndexAny(strings.TrimSpace(file), "{[") != 0 {
			return
		}
		p := &parser{Options: o, name: "f"}
		text, ok := p.clean([]byte(file))
		if !ok || n == nil {
			return
		}
		other := p.yaml(text)
		if len(p.errors) > 0 {
			t.Fatalf("JSON is no YAML: %v", p.errors[0])
		}
		tags := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().String() == ".Tag" }, cmp.Ignore()) // of numbers as large as a float
		if diff := cmp.Diff(n, other, tags); diff != "" {
			t.Errorf("(-json +yaml):\n%s", diff)
		}
	})
}
